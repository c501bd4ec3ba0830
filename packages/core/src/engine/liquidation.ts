/**
 * The waterfall: orders cancelled, one position after another ordered closed by the rules of its
 * market, and at the end fee, remainder or deficit. How much and at which price an order is, is in
 * `order-size.ts` and `limit-price.ts`; what fills it and what comes when nothing does, in
 * `liquidation-fill.ts` and `liquidation-expiry.ts`.
 */
import { isBackstopped } from './backstop.ts';
import type { Side } from './command.ts';
import { coverDeficit } from './fund.ts';
import type { Start } from './judgement.ts';
import { backstopPrices, orderPrices, type OrderPrices } from './limit-price.ts';
import { cappedFee } from './liquidation-fee.ts';
import { termsOf } from './liquidation-terms.ts';
import { nextPosition } from './next-position.ts';
import { cancelOrder } from './order.ts';
import { orderLots } from './order-size.ts';
import { chargeUp, RATE_SCALE } from './requirement.ts';
import {
  at,
  configured,
  FUND,
  HEALTHY,
  LIQUIDATING,
  marketAt,
  NONE,
  ordersOf,
  type Engine,
  type Liquidation,
} from './state.ts';
import type { Turn } from './turn.ts';
import { decisionMarks, decisionOf, record, standingOf, type Unit } from './unit.ts';
import type { Standing } from './valuation.ts';

/** Begins to close a unit: cancels its orders and places the first liquidation order. */
export function startLiquidation(turn: Turn, unit: Unit, standing: Standing, how: Start): void {
  const { engine } = turn;
  const open = enterLiquidation(engine, unit, standing, how);
  turn.emit({
    kind: 'liquidation-started',
    liquidation: open.id,
    ...decisionOf(engine, unit, standing),
    ...how,
    marks: decisionMarks(engine, unit),
  });
  if (standing.equity < 0) reportBankrupt(turn, open, standing);
  cancelOrders(turn, unit);
  orderNext(turn, open);
}

/** Writes down that a unit is being liquidated; nothing is ordered yet. */
export function enterLiquidation(
  engine: Engine,
  unit: Unit,
  standing: Standing,
  { reason }: Start,
): Liquidation {
  const open: Liquidation = {
    id: engine.nextLiquidation,
    account: unit.account,
    isolated: unit.isolated,
    startedMs: engine.timeMs,
    maintenanceAtStart: standing.maintenance,
    deadlinePassed: reason === 'deadline',
    position: NONE,
    limitTicks: 0,
    orderedLots: 0,
    leftLots: 0,
    expiresMs: 0,
    partAtMs: -1,
    backstop: false,
    feeDue: 0,
    feePaid: 0,
    ignoredDeposits: 0,
    bankrupt: false,
  };
  engine.nextLiquidation += 1;
  engine.counters.liquidations += 1;
  engine.liquidations.set(open.id, open);
  mark(engine, open, open.id, LIQUIDATING);
  return open;
}

/** Writes down that a unit is not being liquidated any more. */
export function leaveLiquidation(engine: Engine, open: Liquidation): void {
  engine.liquidations.delete(open.id);
  mark(engine, open, 0, HEALTHY);
}

function mark(engine: Engine, unit: Unit, liquidation: number, standing: number): void {
  record(engine, unit, standing, 0);
  if (unit.isolated === NONE) engine.accounts.liquidation[unit.account] = liquidation;
  else engine.positions.liquidation[unit.isolated] = liquidation;
}

/**
 * Open orders are no part of maintenance, so cancelling them never cures: it only frees the rest.
 */
function cancelOrders(turn: Turn, unit: Unit): void {
  const only = unit.isolated === NONE ? NONE : at(turn.engine.positions.market, unit.isolated);
  for (const order of ordersOf(turn.engine, unit.account)) {
    if (only === NONE || order.market === only) cancelOrder(turn, order, 'liquidation');
  }
}

/** Records, once a liquidation, that the mark has passed the bankruptcy price. */
export function reportBankrupt(turn: Turn, open: Liquidation, standing: Standing): void {
  open.bankrupt = true;
  turn.engine.counters.bankruptcies += 1;
  const { account, market } = decisionOf(turn.engine, open, standing);
  const shortfallAtoms = -standing.equity;
  turn.emit({ kind: 'bankrupt', liquidation: open.id, account, market, shortfallAtoms });
}

/** Orders the close of the position in turn, or ends the liquidation when all is closed. */
export function orderNext(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  const row = nextPosition(engine, open);
  if (row === NONE) {
    endLiquidation(turn, open, 'closed');
    return;
  }
  open.position = row;
  open.backstop = isBackstopped(engine, open);
  const held = Math.abs(at(engine.positions.lots, row));
  const limitTicks = pricesOf(engine, open).limit;
  open.leftLots = open.backstop
    ? held
    : orderLots(engine, open, { terms: termsOf(engine, row), limitTicks });
  open.expiresMs = engine.timeMs + timeoutOf(engine, open);
  if (open.leftLots < held && open.partAtMs < 0) open.partAtMs = engine.timeMs;
  open.orderedLots = 0;
  reprice(turn, open);
}

/**
 * A backstop is due at once; a part that follows a part of the same time is due later, so that a
 * moment holds only so many of them.
 */
function timeoutOf(engine: Engine, open: Liquidation): number {
  if (open.backstop) return 0;
  const { timeoutMs } = configured(engine).config.liquidation;
  return open.partAtMs === engine.timeMs ? Math.max(1, timeoutMs) : timeoutMs;
}

