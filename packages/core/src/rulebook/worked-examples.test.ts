/** The worked examples of venues and regulators, each through `check` under its rulebook. */
import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { check } from '../margin/index.ts';
import { rulebooks } from './index.ts';
import { figureAt } from './kit/figure.ts';
import { workedExamples } from './kit/worked-examples.ts';

describe('worked examples', () => {
  for (const { venue, what, document, figure, expected, tolerance } of workedExamples) {
    test(`${venue}: ${what}: ${figure} ${expected}`, () => {
      const outcome = check(document, rulebooks);
      expect(outcome).not.toHaveProperty('error');
      const found = figureAt(outcome, figure);
      const gap = new Decimal(found ?? 'NaN').minus(expected).abs();
      expect(gap.lte(tolerance), `${String(found)} for ${expected}`).toBe(true);
    });
  }
});
