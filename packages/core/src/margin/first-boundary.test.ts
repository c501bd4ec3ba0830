/** The liquidation price against a plain scan of prices, and the laws that every schedule obeys. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check, explain } from './index.ts';
import type { Report } from './index.ts';

const MARK = 100;

const decimalOf = (min: number, max: number, places: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: Math.ceil(min * 10 ** places), max: Math.floor(max * 10 ** places) })
    .map((n) => (n / 10 ** places).toFixed(places));

const rate = decimalOf(0, 0.9, 3);
const by = fc.constantFrom('value', 'size');

const levels = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    fc.array(rate, { minLength: 6, maxLength: 6 }),
  )
  .map(([edges, rates]) =>
    [0, ...edges.map((edge) => edge * 50).toSorted((a, b) => a - b)].map((from, k) => ({
      from: String(from),
      rate: rates.at(k)!,
    })),
  );

interface ScheduleDocument {
  readonly kind: string;
  readonly [key: string]: unknown;
}

const simple: fc.Arbitrary<ScheduleDocument> = fc.oneof(
  fc.record({ kind: fc.constant('flat'), rate }),
  fc.record({ kind: fc.constant('brackets'), by, levels }),
  fc.record({ kind: fc.constant('steps'), by, levels }),
  fc.record({ kind: fc.constant('linear'), by, base: rate, perUnit: decimalOf(0, 0.001, 5) }),
  fc.record({ kind: fc.constant('per-unit'), amount: decimalOf(0, 60, 1) }),
);
const powerSchedule: fc.Arbitrary<ScheduleDocument> = fc.record({
  kind: fc.constant('power'),
  by,
  base: decimalOf(0, 0.3, 3),
  factor: decimalOf(0, 0.01, 5),
  exponent: fc.constantFrom('0', '0.3', '0.5', '0.8', '1', '2'),
  offset: decimalOf(0, 0.2, 2),
});
const exactSchedule = fc.oneof(
  { weight: 4, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('max'),
      of: fc.array(simple, { minLength: 1, maxLength: 3 }),
    }),
  },
);
const anySchedule = fc.oneof(
  { weight: 3, arbitrary: powerSchedule },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('max'),
      of: fc.array(fc.oneof(simple, powerSchedule), { minLength: 2, maxLength: 3 }),
    }),
  },
);

interface Sample {
  readonly contract: string;
  readonly schedule: ScheduleDocument;
  readonly basis: string;
  readonly feeRate: string;
  readonly feeAt: string;
  readonly trigger: string;
  readonly mode: string;
  readonly legs: readonly { side: string; size: number; entry: string; leverage: string }[];
  readonly cash: string;
  readonly tied: string;
  readonly other: boolean;
}

const sampleOf = (schedule: fc.Arbitrary<ScheduleDocument>): fc.Arbitrary<Sample> =>
  fc.record({
    contract: fc.constantFrom('linear', 'inverse'),
    schedule,
    basis: fc.constantFrom('mark', 'mark', 'entry'),
    feeRate: fc.constantFrom('0', '0', '0.001', '0.05'),
    feeAt: fc.constantFrom('mark', 'bankruptcy', 'leverage'),
    trigger: fc.constantFrom('below', 'at-or-below'),
    mode: fc.constantFrom('cross', 'cross', 'isolated'),
    legs: fc.uniqueArray(
      fc.record({
        side: fc.constantFrom('long', 'short'),
        size: fc.integer({ min: 1, max: 20 }),
        entry: decimalOf(60, 140, 0),
        leverage: fc.constantFrom('1', '5', '0.5', '20'),
      }),
      { minLength: 1, maxLength: 2, selector: (leg) => leg.side },
    ),
    cash: decimalOf(-100, 900, 1),
    tied: fc.constantFrom('0', '0', '1', '3', '-1'),
    other: fc.boolean(),
  });

/** The document of a sample with its moving market at this price. */
function documentAt(sample: Sample, price: number): object {
  const isInverse = sample.contract === 'inverse';
  const unit = isInverse ? { face: '10000' } : { multiplier: '1' };
  const legs = sample.mode === 'isolated' ? sample.legs.slice(0, 1) : sample.legs;
  const positions: object[] = legs.map(({ side, size, entry, leverage }) => ({
    market: 'M',
    side,
    size: String(size),
    entryPrice: entry,
    markPrice: String(price),
    leverage,
    marginMode: sample.mode,
    ...(sample.mode === 'isolated' ? { isolatedMargin: sample.cash } : {}),
  }));
  if (sample.other)
    positions.push({
      market: 'N',
      side: 'long',
      size: '2',
      entryPrice: '50',
      markPrice: '40',
      marginMode: 'cross',
    });
  const maintenance = {
    basis: sample.basis,
    schedule: sample.schedule,
    closingFeeRate: sample.feeRate,
    closingFeeAt: sample.feeAt,
  };
  return {
    venue: 'custom',
    collateral: [
      { asset: 'CASH', amount: sample.cash },
      { asset: 'COIN', amount: sample.tied, price: String(price), market: 'M' },
    ],
    positions,
    markets: {
      M: { contract: sample.contract, ...unit, maintenance, trigger: sample.trigger },
      N: {
        contract: sample.contract,
        ...unit,
        maintenance: { schedule: { kind: 'flat', rate: '0.1' } },
      },
    },
  };
}

