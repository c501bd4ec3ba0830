/** Each finding on its boundary, one unit before it, and after its cure. */
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { dayNumber, dayText, timeMs } from './advice-calendar.ts';
import type { AdviceContext } from './advice-context.ts';
import type { AdviceCode, Finding } from './advice-finding.ts';
import { advise } from './advice.ts';
import { check } from './check.ts';

type Parts = Readonly<Record<string, unknown>>;

interface Row {
  readonly position?: Parts;
  readonly market?: Parts;
  readonly schedule?: Parts;
  readonly cash?: string;
  readonly more?: readonly Parts[];
  readonly asOf?: string;
}

const flat = (rate: string): Parts => ({ kind: 'flat', rate });

/** A cross long of 10 from 100, worth 1000, with 5 % maintenance: 50. */
function documentOf({ position, market, schedule, cash, more, asOf }: Row): Parts {
  const own = {
    market: 'M',
    side: 'long',
    size: '10',
    entryPrice: '100',
    markPrice: '100',
    marginMode: 'cross',
    leverage: '10',
    ...position,
  };
  return {
    venue: 'custom',
    ...(asOf === undefined ? {} : { asOf }),
    collateral: [{ asset: 'USD', amount: cash ?? '1000' }],
    positions: [own, ...(more ?? [])],
    markets: {
      M: { maintenance: { schedule: schedule ?? flat('0.05') }, ...market },
      N: { maintenance: { schedule: flat('0') } },
    },
  };
}

function find(row: Row, code: AdviceCode, context: AdviceContext = {}): Finding | undefined {
  const all = advise(documentOf(row), rulebooks, context);
  if ('error' in all) throw new Error(`${all.error.path}: ${all.error.message}`);
  return all.find((each) => each.code === code);
}

const initial = (rate: string): Parts => ({ initial: { schedule: flat(rate) } });
const funding = { funding: { rate: '0.001', intervalHours: '8' } };
const other = {
  market: 'N',
  side: 'long',
  size: '1',
  entryPrice: '1',
  markPrice: '1',
  marginMode: 'cross',
};
const steps = (kind: string, ...rates: string[]): Parts => ({
  kind,
  levels: rates.map((rate, k) => ({ from: k * 1000, rate })),
});
const sigma = { volatility: { M: '0.02' } };
const storm = { ...sigma, usualVolatility: { M: '0.01' } };
const noon = '2026-07-02T12:00:00Z';
const event = (at: string, market?: string): AdviceContext => ({
  now: noon,
  events: [{ name: 'a decision', at, market }],
});
/** Liquidated at 90: (1000 − 145)/9.5. */
const at90 = { cash: '145' };
const stop = (price: string, more: Parts = {}): AdviceContext => ({
  stops: [{ market: 'M', price, ...more }],
});

