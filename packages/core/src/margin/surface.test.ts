/**
 * The surface of a pool against hand-made pairs, against `check` at those prices, and at beta 0.
 */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check } from './index.ts';
import type { Report } from './index.ts';
import { liquidationSurface } from './surface.ts';
import type { Surface, SurfaceRequest } from './surface.ts';
import { whatIf } from './what-if.ts';
import type { WhatIf } from './what-if.ts';

type Parts = Readonly<Record<string, unknown>>;

interface Leg {
  readonly side: string;
  readonly size: number;
  readonly schedule: Parts;
}

const flat = (rate: number): Parts => ({ kind: 'flat', rate });
const leg = (side: string, size: number, schedule: Parts = flat(0)): Leg => ({
  side,
  size,
  schedule,
});

/** Two markets at 100, both worth 100 a contract. */
function documentOf(legs: readonly Leg[], cash: number, more: Parts = {}): Parts {
  const isInverse = more['contract'] === 'inverse';
  const face = isInverse ? { face: 10_000 } : {};
  const rules = legs.map(({ schedule }) => ({ ...more, ...face, maintenance: { schedule } }));
  return {
    venue: 'custom',
    collateral: [{ asset: 'USD', amount: cash }],
    positions: legs.map(({ side, size }, k) => ({
      market: `M${k}`,
      side,
      size,
      entryPrice: 100,
      markPrice: 100,
      marginMode: 'cross',
    })),
    markets: Object.fromEntries(rules.map((each, k) => [`M${k}`, each])),
  };
}

function surfaceOf(document: Parts, beta: number): Surface['rows'][number] {
  const request = { market: 'M0', with: 'M1', betas: [beta] };
  return (liquidationSurface(document, request, rulebooks) as Surface).rows.at(0)!;
}

const cliff = {
  kind: 'steps',
  levels: [
    { from: 0, rate: 0.2 },
    { from: 900, rate: 0.01 },
  ],
};
const power = { kind: 'power', base: 0, factor: 0.001, exponent: 0.8 };

describe('where the pool triggers', () => {
  test.each<[string, Parts, number, string | null, string | null]>([
    ['two longs, alone', documentOf([leg('long', 10), leg('long', 10)], 500), 0, '-0.5', null],
    ['two longs, together', documentOf([leg('long', 10), leg('long', 10)], 500), 1, '-0.25', null],
    ['half as fast', documentOf([leg('long', 10), leg('long', 10)], 600), 0.5, '-0.4', null],
    ['hedged', documentOf([leg('long', 10), leg('short', 10)], 500), 1, null, null],
    ['half hedged', documentOf([leg('long', 10), leg('short', 5)], 250), 1, '-0.5', null],
    ['against each other', documentOf([leg('long', 10), leg('short', 10)], 500), -1, '-0.25', null],
    ['shorts', documentOf([leg('short', 10), leg('short', 10)], 500), 1, null, '0.25'],
    ['no cash', documentOf([leg('long', 10), leg('long', 10)], 0), 1, '0', '0'],
    // 2000·(1 + x) − 2000 + 500 = 0.05 · 2000·(1 + x)
    [
      'with a requirement',
      documentOf([leg('long', 10, flat(0.05)), leg('long', 10, flat(0.05))], 500),
      1,
      '-0.210526315789',
      null,
    ],
    // On 900 the higher rate applies: 280 − 200 = 80 is under 180.
    [
      'a step jumps over it',
      documentOf([leg('long', 10, cliff), leg('long', 10)], 280),
      1,
      '-0.1',
      null,
    ],
    // Inverse, 10,000 a contract: 100 coins each; 200 − 200/(1 + x) + 50 = 0.
    [
      'inverse',
      documentOf([leg('long', 1), leg('long', 1)], 50, { contract: 'inverse' }),
      1,
      '-0.2',
      null,
    ],
  ])('%s', (...[, document, beta, down, up]) => {
    const row = surfaceOf(document, beta);
    expect([row.down?.move ?? null, row.up?.move ?? null]).toEqual([down, up]);
  });

  test('each price of the pair, and both marks', () => {
    const document = documentOf([leg('long', 10), leg('long', 10)], 600);
    const answer = liquidationSurface(
      document,
      { market: 'M1', with: 'M0', betas: ['0.5'] },
      rulebooks,
    );
    expect(answer).toMatchObject({ market: 'M1', with: 'M0', markPrice: '100' });
    expect((answer as Surface).rows[0]?.down).toEqual({
      move: '-0.4',
      price: '60',
      withPrice: '80',
    });
  });
});