function reportAt(sample: Sample, price: number): Report {
  const outcome = check(documentAt(sample, price), rulebooks);
  if ('error' in outcome) throw new Error(`${outcome.error.path}: ${outcome.error.message}`);
  return outcome;
}

/** Equity at or below requirement: the liquidation price is the same for both triggers. */
function isMet(sample: Sample, price: number): boolean {
  const { equity, marginRatio } = reportAt(sample, price).positions.at(0)!;
  return Number(equity) < 0 || marginRatio === 'Infinity' || Number(marginRatio) >= 1;
}

/** The way of the price by the document's own words; null for an exactly hedged pool. */
function directionOf(sample: Sample): number {
  const legs = sample.mode === 'isolated' ? sample.legs.slice(0, 1) : sample.legs;
  const net = legs.reduce((total, { side, size }) => total + (side === 'long' ? size : -size), 0);
  if (net !== 0) return -Math.sign(net);
  return 0;
}

function scan(direction: number): readonly number[] {
  const prices: number[] = [];
  for (let k = 1; k <= 99; k += 1) {
    if (direction < 0) prices.push(MARK - k, MARK - k + 0.37);
    else prices.push(MARK + k * k * 0.2, MARK + k * 3);
  }
  return prices.toSorted((a, b) => direction * (a - b)).map((p) => Number(p.toFixed(6)));
}

function holds(sample: Sample): void {
  const report = reportAt(sample, MARK);
  const text = report.positions.at(0)!.liquidationPrice;
  const direction = directionOf(sample);
  if (direction === 0) return;
  if (isMet(sample, MARK)) {
    expect(text).toBe(String(MARK));
    return;
  }
  const price = text === null ? (direction < 0 ? 0 : Infinity) : Number(text);
  expect((price - MARK) * direction).toBeGreaterThanOrEqual(0);
  for (const scanned of scan(direction)) {
    const isBefore = (price - scanned) * direction > 1e-6 * price || text === null;
    if (isBefore) expect([scanned, isMet(sample, scanned)]).toEqual([scanned, false]);
  }
  if (text === null || price < 1e-3 || price > 1e7) return;
  const near = [0, 1e-10, 1e-9, 1e-8].map((step) => price * (1 + direction * step));
  expect(near.some((beyond) => isMet(sample, Number(beyond.toPrecision(15))))).toBe(true);
  const derived = explain(documentAt(sample, MARK), 0, rulebooks);
  expect(derived).toMatchObject({ liquidationPrice: text });
}

test('no scanned price before the liquidation price triggers, and just beyond it one does', () => {
  fc.assert(fc.property(sampleOf(exactSchedule), holds), { numRuns: 250 });
});

test('the same with power schedules, alone and inside max', () => {
  fc.assert(fc.property(sampleOf(anySchedule), holds), { numRuns: 15 });
});
