/** The built program from the outside: what it prints, where, and the code that it ends with. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { BIN, ended, runProgram, startProgram, type Ran } from './program.ts';

const LONG = 'examples/textbook-long.json';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'));
const text = readFileSync(LONG, 'utf8');
const line = JSON.stringify(JSON.parse(text));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** One sentence on standard error, and no trace of a stack anywhere. */
function expectSentence({ err, out }: Ran, words: RegExp): void {
  expect(err).toMatch(words);
  expect(err + out).not.toMatch(/\n\s+at |node:internal|Error:/);
}

describe('check', () => {
  it.each([
    [LONG, '47368.4210526'],
    ['examples/textbook-long-entry.json', '47500'],
    ['examples/textbook-short.json', '42000'],
  ])('prints the liquidation price of %s', async (file, price) => {
    const { code, out } = await runProgram(['check', file]);
    expect(out).toContain(price);
    expect(code).toBe(0);
  });

  it('prints the output document with --json, the same from standard input', async () => {
    const file = await runProgram(['check', LONG, '--json']);
    const input = await runProgram(['check', '-', '--json'], text);
    expect(JSON.parse(file.out)).toEqual(check(JSON.parse(text), rulebooks));
    expect(input).toEqual(file);
  });

  it('passes over a byte order mark', async () => {
    expect((await runProgram(['check', '-'], `\uFEFF${text}`)).code).toBe(0);
  });

  const nested = '['.repeat(100_000);
  it.each([
    ['nothing', '', /is empty: write an account document/],
    ['a repeated key', '{"venue":"custom","venue":"x"}', /venue: line 1, column \d+: .*repeated/],
    ['half a document', text.slice(0, 200), /line \d+, column \d+: /],
    ['an unknown key', text.replace('"venue"', '"__proto__"'), /__proto__: is not a known key/],
    ['an unknown venue', text.replace('custom', 'mars'), /venue: names no rulebook/],
    ['a number beyond all', text.replace('"50000"', '1e309'), /1e309|exponent|decimal/],
    ['deep nesting', nested, /nested deeper than 64 levels/],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le'), /line 1: this is not UTF-8/],
    ['50 MB of anything', Buffer.alloc(50_000_000, 'a'), /larger than 16 MiB/],
  ])('refuses %s with one sentence', async (_name, content, words) => {
    const ran = await runProgram(['check', '-'], content);
    expectSentence(ran, words);
    expect([ran.code, ran.out]).toEqual([1, '']);
  });

  it.each([
    ['a missing file', 'no/such/file.json', /there is no file no\/such\/file\.json/],
    ['a folder', 'examples', /examples is a folder: give a file/],
  ])('refuses %s, to machines as a document', async (_name, file, words) => {
    const ran = await runProgram(['check', file, '--json']);
    expectSentence(ran, words);
    expect(JSON.parse(ran.out)).toEqual({ error: { path: '', message: ran.err.trim() } });
    expect(ran.code).toBe(1);
  });

  it('does not let a document steer the terminal', async () => {
    const { out } = await runProgram(['check', '-'], text.replaceAll('BTCUSD', '\\u001b[2JX'));
    expect(out).not.toContain('\u001b');
  });
});

