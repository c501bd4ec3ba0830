/**
 * Leverage by volatility. Volatility is the range of the marks, high / low − 1, over the window
 * that is running and the one before it: between one and two windows of event time, whole numbers
 * alone. Each window starts with the mark that is in force then, so that no jump is lost.
 */
import { divideRounded } from '../units/index.ts';
import { reaches } from './compile-guards.ts';
import type { CompiledRules } from './compile.ts';
import { rulesAt, type Market } from './state.ts';
import type { Turn } from './turn.ts';

export interface PriceRange {
  readonly sinceMs: number;
  readonly high: number;
  readonly low: number;
  readonly previousHigh: number;
  readonly previousLow: number;
}

function extremes(range: PriceRange): [high: number, low: number] {
  return [Math.max(range.high, range.previousHigh), Math.min(range.low, range.previousLow)];
}

/** The most leverage that counts for initial margin now, in hundredths; Infinity without a cut. */
export function leverageCut(market: Market, rules: CompiledRules): number {
  const { volatility } = rules.guards;
  const { range } = market;
  if (volatility === null || range === null) return Infinity;
  const [high, low] = extremes(range);
  const band = volatility.bands.findLast(({ from }) => {
    return reaches({ part: high - low, whole: low }, from);
  });
  return band?.maxLeverageHundredths ?? Infinity;
}

/** Takes a new mark into the range, and says when the cut of the market's leverage has changed. */
export function noteRange(turn: Turn, market: Market, beforeTicks: number): void {
  const rules = rulesAt(turn.engine, market.rules);
  const { volatility } = rules.guards;
  if (volatility === null) {
    market.range = null;
    return;
  }
  const before = leverageCut(market, rules);
  const last = beforeTicks === 0 ? market.markTicks : beforeTicks;
  market.range = widened(market, { last, timeMs: turn.engine.timeMs }, volatility.windowMs);
  const most = leverageCut(market, rules);
  if (most === before) return;
  turn.emit({
    kind: 'leverage-cut',
    market: market.id,
    rangeE9: rangeE9(market.range),
    mostHundredths: most === Infinity ? null : most,
  });
}

function widened(
  { range, markTicks }: Market,
  { last, timeMs }: { readonly last: number; readonly timeMs: number },
  windowMs: number,
): PriceRange {
  if (range !== null && timeMs < range.sinceMs + windowMs) {
    const { high, low } = range;
    return { ...range, high: Math.max(high, markTicks), low: Math.min(low, markTicks) };
  }
  const recent = range !== null && timeMs < range.sinceMs + 2 * windowMs;
  return {
    sinceMs: timeMs,
    high: Math.max(last, markTicks),
    low: Math.min(last, markTicks),
    previousHigh: recent ? range.high : last,
    previousLow: recent ? range.low : last,
  };
}

function rangeE9(range: PriceRange): number {
  const [high, low] = extremes(range);
  const scaled = divideRounded(BigInt(high - low) * 1_000_000_000n, BigInt(low), 'down');
  return Number(scaled > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : scaled);
}
