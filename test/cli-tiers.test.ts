/** Tier tables from the command line, and every command of their guide. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, test } from 'vitest';
import { BIN, ended, runProgram, type Ran } from './program.ts';

const CCXT = 'examples/tiers-ccxt.json';
const PROPOSED = 'examples/tiers-proposed.json';
const ACCOUNTS = 'examples/tiers-accounts.jsonl';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-tiers-'));
const tables = readFileSync(CCXT, 'utf8');
const lines = readFileSync(ACCOUNTS, 'utf8').trimEnd().split('\n');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** All but the rules, which say whose tables were used. */
function figures(answer: Ran | undefined): unknown {
  return { ...(JSON.parse(answer?.out ?? '') as object), rules: null };
}

describe('import', () => {
  it('writes a file that check takes, with the figures of the rulebook', async () => {
    const out = join(folder, 'imported.json');
    const zipped = write('tiers.json.gz', gzipSync(tables));
    const args = ['--venue', 'binance-usdm', '--as-of', '2026-07-02', '--out', out];
    const ran = await runProgram(['tiers', 'import', zipped, ...args]);
    expect(ran).toMatchObject({ code: 0, out: '' });
    expect(ran.err).toContain('2 markets of binance-usdm, 2026-07-02; 6 boundaries, 6 proven');
    const [own, given] = await Promise.all(
      [[], ['--tiers', out], ['--tiers', CCXT]].map((tiers) =>
        runProgram(['check', '-', '--json', ...tiers], lines[0]),
      ),
    );
    expect(figures(given)).toEqual(figures(own));
  });

  it('prints the file without --out', async () => {
    const { out } = await runProgram(['tiers', 'import', CCXT, '--venue', 'binance-usdm']);
    expect(JSON.parse(out)).toMatchObject({ venue: 'binance-usdm', asOf: null });
  });

  const broken = write('broken.json', tables.replace('"cum": 300', '"cum": 301'));
  it.each<[string, readonly string[], string, number]>([
    ['a jump', [broken, '--venue', 'binance-usdm'], '["BTC/USDT:USDT"][1].info.cum must be 300', 1],
    ['a jump', [broken, '--venue', 'binance-usdm'], '(tier 2)', 1],
    ['its own file', [PROPOSED, '--venue', 'binance-usdm'], 'already', 1],
    ['contracts', [CCXT, '--venue', 'okx-linear'], 'counted in contracts', 1],
    ['no venue', [CCXT, '--venue', 'mars'], 'it names no rulebook', 1],
    ['no day', [CCXT, '--venue', 'gate', '--as-of', '2026-02-30'], 'YYYY-MM-DD', 2],
    ['no folder', [CCXT, '--venue', 'gate', '--out', join(folder, 'no/file')], 'be written', 1],
  ])('refuses %s: %j', async (_, args, words, code) => {
    const ran = await runProgram(['tiers', 'import', ...args]);
    expect(ran.err).toContain(words);
    expect(ran).toMatchObject({ code, out: '' });
  });
});

describe('check', () => {
  it('ends with the rules of each market', async () => {
    const { out } = await runProgram(['check', '-'], lines[0]);
    expect(out).toMatch(/\nBTCUSDT: rules from 2026-07-02 \[code\] leverage brackets .*\n$/);
  });

  it('says where tables come from, and keeps them to their venue', async () => {
    const { out } = await runProgram(['check', '-', '--tiers', PROPOSED], lines[0]);
    expect(out).toContain(`tier tables: ${PROPOSED} (binance-usdm, 2026-08-01; made up`);
    const other = (lines[0] ?? '').replace('binance-usdm', 'bitget');
    const refused = await runProgram(['check', '-', '--tiers', PROPOSED], other);
    expect(refused.err).toContain('venue: the tier tables are of binance-usdm');
    expect(refused.code).toBe(1);
  });

  it('says nothing of rules that the document brings', async () => {
    const { out } = await runProgram(['check', 'examples/textbook-long.json']);
    expect(out).not.toContain('rules from');
  });
});

interface Diff {
  readonly accounts: readonly { readonly account: string; readonly newly: string | null }[];
  readonly markets: { readonly changed: readonly { readonly market: string }[] };
}

describe('diff', () => {
  it('puts who is newly liquidated first, then who is called', async () => {
    const args = ['tiers', 'diff', CCXT, PROPOSED, '--accounts', ACCOUNTS];
    const [text, json] = await Promise.all([runProgram(args), runProgram([...args, '--json'])]);
    expect(text.out).toContain('boundary  300000 → 250000');
    expect(text.out).toContain('900 → 2000   60.00 % → 133.33 %  healthy → liquidation');
    const { accounts } = JSON.parse(json.out) as Diff;
    expect(accounts.map(({ account, newly }) => [account.slice(-2), newly])).toEqual([
      [':3', 'liquidation'],
      [':2', 'margin-call'],
      [':1', null],
    ]);
    expect([text.code, json.code]).toEqual([0, 0]);
  });

  it('compares a rulebook of two days, one market alone', async () => {
    const days = ['binance-usdm@2025-10-01', 'binance-usdm@2026-07-02'];
    const { out } = await runProgram(['tiers', 'diff', ...days, '--market', 'BTCUSDT', '--json']);
    expect((JSON.parse(out) as Diff).markets.changed).toMatchObject([{ market: 'BTCUSDT' }]);
  });

  it('refuses an account whose market is in no table', async () => {
    const file = write('other.json', (lines[0] ?? '').replace('BTCUSDT', 'XRPUSDT'));
    const ran = await runProgram(['tiers', 'diff', CCXT, PROPOSED, '--accounts', file]);
    expect(ran.out).toContain('positions[0].market "XRPUSDT" is in no table');
    expect(ran.code).toBe(1);
  });

  it.each<[string, string, string, number]>([
    ['mars@2026-01-01', PROPOSED, 'names no rulebook', 1],
    ['binance-usdm@soon', PROPOSED, 'YYYY-MM-DD', 2],
    ['orderly', PROPOSED, 'no level tables', 1],
    ['bitget', PROPOSED, 'compare one venue', 1],
    ['nowhere.json', PROPOSED, 'cannot be read', 1],
  ])('refuses %s beside %s', async (before, after, words, code) => {
    const ran = await runProgram(['tiers', 'diff', before, after]);
    expect(ran.err).toContain(words);
    expect(ran.code).toBe(code);
  });
});

