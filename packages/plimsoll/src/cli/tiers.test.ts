/** Tables of a file under documents: what the document says itself comes first. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { otherVenue, readTiers, tablesByName, withoutTable, withTiers } from './tiers.ts';

const TABLE = {
  'A/B:B': [
    {
      minNotional: 0,
      maxNotional: 100,
      maintenanceMarginRate: 0.01,
      maxLeverage: 50,
      info: { cum: 0 },
    },
  ],
};
const LEVELS = { kind: 'brackets', by: 'value', levels: [{ from: '0', rate: '0.01' }] };
const folder = mkdtempSync(join(tmpdir(), 'tiers-'));

function written(name: string, bytes: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const text = JSON.stringify(TABLE);

test.each([
  ['plain', text],
  ['zipped', gzipSync(text)],
])('%s: a market of a position gets the table', async (name, bytes) => {
  const tiers = tablesByName(await readTiers(written(name, bytes)));
  const document = { positions: [{ market: 'AB' }], orders: [{ market: 'other' }] };
  expect(withTiers(document, tiers)).toMatchObject({
    markets: { AB: { maintenance: { schedule: LEVELS }, initial: { schedule: {} } } },
  });
  expect(withTiers(document, tiers)).not.toHaveProperty('markets.other');
});

test('a schedule of the document stays', async () => {
  const tiers = tablesByName(await readTiers(written('again', text)));
  const own = { tick: 1, maintenance: { schedule: { kind: 'flat', rate: 1 } } };
  const document = { positions: [{ market: 'AB' }], markets: { AB: own } };
  expect(withTiers(document, tiers)).toMatchObject({ markets: { AB: own } });
});

test.each([null, 1, [], { positions: 1 }, { markets: 1 }])('%j passes', (document) => {
  expect(() => withTiers(document, new Map())).not.toThrow();
});

test.each([
  ['nonsense', '{', /line 1/],
  ['broken', '{"A/B:B": []}', /\["A\/B:B"\] must be an array/],
])('%s is refused in one sentence', async (name, bytes, words) => {
  await expect(readTiers(written(name, bytes))).rejects.toThrow(words);
});

test('a file that is not there is refused in one sentence', async () => {
  await expect(readTiers(join(folder, 'none'))).rejects.toThrow(/cannot be read/);
});

test('tables of one venue are not laid under a document of another', () => {
  expect(otherVenue({ venue: 'gate' }, 'bitget')).toMatchObject({ error: { path: 'venue' } });
  for (const venue of ['bitget', 'custom']) expect(otherVenue({ venue }, 'bitget')).toBeNull();
  expect(otherVenue({ venue: 'gate' }, null)).toBeNull();
});

test('a market without a table is named, unless it brings its schedule', async () => {
  const tables = tablesByName(await readTiers(written('some', text)));
  const document = { positions: [{ market: 'AB' }], orders: [{ market: 'other' }] };
  expect(withoutTable(document, tables)).toMatchObject({ error: { path: 'orders[0].market' } });
  const markets = { other: { maintenance: { schedule: { kind: 'flat', rate: 1 } } } };
  expect(withoutTable({ ...document, markets }, tables)).toBeNull();
});
