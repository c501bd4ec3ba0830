/**
 * The waterfall: orders cancelled, the largest requirement closed first at no worse than its
 * bankruptcy price, what is not filled in time taken over by the insurance fund, what the fund
 * cannot carry deleveraged against the other side, and at the end fee, remainder or deficit.
 */
import type { CommandOf, Side } from './command.ts';
import { chargeUp } from './requirement.ts';
import { isRefusal, tradableAccount } from './admission.ts';
import { bankruptcyTicks } from './bankruptcy.ts';
import { deleverage } from './deleverage.ts';
import { coverDeficit, fundCapacity, orderInventory } from './fund.ts';
import { refusePaused } from './mode.ts';
import { cancelOrder } from './order.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  at,
  configured,
  FUND,
  HEALTHY,
  LIQUIDATING,
  marketAt,
  NONE,
  ordersOf,
  rulesAt,
  type Engine,
  type Liquidation,
} from './state.ts';
import { execute, refuseExecution, type ExecutionRealized } from './trade.ts';
import type { Turn } from './turn.ts';
import { decisionMarks, decisionOf, poolRows, record, standingOf, type Unit } from './unit.ts';
import { positionMaintenance, valueOf, type Standing } from './valuation.ts';

interface Start {
  readonly gap: boolean;
  readonly reason: 'maintenance' | 'deadline';
}