/** A package that is found as ccxt is, and answers with what the test says. */
const LIBRARY = `
class NetworkError extends Error {}
class AuthenticationError extends Error {}
class Answers {
  constructor(options) { this.options = options; }
  async fetchLeverageTiers(symbols) {
    const { mode = '' } = process.env;
    if (mode === 'down') throw new NetworkError('GET /x?signature=secret refused\\u001b[2J');
    if (mode === 'key') throw new AuthenticationError(this.options.apiKey + ' is not known');
    if (mode === 'slow') return new Promise((resolve) => setTimeout(resolve, 3000));
    return mode === 'empty' ? {} : JSON.parse(process.env.tables);
  }
  async fetchMarketLeverageTiers(symbol) { return JSON.parse(process.env.tables)[symbol]; }
}
module.exports = { NetworkError, AuthenticationError, bybit: Answers, gate: Answers,
  binanceusdm: Answers };`;

function fetchIn(cwd: string, args: readonly string[], mode: string): Promise<Ran> {
  const env = { ...process.env, tables, mode, PLIMSOLL_CCXT_KEY: 'k', PLIMSOLL_CCXT_SECRET: 's' };
  return ended(spawn(process.execPath, [BIN, 'tiers', 'fetch', ...args], { cwd, env }));
}

describe('fetch', () => {
  const home = join(folder, 'home', 'node_modules', 'ccxt');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"name":"ccxt","main":"index.cjs"}');
  writeFileSync(join(home, 'index.cjs'), LIBRARY);
  const near = join(folder, 'home');

  it.skipIf(existsSync('node_modules/ccxt'))('says how to install what it needs', async () => {
    const ran = await fetchIn(folder, ['--venue', 'binance-usdm'], '');
    expect(ran.err).toMatch(/ccxt, which is not installed: run npm install ccxt@4\.\d+\.\d+ in/);
    expect(ran).toMatchObject({ code: 1, out: '' });
  });

  it('writes what the exchange answered, of today', async () => {
    const ran = await fetchIn(near, ['--venue', 'binance-usdm', '--out', 'out.json'], '');
    expect(ran).toMatchObject({ code: 0, out: '' });
    const file = JSON.parse(readFileSync(join(near, 'out.json'), 'utf8')) as object;
    expect(file).toMatchObject({
      venue: 'binance-usdm',
      markets: { BTCUSDT: { cap: '12000000' } },
    });
  });

  it('asks for one market at a time where that alone is true', async () => {
    const symbols = ['--symbols', 'BTC/USDT:USDT', 'SOL/USDT:USDT'];
    const { out } = await fetchIn(near, ['--venue', 'gate', ...symbols], '');
    const { markets } = JSON.parse(out) as { readonly markets: object };
    expect(Object.keys(markets)).toEqual(['BTC_USDT', 'SOL_USDT']);
  });

  it.each<[string, readonly string[], RegExp, number]>([
    ['down', ['binance-usdm'], /refused.*check the network/, 1],
    ['key', ['binance-usdm'], /refuses the key.*PLIMSOLL_CCXT_SECRET/, 1],
    ['slow', ['binance-usdm', '--timeout', '1'], /no answer in 1 s.*check the network/, 1],
    ['empty', ['bybit-linear'], /bybit.*holds no tables/, 1],
    ['', ['gate'], /one market at a time.*--symbols/, 2],
    ['', ['gate', '--symbols', 'BTC_USDT'], /BTC_USDT is no symbol.*BTC.USDT:USDT/, 2],
    ['', ['kucoin', '--symbols', 'A/B:B'], /does not know kucoinfutures.*npm install/, 1],
    ['', ['hyperliquid'], /no tier tables.*they fit/, 1],
  ])('%s: %j ends in one sentence', async (mode, args, words, code) => {
    const ran = await fetchIn(near, ['--venue', ...args], mode);
    expect(ran.err).toMatch(words);
    expect(ran.err).not.toMatch(/secret|\n\s+at /);
    expect(ran.err).not.toContain('\u001b');
    expect(ran).toMatchObject({ code, out: '' });
  });
});

const guide = readFileSync('docs/guides/venues-and-tiers.md', 'utf8');
const blocks = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text);

test.each(blocks)('the guide can be pasted: %s', (block) => {
  const script = block.replaceAll('/tmp/', `${folder}/`).replaceAll('npx plimsoll', `node ${BIN}`);
  const out = execFileSync('sh', ['-ec', script], { encoding: 'utf8' });
  expect(out).not.toContain('error');
});

test('the file of the guide is one', async () => {
  const [, json = ''] = /^```json\n(.*?)^```/ms.exec(guide) ?? [];
  const file = write('guide.json', json);
  const ran = await runProgram(['check', '-', '--tiers', file], lines[1]);
  expect(ran.out).toContain('where the table is from, for people');
  expect(ran.code).toBe(0);
});
