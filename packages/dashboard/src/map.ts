/**
 * The liquidation map as the chart draws it: bars along the prices on the screen, longs below the
 * mark and shorts above it, and how much a move to each price would close in all.
 */
import type { Decimal, LiquidationMap } from './api.ts';

export interface MapBar {
  /** Prices from `low` up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly side: 'long' | 'short';
  readonly positions: number;
  readonly value: number;
  /** Of this side, from the mark up to the far end of the bar. */
  readonly sum: number;
}

/**
 * Rungs of the server merged so that a bar is at least `least` of price high; ascending. Bars begin
 * at whole multiples of their height, so that they stay while the mark moves.
 */
export function barsOf(map: LiquidationMap, least: number): MapBar[] {
  const step = Number(map.step);
  const height = step * Math.max(1, Math.ceil(least / step - 1e-9));
  const bars = new Map<string, MapBar>();
  for (const { price, side, positions, value } of map.rungs) {
    // In whole steps: a quotient of decimals may fall a hair short.
    const rung = Math.round(Number(price) / step);
    const low = Math.floor((rung * step) / height + 1e-9) * height;
    const key = `${low} ${side}`;
    const known = bars.get(key) ?? {
      low,
      high: low + height,
      side,
      positions: 0,
      value: 0,
      sum: 0,
    };
    bars.set(key, {
      ...known,
      positions: known.positions + positions,
      value: known.value + Number(value),
    });
  }
  return summed([...bars.values()].toSorted((a, b) => a.low - b.low));
}

function summed(bars: readonly MapBar[]): MapBar[] {
  let above = 0;
  const up = bars.map((bar) =>
    bar.side === 'short' ? { ...bar, sum: (above += bar.value) } : bar,
  );
  let below = 0;
  return up
    .toReversed()
    .map((bar) => (bar.side === 'long' ? { ...bar, sum: (below += bar.value) } : bar))
    .toReversed();
}

/** What a move of the mark to a price would close: the positions between the two. */
export function closedBy(
  map: LiquidationMap,
  price: number,
): { readonly side: 'long' | 'short'; readonly positions: number; readonly value: number } {
  const mark = Number(map.mark);
  const side = price < mark ? 'long' : 'short';
  const step = Number(map.step);
  const reached = map.rungs.filter((rung) => {
    if (rung.side !== side) return false;
    const low = Number(rung.price);
    return side === 'long' ? low + step > price : low <= price;
  });
  return {
    side,
    positions: reached.reduce((sum, { positions }) => sum + positions, 0),
    value: reached.reduce((sum, { value }) => sum + Number(value), 0),
  };
}

/** Share of the mark that one press of an arrow key goes, and one of Page Up or Down. */
const STRIDES: Readonly<Record<string, number>> = {
  ArrowUp: 0.0025,
  ArrowDown: -0.0025,
  PageUp: 0.025,
  PageDown: -0.025,
};

/** The price that a key leads to from another, on a rung of the map; null for other keys. */
export function keyedPrice(map: LiquidationMap, from: number, key: string): number | null {
  const [mark, step] = [Number(map.mark), Number(map.step)];
  if (key === 'Home') return mark;
  const stride = STRIDES[key];
  if (stride === undefined) return null;
  const rungs = Math.max(1, Math.round((mark * Math.abs(stride)) / step)) * Math.sign(stride);
  return Math.max(step, (Math.round(from / step) + rungs) * step);
}

/** The value of one side's rests and rungs together. */
export function totalOf(sums: readonly { readonly value: Decimal }[]): number {
  return sums.reduce((total, { value }) => total + Number(value), 0);
}

/** How far around the mark the chart shows; null: as far as the candles; auto: see `nearShare`. */
export interface Reach {
  readonly name: string;
  readonly share: number | 'auto' | null;
}

const AUTO = { name: 'auto', share: 'auto' } as const;

export const REACHES: readonly [Reach, ...Reach[]] = [
  AUTO,
  { name: 'candles', share: null },
  { name: '±2 %', share: 0.02 },
  { name: '±5 %', share: 0.05 },
  { name: '±15 %', share: 0.15 },
];

const NEAR = 0.02;
const FAR = 0.05;
const ENOUGH = 0.1;

/**
 * How far to look so that candles stay candles and the map has something to show: near where a
 * tenth of all that the map knows would be closed, else a little further.
 */
export function nearShare(map: LiquidationMap): number {
  const mark = Number(map.mark);
  const near = map.rungs.filter(({ price }) => Math.abs(Number(price) / mark - 1) <= NEAR);
  return totalOf(near) >= totalOf(map.rungs) * ENOUGH ? NEAR : FAR;
}