describe('what fires, and what does not by one unit', () => {
  test.each<[AdviceCode, string, Row, AdviceContext, boolean]>([
    ['thin-buffer', 'half of equity', { cash: '100' }, {}, true],
    ['thin-buffer', 'a little under half', { cash: '100.00000001' }, {}, false],
    ['thin-buffer', 'nothing required', { cash: '0', schedule: flat('0') }, {}, false],
    ['initial-mistaken-for-maintenance', 'under initial', { cash: '99.99999999' }, {}, true],
    ['initial-mistaken-for-maintenance', 'on initial', { cash: '100' }, {}, false],
    ['initial-mistaken-for-maintenance', 'above maintenance', { cash: '50.00000001' }, {}, true],
    ['initial-mistaken-for-maintenance', 'on maintenance', { cash: '50' }, {}, false],
    ['no-buffer', 'on initial', { cash: '100', market: initial('0.1') }, {}, true],
    ['no-buffer', 'above it', { cash: '100.00000001', market: initial('0.1') }, {}, false],
    ['no-buffer', 'not the highest', { cash: '100', market: initial('0.0999') }, {}, false],
    ['no-buffer', 'no highest known', { cash: '100' }, {}, false],
    // 90 payments of 1 in thirty days.
    ['funding-ignored', 'the ninetieth payment', { cash: '140', market: funding }, {}, true],
    ['funding-ignored', 'one later', { cash: '140.00000001', market: funding }, {}, false],
    ['funding-ignored', 'liquidated now', { cash: '50', market: funding }, {}, false],
    ['funding-ignored', 'no funding', { cash: '140' }, {}, false],
    [
      'funding-ignored',
      'it receives',
      { cash: '140', market: funding, position: { side: 'short' } },
      {},
      false,
    ],
    // From 100.1 at 100: liquidated at 90 with 146.
    [
      'drains-pool',
      'nearer than a tenth',
      { cash: '145.99999999', position: { entryPrice: '100.1' }, more: [other] },
      {},
      true,
    ],
    [
      'drains-pool',
      'a tenth',
      { cash: '146', position: { entryPrice: '100.1' }, more: [other] },
      {},
      false,
    ],
    ['drains-pool', 'not losing', { cash: '100', more: [other] }, {}, false],
    [
      'drains-pool',
      'nobody else there',
      { cash: '120', position: { entryPrice: '100.1' } },
      {},
      false,
    ],
    [
      'next-tier-near',
      'a twentieth before a cliff',
      { schedule: steps('steps', '0.01', '0.02'), position: { size: '9.5' } },
      {},
      true,
    ],
    [
      'next-tier-near',
      'a lot before that',
      { schedule: steps('steps', '0.01', '0.02'), position: { size: '9.49999999' } },
      {},
      false,
    ],
    ['next-tier-near', 'on the edge', { schedule: steps('brackets', '0.01', '0.02') }, {}, true],
    [
      'next-tier-near',
      'past it',
      { schedule: steps('brackets', '0.01', '0.02'), position: { size: '10.00000001' } },
      {},
      false,
    ],
    ['next-tier-near', 'a lower rate', { schedule: steps('steps', '0.02', '0.01') }, {}, false],
    ['safety-overestimated', 'three days', { cash: '107' }, sigma, false],
    ['safety-overestimated', 'a little less', { cash: '106.99999999' }, sigma, true],
    ['safety-overestimated', 'more asked for', { cash: '107' }, { ...sigma, sigmas: 4 }, true],
    ['safety-overestimated', 'volatility unknown', { cash: '60' }, {}, false],
    ['overexposed-in-volatility', 'a tenth a day', { cash: '200' }, storm, false],
    ['overexposed-in-volatility', 'a little more', { cash: '199.99999999' }, storm, true],
    [
      'overexposed-in-volatility',
      'as usual',
      { cash: '100' },
      { ...sigma, usualVolatility: { M: '0.02' } },
      false,
    ],
    ['held-into-event', 'a day before', {}, event('2026-07-03T12:00:00Z'), true],
    ['held-into-event', 'a millisecond more', {}, event('2026-07-03T12:00:00.001Z'), false],
    ['held-into-event', 'at the event', {}, event(noon), true],
    ['held-into-event', 'just after', {}, event('2026-07-02T11:59:59.999Z'), false],
    ['held-into-event', 'another market', {}, event(noon, 'N'), false],
    ['stop-beyond-liquidation', 'on it', at90, stop('90'), true],
    ['stop-beyond-liquidation', 'before it', at90, stop('90.00000001'), false],
    ['stop-too-near', 'half a percent', at90, stop('90.5'), false],
    ['stop-too-near', 'a little less', at90, stop('90.49999999'), true],
    ['stop-too-near', 'beyond is another matter', at90, stop('90'), false],
    ['no-stop', 'none at all', at90, { stops: [] }, true],
    ['no-stop', 'for another side', at90, stop('95', { side: 'short' }), true],
    ['no-stop', 'one', at90, stop('95'), false],
    ['no-stop', 'not known', at90, {}, false],
    ['no-stop', 'no need', { cash: '5000' }, { stops: [] }, false],
    ['stale-tiers', 'thirty days', { asOf: '2026-06-02' }, { now: '2026-07-02T00:00:00Z' }, false],
    [
      'stale-tiers',
      'a millisecond more',
      { asOf: '2026-06-02' },
      { now: '2026-07-02T00:00:00.001Z' },
      true,
    ],
    [
      'stale-tiers',
      'tables of their own day',
      { asOf: '2026-01-01' },
      { now: noon, tiersDate: '2026-07-01' },
      false,
    ],
    ['stale-tiers', 'no day known', {}, { now: noon }, false],
  ])('%s: %s', (...[code, , row, context, fires]) => {
    expect(find(row, code, context) !== undefined).toBe(fires);
  });
});

