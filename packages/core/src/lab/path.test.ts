/** Candles become paths that visit both extremes, and marks bound them. */
import { describe, expect, it } from 'vitest';
import { candlePath, markedPath, mergePaths, pathOf, type Candle } from './path.ts';

const up: Candle = { timeMs: 0, open: 10, high: 14, low: 8, close: 12 };
const down: Candle = { timeMs: 0, open: 12, high: 14, low: 8, close: 10 };

describe('the path through a candle visits both extremes', () => {
  it.each([
    ['away-first', 'a rising candle falls first', up, [10, 8, 14, 12]],
    ['away-first', 'a falling candle rises first', down, [12, 14, 8, 10]],
    ['low-first', 'whatever the close', down, [12, 8, 14, 10]],
    ['high-first', 'whatever the close', up, [10, 14, 8, 12]],
  ] as const)('%s: %s', (order, _, candle, path) => {
    expect(candlePath(candle, order)).toEqual(path);
  });

  it('spreads the four prices over the interval', () => {
    expect(pathOf([up], 60_000, 'away-first').map((point) => point.timeMs)).toEqual([
      0, 15_000, 30_000, 45_000,
    ]);
  });
});

describe('marks bound the path of trades', () => {
  const trades = pathOf([up, { ...down, timeMs: 60_000 }], 60_000, 'low-first');

  it('visits the low and the high of the mark candle, and stays between them', () => {
    const marks = [{ timeMs: 0, open: 10, high: 13, low: 9, close: 10 }];
    const path = markedPath(trades, marks, 3_600_000, 'low-first');
    expect(path.map((point) => point.markTicks)).toEqual([10, 9, 13, 12, 12, 9, 13, 10]);
    expect(path.map((point) => point.tradeTicks)).toEqual([10, 8, 14, 12, 12, 8, 14, 10]);
  });

  it('visits an extreme of the marks that the trades never reached', () => {
    const marks = [{ timeMs: 0, open: 10, high: 30, low: 2, close: 10 }];
    const seen = markedPath(trades, marks, 3_600_000, 'low-first').map((point) => point.markTicks);
    expect(Math.min(...seen)).toBe(2);
    expect(Math.max(...seen)).toBe(30);
  });

  it('follows the mark candle itself where there are no trades', () => {
    const marks = [{ timeMs: 7_200_000, open: 5, high: 7, low: 4, close: 6 }];
    const path = markedPath(trades, marks, 3_600_000, 'low-first');
    expect(path.map((point) => point.markTicks)).toEqual([5, 4, 7, 6]);
  });

  it('leaves out trades that no mark covers', () => {
    const marks = [{ timeMs: 60_000, open: 12, high: 14, low: 8, close: 10 }];
    expect(
      markedPath(trades, marks, 60_000, 'low-first').every((point) => point.timeMs >= 60_000),
    ).toBe(true);
  });
});

it('merges markets into epochs in time order', () => {
  const a = pathOf([up], 60_000, 'low-first');
  const b = pathOf([{ ...down, timeMs: 15_000 }], 60_000, 'low-first');
  const epochs = mergePaths(
    new Map([
      ['A', a],
      ['B', b],
    ]),
  );
  expect(
    epochs.map((epoch) => [epoch.timeMs, epoch.points.map((one) => one.market).join('')]),
  ).toEqual([
    [0, 'A'],
    [15_000, 'AB'],
    [30_000, 'AB'],
    [45_000, 'AB'],
    [60_000, 'B'],
  ]);
});
