/** Derivations from the command line, and every command of their guide. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { BIN, runProgram } from './program.ts';

const BINANCE = 'examples/binance-long.json';
const SEVERAL = 'binance-usdm,okx-linear,hyperliquid';

describe('what is printed, and the code at the end', () => {
  it.each<[readonly string[], string, number]>([
    [[BINANCE], 'LP = (WB − TMM1', 0],
    [[BINANCE], 'both sides are 52738.6934673', 0],
    [[BINANCE], 'V = 732000 is above 300000 and up to 800000: level 2 of 12, rate 0.005', 0],
    [[BINANCE], 'rules: in force from 2026-07-02, [code]', 0],
    [[BINANCE, '--venues', SEVERAL], '12 contracts of 1 are 1200 of 0.01 in BTC-USDT-SWAP', 0],
    [[BINANCE, '--venues', SEVERAL, '--json'], '"liquidationPrice": "53164.556962"', 0],
    [[BINANCE, '--venues', `${SEVERAL},bitmex`], 'bitmex: refused: positions[0].market', 0],
    [[BINANCE, '--venues', 'nowhere'], '"nowhere" names no rulebook', 0],
    [[BINANCE, '--venues', SEVERAL, '--position', '3'], 'names no position', 1],
    [['examples/cross-markets.json', '--venues', SEVERAL], 'position: is missing', 1],
  ])('%j', async (args, words, code) => {
    const { out, err, ...ended } = await runProgram(['explain', ...args]);
    expect(out + err).toContain(words);
    expect(ended.code).toBe(code);
  });
});

const guide = readFileSync('docs/guides/explain.md', 'utf8');
const blocks = [...guide.matchAll(/^```sh\n(.*?)^```\n+```\n(.*?)^```/gms)];

test.each(blocks.map(([, command = '', output = '']) => [command, output]))(
  'the guide can be pasted, and prints what it says: %s',
  (command, output) => {
    const script = command.replaceAll('npx plimsoll', `node ${BIN}`);
    expect(execFileSync('sh', ['-ec', script], { encoding: 'utf8' })).toBe(output);
  },
);