describe('check --jsonl', () => {
  it('answers every line in order, refusals in their place', async () => {
    const input = [line, '', '{', line, '{"venue":"mars"}', line].join('\n');
    const { code, out } = await runProgram(['check', '-', '--jsonl'], input);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as { error?: object });
    expect(answers.map(({ error }) => error !== undefined)).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(answers[1]).toEqual({
      error: { path: '', message: 'line 2: is empty; write one document a line' },
    });
    expect(code).toBe(1);
  });

  it('refuses a line that is too long or no text, and goes on', async () => {
    const tooLong = Buffer.alloc(17 * 1024 * 1024, 'a');
    const parts = [tooLong, Buffer.from('\n\xff\n', 'latin1'), Buffer.from(line)];
    const { code, out } = await runProgram(['check', '-', '--jsonl'], Buffer.concat(parts));
    const [long, noText, good] = out.trimEnd().split('\n');
    expect(long).toMatch(/line 1 is larger than 16 MiB/);
    expect(noText).toMatch(/line 2: this is not UTF-8/);
    expect(JSON.parse(good ?? '')).toEqual(check(JSON.parse(line), rulebooks));
    expect(code).toBe(1);
  });

  it('is silent when the reader has seen enough', async () => {
    const file = write('many.jsonl', `${line}\n`.repeat(5_000));
    const command = `"${process.execPath}" "${BIN}" check --jsonl "${file}" | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
  });
});

describe('explain', () => {
  it('derives the price for people and as data', async () => {
    const { out } = await runProgram(['explain', LONG]);
    expect(out).toMatch(/liquidation price 47368\.4210526\n1\. /);
    const { out: json } = await runProgram(['explain', LONG, '--json', '--position', 'BTCUSD']);
    expect(JSON.parse(json)).toMatchObject({ market: 'BTCUSD', liquidationPrice: '47368.4210526' });
  });

  it('takes a position by number or market, and all of them without', async () => {
    const file = 'examples/cross-markets.json';
    const { out: all } = await runProgram(['explain', file, '--json']);
    const { out: second } = await runProgram(['explain', file, '--json', '--position', '1']);
    expect(JSON.parse(all)).toHaveLength(3);
    expect(JSON.parse(second)).toMatchObject({ market: 'ETHUSDT' });
  });

  it('refuses a position that is not there', async () => {
    const ran = await runProgram(['explain', LONG, '--position', '7']);
    expectSentence(ran, /names no position; there are 0 \(BTCUSD long, cross\)/);
    expect(ran.code).toBe(1);
  });
});

describe('usage', () => {
  it.each([
    ['no command', [], /Usage: plimsoll/],
    ['an unknown command', ['chek', LONG], /unknown command 'chek'/],
    ['no file', ['check'], /missing required argument 'file'/],
    ['an unknown option', ['check', LONG, '--fast'], /unknown option '--fast'/],
    ['two forms at once', ['check', LONG, '--json', '--jsonl'], /cannot be used with/],
    ['a port out of range', ['serve', '--port', '99999'], /whole number from 0 to 65535/],
    ['a role that is none', ['keys', 'add', 'x', '--role', 'king'], /reader, trader, publisher/],
    ['no candles', ['replay'], /--candles/],
  ])('%s ends with 2', async (_name, args, words) => {
    const ran = await runProgram(args);
    expect(ran.err).toMatch(words);
    expect([ran.code, ran.out]).toEqual([2, '']);
  });

  it('prints version and help with 0', async () => {
    const { version } = JSON.parse(readFileSync('packages/plimsoll/package.json', 'utf8'));
    expect(await runProgram(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const help = await runProgram(['check', '--help']);
    expect(help.out).toContain('--jsonl');
    expect(help.code).toBe(0);
  });

  it('says which Node it needs', async () => {
    const old =
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"18.0.0"}})';
    const ran = await ended(execFile(process.execPath, ['--import', old, BIN, 'check', LONG]));
    expectSentence(ran, /needs Node 20\.19 or newer and this is 18\.0\.0: update Node/);
    expect(ran.code).toBe(1);
  });

  it('says what to do when the program is not built', async () => {
    const bin = join(folder, 'bare', 'bin');
    mkdirSync(bin, { recursive: true });
    cpSync(BIN, join(bin, 'plimsoll.js'));
    writeFileSync(join(folder, 'bare', 'package.json'), '{"type":"module"}');
    const child = execFile(process.execPath, [join(bin, 'plimsoll.js'), 'check', LONG]);
    const ran = await ended(child);
    expectSentence(ran, /not built yet: run npm run build/);
    expect(ran.code).toBe(1);
  });
});

describe('keys', () => {
  it('makes, lists and removes keys without ever listing a secret', async () => {
    const data = join(folder, 'keys');
    const made = await runProgram(['keys', 'add', 'bot', '--role', 'trader', '--data', data]);
    const listed = await runProgram(['keys', 'list', '--data', data, '--json']);
    const again = await runProgram(['keys', 'add', 'bot', '--role', 'reader', '--data', data]);
    const removed = await runProgram(['keys', 'remove', 'bot', '--data', data]);
    const gone = await runProgram(['keys', 'remove', 'bot', '--data', data]);

    expect(made.out).toMatch(/^plimsoll_\S{40,}\n$/);
    expect(JSON.parse(listed.out)).toMatchObject([{ name: 'bot', role: 'trader', accounts: null }]);
    expect(listed.out).not.toContain(made.out.trim());
    expect(readFileSync(join(data, 'keys.json'), 'utf8')).not.toContain(made.out.trim());
    expect(statSync(join(data, 'keys.json')).mode & 0o077).toBe(0);
    expectSentence(again, /there is a key named bot already/);
    expectSentence(gone, /no key named bot/);
    expect([made, listed, again, removed, gone].map(({ code }) => code)).toEqual([0, 0, 1, 0, 1]);
  });
});

describe('serve', () => {
  it('stops in peace on SIGTERM; says who holds the port and the folder', async () => {
    const data = join(folder, 'served');
    const server = startProgram(['serve', '--port', '0', '--data', data]);
    const running = ended(server);
    const address = await new Promise<string>((resolve) => {
      server.stdout?.on('data', (chunk: string) => resolve(/http:\S+\d/.exec(chunk)?.[0] ?? ''));
    });
    expect((await (await fetch(`${address}/healthz`)).json()) as object).toMatchObject({
      status: 'ok',
    });
    const second = await runProgram(['serve', '--port', '0', '--data', data]);
    expectSentence(second, /served/);
    server.kill('SIGTERM');
    expect([(await running).code, second.code]).toEqual([0, 1]);
  });

  it('ends with 1 when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const ran = await runProgram(['serve', '--port', String(port), '--data', join(folder, 'port')]);
    holder.close();
    expectSentence(ran, /another program has it; choose another with --port/);
    expect(ran.code).toBe(1);
  });
});
