/** Tier files, what tables mean at each venue, and what lies between two sets of them. */
import { describe, expect, test } from 'vitest';
import { readTierTables } from './ccxt-tiers.ts';
import { rulebooks } from './index.ts';
import { tierChanges } from './tiers-changes.ts';
import { isTierFile, readTierFile, tierFileOf } from './tiers-file.ts';
import { tiersOfRulebook } from './tiers-of-rulebook.ts';
import { countBoundaries, type TierSet, type TierTable } from './tiers-table.ts';
import { tierVenue, tierVenues, type TierVenue } from './tiers-venues.ts';

const FRAME = { minNotional: 0, maxNotional: 100, maintenanceMarginRate: 0.01, maxLeverage: 75 };
const FIRST = { ...FRAME, info: { cum: 0 } };
const SECOND = { ...FRAME, minNotional: 100, maxNotional: 200, maintenanceMarginRate: 0.02 };

function read(tables: unknown, venue?: TierVenue): readonly TierTable[] {
  const found = readTierTables(tables, venue);
  if ('error' in found) throw new Error(found.error.message);
  return found;
}

function venueOf(id: string, asOf: string | null = null): TierVenue {
  const venue = tierVenue(id, asOf);
  if ('unfit' in venue) throw new Error(venue.unfit);
  return venue;
}

const PROVEN = { ...SECOND, info: { cum: 1 } };
const SET: TierSet = {
  venue: 'binance-usdm',
  asOf: '2026-07-02',
  source: 'a test',
  tables: read({ 'A/USDT:USDT': [FIRST, PROVEN], 'B/USDT:USDT': [FIRST, SECOND] }),
};

describe('a tier file', () => {
  test('gives back the tables that it was made from', () => {
    const file: unknown = JSON.parse(JSON.stringify(tierFileOf(SET)));
    expect(isTierFile(file)).toBe(true);
    expect(readTierFile(file)).toEqual(SET);
  });

  test.each(['A/USDT:USDT', 'markets'])('a file of ccxt with the symbol %s is none', (symbol) => {
    expect(isTierFile({ [symbol]: [FIRST] })).toBe(false);
  });

  const market = { kind: 'brackets', by: 'value', levels: [{ from: 0, rate: 0.01 }] };
  const withLevels = (...levels: object[]): object => ({ ...market, levels });
  const start = { from: '0', rate: '0.01' };

  test.each([
    ['', null],
    ['markets', { markets: null }],
    ['venue', { venue: 1, markets: {} }],
    ['asOf', { asOf: 'today', markets: {} }],
    ['markets.A', { markets: { A: 1 } }],
    ['markets.A.kind', { markets: { A: { ...market, kind: 'flat' } } }],
    ['markets.A.by', { markets: { A: { ...market, by: 'hand' } } }],
    ['markets.A.levels', { markets: { A: withLevels() } }],
    ['markets.A.levels[0].from', { markets: { A: withLevels({ ...start, from: '1' }) } }],
    ['markets.A.levels[1].from', { markets: { A: withLevels(start, start) } }],
    ['markets.A.levels[0].rate', { markets: { A: withLevels({ ...start, rate: '-1' }) } }],
    [
      'markets.A.levels[0].maxLeverage',
      { markets: { A: withLevels({ ...start, maxLeverage: 0 }) } },
    ],
    [
      'markets.A.levels[1].deduction',
      { markets: { A: withLevels(start, { from: 100, rate: 0.02, deduction: 2 }) } },
    ],
    ['markets.A.cap', { markets: { A: { ...market, cap: '0' } } }],
  ])('is refused at %s', (path, file) => {
    expect(readTierFile(file)).toMatchObject({ error: { path } });
  });

  test('a refusal counts the tier from 1', () => {
    const broken = { 'A/USDT:USDT': [FIRST, { ...SECOND, info: { cum: 2 } }] };
    expect(readTierTables(broken)).toMatchObject({
      error: { message: expect.stringContaining('must be 1') as string },
    });
    expect(readTierTables(broken)).toMatchObject({
      error: { message: expect.stringContaining('(tier 2)') as string },
    });
  });

  test('boundaries are counted, and those that a deduction proves', () => {
    expect(countBoundaries(SET.tables)).toEqual({ boundaries: 2, proven: 1 });
  });
});

