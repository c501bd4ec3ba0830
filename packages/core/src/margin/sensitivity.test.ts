/** Difference quotients against the closed form of an isolated linear position. */
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { sensitivity } from './sensitivity.ts';
import type { Factor, Sensitivity } from './sensitivity.ts';

type Parts = Readonly<Record<string, unknown>>;

function documentOf(change: Parts, schedule: Parts, market: Parts = {}): Parts {
  const position = {
    market: 'M',
    side: 'long',
    size: '10',
    entryPrice: '100',
    markPrice: '100',
    marginMode: 'isolated',
    isolatedMargin: '100',
    leverage: '10',
    ...change,
  };
  const markets = { M: { ...market, maintenance: { schedule } } };
  return { venue: 'custom', positions: [position], markets };
}

/** P = (q·E − W + owed)/(q·(1 − m − fee)) for a long; the mirror image for a short. */
function closedForm(facts: Partial<Record<string, number>>): number {
  const { side = 1, q = 10, entry = 100, margin = 100, m = 0.05, fee = 0, owed = 0 } = facts;
  return (q * entry - side * (margin - owed)) / (q * (1 - side * (m + fee)));
}

const flat = { kind: 'flat', rate: '0.05' };
const long = documentOf({}, flat);
const short = documentOf({ side: 'short' }, flat);

function changeOf(document: Parts, factor: Factor): number {
  const answer = sensitivity(document, {}, rulebooks) as Sensitivity;
  return Number(answer.factors.find((each) => each.factor === factor)?.change);
}

describe('the change over one step', () => {
  const base = { long: closedForm({}), short: closedForm({ side: -1 }) };
  const freed = 1000 / 10 - 1000 / 11;
  test.each<[string, Parts, Factor, number]>([
    ['leverage, long', long, 'leverage', closedForm({ margin: 100 - freed }) - base.long],
    [
      'leverage, short',
      short,
      'leverage',
      closedForm({ side: -1, margin: 100 - freed }) - base.short,
    ],
    ['size, long', long, 'size', closedForm({ q: 10.1 }) - base.long],
    ['size, short', short, 'size', closedForm({ side: -1, q: 10.1 }) - base.short],
    ['rate, long', long, 'maintenance-rate', closedForm({ m: 0.051 }) - base.long],
    ['rate, short', short, 'maintenance-rate', closedForm({ side: -1, m: 0.051 }) - base.short],
    ['fee, long', long, 'closing-fee', closedForm({ fee: 0.0001 }) - base.long],
    ['funding, long', long, 'funding', closedForm({ owed: 0.1 }) - base.long],
    ['funding, short', short, 'funding', closedForm({ side: -1, owed: 0.1 }) - base.short],
  ])('%s', (_name, document, factor, change) => {
    expect(changeOf(document, factor)).toBeCloseTo(change, 9);
  });
});

const LEVELS = [{ from: 0, rate: '0.05' }];
test.each<[string, Parts]>([
  ['brackets', { kind: 'brackets', levels: LEVELS }],
  ['steps', { kind: 'steps', levels: LEVELS }],
  ['linear', { kind: 'linear', base: '0.05', perUnit: 0 }],
  ['power', { kind: 'power', base: '0.05', factor: 0, exponent: 1 }],
  ['max', { kind: 'max', of: [flat, { kind: 'flat', rate: '0.01' }] }],
])('%s that ask the same answer as flat', (_name, schedule) => {
  const expected = sensitivity(long, {}, rulebooks);
  expect(sensitivity(documentOf({}, schedule), {}, rulebooks)).toEqual(expected);
});

test('what is asked a contract rises by its share of the value', () => {
  const perUnit = documentOf({}, { kind: 'per-unit', amount: '5' });
  expect(changeOf(perUnit, 'maintenance-rate')).toBeCloseTo(0.1, 9);
});

test('a cross position does not feel its leverage, and says how far it is in deviations', () => {
  const cross = {
    ...documentOf({ marginMode: 'cross', isolatedMargin: undefined }, flat),
    collateral: [{ asset: 'USD', amount: '100' }],
  };
  const { sigmas, distance, factors } = sensitivity(
    cross,
    { volatility: '0.02' },
    rulebooks,
  ) as Sensitivity;
  expect(Number(sigmas)).toBeCloseTo(Number(distance) / 0.02, 9);
  expect(factors[0]).toMatchObject({ factor: 'leverage', change: '0', quotient: '0', sigmas });
});

test('nothing to move: no price liquidates', () => {
  const safe = documentOf({ isolatedMargin: '5000' }, flat);
  const answer = sensitivity(safe, { volatility: 1 }, rulebooks) as Sensitivity;
  expect(answer.liquidationPrice).toBeNull();
  expect(answer.factors.map(({ change }) => change)).toEqual([null, null, null, null, null]);
});

test('volatility must be above 0', () => {
  expect(sensitivity(long, { volatility: 0 }, rulebooks)).toMatchObject({
    error: { path: 'volatility' },
  });
});
