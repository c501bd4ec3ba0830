/** The map's bars: nothing lost in merging, sums from the mark outwards, edges that stay. */
import { describe, expect, test } from 'vitest';
import type { LiquidationMap, Rung } from './api.ts';
import { barsOf, closedBy, keyedPrice, nearShare } from './map.ts';

function rung(price: string, side: 'long' | 'short', value: string): Rung {
  return { price, side, positions: 1, size: '1', value };
}

const MAP: LiquidationMap = {
  sequence: 1,
  market: 'A',
  mark: '100',
  step: '0.1',
  rungs: [
    rung('98.7', 'long', '40'),
    rung('99.3', 'long', '10'),
    rung('99.4', 'long', '20'),
    rung('100.6', 'short', '7'),
    rung('101.2', 'short', '5'),
  ],
  beyond: [],
  never: [],
  underWay: [],
};

describe('bars', () => {
  test('are the rungs where these are high enough', () => {
    expect(barsOf(MAP, 0.05).map(({ low, value }) => [low.toFixed(1), value])).toEqual([
      ['98.7', 40],
      ['99.3', 10],
      ['99.4', 20],
      ['100.6', 7],
      ['101.2', 5],
    ]);
  });

  test('merge at whole multiples of their height, each side by itself, and lose nothing', () => {
    const bars = barsOf(MAP, 0.5);
    expect(bars.map(({ low, value, positions }) => [low, value, positions])).toEqual([
      [98.5, 40, 1],
      [99, 30, 2],
      [100.5, 7, 1],
      [101, 5, 1],
    ]);
    expect(barsOf({ ...MAP, mark: '100.2' }, 0.5)).toEqual(bars);
  });

  test('sum from the mark outwards', () => {
    expect(barsOf(MAP, 0.5).map(({ sum }) => sum)).toEqual([70, 30, 7, 12]);
  });
});

describe('a move of the mark', () => {
  test.each([
    [99.9, 'long', 0, 0],
    [99.45, 'long', 1, 20],
    [98, 'long', 3, 70],
    [100.65, 'short', 1, 7],
    [200, 'short', 2, 12],
  ] as const)('to %f closes %ss', (price, side, positions, value) => {
    expect(closedBy(MAP, price)).toEqual({ side, positions, value });
  });
});

describe('the reach', () => {
  test('is near where that shows a tenth of what would be closed', () => {
    // 82 in all; 42 of them within 2 %.
    expect(nearShare(MAP)).toBe(0.02);
    const far = [rung('75', 'long', '900'), ...MAP.rungs];
    expect(nearShare({ ...MAP, rungs: far })).toBe(0.05);
    expect(nearShare({ ...MAP, rungs: [] })).toBe(0.02);
  });
});

describe('the keys', () => {
  test('go along the rungs, a few at a time, and back to the mark', () => {
    expect(keyedPrice(MAP, 100, 'ArrowUp')).toBeCloseTo(100.3, 9);
    expect(keyedPrice(MAP, 100.04, 'ArrowDown')).toBeCloseTo(99.7, 9);
    expect(keyedPrice(MAP, 100, 'PageDown')).toBeCloseTo(97.5, 9);
    expect(keyedPrice(MAP, 0.2, 'PageDown')).toBeCloseTo(0.1, 9);
    expect(keyedPrice(MAP, 97, 'Home')).toBe(100);
    expect(keyedPrice(MAP, 97, 'a')).toBeNull();
  });
});
