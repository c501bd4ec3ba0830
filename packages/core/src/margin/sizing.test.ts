/** Sizes and collateral that keep a target: each answer holds, and its neighbour does not. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check } from './index.ts';
import type { Report } from './index.ts';
import { largestSize, leastCollateral } from './sizing.ts';
import type { CollateralAnswer, SizeAnswer, SizingRequest } from './sizing.ts';

type Parts = Readonly<Record<string, unknown>>;

const flat = (rate: string): Parts => ({ kind: 'flat', rate });
const levels = (kind: string, ...list: [string, string][]): Parts => ({
  kind,
  levels: list.map(([from, rate]) => ({ from, rate })),
});

function isolated(change: Parts = {}, schedule: Parts = flat('0.05')): Parts {
  const position = {
    market: 'M',
    side: 'long',
    size: '1',
    entryPrice: '100',
    markPrice: '100',
    marginMode: 'isolated',
    isolatedMargin: '1000',
    ...change,
  };
  return {
    venue: 'custom',
    positions: [position],
    markets: { M: { maintenance: { schedule } } },
  };
}

const short = { side: 'short' };
const cliff = levels('steps', ['0', '0.01'], ['5000', '0.1']);
const falling = levels('steps', ['0', '0.2'], ['5000', '0.01']);
const rising = levels('brackets', ['0', '0.01'], ['4000', '0.05']);

describe('the largest size', () => {
  // Long, flat m, equity W: the price M(1 − d) keeps W − qMd = qM(1 − d)m.
  test.each<[string, Parts, SizingRequest, string | null]>([
    ['flat, distance 10 %', isolated(), { distance: '0.1', lot: '1' }, '68'],
    ['flat, in hundredths', isolated(), { distance: '0.1', lot: '0.01' }, '68.96'],
    ['chosen by index', isolated(), { distance: '0.1', lot: '1', position: '0' }, '68'],
    ['chosen by name', isolated(), { distance: '0.1', lot: '1', position: 'M' }, '68'],
    [
      'chosen by all that tells it apart',
      isolated(),
      { distance: '0.1', lot: '1', position: { market: 'M', side: 'long' } },
      '68',
    ],
    ['short', isolated(short), { distance: '0.1', lot: '0.01' }, '64.51'],
    ['ratio 50 %', isolated(), { ratio: '0.5', lot: '1' }, '100'],
    ['two days of 5 %', isolated(), { sigmas: '2', volatility: '0.05', lot: '1' }, '68'],
    ['a lot that is too large', isolated(), { distance: '0.1', lot: '70' }, '0'],
    ['a lot that just fits', isolated(), { ratio: '0.5', lot: '100' }, '100'],
    ['nothing to keep', isolated({}, flat('0')), { ratio: '0.5' }, null],
    ['up to the cliff, on it', isolated({}, cliff), { ratio: '0.2', lot: '1' }, '50'],
    ['beyond the cliff', isolated({}, cliff), { ratio: '0.6', lot: '1' }, '60'],
    ['past rates that fall', isolated({}, falling), { ratio: '0.5', lot: '1' }, '500'],
    ['brackets', isolated({}, rising), { ratio: '0.5', lot: '1' }, '132'],
    ['no equity', isolated({ isolatedMargin: '0' }), { distance: '0.1', lot: '1' }, '0'],
  ])('%s', (_name, document, request, size) => {
    expect((largestSize(document, request, rulebooks) as SizeAnswer).size).toBe(size);
  });

  test('a hedged pool may grow to the hedge and beyond', () => {
    const document = {
      venue: 'custom',
      collateral: [{ asset: 'USD', amount: '100' }],
      positions: [
        {
          ...(isolated()['positions'] as Parts[])[0],
          marginMode: 'cross',
          isolatedMargin: undefined,
        },
        {
          market: 'M',
          side: 'short',
          size: '10',
          entryPrice: '100',
          markPrice: '100',
          marginMode: 'cross',
        },
      ],
      markets: { M: { maintenance: { schedule: flat('0.01') } } },
    };
    const request = { position: 0, distance: '0.5', lot: '1' };
    const answer = largestSize(document, request, rulebooks) as SizeAnswer;
    expect([answer.size, answer.currentSize]).toEqual(['11', '1']);
  });

  test('says whether the size could be opened', () => {
    const request = { ratio: '0.5', lot: '1' };
    const answer = (leverage: string): SizeAnswer =>
      largestSize(isolated({ leverage }), request, rulebooks) as SizeAnswer;
    expect([answer('1').at!.isOpenable, answer('10').at!.isOpenable]).toEqual([false, true]);
  });
});

describe('the least collateral', () => {
  test.each<[string, Parts, SizingRequest, string]>([
    ['flat, distance 10 %', isolated(), { distance: '0.1', lot: '0.5' }, '-985.5'],
    ['ratio 50 %', isolated(), { ratio: '0.5', lot: '1' }, '-990'],
    ['on a cent', isolated({ isolatedMargin: '0' }), { ratio: '0.5', lot: '0.01' }, '10'],
    ['a cliff', isolated({ size: '60' }, cliff), { ratio: '0.5', lot: '1' }, '200'],
  ])('%s', (_name, document, request, deposit) => {
    expect((leastCollateral(document, request, rulebooks) as CollateralAnswer).deposit).toBe(
      deposit,
    );
  });
});

describe('what is refused', () => {
  test.each<[string, unknown, unknown, string]>([
    ['no target', isolated(), {}, ''],
    ['two targets', isolated(), { ratio: '0.5', distance: '0.1' }, ''],
    ['deviations without volatility', isolated(), { sigmas: '2' }, 'volatility'],
    ['a distance of nothing', isolated(), { distance: '0' }, 'distance'],
    ['a lot of nothing', isolated(), { distance: '0.1', lot: 0 }, 'lot'],
    ['an unknown key', isolated(), { distance: '0.1', size: 1 }, 'size'],
    ['a position that is not there', isolated(), { distance: '0.1', position: 'N' }, 'position'],
    ['a request that is none', isolated(), 7, ''],
    ['a bad document', { venue: 'custom' }, { distance: '0.1' }, 'positions'],
  ])('%s', (_name, document, request, path) => {
    const answer = largestSize(document, request as SizingRequest, rulebooks);
    expect('error' in answer && answer.error.path).toBe(path);
  });
});

const accounts = fc.record({
  side: fc.constantFrom('long', 'short'),
  margin: fc.integer({ min: 1, max: 100_000 }),
  edge: fc.integer({ min: 1, max: 50_000 }),
  rates: fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 400 })),
  kind: fc.constantFrom('steps', 'brackets'),
  distance: fc.integer({ min: 1, max: 900 }),
});

type Sample = typeof accounts extends fc.Arbitrary<infer Value> ? Value : never;

function documentOf(sample: Sample, margin = sample.margin): Parts {
  const [first, rise] = sample.rates;
  const second = [String(sample.edge), String((first + rise) / 1000)] as [string, string];
  const schedule = levels(sample.kind, ['0', String(first / 1000)], second);
  return isolated({ side: sample.side, isolatedMargin: margin }, schedule);
}

function distanceAt(document: Parts, size: string): number {
  const positions = (document['positions'] as Parts[]).map((each) => ({ ...each, size }));
  const report = check({ ...document, positions }, rulebooks) as Report;
  return Number(report.positions[0]?.distance ?? 'Infinity');
}

describe('laws', () => {
  test('the answer keeps the distance and one lot more does not', () => {
    fc.assert(
      fc.property(accounts, (sample) => {
        const document = documentOf(sample);
        const request = { distance: sample.distance / 1000, lot: '0.01' };
        const { size, at, next } = largestSize(document, request, rulebooks) as SizeAnswer;
        if (size === null || at === null) return;
        expect(distanceAt(document, size)).toBeGreaterThanOrEqual(sample.distance / 1000);
        expect(distanceAt(document, next!.size)).toBeLessThan(sample.distance / 1000);
      }),
      { numRuns: 60 },
    );
  });

  test('more collateral never shrinks the size', () => {
    fc.assert(
      fc.property(accounts, fc.integer({ min: 0, max: 5000 }), (sample, more) => {
        const request = { distance: sample.distance / 1000, lot: '0.01' };
        const sizeAt = (margin: number): number =>
          Number((largestSize(documentOf(sample, margin), request, rulebooks) as SizeAnswer).size);
        expect(sizeAt(sample.margin + more)).toBeGreaterThanOrEqual(sizeAt(sample.margin));
      }),
      { numRuns: 40 },
    );
  });
});
