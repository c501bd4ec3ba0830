/**
 * What open orders must hold in the cross pool: in initial margin always, inside maintenance where
 * a market's rules say so. An order has no margin mode of its own: one in a market that is held
 * with isolated margin alone is taken as isolated, and is in nobody's maintenance.
 */
import { greatest, minus, ONE, over, plus, sum, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Order, Position } from './account.ts';
import { coordinate, valueAtPrice } from './geometry.ts';
import { portionRequirement, scheduleOf } from './hedge.ts';
import { constantFee } from './movement.ts';
import { requirement } from './schedule.ts';

/** Initial margin of all orders; reduce-only ones are free. */
export function ordersInitial(account: Account): Rational {
  return sum(marketsOf(account).map((orders) => marketInitial(account, orders)));
}

function marketInitial(account: Account, orders: readonly Order[]): Rational {
  return counted(orders, (some) => sum(some.map((order) => orderInitial(account, order))));
}

/** Maintenance of the orders where the rules have it; it stays as it is while the mark moves. */
export function ordersMaintenance(account: Account): Rational {
  return sum(marketsOf(account).map((orders) => marketMaintenance(account, orders)));
}

/** The orders that may add to a position, those of each market together; none is empty. */
function marketsOf({ orders }: Account): readonly (readonly Order[])[] {
  const groups = new Map<string, Order[]>();
  for (const order of orders) {
    if (order.reduceOnly) continue;
    const group = groups.get(order.market.name);
    if (group === undefined) groups.set(order.market.name, [order]);
    else group.push(order);
  }
  return [...groups.values()];
}

/** What one market's orders must hold: all of them, or the side that must hold more. */
function counted(orders: readonly Order[], held: (some: readonly Order[]) => Rational): Rational {
  const { orders: rule, hedge } = (orders[0] as Order).market;
  if (rule.count === 'all' && hedge === 'sum') return held(orders);
  const buys = held(orders.filter(({ side }) => side === 1));
  const sells = held(orders.filter(({ side }) => side === -1));
  return rule.count === 'all' ? plus(buys, sells) : greatest(buys, sells);
}

function orderInitial(account: Account, { market, size, price }: Order): Rational {
  const value = times(times(size, market.unit), coordinate(market, price));
  const scheduled = market.initial === null ? null : requirement(market.initial, { value, size });
  const position = beside(account, market.name);
  if (position === undefined) return scheduled ?? value;
  const byLeverage = over(value, position.leverage);
  return scheduled === null ? byLeverage : greatest(byLeverage, scheduled);
}

/** The position whose leverage an order in the market takes: a cross one first. */
function beside({ positions }: Account, market: string): Position | undefined {
  const inMarket = positions.filter((position) => position.market.name === market);
  return inMarket.find(({ isolatedMargin }) => isolatedMargin === null) ?? inMarket[0];
}

function marketMaintenance(account: Account, orders: readonly Order[]): Rational {
  const { market } = orders[0] as Order;
  const position = beside(account, market.name);
  const isIsolated = position !== undefined && position.isolatedMargin !== null;
  const { maintenance } = market.orders;
  if (maintenance === 'none' || isIsolated) return ZERO;
  if (maintenance === 'initial') return marketInitial(account, orders);
  const leverage = position?.leverage ?? market.leverageDefault;
  const held = account.positions.filter(
    (each) => each.market.name === market.name && each.isolatedMargin === null,
  );
  return counted(orders, (some) => {
    const filled = some.map((order) => asIfFilled(order, leverage));
    const fees = sum(filled.map(feeOf));
    if (maintenance === 'alone') return plus(fees, sum(filled.map((each) => asked([each]))));
    const joined = held.filter(
      ({ side }) => market.hedge === 'sum' || filled.some((each) => each.side === side),
    );
    return plus(fees, minus(asked([...joined, ...filled]), asked(joined)));
  });
}

/** The position that an order would open at its own price. */
function asIfFilled({ market, side, size, price }: Order, leverage: Rational): Position {
  const prices = { entryPrice: price, markPrice: price };
  const own = { isolatedMargin: null, unpaidFunding: ZERO, openedAt: null };
  return { market, side, size, leverage, ...prices, ...own };
}

/** What the schedule asks of positions taken as one. */
function asked(together: readonly Position[]): Rational {
  const first = together[0];
  if (first === undefined) return ZERO;
  const whole = sum(together.map(({ size }) => size));
  const value = sum(together.map(basisValue));
  return portionRequirement(scheduleOf({ ...first, size: whole }), { whole, share: ONE }, value);
}

function basisValue(position: Position): Rational {
  const { market, entryPrice, markPrice } = position;
  return valueAtPrice(position, market.basis === 'mark' ? markPrice : entryPrice);
}

/** The closing fee of a filled order: at its own price, or where its leverage's margin is gone. */
function feeOf(filled: Position): Rational {
  const { closingFeeAt, closingFeeRate } = filled.market;
  return closingFeeAt === 'mark'
    ? times(closingFeeRate, valueAtPrice(filled, filled.markPrice))
    : constantFee(filled, filled.entryPrice);
}