const LEAST = 1e-8;

/** The row with the cure applied, and a little more where the amount alone is not enough. */
function cured(row: Row, finding: Finding): [Row, AdviceContext] {
  const { kind, amount, isMoreThan } = finding.cure;
  const extra = isMoreThan ? LEAST : 0;
  const [size, cash] = [Number(row.position?.['size'] ?? 10), Number(row.cash ?? 1000)];
  if (kind === 'deposit') return [{ ...row, cash: (cash + Number(amount) + extra).toFixed(8) }, {}];
  if (kind === 'stop') return [row, stop((Number(amount) + extra).toFixed(8))];
  if (kind === 'tiers') return [{ ...row, asOf: amount }, {}];
  return [
    { ...row, position: { ...row.position, size: (size - Number(amount) - extra).toFixed(8) } },
    {},
  ];
}

describe('the cure cures', () => {
  test.each<[AdviceCode, Row, AdviceContext]>([
    ['thin-buffer', { cash: '70' }, {}],
    ['initial-mistaken-for-maintenance', { cash: '70' }, {}],
    ['no-buffer', { cash: '70', market: initial('0.1') }, {}],
    ['funding-ignored', { cash: '70', market: funding }, {}],
    ['drains-pool', { cash: '70', position: { entryPrice: '100.1' }, more: [other] }, {}],
    ['next-tier-near', { schedule: steps('steps', '0.01', '0.02') }, {}],
    ['safety-overestimated', { cash: '70' }, sigma],
    ['overexposed-in-volatility', { cash: '125' }, storm],
    ['stop-beyond-liquidation', at90, stop('85')],
    ['stop-too-near', at90, stop('90.1')],
    ['no-stop', at90, { stops: [] }],
    ['stale-tiers', { asOf: '2025-12-31' }, { now: noon }],
  ])('%s', (code, row, context) => {
    const finding = find(row, code, context);
    expect(finding?.message).toMatch(/^[^\n]+\.$/);
    const [after, more] = cured(row, finding!);
    expect(find(after, code, { ...context, ...more })).toBeUndefined();
  });

  // The closing fee at the bankruptcy price moves with what is paid in.
  const dear = { closingFeeRate: '0.01', closingFeeAt: 'bankruptcy' };
  const feeAtBankruptcy = { maintenance: { schedule: flat('0.05'), ...dear } };
  test.each<[AdviceCode, Row]>([
    ['thin-buffer', { cash: '70', market: feeAtBankruptcy, position: { side: 'short' } }],
    ['funding-ignored', { cash: '130', market: { ...feeAtBankruptcy, ...funding } }],
  ])('%s, where paying in moves the requirement', (code, row) => {
    const [after] = cured(row, find(row, code)!);
    expect(find(after, code)).toBeUndefined();
  });

  // Liquidated at 99.8: half a percent does not fit before it.
  test.each<[AdviceCode, AdviceContext]>([
    ['no-stop', { stops: [] }],
    ['stop-too-near', stop('99.9')],
  ])('%s: where no stop fits, only closing does', (code, context) => {
    expect(find({ cash: '51.9' }, code, context)?.cure).toMatchObject({
      kind: 'close',
      amount: '10',
    });
  });

  test('amounts are whole steps, and not less than what cures', () => {
    const third = { position: { size: '3', entryPrice: '0.1', markPrice: '0.1', leverage: '7' } };
    const finding = find({ ...third, cash: '0.03' }, 'initial-mistaken-for-maintenance');
    expect(finding?.cure).toEqual({ kind: 'deposit', amount: '0.01285715', isMoreThan: false });
  });

  test('a deposit is the least that does', () => {
    const finding = find({ cash: '70' }, 'safety-overestimated', sigma);
    expect(finding?.cure).toEqual({ kind: 'deposit', amount: '37', isMoreThan: false });
  });
});

