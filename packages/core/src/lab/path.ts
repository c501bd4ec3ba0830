/**
 * From candles to the prices that a position meets: each candle becomes open, both extremes, close,
 * so that no extreme is missed; marks, where there are any, bound the path.
 */

/** Prices in ticks; the candle covers `timeMs` up to `timeMs + intervalMs`. */
export interface Candle {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Which extreme comes first: the one away from the close, or always the low, or always the high.
 */
export type ExtremesOrder = 'away-first' | 'low-first' | 'high-first';

/** A moment: where the market trades, and its mark. */
export interface PathPoint {
  readonly timeMs: number;
  readonly tradeTicks: number;
  readonly markTicks: number;
}

/** The four prices of one candle in order. */
export function candlePath(candle: Candle, order: ExtremesOrder): [number, number, number, number] {
  const { open, high, low, close } = candle;
  const lowFirst = order === 'low-first' || (order === 'away-first' && close >= open);
  return lowFirst ? [open, low, high, close] : [open, high, low, close];
}

/** Candles of trades as a path; without marks the mark is the trade price. */
export function pathOf(
  candles: readonly Candle[],
  intervalMs: number,
  order: ExtremesOrder,
): PathPoint[] {
  const quarter = intervalMs / 4;
  return candles.flatMap((candle) =>
    candlePath(candle, order).map((ticks, k) => ({
      timeMs: candle.timeMs + Math.floor(k * quarter),
      tradeTicks: ticks,
      markTicks: ticks,
    })),
  );
}

/**
 * A path under mark candles. Inside a mark candle the mark follows the trades, held within the
 * candle's low and high, and it visits both where the trades are lowest and highest; a mark candle
 * without trades gives its own four prices. Points that no mark candle covers are left out.
 */
export function markedPath(
  trades: readonly PathPoint[],
  marks: readonly Candle[],
  intervalMs: number,
  order: ExtremesOrder,
): PathPoint[] {
  let next = 0;
  return marks.flatMap((candle) => {
    while (next < trades.length && (trades[next]?.timeMs ?? 0) < candle.timeMs) next += 1;
    const first = next;
    while (next < trades.length && (trades[next]?.timeMs ?? 0) < candle.timeMs + intervalMs)
      next += 1;
    const inside = trades.slice(first, next);
    return inside.length === 0 ? pathOf([candle], intervalMs, order) : bounded(inside, candle);
  });
}

function bounded(points: readonly PathPoint[], candle: Candle): PathPoint[] {
  const prices = points.map((point) => point.tradeTicks);
  const lowest = prices.indexOf(Math.min(...prices));
  const highest = prices.indexOf(Math.max(...prices));
  return points.map((point, index) => {
    const inside = Math.min(Math.max(point.tradeTicks, candle.low), candle.high);
    const atLow = index === lowest ? candle.low : inside;
    return { ...point, markTicks: index === highest && highest !== lowest ? candle.high : atLow };
  });
}

/** One epoch: all markets that have a point at this time. */
export interface PathEpoch {
  readonly timeMs: number;
  readonly points: readonly { readonly market: string; readonly point: PathPoint }[];
}

/** Several markets' paths as one sequence of epochs. */
export function mergePaths(paths: ReadonlyMap<string, readonly PathPoint[]>): PathEpoch[] {
  const byTime = new Map<number, { market: string; point: PathPoint }[]>();
  for (const [market, points] of paths) {
    for (const point of points) {
      const epoch = byTime.get(point.timeMs) ?? [];
      epoch.push({ market, point });
      byTime.set(point.timeMs, epoch);
    }
  }
  return [...byTime].sort(([a], [b]) => a - b).map(([timeMs, points]) => ({ timeMs, points }));
}
