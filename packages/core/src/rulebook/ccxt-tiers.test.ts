/** Tier tables of the ccxt library: real files whole, broken ones refused by place. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { check } from '../margin/index.ts';
import { parseJson } from '../units/index.ts';
import { readTierTables, venueSymbol } from './ccxt-tiers.ts';
import type { TierTable } from './tiers-table.ts';
import { rulebooks } from './index.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const fileOf = (day: string): string => `${FOLDER}binance_leverage_tiers_${day}.json.gz`;
const textOf = (day: string): string => gunzipSync(readFileSync(fileOf(day))).toString('utf8');

function tablesOf(tables: unknown): readonly TierTable[] {
  const read = readTierTables(tables);
  if ('error' in read) throw new Error(`${read.error.path} ${read.error.message}`);
  return read;
}

describe.skipIf(!existsSync(fileOf('2026-07-02')))(
  'saved files (skipped without ../shared)',
  () => {
    test('2026-07-02: 808 symbols, 5,768 boundaries, every one continuous', () => {
      const read = tablesOf(JSON.parse(textOf('2026-07-02')));
      const levels = read.map(({ maintenance }) =>
        maintenance.kind === 'brackets' ? maintenance.levels.length : 0,
      );
      expect(read).toHaveLength(808);
      expect(levels.reduce((sum, each) => sum + each - 1, 0)).toBe(5768);
    });

    test('2024-10-24 too, and numbers read from text are the same', () => {
      const text = textOf('2024-10-24');
      expect(tablesOf(JSON.parse(text))).toHaveLength(349);
      expect(tablesOf((parseJson(text) as { value: unknown }).value)).toEqual(
        tablesOf(JSON.parse(text)),
      );
    });

    test.each(['2024-10-24', '2026-07-02'])('%s: the rulebook says the same', (asOf) => {
      const tables = tablesOf(JSON.parse(textOf(asOf)));
      const book = rulebooks.find(({ id }) => id === 'binance-usdm');
      for (const market of Object.keys(book?.markets ?? {})) {
        const { maintenance, initial } = tables.find((each) => each.market === market) as TierTable;
        for (const size of [100, 1e4, 1e5, 1e6, 1e7]) {
          const document = {
            venue: 'binance-usdm',
            asOf,
            positions: [positionOf(market, size)],
            collateral: [{ asset: 'USDT', amount: 1e12 }],
          };
          const markets = {
            [market]: { maintenance: { schedule: maintenance }, initial: { schedule: initial } },
          };
          const own = check(document, rulebooks);
          const given = check({ ...document, markets }, rulebooks);
          // The rules alone differ: they say whose table it is.
          expect({ ...given, rules: null }).toEqual({ ...own, rules: null });
        }
      }
    });
  },
);

function positionOf(market: string, size: number): object {
  const prices = { entryPrice: 50, markPrice: 50 };
  return { market, side: 'long', size, ...prices, marginMode: 'cross', leverage: 200 };
}

function level(from: number, to: number, rate: number, cum: number): Record<string, unknown> {
  const leverage = { maxLeverage: 10 };
  return {
    minNotional: from,
    maxNotional: to,
    maintenanceMarginRate: rate,
    ...leverage,
    info: { cum },
  };
}

describe('broken tables', () => {
  const good = [level(0, 100, 0.01, 0), level(100, 200, 0.02, 1)];

  test('the good one is read', () => {
    expect(tablesOf({ 'A/B:B': good })[0]).toMatchObject({
      market: 'AB',
      maintenance: {
        levels: [
          { from: '0', rate: '0.01' },
          { from: '100', rate: '0.02' },
        ],
      },
    });
  });

  test.each([
    ['["A/B:B"][1].info.cum', 'cum of 2', [good[0], level(100, 200, 0.02, 2)]],
    ['["A/B:B"][1].minNotional', 'a gap', [good[0], level(101, 200, 0.02, 1.01)]],
    ['["A/B:B"][0].minNotional', 'a late start', [good[1]]],
    ['["A/B:B"][0].maxNotional', 'no width', [level(0, 0, 0.01, 0)]],
    ['["A/B:B"][0].maintenanceMarginRate', 'text', [{ ...good[0], maintenanceMarginRate: 'x' }]],
    ['["A/B:B"][0].maxLeverage', 'no leverage', [{ ...good[0], maxLeverage: 0 }]],
    ['["A/B:B"][0]', 'null', [null]],
    ['["A/B:B"]', 'nothing', []],
  ])('%s is refused: %s', (path, _, tiers) => {
    expect(readTierTables({ 'A/B:B': tiers })).toMatchObject({ error: { path } });
  });

  test.each([[null], [1], ['text'], [[]]])('%j is refused whole', (value) => {
    expect(readTierTables(value)).toMatchObject({ error: { path: '' } });
  });
});

test.each([
  ['BTC/USDT:USDT', 'BTCUSDT'],
  ['1000BONK/USDC:USDC', '1000BONKUSDC'],
  ['BTC/USDT:USDT-260925', 'BTCUSDT_260925'],
])('%s is %s', (symbol, market) => {
  expect(venueSymbol(symbol)).toBe(market);
});
