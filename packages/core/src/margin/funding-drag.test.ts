/** Payments counted to the very one that liquidates, alone and in a pool of several intervals. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { decimal, integer } from '../units/index.ts';
import { fundingDrag } from './funding-drag.ts';
import type { FundingDrag, FundingRequest } from './funding-drag.ts';
import { firstPayment } from './funding-drag-walk.ts';
import { check } from './index.ts';
import type { Report } from './index.ts';

type Parts = Readonly<Record<string, unknown>>;

interface Row {
  readonly side?: string;
  readonly margin?: string;
  readonly rate?: string;
  readonly market?: Parts;
  readonly maintenance?: Parts;
}

/** An isolated position worth 1000 with 5 % maintenance. */
function documentOf({ side, margin, rate, market, maintenance }: Row): Parts {
  const position = {
    market: 'M',
    side: side ?? 'long',
    size: '10',
    entryPrice: '100',
    markPrice: '100',
    marginMode: 'isolated',
    isolatedMargin: margin ?? '100',
  };
  const funding = { rate: rate ?? '0.001', intervalHours: '8' };
  const rules = { schedule: { kind: 'flat', rate: '0.05' }, ...maintenance };
  const markets = { M: { funding, maintenance: rules, ...market } };
  return { venue: 'custom', positions: [position], markets };
}

function dragOf(document: Parts, request: FundingRequest = {}): FundingDrag {
  return fundingDrag(document, request, rulebooks) as FundingDrag;
}

const bankruptcy = { closingFeeRate: '0.01', closingFeeAt: 'bankruptcy' };

// ceil((W − m·N)/(f·N)) with W = 100, m·N = 50, f·N = 1.
test.each<[string, Row, string | null]>([
  ['exactly fifty payments', {}, '50'],
  ['a little more margin', { margin: '100.01' }, '51'],
  ['a little less', { margin: '99.99' }, '50'],
  ['one payment less', { margin: '99' }, '49'],
  ['half a payment left', { margin: '50.5' }, '1'],
  ['already there', { margin: '50' }, '0'],
  ['a short is paid', { side: 'short' }, null],
  ['a short pays when the rate is below 0', { side: 'short', rate: '-0.001' }, '50'],
  ['no rate', { rate: '0' }, null],
  ['a tiny rate', { rate: '0.000000001' }, '50000000'],
  ['a fee at the bankruptcy price', { maintenance: bankruptcy }, '41'],
])('%s', (_name, row, intervals) => {
  expect(dragOf(documentOf(row)).intervalsToLiquidation).toBe(intervals);
});

test('days, payments and the price after them', () => {
  const { after, dailyDrag, hoursToLiquidation } = dragOf(documentOf({}));
  expect(after).toEqual([
    // (1000 − 100 + paid)/(10·0.95)
    expect.objectContaining({ days: '1', intervals: '3', paid: '3' }),
    expect.objectContaining({ days: '7', intervals: '21', liquidationPrice: '96.9473684211' }),
    expect.objectContaining({ days: '30', intervals: '90', distance: '0' }),
  ]);
  expect([dailyDrag, hoursToLiquidation]).toEqual(['0.03', '400']);
});

const rules = (rate: string, intervalHours: string): Parts => ({
  funding: { rate, intervalHours },
  maintenance: { schedule: { kind: 'flat', rate: '0.05' } },
});

describe('a pool', () => {
  const cross = { entryPrice: '100', markPrice: '100', marginMode: 'cross' };
  const document: Parts = {
    venue: 'custom',
    collateral: [{ asset: 'USD', amount: '200' }],
    positions: [
      { ...cross, market: 'M', side: 'long', size: '10' },
      { ...cross, market: 'N', side: 'short', size: '10' },
    ],
    markets: { M: rules('0.001', '8'), N: rules('0.0001', '1') },
  };

  // 100 above the requirement; each 8 hours M pays 1 and N receives 8 · 0.1.
  test.each<[string, number, string]>([
    ['counted in eights of hours', 0, '500'],
    ['counted in hours', 1, '4000'],
  ])('%s', (_name, position, intervals) => {
    expect(dragOf(document, { position }).intervalsToLiquidation).toBe(intervals);
  });
});

describe('what is refused', () => {
  test.each<[string, Parts, unknown, string]>([
    ['no funding', documentOf({ market: { funding: undefined } }), {}, 'markets.M.funding'],
    ['days that are none', documentOf({}), { days: '7' }, 'days'],
    ['a day below 0', documentOf({}), { days: [1, -1] }, 'days[1]'],
    ['more than a century', documentOf({}), { days: [36501] }, 'days[0]'],
  ])('%s', (_name, document, request, path) => {
    expect(fundingDrag(document, request as FundingRequest, rulebooks)).toMatchObject({
      error: { path },
    });
  });
});

test('the walk finds what counting finds', () => {
  const stream = fc.record({
    paid: fc.integer({ min: -5, max: 5 }),
    every: fc.constantFrom(1, 4, 8),
  });
  fc.assert(
    fc.property(fc.array(stream, { minLength: 1, maxLength: 3 }), fc.nat(40), (streams, extra) => {
      const amount = extra + 1;
      const drains = streams.map(({ paid, every }) => ({
        payment: integer(paid),
        perInterval: { n: 1n, d: BigInt(every) },
      }));
      const total = (n: number): number =>
        streams.reduce((all, { paid, every }) => all + Math.floor(n / every) * paid, 0);
      const counted = Array.from({ length: 1000 }, (_, n) => n).find((n) => total(n) >= amount);
      const found = firstPayment(decimal(amount), drains);
      expect(found === null ? undefined : Number(found)).toBe(counted);
    }),
  );
});

test('at the count it is met, one payment before it is not', () => {
  const margins = fc.integer({ min: 5001, max: 90_000 });
  fc.assert(
    fc.property(margins, fc.integer({ min: 1, max: 9999 }), (cents, rate) => {
      const row = { margin: String(cents / 100), rate: String(rate / 1e6) };
      const document = documentOf(row);
      const n = Number(dragOf(document).intervalsToLiquidation);
      const isHealthy = (payments: number): boolean => {
        const [position] = document['positions'] as Parts[];
        const unpaidFunding = (BigInt(payments) * BigInt(rate)).toString() + 'e-3';
        const report = check(
          { ...document, positions: [{ ...position, unpaidFunding }] },
          rulebooks,
        );
        return Number((report as Report).positions[0]?.distance) > 0;
      };
      expect([isHealthy(n - 1), isHealthy(n)]).toEqual([true, false]);
    }),
    { numRuns: 60 },
  );
});