test.each<[string, Parts, string | undefined]>([
  ['its tables', {}, '2026-07-02'],
  ['the day it is about', { asOf: '2026-11-01' }, undefined],
  [
    'its own table',
    { markets: { BTCUSDT: { maintenance: { schedule: steps('steps', '0.01') } } } },
    undefined,
  ],
])('without a day given, a venue account is as old as %s', (_name, more, date) => {
  const positions = [{ ...(documentOf({})['positions'] as Parts[])[0], market: 'BTCUSDT' }];
  const collateral = [{ asset: 'USDT', amount: '1000' }];
  const document = { venue: 'binance-usdm', collateral, positions, ...more };
  const all = advise(document, rulebooks, { now: '2026-11-02T00:00:00Z' });
  const found = 'error' in all ? [] : all.filter(({ code }) => code === 'stale-tiers');
  expect(found.map(({ figures }) => figures['date'])).toEqual(date === undefined ? [] : [date]);
});

test('check gives the findings of the document alone', () => {
  const row = { cash: '100' };
  const report = check(documentOf(row), rulebooks);
  expect('error' in report ? [] : report.advice).toEqual([find(row, 'thin-buffer')]);
});

test('names the position and the price that drain the pool', () => {
  const row = { cash: '70', position: { entryPrice: '100.1' }, more: [other] };
  expect(find(row, 'drains-pool')).toMatchObject({
    message: 'The long in M is losing and takes the whole cross pool with it at 98, 2 % away.',
    figures: { market: 'M', price: '98', distance: '0.02' },
  });
});

test('an isolated position has its own buffer', () => {
  const position = { marginMode: 'isolated', isolatedMargin: '100' };
  expect(find({ position }, 'thin-buffer')?.message).toContain('the isolated long in M');
});

describe('what is refused', () => {
  test.each<[string, unknown, string]>([
    ['an unknown key', { mood: 1 }, 'context.mood'],
    ['volatility 0', { volatility: { M: 0 } }, 'context.volatility.M'],
    ['a stop without a price', { stops: [{ market: 'M' }] }, 'context.stops[0].price'],
    ['a time without a zone', { now: '2026-07-02T12:00:00' }, 'context.now'],
    ['a day that is none', { tiersDate: '2026-02-30' }, 'context.tiersDate'],
    ['an event without a time', { events: [{ name: 'x' }] }, 'context.events[0].at'],
  ])('%s', (_name, context, path) => {
    const answer = advise(documentOf({}), rulebooks, context as AdviceContext);
    expect(answer).toMatchObject({ error: { path } });
  });
});

test.each<[string, number | undefined]>([
  ['1970-01-01', 0],
  ['1969-12-31', -1],
  ['2000-02-29', 11_016],
  ['2000-03-01', 11_017],
  ['2024-12-31', 20_088],
  ['2026-07-02', 20_636],
  ['2026-02-29', undefined],
  ['2026-13-01', undefined],
  ['2026-7-2', undefined],
])('the day %s', (text, number) => {
  expect(dayNumber(text)).toBe(number);
  expect(number === undefined || dayText(number) === text).toBe(true);
});

test('every day has its own number, and the time within it', () => {
  for (let day = -200_000; day < 200_000; day += 97) expect(dayNumber(dayText(day))).toBe(day);
  expect(timeMs('1970-01-02T01:02:03.04Z')).toBe(86_400_000 + 3_723_040);
  expect(timeMs('1970-01-02T24:00Z')).toBeUndefined();
});
