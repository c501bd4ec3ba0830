/** Candles of the mark price: those of the server, and the newest one moved by each live mark. */
import type { Candle } from './api.ts';

export interface Bar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface Interval {
  /** As the server names it. */
  readonly name: string;
  readonly seconds: number;
}

export const INTERVALS: readonly Interval[] = [
  { name: '1m', seconds: 60 },
  { name: '5m', seconds: 300 },
  { name: '15m', seconds: 900 },
  { name: '1h', seconds: 3_600 },
];

export function barOf([time, open, high, low, close]: Candle): Bar {
  return { time, open, high, low, close };
}

/** The bar that a mark at a time belongs to, given the newest one so far; null for an old mark. */
export function marked(
  last: Bar | undefined,
  mark: { readonly time: number; readonly price: number },
  seconds: number,
): Bar | null {
  const { price } = mark;
  const time = mark.time - (mark.time % seconds);
  if (last && time < last.time) return null;
  if (last?.time !== time) return { time, open: price, high: price, low: price, close: price };
  return {
    ...last,
    high: Math.max(last.high, price),
    low: Math.min(last.low, price),
    close: price,
  };
}

/** Whether bars are missing between the newest one so far and the next: marks came in a leap. */
export function leaves(last: Bar | undefined, next: Bar, seconds: number): boolean {
  return last !== undefined && next.time > last.time + seconds;
}
