/** Replays from files to figures: made-up candles always, real ones where the data folder is. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runReplay, type ReplayOptions } from './index.ts';

const DATA = new URL('../../../../../shared/data/', import.meta.url).pathname;
const hasData = existsSync(DATA);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-replay-'));
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Forty minutes that fall by a fifth. */
async function falling(): Promise<string> {
  const rows = Array.from({ length: 40 }, (_, k) => {
    const open = 50_000 - k * 250;
    const time = new Date(Date.UTC(2025, 9, 10, 21, k)).toISOString();
    return `${time},${open},${open + 20},${open - 300},${open - 250},1`;
  });
  return file('BTCUSDT-1m.csv', ['date,open,high,low,close,volume', ...rows].join('\n'));
}

function options(candles: string, change: Partial<ReplayOptions> = {}): ReplayOptions {
  return {
    candles: [candles],
    marks: [],
    funding: [],
    accounts: 200,
    seed: 7,
    markets: null,
    allowGaps: false,
    chart: null,
    ...change,
  };
}

describe('a replay from files', () => {
  it('conserves money, misses nothing, and repeats itself', async () => {
    const candles = await falling();
    const { figures } = await runReplay(options(candles));
    expect(figures).toMatchObject({
      accounts: 200,
      conserved: true,
      missedBreaches: 0,
      belowZero: 0,
      violations: [],
    });
    expect(figures.liquidations).toBeGreaterThan(20);
    const again = await runReplay(options(candles));
    expect(again.figures.stateHash).toBe(figures.stateHash);
    const other = await runReplay(options(candles, { seed: 8 }));
    expect(other.figures.stateHash).not.toBe(figures.stateHash);
  });

  it('draws a picture with a panel for price, calls, liquidations and fund', async () => {
    const chart = join(folder, 'chart.svg');
    await runReplay(options(await falling(), { chart }));
    const svg = await readFile(chart, 'utf8');
    expect(svg.match(/<polyline/g)).toHaveLength(4);
    expect(svg).toContain('insurance fund');
    expect(svg).not.toContain('NaN');
  });

  it('takes other rules from a markets file', async () => {
    const candles = await falling();
    const policy = { marginCallAt: null };
    const markets = await file(
      'markets.json',
      JSON.stringify({ policy, fund: '0', markets: { BTCUSDT: { takerFee: '0' } } }),
    );
    const { figures } = await runReplay(options(candles, { markets }));
    expect(figures.marginCalls).toBe(0);
    expect(figures.liquidations).toBeGreaterThan(20);
    expect(figures).toMatchObject({ conserved: true, missedBreaches: 0 });
  });

  it.each([
    ['an unknown setting', '{"fnud":"1"}', /"fnud" is not a setting; known: /],
    ['a repeated key', '{"fund":"0","fund":"1"}', /fund/],
    ['no JSON', '{', /line 1, column/],
    ['a fraction that is none', '{"fund":"lots"}', /fund must be a decimal as text/],
    [
      'rules that the engine refuses',
      '{"markets":{"BTCUSDT":{"tick":"0.3","lot":"0.0000001"}}}',
      /market BTCUSDT: .*whole number of atoms/,
    ],
    ['a market without candles', '{"markets":{"BTCUSD":{}}}', /markets\.BTCUSD is not replayed/],
    [
      'a policy that the engine refuses',
      '{"policy":{"marginCallAt":"2"}}',
      /settings: .*marginCallAt/,
    ],
  ])('refuses a markets file with %s', async (name, text, message) => {
    const markets = await file(`${name.replaceAll(' ', '-')}.json`, text);
    await expect(runReplay(options(await falling(), { markets }))).rejects.toThrow(message);
  });

  it('refuses two files for one market', async () => {
    const candles = await falling();
    await expect(runReplay(options(candles, { candles: [candles, candles] }))).rejects.toThrow(
      /there is a file for BTCUSDT already/,
    );
  });
});

it('refuses files that belong to no candles, and candles that do not overlap', async () => {
  const candles = await falling();
  const spare = options(candles, { marks: [candles, candles] });
  await expect(runReplay(spare)).rejects.toThrow(/belongs to no --candles/);
  const later = await file(
    'ETHUSDT-1m.csv',
    'date,open,high,low,close,volume\n2026-01-01T00:00:00Z,9,9,9,9,1\n2026-01-01T00:01:00Z,9,9,9,9,1',
  );
  const apart = options(candles, { candles: [candles, later] });
  await expect(runReplay(apart)).rejects.toThrow(/BTCUSDT ends before the prices of another/);
});

function threeMarkets(kind: string): string[] {
  const coins = ['BTC', 'ETH', 'SOL'];
  return coins.map((coin) => join(DATA, `${coin}USDT-${kind}-2025-12_2026-01.csv.gz`));
}

/** A user's clone has no such folder; the figures come from real prices. */
describe.skipIf(!hasData)('a replay of real prices (needs ../shared/data)', () => {
  it('survives the cascade of 2025-10-10', async () => {
    const candles = join(DATA, 'BTCUSDT-1m-2025-10-10T2105_2235.csv.gz');
    const { figures } = await runReplay(options(candles, { accounts: 2_000 }));
    expect(figures).toMatchObject({
      conserved: true,
      missedBreaches: 0,
      belowZero: 0,
      violations: [],
    });
    expect(figures.marginCalls).toBeGreaterThan(500);
    expect(figures.liquidations).toBeGreaterThan(500);
  });

  it('carries three markets with hourly marks and funding', async () => {
    const { figures } = await runReplay({
      ...options('', { accounts: 60 }),
      candles: threeMarkets('5m-last'),
      marks: threeMarkets('1h-mark'),
      funding: threeMarkets('8h-funding'),
    });
    expect(figures).toMatchObject({
      conserved: true,
      missedBreaches: 0,
      belowZero: 0,
      violations: [],
    });
    expect(figures.epochs).toBeGreaterThan(30_000);
  });

  it('goes on with marks where the candles end', async () => {
    const { figures } = await runReplay({
      ...options(join(DATA, 'XRPUSDT-5m-last-2021-11_2021-12.csv.gz'), { accounts: 100 }),
      marks: [join(DATA, 'XRPUSDT-8h-mark-2021-11_2021-12.csv.gz')],
      funding: [join(DATA, 'XRPUSDT-8h-funding-2021-11_2021-12.csv.gz')],
    });
    expect(figures).toMatchObject({
      conserved: true,
      missedBreaches: 0,
      belowZero: 0,
      violations: [],
    });
    expect(figures.to > '2021-12-17').toBe(true);
  });
});
