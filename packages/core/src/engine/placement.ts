/** Placing and cancelling orders. */
import type { CommandOf, Side } from './command.ts';
import {
  firstRefusal,
  isRefusal,
  knownMarket,
  refuseBusy,
  refuseFarOrder,
  refuseOutsideBand,
  refuseTooLarge,
  refuseWithoutMark,
  tradableAccount,
} from './admission.ts';
import { refuseTrading } from './mode.ts';
import {
  addOrder,
  cancelOrder,
  MAX_ORDERS,
  orderedLots,
  orderOf,
  reduceOnlyLots,
  reservationFor,
} from './order.ts';
import { onSide, siblingsOf } from './owner.ts';
import { refusePosition } from './caps.ts';
import { refuse, type Refusal } from './refusal.ts';
import { at, ensurePosition, findPosition, marketAt, NONE, type Engine } from './state.ts';
import type { Turn } from './turn.ts';
import { refuseUntrusted } from './validity.ts';
import { poolStanding, spareOf } from './valuation.ts';

export function placeOrder(turn: Turn, command: CommandOf<'place-order'>): Refusal | null {
  const { engine } = turn;
  const market = knownMarket(engine, command.market);
  if (isRefusal(market)) return market;
  const account = tradableAccount(engine, command.account);
  if (isRefusal(account)) return account;
  const refusal = refusePlacement(engine, command, account, market);
  if (refusal !== null) return refusal;
  const order = orderOf(command, account, market);
  if (!command.reduceOnly) {
    const intent = {
      account,
      market,
      side: command.side,
      lots: command.sizeLots,
      ticks: command.priceTicks,
    };
    const reservation = reservationFor(engine, intent);
    const uncovered = refuseReservation(engine, account, reservation.margin + reservation.hold);
    if (uncovered !== null) return uncovered;
    Object.assign(order, reservation);
  }
  ensurePosition(engine, account, market);
  addOrder(engine, order);
  const { order: id, side, sizeLots, priceTicks, reduceOnly } = command;
  const stamp = { account: command.account, order: id, market: command.market };
  const initialMarginAtoms = order.margin;
  turn.emit({
    kind: 'order-placed',
    ...stamp,
    side,
    sizeLots,
    priceTicks,
    reduceOnly,
    initialMarginAtoms,
  });
  return null;
}

function refusePlacement(
  engine: Engine,
  command: CommandOf<'place-order'>,
  account: number,
  row: number,
): Refusal | null {
  const market = marketAt(engine, row);
  const lots = command.side === 'buy' ? command.sizeLots : -command.sizeLots;
  return firstRefusal(
    refuseOrderId(engine, account, command.order),
    refuseBusy(engine, account, { market: row, addsRisk: !command.reduceOnly }),
    refuseTrading(market, !command.reduceOnly),
    refuseWithoutMark(market),
    command.reduceOnly ? null : refuseUntrusted(engine, market, 'add-risk'),
    refuseTooLarge(engine, account, { market: row, lots, ticks: command.priceTicks }),
    command.reduceOnly
      ? refuseOutsideBand(engine, market, command.priceTicks)
      : refuseFarOrder(engine, market, command.priceTicks),
    command.reduceOnly ? null : refuseOrdered(engine, command, account, row),
    command.reduceOnly ? refuseExcess(engine, command, account, row) : null,
  );
}

function refuseOrderId(engine: Engine, account: number, id: string): Refusal | null {
  const orders = engine.orders.get(account);
  if (orders?.has(id) === true) {
    return refuse('order-exists', `there is an open order "${id}" already`, { order: id });
  }
  if ((orders?.size ?? 0) < MAX_ORDERS) return null;
  return refuse('too-many-orders', 'cancel an order first', { most: MAX_ORDERS });
}

/**
 * What is held and all that is ordered on a side, in all accounts of the owner, may not exceed the
 * position cap together.
 */
function refuseOrdered(
  engine: Engine,
  command: CommandOf<'place-order'>,
  account: number,
  row: number,
): Refusal | null {
  const held = heldLots(engine, account, row);
  const before = withOrders(engine, account, row, command.side);
  const after = before + (command.side === 'buy' ? command.sizeLots : -command.sizeLots);
  if (Math.abs(after) <= Math.abs(held)) return null;
  const beside = siblingsOf(engine, account)
    .map((sibling) => onSide(command.side, withOrders(engine, sibling, row, command.side)))
    .reduce((sum, lots) => sum + lots, Math.abs(after));
  return refusePosition(engine, marketAt(engine, row), beside);
}

function heldLots(engine: Engine, account: number, market: number): number {
  const row = findPosition(engine, account, market);
  return row === NONE ? 0 : at(engine.positions.lots, row);
}

/** Signed lots of an account if all that it has ordered on a side were filled. */
function withOrders(engine: Engine, account: number, market: number, side: Side): number {
  const ordered = orderedLots(engine, account, market, side);
  return heldLots(engine, account, market) + (side === 'buy' ? ordered : -ordered);
}

/** All reduce-only orders together may not exceed the position that they reduce. */
function refuseExcess(
  engine: Engine,
  command: CommandOf<'place-order'>,
  account: number,
  market: number,
): Refusal | null {
  const held = heldLots(engine, account, market);
  const closes = command.side === 'sell' ? held > 0 : held < 0;
  const open = reduceOnlyLots(engine, account, market);
  if (closes && open + command.sizeLots <= Math.abs(held)) return null;
  return refuse('exceeds-position', 'reduce-only orders together would exceed the position', {
    heldLots: held,
    openLots: open,
    sizeLots: command.sizeLots,
  });
}

function refuseReservation(engine: Engine, account: number, needed: number): Refusal | null {
  const spare = spareOf(engine, account, poolStanding(engine, account));
  if (needed <= spare) return null;
  return refuse(
    'insufficient-margin',
    'the order needs more than is available: deposit, or order less',
    {
      neededAtoms: needed,
      availableAtoms: Math.max(0, spare),
    },
  );
}

export function cancel(turn: Turn, command: CommandOf<'cancel-order'>): Refusal | null {
  const account = tradableAccount(turn.engine, command.account);
  if (isRefusal(account)) return account;
  const order = turn.engine.orders.get(account)?.get(command.order);
  if (order === undefined) {
    return refuse('unknown-order', 'there is no such open order', { order: command.order });
  }
  cancelOrder(turn, order, 'asked');
  return null;
}
