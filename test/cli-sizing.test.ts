/** Sizes, stops and what-ifs from the command line, and every command of their guide. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { BIN, runProgram } from './program.ts';

const LONG = 'examples/textbook-long.json';
const CROSS = 'examples/cross-markets.json';

describe('what is printed, and the code at the end', () => {
  it.each<[readonly string[], string, number]>([
    [['size', LONG, '--distance', '0.1', '--lot', '0.01'], 'largest size: 0.68 in lots of 0.01', 0],
    [['size', LONG, '--distance', '0.1'], 'collateral at size 1: add at least 2250', 0],
    [['size', CROSS, '--ratio', '0.5', '--position', '2', '--json'], '"market": "SOLUSDT"', 0],
    [['size', LONG], 'give one of distance, ratio and sigmas', 1],
    [['size', CROSS, '--ratio', '0.5'], 'position: is missing', 1],
    [['stop', LONG, '--distance', '0.01'], 'stop 47868.4210526', 0],
    [['stop', LONG, '--distance', '0.06'], 'leaves no room', 1],
    [['stop', LONG], '--distance', 2],
    [['stop', LONG, '--distance', '0.01', '--trigger', 'index'], 'Allowed choices', 2],
    [['what-if', LONG, '--deposit', '100'], '5100', 0],
    [['what-if', LONG, '--price', 'BTCUSD=46000'], 'healthy before, liquidation after', 0],
    [['what-if', LONG, '--order', 'buy 1 BTCUSD 50000', '--json'], '"size": "2"', 0],
    [['what-if', LONG, '--withdraw', '5001'], 'changes[0].amount', 1],
    [['what-if', LONG], 'nothing is to happen', 2],
    [['what-if', LONG, '--order', 'buy it'], 'is no order', 2],
    [['what-if', LONG, '--price', 'BTCUSD'], 'write MARKET=VALUE', 2],
  ])('%j', async (args, words, code) => {
    const { out, err, ...ended } = await runProgram(args);
    expect(out + err).toContain(words);
    expect(ended.code).toBe(code);
  });
});

const guide = readFileSync('docs/guides/sizing-and-stops.md', 'utf8');
const blocks = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text);

test.each(blocks)('the guide can be pasted: %s', (block) => {
  const script = block.replaceAll('npx plimsoll', `node ${BIN}`);
  const out = execFileSync('sh', ['-ec', script], { encoding: 'utf8' });
  expect(out).not.toContain('error');
});
