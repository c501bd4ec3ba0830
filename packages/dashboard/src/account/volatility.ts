/**
 * How much a market moves in a day: the standard deviation of the logarithmic changes from one
 * candle's close to the next, times the root of the number of candles in a day. The mean change is
 * taken as zero, as is usual over so short a time.
 */
import type { Candle } from '../api.ts';

export interface Volatility {
  /** Standard deviation of a day's change, as a fraction: 0.03 is 3 %. */
  readonly daily: number;
  /** How many changes it was estimated from. */
  readonly changes: number;
}

/** Five minutes: fine enough for a market that is hours old. */
export const INTERVAL = { name: '5m', seconds: 300 } as const;
/** A day of them: what was long ago says little about tomorrow. */
export const CANDLES = 288;

const DAY_SECONDS = 86_400;
/** Fewer say nothing. */
const LEAST = 12;

/** Null with too few candles, or when nothing moved. */
export function volatilityOf(candles: readonly Candle[]): Volatility | null {
  const changes = candles.slice(1).flatMap(([time, , , , close], k) => {
    const before = candles[k];
    if (before === undefined || time - before[0] !== INTERVAL.seconds) return [];
    return [Math.log(close / before[4])];
  });
  const squares = changes.reduce((sum, change) => sum + change * change, 0);
  if (changes.length < LEAST || squares === 0) return null;
  const perDay = DAY_SECONDS / INTERVAL.seconds;
  return { daily: Math.sqrt((squares / changes.length) * perDay), changes: changes.length };
}

/** How it was estimated, in a sentence. */
export function estimateText({ daily, changes }: Volatility): string {
  const percent = (daily * 100).toFixed(2);
  return (
    `A daily standard deviation of ${percent} %, estimated from ${changes} changes of the mark ` +
    'between five-minute candles: root of their mean square × √288.'
  );
}
