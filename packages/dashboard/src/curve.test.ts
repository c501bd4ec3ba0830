/** The fund's curve: bounded points, a path within its box. */
import { describe, expect, test } from 'vitest';
import type { TotalsPoint } from './api.ts';
import { addPoint, curve } from './curve.ts';

function point(sequence: number): TotalsPoint {
  const time = '2026-01-01T00:00:00Z';
  return { time, sequence, fund: '1', called: 0, liquidated: 0, openInterest: {} };
}

describe('addPoint', () => {
  test('a day of points stays bounded, in order, with the newest in full', () => {
    let points: readonly TotalsPoint[] = [];
    for (let sequence = 1; sequence <= 43_200; sequence += 1)
      points = addPoint(points, point(sequence));
    expect(points.length).toBeLessThanOrEqual(600);
    expect(points.slice(-100).map((each) => each.sequence)).toEqual(
      Array.from({ length: 100 }, (_, index) => 43_101 + index),
    );
    expect(
      points.every(
        (each, index) => index === 0 || each.sequence > (points[index - 1]?.sequence ?? 0),
      ),
    ).toBe(true);
  });

  test('a point that is known already is not added again', () => {
    const points = [point(5)];
    expect(addPoint(points, point(5))).toBe(points);
  });
});

describe('curve', () => {
  test('runs from edge to edge between its lowest and highest value', () => {
    const picture = curve(
      [
        { time: 0, value: 100 },
        { time: 50, value: 0 },
        { time: 100, value: 50 },
      ],
      200,
      100,
    );
    expect(picture?.spots.map(({ x }) => x)).toEqual([0, 100, 200]);
    for (const { y } of picture?.spots ?? []) expect(y).toBeGreaterThanOrEqual(0);
    expect(picture?.area.endsWith('L200,100Z')).toBe(true);
    // What is never below zero gets no scale below it.
    expect(picture?.spots[1]?.y).toBe(100);
    expect(picture?.extremes).toEqual([
      { y: 100, value: 0 },
      { y: 7.4, value: 100 },
    ]);
  });

  test('one point, or a flat fund, still is a picture', () => {
    const picture = curve([{ time: 5, value: 7 }], 200, 100);
    expect(picture?.line).toBe('M0,50');
    expect(picture?.extremes).toEqual([{ y: 50, value: 7 }]);
  });

  test('no points, no picture', () => expect(curve([], 200, 100)).toBeNull());
});
