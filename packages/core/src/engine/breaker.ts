/**
 * The liquidation breaker of a market: when the value put into liquidation within a window exceeds
 * a limit, or the mark has moved with the liquidations by more than a band, further liquidations
 * begin one at a time, `everyMs` apart, for the length of a window. Whoever is bankrupt goes on.
 */
import type { BreakerRules } from './compile-guards.ts';
import { reaches } from './compile-guards.ts';
import { at, marketAt, rulesAt, type Engine, type Market } from './state.ts';
import { touchHolders, type Turn } from './turn.ts';
import { openRows, type Unit } from './unit.ts';
import { positionValue } from './valuation.ts';

/** A window of liquidations; it begins with the first that follows the window before. */
export interface Breaker {
  readonly sinceMs: number;
  /** The mark when the window began. */
  readonly referenceTicks: number;
  /** Value of longs and of shorts put into liquidation, atoms. */
  longAtoms: number;
  shortAtoms: number;
  /** When the latest liquidation began. */
  startedMs: number;
  /** 0 while it has not tripped. */
  trippedMs: number;
}

/** Whether the unit holds a position in a market whose liquidations are slowed. */
export function isSlowed(engine: Engine, unit: Unit): boolean {
  return openRows(engine, unit).some((row) => {
    return (marketAt(engine, at(engine.positions.market, row)).breaker?.trippedMs ?? 0) > 0;
  });
}

/** Whether a unit with equity at or above zero has to wait for its turn to be liquidated. */
export function mustWait(engine: Engine, unit: Unit, equity: number): boolean {
  if (equity < 0) return false;
  return openRows(engine, unit).some((row) => {
    const { breaker, rules } = marketAt(engine, at(engine.positions.market, row));
    const limits = rulesAt(engine, rules).guards.breaker;
    if (breaker === null || limits === null || breaker.trippedMs === 0) return false;
    return engine.timeMs < breaker.startedMs + limits.everyMs;
  });
}

/** Counts a unit whose liquidation has begun in every market in which it holds a position. */
export function noteLiquidation(turn: Turn, unit: Unit): void {
  const { engine } = turn;
  for (const row of openRows(engine, unit)) {
    const market = marketAt(engine, at(engine.positions.market, row));
    const limits = rulesAt(engine, market.rules).guards.breaker;
    if (limits !== null) count(turn, market, { limits, row });
  }
}

interface Counted {
  readonly limits: BreakerRules;
  readonly row: number;
}

function count(turn: Turn, market: Market, { limits, row }: Counted): void {
  const { timeMs, positions } = turn.engine;
  const breaker = windowAt(market, timeMs, limits);
  const value = positionValue(turn.engine, row);
  const side = at(positions.lots, row) > 0 ? 'longAtoms' : 'shortAtoms';
  breaker[side] = Math.min(Number.MAX_SAFE_INTEGER, breaker[side] + value);
  breaker.startedMs = timeMs;
  market.breaker = breaker;
  const total = breaker.longAtoms + breaker.shortAtoms;
  if (limits.volume >= 0 && total > limits.volume) trip(turn, market, { limits, reason: 'volume' });
}

function windowAt(market: Market, timeMs: number, limits: BreakerRules): Breaker {
  const { breaker } = market;
  const runs = breaker !== null && timeMs < breaker.sinceMs + limits.windowMs;
  if (breaker !== null && (runs || breaker.trippedMs > 0)) return breaker;
  const referenceTicks = market.markTicks;
  const nothing = { longAtoms: 0, shortAtoms: 0, startedMs: timeMs, trippedMs: 0 };
  return { sinceMs: timeMs, referenceTicks, ...nothing };
}

interface Cause {
  readonly limits: BreakerRules;
  readonly reason: 'volume' | 'move';
}

function trip(turn: Turn, market: Market, { limits, reason }: Cause): void {
  const { breaker } = market;
  if (breaker === null || breaker.trippedMs > 0) return;
  const { timeMs } = turn.engine;
  breaker.trippedMs = timeMs;
  const { longAtoms, shortAtoms, referenceTicks } = breaker;
  turn.emit({
    kind: 'breaker-tripped',
    market: market.id,
    reason,
    longAtoms,
    shortAtoms,
    referenceTicks,
    markTicks: market.markTicks,
    everyMs: limits.everyMs,
    untilMs: timeMs + limits.windowMs,
  });
}

/** Whether a market's new mark has gone on in the direction of its own liquidations. */
export function checkMove(turn: Turn, market: Market): void {
  const limits = rulesAt(turn.engine, market.rules).guards.breaker;
  const { breaker, markTicks } = market;
  if (breaker === null || limits === null || limits.move < 0) return;
  if (turn.engine.timeMs >= breaker.sinceMs + limits.windowMs) return;
  const { longAtoms, shortAtoms, referenceTicks } = breaker;
  const part = (markTicks - referenceTicks) * Math.sign(shortAtoms - longAtoms);
  const share = { part, whole: referenceTicks };
  if (reaches(share, limits.move, true)) trip(turn, market, { limits, reason: 'move' });
}

/** Ends what has lasted its window, and looks again at whoever may be waiting. */
export function advanceBreakers(turn: Turn): void {
  const { engine } = turn;
  engine.markets.forEach((market, row) => {
    const { breaker } = market;
    if (breaker === null || breaker.trippedMs === 0) return;
    const limits = rulesAt(engine, market.rules).guards.breaker;
    touchHolders(turn, row);
    if (limits !== null && engine.timeMs < breaker.trippedMs + limits.windowMs) return;
    market.breaker = null;
    turn.emit({ kind: 'breaker-cleared', market: market.id });
  });
}