/** The prices of the order in force, at the marks. */
export function pricesOf(engine: Engine, open: Liquidation): OrderPrices {
  return open.backstop ? backstopPrices(engine, open.position) : orderPrices(engine, open.position);
}

/** Recomputes limit and size of the order in force, and says so when either has changed. */
export function reprice(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  const held = Math.abs(at(engine.positions.lots, open.position));
  const limitTicks = pricesOf(engine, open).limit;
  const terms = termsOf(engine, open.position);
  const isSaid = limitTicks === open.limitTicks && open.leftLots === open.orderedLots;
  const anew = terms.size.kind === 'fraction' && !open.backstop;
  open.leftLots = anew
    ? orderLots(engine, open, { terms, limitTicks })
    : Math.min(open.leftLots, held);
  if (isSaid && open.leftLots === open.orderedLots) return;
  open.limitTicks = limitTicks;
  open.orderedLots = open.leftLots;
  sayOrdered(turn, open);
}

/** Says the order in force. */
export function sayOrdered(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  turn.emit({
    kind: 'liquidation-ordered',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    market: marketAt(engine, at(engine.positions.market, open.position)).id,
    side: closingSide(engine, open),
    sizeLots: open.orderedLots,
    limitTicks: open.limitTicks,
    expiresMs: open.expiresMs,
  });
}

/** The side of the order that closes the position in turn. */
export function closingSide(engine: Engine, open: Liquidation): Side {
  return at(engine.positions.lots, open.position) > 0 ? 'sell' : 'buy';
}

/** What comes after a close or a new epoch: the rest at its new price, a pause, the next order. */
export function continueLiquidation(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  if (nextPosition(engine, open) === NONE) {
    endLiquidation(turn, open, 'closed');
    return;
  }
  const held = at(engine.positions.lots, open.position) !== 0;
  if (held && !open.backstop && isBackstopped(engine, open)) orderNext(turn, open);
  else if (isPaused(open)) return;
  else if (held && open.leftLots > 0) reprice(turn, open);
  else if (termsOf(engine, open.position).cooldownMs > 0) pause(turn, open);
  else orderNext(turn, open);
}

/** Whether a liquidation stands between two orders. */
export function isPaused(open: Liquidation): boolean {
  return open.orderedLots === 0;
}

/** The next piece is not ordered before its time. */
function pause(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  open.leftLots = 0;
  open.orderedLots = 0;
  open.limitTicks = 0;
  open.expiresMs = engine.timeMs + termsOf(engine, open.position).cooldownMs;
  turn.emit({
    kind: 'liquidation-paused',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    market: marketAt(engine, at(engine.positions.market, open.position)).id,
    untilMs: open.expiresMs,
  });
}

/** Who gets what is left once all is closed and the fee is taken. */
function remainderTo(engine: Engine, { isolated }: Liquidation): 'account' | 'fund' {
  const own = isolated === NONE ? null : termsOf(engine, isolated).remainderTo;
  return own ?? configured(engine).config.liquidation.remainderTo;
}

/**
 * Ends a liquidation: the fee from what remains, then remainder or deficit to where they belong.
 */
export function endLiquidation(
  turn: Turn,
  open: Liquidation,
  reason: 'closed' | 'recovered' | 'deposit',
): void {
  const { engine } = turn;
  const fee = chargeFee(engine, open);
  const remainder = standingOf(engine, open).equity;
  const flat = reason === 'closed';
  const toFund = flat && remainder > 0 && remainderTo(engine, open) === 'fund';
  if (flat && remainder < 0) coverDeficit(turn, open, -remainder);
  if (toFund) giveToFund(engine, open, Math.min(remainder, open.maintenanceAtStart));
  if (flat && open.isolated !== NONE) returnMargin(engine, open.isolated);
  leaveLiquidation(engine, open);
  turn.touched.add(open.account);
  turn.emit({
    kind: 'liquidation-ended',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    market:
      open.isolated === NONE
        ? null
        : marketAt(engine, at(engine.positions.market, open.isolated)).id,
    reason,
    feeAtoms: open.feePaid + fee,
    feeWaivedAtoms: open.feeDue - fee,
    remainderAtoms: Math.max(0, remainder),
    remainderTo: toFund ? 'fund' : 'account',
    fundBalanceAtoms: at(engine.accounts.balance, FUND),
  });
}

/**
 * The fee due, or as much of it as the caps allow and as leaves the unit where the liquidation ends
 * (above zero when it is flat).
 */
function chargeFee(engine: Engine, open: Liquidation): number {
  const standing = standingOf(engine, open);
  const terms = termsOf(engine, open.position);
  const line = chargeUp(standing.maintenance, RATE_SCALE + terms.buffer);
  const kept = line + (standing.atOrBelow && standing.value > 0 ? 1 : 0);
  const fee = cappedFee(open.feeDue, terms.fee, standing.equity - kept);
  giveToFund(engine, open, fee);
  return fee;
}

/** Moves atoms from a unit into the insurance fund. */
export function giveToFund(engine: Engine, unit: Unit, atoms: number): void {
  const { accounts, positions } = engine;
  accounts.balance[FUND] = at(accounts.balance, FUND) + atoms;
  if (unit.isolated === NONE)
    accounts.balance[unit.account] = at(accounts.balance, unit.account) - atoms;
  else positions.margin[unit.isolated] = at(positions.margin, unit.isolated) - atoms;
}

function returnMargin(engine: Engine, row: number): void {
  const { accounts, positions } = engine;
  const account = at(positions.account, row);
  accounts.balance[account] = at(accounts.balance, account) + at(positions.margin, row);
  positions.margin[row] = 0;
}