/** Begins to close a unit: cancels its orders and places the first liquidation order. */
export function startLiquidation(turn: Turn, unit: Unit, standing: Standing, how: Start): void {
  const { engine } = turn;
  const open: Liquidation = {
    id: engine.nextLiquidation,
    ...unit,
    startedMs: engine.timeMs,
    maintenanceAtStart: standing.maintenance,
    deadlinePassed: how.reason === 'deadline',
    position: NONE,
    limitTicks: 0,
    orderedLots: 0,
    expiresMs: 0,
    feeDue: 0,
    ignoredDeposits: 0,
    bankrupt: false,
  };
  engine.nextLiquidation += 1;
  engine.counters.liquidations += 1;
  engine.liquidations.set(open.id, open);
  mark(engine, open, open.id, LIQUIDATING);
  turn.emit({
    kind: 'liquidation-started',
    liquidation: open.id,
    ...decisionOf(engine, unit, standing),
    ...how,
    marks: decisionMarks(engine, unit),
  });
  if (standing.equity < 0) reportBankrupt(turn, open, standing);
  cancelOrders(turn, unit);
  orderNext(turn, open, engine.timeMs);
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

/**
 * Orders the close of the unit's largest requirement, or ends the liquidation when all is closed.
 */
function orderNext(turn: Turn, open: Liquidation, nowMs: number): void {
  const row = largestPosition(turn.engine, open);
  if (row === NONE) {
    endLiquidation(turn, open, 'closed');
    return;
  }
  open.position = row;
  open.orderedLots = 0;
  open.expiresMs = nowMs + configured(turn.engine).config.liquidation.timeoutMs;
  reprice(turn, open);
}

function largestPosition(engine: Engine, unit: Unit): number {
  if (unit.isolated !== NONE)
    return at(engine.positions.lots, unit.isolated) === 0 ? NONE : unit.isolated;
  let largest = NONE;
  let most = -1;
  for (const row of poolRows(engine, unit.account)) {
    const maintenance = positionMaintenance(engine, row);
    if (maintenance > most) [largest, most] = [row, maintenance];
  }
  return largest;
}

/** Recomputes limit and size of the order in force, and says so when either has changed. */
function reprice(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  const lots = at(engine.positions.lots, open.position);
  const limitTicks = bankruptcyTicks(engine, open.position, standingOf(engine, open).equity);
  if (limitTicks === open.limitTicks && Math.abs(lots) === open.orderedLots) return;
  open.limitTicks = limitTicks;
  open.orderedLots = Math.abs(lots);
  turn.emit({
    kind: 'liquidation-ordered',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    market: marketAt(engine, at(engine.positions.market, open.position)).id,
    side: closingSide(engine, open),
    sizeLots: open.orderedLots,
    limitTicks,
    expiresMs: open.expiresMs,
  });
}

/** The side of the order that closes the position in turn. */
export function closingSide(engine: Engine, open: Liquidation): Side {
  return at(engine.positions.lots, open.position) > 0 ? 'sell' : 'buy';
}

export function fillLiquidation(
  turn: Turn,
  command: CommandOf<'fill-liquidation'>,
): Refusal | null {
  const { engine } = turn;
  const counterparty = tradableAccount(engine, command.counterparty);
  if (isRefusal(counterparty)) return counterparty;
  const open = engine.liquidations.get(command.liquidation);
  if (open === undefined) {
    return refuse('unknown-liquidation', 'there is no such liquidation in progress', {
      liquidation: command.liquidation,
    });
  }
  const refusal = refuseFill(engine, open, command, counterparty);
  if (refusal !== null) return refusal;
  const deal = dealOf(engine, open, {
    counterparty,
    lots: command.sizeLots,
    ticks: command.priceTicks,
  });
  const unaffordable = refuseExecution(engine, deal);
  if (unaffordable !== null) return unaffordable;
  const realized = execute(turn, deal);
  report(turn, open, deal, realized);
  turn.touched.add(open.account);
  return null;
}

function refuseFill(
  engine: Engine,
  open: Liquidation,
  command: CommandOf<'fill-liquidation'>,
  counterparty: number,
): Refusal | null {
  if (counterparty === open.account) {
    return refuse('same-account', 'an account cannot fill its own liquidation', {
      account: command.counterparty,
    });
  }
  const place = marketAt(engine, at(engine.positions.market, open.position));
  const paused = refusePaused(place);
  if (paused !== null) return paused;
  const market = place.id;
  if (command.sizeLots > open.orderedLots) {
    return refuse('exceeds-order', 'the fill is larger than what is left of the order', {
      market,
      sizeLots: command.sizeLots,
      openLots: open.orderedLots,
    });
  }
  const selling = closingSide(engine, open) === 'sell';
  const worse = selling
    ? command.priceTicks < open.limitTicks
    : command.priceTicks > open.limitTicks;
  if (!worse) return null;
  return refuse('worse-than-limit', 'the price is worse than the bankruptcy price', {
    market,
    priceTicks: command.priceTicks,
    limitTicks: open.limitTicks,
  });
}

interface Deal {
  readonly market: number;
  readonly side: Side;
  readonly closing: number;
  readonly counterparty: number;
  readonly lots: number;
  readonly ticks: number;
}

function dealOf(
  engine: Engine,
  open: Liquidation,
  fill: { readonly counterparty: number; readonly lots: number; readonly ticks: number },
): Deal {
  return {
    market: at(engine.positions.market, open.position),
    side: closingSide(engine, open),
    closing: open.account,
    ...fill,
  };
}

function report(turn: Turn, open: Liquidation, deal: Deal, realized: ExecutionRealized): void {
  const { engine } = turn;
  const market = marketAt(engine, deal.market);
  const rules = rulesAt(engine, market.rules);
  open.feeDue += chargeUp(valueOf(market, deal.lots, deal.ticks), rules.liquidationFee);
  turn.emit({
    kind: deal.counterparty === FUND ? 'liquidation-taken-over' : 'liquidation-filled',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    market: market.id,
    side: deal.side,
    sizeLots: deal.lots,
    priceTicks: deal.ticks,
    counterparty: engine.accounts.ids[deal.counterparty] ?? '',
    realizedAtoms: realized.closing,
    counterpartyRealizedAtoms: realized.counterparty,
  });
}

/** What comes after a close or a new epoch: the next position, or the rest at its new price. */
export function continueLiquidation(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  const closed = at(engine.positions.lots, open.position) === 0;
  if (closed) orderNext(turn, open, engine.timeMs);
  else reprice(turn, open);
}

/** What was not filled in time: the fund takes what it can carry, the rest is deleveraged. */
export function expireLiquidation(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  reprice(turn, open);
  const ticks = open.limitTicks;
  const capacity = fundCapacity(
    engine,
    dealOf(engine, open, { counterparty: FUND, lots: open.orderedLots, ticks }),
  );
  if (capacity > 0) {
    const deal = dealOf(engine, open, { counterparty: FUND, lots: capacity, ticks });
    const realized = execute(turn, deal);
    engine.counters.takeovers += 1;
    report(turn, open, deal, realized);
    orderInventory(turn, deal.market);
  }
  if (at(engine.positions.lots, open.position) !== 0) {
    deleverage(turn, { liquidation: open.id, row: open.position, ticks });
  }
  turn.touched.add(open.account);
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
  const toFund =
    flat && remainder > 0 && configured(engine).config.liquidation.remainderTo === 'fund';
  if (flat && remainder < 0) coverDeficit(turn, open, -remainder);
  if (toFund) giveToFund(engine, open, Math.min(remainder, open.maintenanceAtStart));
  if (flat && open.isolated !== NONE) returnMargin(engine, open.isolated);
  engine.liquidations.delete(open.id);
  mark(engine, open, 0, HEALTHY);
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
    feeAtoms: fee,
    feeWaivedAtoms: open.feeDue - fee,
    remainderAtoms: Math.max(0, remainder),
    remainderTo: toFund ? 'fund' : 'account',
    fundBalanceAtoms: at(engine.accounts.balance, FUND),
  });
}

/** The fee due, or as much of it as leaves the unit above its line (above zero when it is flat). */
function chargeFee(engine: Engine, open: Liquidation): number {
  const standing = standingOf(engine, open);
  const kept = standing.maintenance + (standing.atOrBelow && standing.value > 0 ? 1 : 0);
  const fee = Math.min(open.feeDue, Math.max(0, standing.equity - kept));
  giveToFund(engine, open, fee);
  return fee;
}

function giveToFund(engine: Engine, unit: Unit, atoms: number): void {
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
