/** What the account view reckons itself: volatility, funding to come, and the curve's points. */
import { describe, expect, test } from 'vitest';
import type { Candle } from '../api.ts';
import type { AccountHistory, AccountPoint } from './answers.ts';
import { nextFunding } from './funding.ts';
import { marksOf, pointsOf, type PastEvent } from './past.ts';
import { volatilityOf } from './volatility.ts';

function candles(closes: readonly number[], seconds = 300): Candle[] {
  return closes.map((close, k) => [k * seconds, close, close, close, close]);
}

function iso(second: number): string {
  return new Date(second * 1_000).toISOString();
}

function at(second: number, equity: string): AccountPoint {
  return { time: iso(second), equity, initialMargin: '2', maintenanceMargin: '1' };
}

function event(second: number, kind: string): PastEvent {
  return { time: iso(second), kind, amount: '5' } as unknown as PastEvent;
}

describe('volatility', () => {
  test('is the root mean square of changes, scaled to a day', () => {
    const up = Array.from({ length: 25 }, (_, k) => 100 * 1.001 ** (k % 2));
    const found = volatilityOf(candles(up));
    expect(found?.changes).toBe(24);
    expect(found?.daily).toBeCloseTo(Math.log(1.001) * Math.sqrt(288), 12);
  });

  test.each([
    ['too few', candles([1, 2, 3])],
    ['nothing moves', candles(Array.from({ length: 30 }, () => 7))],
    [
      'gaps are no changes',
      candles(
        Array.from({ length: 30 }, (_, k) => k + 1),
        600,
      ),
    ],
  ])('says nothing: %s', (_name, given) => {
    expect(volatilityOf(given)).toBeNull();
  });
});

describe('the next funding', () => {
  const last = { rate: '0.0001', intervalEnd: '2026-01-01T16:00:00.000Z' };
  const before = { rate: '-0.5', intervalEnd: '2026-01-01T08:00:00.000Z' };

  test.each([
    ['a long pays', 'long', [last, before], { amount: 1, time: '2026-01-02T00:00:00.000Z' }],
    ['a short receives', 'short', [last, before], { amount: -1, time: '2026-01-02T00:00:00.000Z' }],
    ['the pace is not known', 'long', [last], { amount: 1, time: null }],
  ] as const)('%s', (_name, side, settled, { amount, time }) => {
    const next = nextFunding({ side, value: '10000' }, settled);
    expect(next).toEqual({ amount, rate: '0.0001', time });
  });

  test('is not known before the first', () => {
    expect(nextFunding({ side: 'long', value: '1' }, [])).toBeNull();
  });
});

describe('the curve', () => {
  const history = { points: [at(60, '10'), at(120, '11')] } as unknown as AccountHistory;
  const points = pointsOf(history, [at(120.4, '12'), at(119, '0'), at(125, '13')]);

  test('has one point a second, the newest of it, and never goes back', () => {
    expect(points.map(({ time, equity }) => [time, equity])).toEqual([
      [60, 10],
      [120, 12],
      [125, 13],
    ]);
  });

  test('bears marks on the point behind them, each once', () => {
    const events = [
      event(124, 'margin-called'),
      event(61, 'deposited'),
      event(62, 'deposited'),
      event(10, 'funding-paid'),
      event(126, 'withdrawn'),
    ];
    expect(marksOf(events, points).map(({ time, text }) => [time, text])).toEqual([
      [60, 'funding'],
      [120, 'deposit +5.00'],
      [125, 'call'],
    ]);
  });
});
