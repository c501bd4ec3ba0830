/** The newest candle under live marks. */
import { describe, expect, test } from 'vitest';
import { barOf, leaves, marked } from './candles.ts';

const last = barOf([120, 100, 110, 90, 105]);

describe('marked', () => {
  test('a mark in the same minute moves the close and the extremes', () => {
    expect(marked(last, { time: 179, price: 80 }, 60)).toEqual({ ...last, low: 80, close: 80 });
    expect(marked(last, { time: 121, price: 112 }, 60)).toEqual({ ...last, high: 112, close: 112 });
  });

  test('the next minute begins at its first mark', () => {
    const bar = { time: 180, open: 104, high: 104, low: 104, close: 104 };
    expect(marked(last, { time: 185, price: 104 }, 60)).toEqual(bar);
  });

  test('the first mark of all begins a candle', () => {
    expect(marked(undefined, { time: 61, price: 7 }, 60)?.time).toBe(60);
  });

  test('a mark from before the newest candle changes nothing', () => {
    expect(marked(last, { time: 119, price: 1 }, 60)).toBeNull();
  });
});

test('marks that leap leave candles out; those of one minute after another do not', () => {
  const bar = (time: number): typeof last => ({ ...last, time });
  expect(leaves(last, bar(300), 60)).toBe(true);
  expect(leaves(last, bar(180), 60)).toBe(false);
  expect(leaves(last, bar(120), 60)).toBe(false);
  expect(leaves(undefined, bar(300), 60)).toBe(false);
});
