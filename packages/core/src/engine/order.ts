/**
 * Open orders: what placing one reserves (initial margin, the taker fee, the loss against the mark
 * that filling it would open with), and how reservations are given back.
 */
import { initialOf } from './initial.ts';
import { besideLots } from './owner.ts';
import { chargeUp, MOST_REQUIRED } from './requirement.ts';
import {
  at,
  findPosition,
  marketAt,
  NONE,
  ordersOf,
  rulesAt,
  type Engine,
  type Order,
} from './state.ts';
import type { CommandOf, Side } from './command.ts';
import type { Turn } from './turn.ts';
import { isReckonable, valueOf } from './value.ts';

/** Most open orders of one account. */
export const MAX_ORDERS = 200;

export interface Reservation {
  readonly margin: number;
  readonly hold: number;
}

interface Intent {
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly lots: number;
  readonly ticks: number;
}

/** What an order that may add risk reserves, atoms. */
export function reservationFor(engine: Engine, intent: Intent): Reservation {
  const market = marketAt(engine, intent.market);
  const rules = rulesAt(engine, market.rules);
  const value = valueOf(market, intent.lots, intent.ticks);
  const row = findPosition(engine, intent.account, intent.market);
  const beside = besideLots(engine, intent.account, intent);
  const leverage = row === NONE ? 100 : at(engine.positions.leverage, row);
  return {
    margin: initialOf(market, rules, { ...intent, leverage, beside }),
    hold: chargeUp(value, rules.takerFee) + openLoss(engine, intent, value),
  };
}

function openLoss(engine: Engine, intent: Intent, value: number): number {
  const market = marketAt(engine, intent.market);
  const reckonable = isReckonable(market, intent.lots, market.markTicks);
  const atMark = reckonable ? valueOf(market, intent.lots, market.markTicks) : MOST_REQUIRED;
  const buyLoses = intent.ticks > market.markTicks;
  if (buyLoses !== (intent.side === 'buy')) return 0;
  return Math.abs(value - atMark);
}

export function addOrder(engine: Engine, order: Order): void {
  const orders = engine.orders.get(order.account) ?? new Map<string, Order>();
  orders.set(order.id, order);
  engine.orders.set(order.account, orders);
  reserve(engine, order, order);
}

/** Adds to (or, with negative figures, gives back from) what the account's orders hold. */
function reserve(engine: Engine, order: Order, change: Reservation): void {
  const { accounts } = engine;
  const row = order.account;
  accounts.orderMargin[row] = at(accounts.orderMargin, row) + change.margin;
  accounts.orderHold[row] = at(accounts.orderHold, row) + change.hold;
}

export function removeOrder(engine: Engine, order: Order): void {
  reserve(engine, order, { margin: -order.margin, hold: -order.hold });
  const orders = engine.orders.get(order.account);
  orders?.delete(order.id);
  if (orders?.size === 0) engine.orders.delete(order.account);
}

/**
 * Fills `lots` of an order: its reservation shrinks in proportion, the last fill takes the rest.
 */
export function fillOrder(engine: Engine, order: Order, lots: number): void {
  if (lots === order.lots) {
    removeOrder(engine, order);
    return;
  }
  const margin = Math.floor((order.margin / order.lots) * lots);
  const hold = Math.floor((order.hold / order.lots) * lots);
  reserve(engine, order, { margin: -margin, hold: -hold });
  order.margin -= margin;
  order.hold -= hold;
  order.lots -= lots;
}

export function cancelOrder(
  turn: Turn,
  order: Order,
  reason: 'asked' | 'liquidation' | 'exceeds-position' | 'delisted',
): void {
  removeOrder(turn.engine, order);
  turn.emit({
    kind: 'order-cancelled',
    account: turn.engine.accounts.ids[order.account] ?? '',
    order: order.id,
    market: marketAt(turn.engine, order.market).id,
    sizeLots: order.lots,
    reason,
  });
}

/** Lots that an account could add to a position on one side by what it has ordered. */
export function orderedLots(engine: Engine, account: number, market: number, side: Side): number {
  return ordersOf(engine, account)
    .filter((order) => order.market === market && order.side === side && !order.reduceOnly)
    .reduce((total, order) => total + order.lots, 0);
}

/** Sum of reduce-only lots that an account has open in a market. */
export function reduceOnlyLots(engine: Engine, account: number, market: number): number {
  return ordersOf(engine, account)
    .filter((order) => order.market === market && order.reduceOnly)
    .reduce((total, order) => total + order.lots, 0);
}

/** Cancels reduce-only orders, newest first, that a shrunken position no longer covers. */
export function trimReduceOnly(turn: Turn, account: number, market: number): void {
  const { engine } = turn;
  if (!engine.orders.has(account)) return;
  const row = findPosition(engine, account, market);
  const held = row === NONE ? 0 : at(engine.positions.lots, row);
  const orders = ordersOf(engine, account).filter((o) => o.market === market && o.reduceOnly);
  let open = orders.reduce((total, order) => total + order.lots, 0);
  for (const order of orders.reverse()) {
    const closes = order.side === 'sell' ? held > 0 : held < 0;
    if (closes && open <= Math.abs(held)) continue;
    open -= order.lots;
    cancelOrder(turn, order, 'exceeds-position');
  }
}

/** What the account's orders hold now, to be put back should a change of leverage be refused. */
export function reservationsOf(engine: Engine, account: number): Map<Order, Reservation> {
  const saved = new Map<Order, Reservation>();
  for (const order of ordersOf(engine, account)) {
    saved.set(order, { margin: order.margin, hold: order.hold });
  }
  return saved;
}

export function restoreReservations(engine: Engine, saved: ReadonlyMap<Order, Reservation>): void {
  for (const [order, reservation] of saved) reserveInstead(engine, order, reservation);
}

function reserveInstead(engine: Engine, order: Order, fresh: Reservation): void {
  reserve(engine, order, { margin: fresh.margin - order.margin, hold: fresh.hold - order.hold });
  order.margin = fresh.margin;
  order.hold = fresh.hold;
}

/** Reserves anew for every order of an account in a market, after its leverage has changed. */
export function reserveAnew(engine: Engine, account: number, market: number): void {
  for (const order of ordersOf(engine, account)) {
    if (order.market !== market || order.reduceOnly) continue;
    const fresh = reservationFor(engine, {
      account,
      market,
      side: order.side,
      lots: order.lots,
      ticks: order.priceTicks,
    });
    reserveInstead(engine, order, fresh);
  }
}

export function orderOf(command: CommandOf<'place-order'>, account: number, market: number): Order {
  return {
    id: command.order,
    account,
    market,
    side: command.side,
    priceTicks: command.priceTicks,
    reduceOnly: command.reduceOnly,
    lots: command.sizeLots,
    margin: 0,
    hold: 0,
  };
}
