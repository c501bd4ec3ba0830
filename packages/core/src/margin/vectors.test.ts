/** The published examples: each expected figure within its stated tolerance. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check } from './index.ts';

interface Vector {
  readonly id: string;
  readonly account: unknown;
  readonly expected: Record<string, { value: string | null; tolerance?: string }>;
}

const FILE = fileURLToPath(new URL('../../../../../shared/vectors/public.json', import.meta.url));
const vectors = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Vector[]) : [];

function figureAt(outcome: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((key) => key !== '')
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], outcome);
}

describe.skipIf(vectors.length === 0)(
  'published examples (skipped without ../shared/vectors/public.json)',
  () => {
    test('all of them are there', () => {
      expect(vectors.length).toBeGreaterThanOrEqual(149);
    });

    for (const { id, account, expected } of vectors) {
      test(id, () => {
        const outcome = check(account, rulebooks);
        expect(outcome).not.toHaveProperty('error');
        for (const [path, { value, tolerance }] of Object.entries(expected)) {
          const figure = figureAt(outcome, path);
          if (value === null || tolerance === undefined)
            expect([path, figure]).toEqual([path, value]);
          else {
            const gap = new Decimal(figure as string).minus(value).abs();
            expect(gap.lte(tolerance), `${path}: ${String(figure)} for ${value}`).toBe(true);
          }
        }
      });
    }
  },
);