describe('venues', () => {
  test.each(rulebooks.map(({ id }) => id))('%s takes tables of ccxt or says why not', (id) => {
    const venue = tierVenue(id, null);
    if ('unfit' in venue) expect(venue.unfit).not.toBe('it names no rulebook');
    else expect(tierVenues).toContain(id);
  });

  test('what names no rulebook says so', () => {
    expect(tierVenue('mars', null)).toEqual({ unfit: 'it names no rulebook' });
    expect(tierVenue('toString', null)).toEqual({ unfit: 'it names no rulebook' });
  });

  test.each([
    ['binance-usdm', 'BTC/USDT:USDT', 'BTCUSDT'],
    ['binance-coinm', 'BTC/USD:BTC', 'BTCUSD_PERP'],
    ['binance-coinm', 'BTC/USD:BTC-260925', 'BTCUSD_260925'],
    ['bybit-linear', 'BTC/USDC:USDC', 'BTCPERP'],
    ['bybit-inverse', 'BTC/USD:BTC', 'BTCUSD'],
    ['gate', 'BTC/USDT:USDT', 'BTC_USDT'],
    ['bitget', 'BTC/USDT:USDT', 'BTCUSDT'],
    ['kucoin', 'BTC/USDT:USDT', 'XBTUSDTM'],
  ])('%s calls %s %s', (id, symbol, market) => {
    expect(read({ [symbol]: [FIRST] }, venueOf(id))[0]).toMatchObject({ market });
  });

  test.each([
    ['gate', '2025-07-28', 'steps'],
    ['gate', '2025-07-29', 'brackets'],
    ['bitget', '2025-11-09', 'steps'],
    ['bitget', '2025-11-10', 'brackets'],
    ['kucoin', null, 'steps'],
  ])('%s on %s has %s, as its rulebook has', (id, day, kind) => {
    expect(venueOf(id, day).kind).toBe(kind);
    const rulebook = rulebooks.find((each) => each.id === id);
    const ruled = rulebook === undefined ? [] : tiersOfRulebook(rulebook, day).tables;
    // A market that left its tables behind on the day of the change has none of either kind.
    expect(ruled.every((table) => table.kind === kind)).toBe(true);
  });

  test('the venue’s own name in a tier comes before one that is made', () => {
    const tier = { ...FIRST, info: { symbol: 'BTC-26SEP25' } };
    const [table] = read({ 'BTC/USDC:USDC-250926': [tier] }, venueOf('bybit-linear'));
    expect(table?.market).toBe('BTC-26SEP25');
  });

  test.each([
    ['binance-usdm', 'BTC/USD:BTC', 'inverse'],
    ['binance-coinm', 'BTC/USDT:USDT', 'linear'],
  ])('%s refuses %s: it is %s', (id, symbol, words) => {
    expect(readTierTables({ [symbol]: [FIRST] }, venueOf(id))).toMatchObject({
      error: { message: expect.stringContaining(words) as string },
    });
  });

  test('two tables for one market are refused', () => {
    const info = { symbol: 'AUSDT' };
    const tables = { 'A/USDT:USDT': [FIRST], 'B/USDT:USDT': [{ ...FIRST, info }] };
    expect(readTierTables(tables)).toMatchObject({ error: { path: '["B/USDT:USDT"]' } });
  });
});

describe('changes', () => {
  type Row = readonly [from: number, rate: number, leverage: number];
  const tableOf = (rows: readonly Row[]): readonly TierTable[] =>
    read({
      'A/B:B': rows.map(([from, rate, leverage], k) => ({
        minNotional: from,
        maxNotional: rows[k + 1]?.[0] ?? 1000,
        maintenanceMarginRate: rate,
        maxLeverage: leverage,
      })),
    });
  const OLD: readonly [Row, Row, Row] = [
    [0, 0.01, 50],
    [100, 0.02, 25],
    [500, 0.05, 10],
  ];

  test.each<[string, readonly Row[], readonly unknown[]]>([
    ['nothing', OLD, []],
    ['a boundary', [OLD[0], [200, 0.02, 25], OLD[2]], [['boundary', '100', '200']]],
    ['a rate', [OLD[0], [100, 0.03, 25], OLD[2]], [['rate', '100', '100']]],
    ['a leverage', [[0, 0.01, 40], ...OLD.slice(1)], [['leverage', '0', '0']]],
    ['a level less', OLD.slice(0, 2), [['removed', '500', undefined]]],
    ['a level more', [...OLD, [700, 0.1, 5]], [['added', undefined, '700']]],
  ])('%s', (_, rows, expected) => {
    const { changed, same } = tierChanges(tableOf(OLD), tableOf(rows));
    const levels = changed.flatMap((each) => each.levels);
    expect(levels.map(({ change, before, after }) => [change, before?.from, after?.from])).toEqual(
      expected,
    );
    expect(same).toBe(expected.length === 0 ? 1 : 0);
  });

  test('markets that come and go, and a cap', () => {
    const [a] = read({ 'A/B:B': [FIRST] });
    const [b] = read({ 'B/B:B': [FIRST] });
    const [wide] = read({ 'A/B:B': [{ ...FIRST, maxNotional: 300 }] });
    const [one, other, wider] = [a, b, wide] as [TierTable, TierTable, TierTable];
    expect(tierChanges([one], [other])).toEqual({
      added: ['BB'],
      removed: ['AB'],
      changed: [],
      same: 0,
    });
    expect(tierChanges([one], [wider]).changed).toMatchObject([
      { levels: [], cap: { before: '100', after: '300' } },
    ]);
  });

  test('a rulebook’s tables of two days, without leverages where none are known', () => {
    const binance = rulebooks.find(({ id }) => id === 'binance-usdm');
    if (binance === undefined) throw new Error('there is no such rulebook');
    const [then, now] = ['2021-06-22', '2026-07-02'].map((day) => tiersOfRulebook(binance, day));
    expect(then?.tables.map(({ market }) => market)).toEqual(['BTCUSDT']);
    expect(then?.tables[0]).toMatchObject({ initial: null });
    expect(then?.doubts).toHaveLength(1);
    expect(now?.tables.find(({ market }) => market === 'BTCUSDT')?.levels[1]).toEqual({
      from: '300000',
      rate: '0.005',
      maxLeverage: '100',
      deduction: null,
    });
  });

  test('what is no level table is left out by name', () => {
    const orderly = rulebooks.find(({ id }) => id === 'orderly');
    const tiers = orderly === undefined ? null : tiersOfRulebook(orderly, null);
    expect(tiers?.tables).toEqual([]);
    expect(tiers?.left).toContain('PERP_BTC_USDC');
  });
});
