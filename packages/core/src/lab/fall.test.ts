/** The largest fall against the plain definition: every pair of points within the window. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestFall, type Fall } from './fall.ts';
import type { PathPoint } from './path.ts';

const pathOf = (marks: readonly number[]): PathPoint[] =>
  marks.map((markTicks, index) => ({ timeMs: index * 10, markTicks, tradeTicks: markTicks }));

function byDefinition(path: readonly PathPoint[], windowMs: number): number {
  let largest = 0;
  for (const high of path)
    for (const low of path) {
      const apart = low.timeMs - high.timeMs;
      if (apart < 0 || apart > windowMs) continue;
      largest = Math.max(largest, (high.markTicks - low.markTicks) / high.markTicks);
    }
  return largest;
}

const cases: readonly (readonly [string, readonly number[], number, Fall | null])[] = [
  ['nothing', [], 100, null],
  ['a rise', [1, 2, 3], 100, null],
  ['a fall', [100, 90, 80, 85], 100, { fromMs: 0, toMs: 20, fraction: 0.2 }],
  ['the steeper of two', [100, 90, 100, 50], 100, { fromMs: 20, toMs: 30, fraction: 0.5 }],
  ['only within the window', [100, 90, 80, 70], 10, { fromMs: 20, toMs: 30, fraction: 0.125 }],
];

it.each(cases)('finds %s', (_name, marks, windowMs, fall) => {
  expect(largestFall(pathOf(marks), windowMs)).toEqual(fall);
});

it('finds what every pair of points would', () => {
  const marks = fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(marks, fc.integer({ min: 0, max: 400 }), (list, windowMs) => {
      const path = pathOf(list);
      expect(largestFall(path, windowMs)?.fraction ?? 0).toBe(byDefinition(path, windowMs));
    }),
  );
});
