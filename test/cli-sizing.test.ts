/** Sizes, stops and what-ifs from the command line, and every command of their guide. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { temporaryFolder } from './http-scene.ts';
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
    [['what-if', LONG, '--change', '{'], '--change is no JSON', 2],
    [['what-if', LONG, '--funding', 'BTCUSD=10', '--json'], '"unpaidFunding": "10"', 0],
    [['stop', LONG, '--distance', '0.01', '--funding', 'BTCUSD=50'], 'stop up by 52.631579\n', 0],
    [['stop', LONG, '--distance', '0.01', '--deposit', '100'], 'stop down by 105.2631579\n', 0],
    [['stop', LONG, '--distance', '0.01', '--price', 'BTCUSD=50000'], 'stays where it is', 0],
    [['stop', LONG, '--distance', '0.01', '--margin', 'BTCUSD=1'], 'changes[0].position: is a', 1],
    [['stop', LONG, '--distance', '0.01', '--price', 'BTCUSD=47000'], 'past its liquidation', 1],
    [['stop', LONG, '--distance', '0.01', '--deposit', '100', '--json'], '"change": "-105.26', 0],
    [['sensitivity', LONG], 'funding + 5               47373.6842105', 0],
    [['sensitivity', LONG, '--volatility', '0.03'], '1.75438596491', 0],
    [['sensitivity', LONG, '--volatility', '0'], 'volatility: must be above 0', 1],
    [['sensitivity', LONG, '--position', 'ETH'], 'position: names no position, "ETH"', 1],
    [['sensitivity', CROSS], 'position: is missing; there are 0 (BTCUSDT long, cross)', 1],
    [['sensitivity', CROSS, '--position', '2', '--json'], '"factor": "closing-fee"', 0],
    [['funding-drag', CROSS, '--position', '0'], 'liquidates it after 2413 payments', 0],
    [['drag', CROSS, '--position', '1', '--days', '365'], '365      1095  6570', 0],
    [['drag', CROSS, '--position', '0', '--days', '1,7', '--json'], '"intervals": "21"', 0],
    [['drag', CROSS, '--position', '0', '--days', '1,,7'], 'days[1]: must be a decimal', 1],
    [['drag', CROSS, '--position', '0', '--days', '-1'], 'days[0]: must not be negative', 1],
    [['drag', CROSS, '--position', '2'], 'markets.SOLUSDT.funding: is missing; give rate', 1],
    [['surface', CROSS, '--markets', 'BTCUSDT,ETHUSDT'], '-1   -9.30 %  54420.7787201', 0],
    [
      ['surface', CROSS, '--markets', 'ETHUSDT,BTCUSDT', '--beta', '-1', '--json'],
      '"beta": "-1"',
      0,
    ],
    [['surface', CROSS, '--markets', 'BTCUSDT,ETHUSDT', '--beta', '1,x'], 'betas[1]: must be', 1],
    [['surface', CROSS, '--markets', 'BTCUSDT,SOLUSDT'], 'with: names no market with a cross', 1],
    [['surface', CROSS, '--markets', 'BTCUSDT,BTCUSDT'], 'with: repeats the market', 1],
    [['surface', CROSS, '--markets', 'BTCUSDT'], 'Give two markets', 2],
    [['surface', CROSS], '--markets', 2],
    [['advise', LONG], 'cure: deposit more than 0', 0],
    [['advise', LONG, '--stop', 'none'], 'cure: a stop at 47618.4210526\n', 0],
    [['advise', LONG, '--stop', 'BTCUSD=48000', '--json'], '"code": "thin-buffer"', 0],
    [['advise', LONG, '--stop', 'BTCUSD=47000'], 'nearer to the mark than 47368.4210526', 0],
    [['advise', LONG, '--volatility', 'BTCUSD=0.03'], '1.75 usual days away', 0],
    [['advise', LONG, '--volatility', 'BTCUSD=x'], 'context.volatility.BTCUSD: must be', 1],
    [['advise', LONG, '--now', 'noon'], 'context.now: must be a time', 1],
    [['advise', LONG, '--tiers-date', '2026-06-01', '--now', '2026-07-02T00:00:00Z'], 'stale', 0],
    [['advise', LONG, '--event', 'soon'], 'write "2026-07-02T12:30:00Z CPI"', 2],
    [['advise', LONG, '--stop', '48000'], 'write MARKET=VALUE', 2],
    [['advise', LONG, '--context', 'nowhere.json'], 'there is no file nowhere.json', 1],
    [['advise', LONG, '--context', 'README.md'], 'README.md: line 1', 1],
  ])('%j', async (args, words, code) => {
    const { out, err, ...ended } = await runProgram(args);
    expect(out + err).toContain(words);
    expect(ended.code).toBe(code);
  });
});

function contextIn(text: string): string {
  const file = join(temporaryFolder(), 'context.json');
  writeFileSync(file, text);
  return file;
}

async function codes(...args: string[]): Promise<readonly string[]> {
  const { out } = await runProgram(['advise', LONG, '--json', ...args]);
  return (JSON.parse(out) as { code: string }[]).map(({ code }) => code);
}

describe('a context in a file', () => {
  it('is used, and options take the place of its fields', async () => {
    const file = contextIn('{"stops":[],"stopCushion":"0.02"}');
    expect(await codes('--context', file)).toEqual(['thin-buffer', 'no-stop']);
    expect(await codes('--context', file, '--stop', 'BTCUSD=49000')).toEqual(['thin-buffer']);
    const near = await codes('--context', file, '--stop', 'BTCUSD=48000');
    expect(near).toEqual(['thin-buffer', 'stop-too-near']);
  });

  it.each([
    ['[]', 'must hold an object'],
    ['1e400', 'must hold an object'],
    ['{"stop":[]}', 'context.stop: is not a known key'],
    ['{"stops":[{"market":"BTCUSD"}]}', 'context.stops[0].price: is missing'],
  ])('%s is refused', async (text, words) => {
    const ran = await runProgram(['advise', LONG, '--context', contextIn(text)]);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(words);
  });
});

test.each([
  ['sensitivity'],
  ['drag'],
  ['surface', '--markets', 'BTCUSDT,ETHUSDT'],
  ['advise'],
  ['stop', '--distance', '0.01', '--deposit', '1'],
])('%s answers one line for each line in', async (command, ...options) => {
  const document = JSON.stringify(JSON.parse(readFileSync(CROSS, 'utf8')));
  const position = ['surface', 'advise'].includes(command ?? '') ? [] : ['--position', '0'];
  const args = [command ?? '', '-', '--jsonl', ...position, ...options];
  const { code, out } = await runProgram(args, `${document}\n{}\n${document}\n`);
  const [first, second, third] = out.trim().split('\n');
  expect(code).toBe(1);
  expect(JSON.parse(second ?? '')).toMatchObject({ error: { path: 'venue' } });
  expect(third).toBe(first);
  expect(first).not.toContain('"error"');
});

const guide = readFileSync('docs/guides/sizing-and-stops.md', 'utf8');
const BLOCK = /^```sh\n(.*?)^```/gms;
/** A figure long enough not to be a setting. */
const FIGURE = /\b\d{2,}\.\d{5,}\b|\b\d{4,}(\.\d+)?\b/g;

const sections = guide.split(/^## /m).flatMap((text) => {
  const script = [...text.matchAll(BLOCK)].map(([, block = '']) => block).join('');
  const figures = text.replaceAll(BLOCK, '').match(FIGURE) ?? [];
  return script === '' ? [] : [{ title: text.split('\n')[0] ?? '', script, figures }];
});

test.each(sections)('the guide can be pasted, and tells the truth: $title', (section) => {
  const script = section.script.replaceAll('npx plimsoll', `node ${BIN}`);
  const out = execFileSync('sh', ['-ec', script], { encoding: 'utf8' });
  expect(out).not.toContain('error');
  for (const figure of section.figures) expect(out).toContain(figure);
});
