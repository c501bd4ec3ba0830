/**
 * Candles of the mark price: the server's minutes joined into longer ones, and the newest one moved
 * by each live mark.
 */
import type { Candle } from './api.ts';

export interface Bar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Joins candles into intervals of so many seconds; the input ascends in time. */
export function regroup(candles: readonly Candle[], seconds: number): Bar[] {
  const bars: Bar[] = [];
  for (const [time, open, high, low, close] of candles) {
    const start = time - (time % seconds);
    const last = bars.at(-1);
    if (last?.time === start) bars[bars.length - 1] = joined(last, high, low, close);
    else bars.push({ time: start, open, high, low, close });
  }
  return bars;
}

/** The bar that a mark at a time belongs to, given the newest one so far; null for an old mark. */
export function marked(
  last: Bar | undefined,
  mark: { time: number; price: number },
  seconds: number,
): Bar | null {
  const { price } = mark;
  const start = mark.time - (mark.time % seconds);
  if (last && start < last.time) return null;
  if (last?.time === start) return joined(last, price, price, price);
  const open = last?.close ?? price;
  return {
    time: start,
    open,
    high: Math.max(open, price),
    low: Math.min(open, price),
    close: price,
  };
}

function joined(bar: Bar, high: number, low: number, close: number): Bar {
  return { ...bar, high: Math.max(bar.high, high), low: Math.min(bar.low, low), close };
}