describe('what is refused', () => {
  const document = documentOf([leg('long', 10), leg('long', 10)], 600);
  test.each<[string, unknown, string]>([
    ['no market', { with: 'M1' }, 'market'],
    ['a market without a position', { market: 'M0', with: 'X' }, 'with'],
    ['the same twice', { market: 'M0', with: 'M0' }, 'with'],
    ['a beta that is none', { market: 'M0', with: 'M1', betas: [1, 'x'] }, 'betas[1]'],
  ])('%s', (_name, request, path) => {
    const answer = liquidationSurface(document, request as SurfaceRequest, rulebooks);
    expect(answer).toMatchObject({ error: { path } });
  });
});

const schedules = fc.constantFrom<Parts>(
  flat(0.03),
  cliff,
  power,
  {
    kind: 'brackets',
    levels: [
      { from: 0, rate: 0.01 },
      { from: 800, rate: 0.2 },
    ],
  },
  { kind: 'linear', by: 'value', base: 0.01, perUnit: 0.00001 },
);
const legs = fc.record({
  side: fc.constantFrom('long', 'short'),
  size: fc.integer({ min: 1, max: 30 }),
  schedule: schedules,
});
const scenes = fc.record({
  legs: fc.tuple(legs, legs),
  cash: fc.integer({ min: 1, max: 3000 }),
  contract: fc.constantFrom('linear', 'inverse'),
  beta: fc.constantFrom(-1.5, -1, 0.3, 1, 2),
});

function headroom({ equity, maintenanceMargin }: Report): number {
  return Number(equity) - Number(maintenanceMargin);
}

/** What `check` says with both prices moved by a share of the way to the point. */
function headroomAt(
  document: Parts,
  to: { price: string; withPrice: string },
  share: number,
): number {
  const at = (price: string): number => 100 + (Number(price) - 100) * share;
  const prices = { M0: at(to.price), M1: at(to.withPrice) };
  return headroom((whatIf(document, [{ kind: 'prices', prices }], rulebooks) as WhatIf).after);
}

describe('laws', () => {
  test('before the point the pool stands, just beyond it does not', () => {
    fc.assert(
      fc.property(scenes, ({ legs: both, cash, contract, beta }) => {
        const document = documentOf(both, cash, { contract });
        const { down, up } = surfaceOf(document, beta);
        for (const point of [down, up]) {
          if (point === null || point.move === '0') continue;
          if (Number(point.price) < 1 || Number(point.withPrice) < 1) continue;
          const [before, beyond] = [
            headroomAt(document, point, 0.999),
            headroomAt(document, point, 1.0001),
          ];
          expect(before).toBeGreaterThan(-1e-6);
          expect(beyond).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('nothing triggers before the point, nor anywhere without one', () => {
    fc.assert(
      fc.property(scenes, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (scene, share) => {
        const document = documentOf(scene.legs, scene.cash, { contract: scene.contract });
        const { down } = surfaceOf(document, scene.beta);
        if (down?.move === '0') return;
        const end = Math.min(1, scene.beta > 0 ? 1 / scene.beta : 1) * 0.999;
        const move = down === null ? -end : Number(down.move);
        const to = {
          price: String(100 * (1 + move)),
          withPrice: String(100 * (1 + scene.beta * move)),
        };
        expect(headroomAt(document, to, share)).toBeGreaterThan(-1e-6);
      }),
      { numRuns: 50 },
    );
  });

  test('beta 0 is the ordinary liquidation price', () => {
    fc.assert(
      fc.property(scenes, ({ legs: both, cash, contract }) => {
        const document = documentOf(both, cash, { contract });
        const [first] = (check(document, rulebooks) as Report).positions;
        const row = surfaceOf(document, 0);
        const point = first?.side === 'long' ? row.down : row.up;
        expect(closeTo(point?.price ?? null)).toEqual(closeTo(first?.liquidationPrice ?? null));
      }),
    );
  });

  test('and so it is for tied collateral', () => {
    const path = `${import.meta.dirname}/../../../../examples/cross-markets.json`;
    const { markets, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as {
      markets: Record<string, Parts>;
    };
    const plain = Object.entries(markets).map(([name, market]) => [
      name,
      { ...market, liquidationPriceRounding: 'none' },
    ]);
    const document = { ...rest, markets: Object.fromEntries(plain) };
    const request = { market: 'BTCUSDT', with: 'ETHUSDT', betas: [0] };
    const { rows } = liquidationSurface(document, request, rulebooks) as Surface;
    const [first] = (check(document, rulebooks) as Report).positions;
    expect(rows[0]?.down?.price).toBe(first?.liquidationPrice);
  });
});

/** Ten digits: a root with an irrational exponent may differ in the last. */
function closeTo(price: string | null): string | null {
  return price === null ? null : Number(price).toPrecision(10);
}
