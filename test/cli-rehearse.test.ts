/** Changes of rules rehearsed from the command line, and the commands of their guide. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addKey } from '../packages/plimsoll/src/server/index.ts';
import { ask, openVenue, startServer, temporaryFolder, TRADE } from './http-scene.ts';
import { runProgram, type Ran } from './program.ts';

const SEVEN_PERCENT = { BTC: { maintenance: { schedule: { kind: 'flat', rate: '0.07' } } } };

function rehearse(change: unknown, ...args: string[]): Promise<Ran> {
  const text = typeof change === 'string' ? change : JSON.stringify(change);
  return runProgram(['rehearse', '-', ...args], text);
}

/** A server with `ann` long 0.3 BTC at 50,000, and its folder. */
async function venue(): Promise<{ data: string; address: string; close: () => Promise<void> }> {
  const data = temporaryFolder();
  const server = await startServer({ data });
  await openVenue(server);
  await ask(server, 'POST /v1/trades', TRADE);
  return { data, address: server.address, close: () => server.close() };
}

/** Every file of the journal with its bytes. */
function filesOf(data: string): Readonly<Record<string, string>> {
  const folder = join(data, 'journal');
  const names = readdirSync(folder);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'hex')]));
}

describe('plimsoll rehearse', () => {
  test('says the same of a server, of its folder, and of the folder once it has stopped', async () => {
    const { data, address, close } = await venue();
    const live = await rehearse(SEVEN_PERCENT, '--server', address);
    expect(live).toMatchObject({ code: 0, err: '' });
    expect(live.out.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['would be called', '0'],
      ['would be liquidated', '1'],
      ['margin that they lack', '57.5'],
      [''],
      ['market', 'positions', 'maintenance', 'then', 'initial', 'then'],
      ['BTC', '2', '300', '2100', expect.any(String), expect.any(String)],
      [''],
      ['account', 'what', 'would be', 'equity', 'maintenance', 'then', 'lacks'],
      ['ann', 'cross pool', 'liquidated', '992.5', '150', '1050', '57.5'],
      [''],
    ]);
    expect(await rehearse(SEVEN_PERCENT, '--data', data)).toEqual(live);
    await close();
    const before = filesOf(data);
    expect(await rehearse(SEVEN_PERCENT, '--data', join(data, 'journal'))).toEqual(live);
    expect(filesOf(data)).toEqual(before);
  });

  test('gives the answer of the API as JSON', async () => {
    const { address } = await venue();
    const { out, code } = await rehearse(SEVEN_PERCENT, '--server', address, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      called: 0,
      liquidated: 1,
      missing: '57.5',
      markets: [{ market: 'BTC', maintenanceBefore: '300', maintenanceAfter: '2100' }],
      units: [{ account: 'ann', market: null, outcome: 'liquidated', missing: '57.5' }],
    });
  });

  test.each([
    ['a market that there is not', { SOL: {} }, 'there is no market SOL'],
    ['what cannot change', { BTC: { lot: '1' } }, 'lot of "BTC" cannot change'],
    ['a rate above 1', { BTC: { takerFee: '2' } }, 'takerFee'],
    ['a field that there is not', { BTC: { lots: '1' } }, 'rules.BTC.lots is not a field here'],
    ['no changes', {}, 'must hold the changes of each market'],
    ['a list', [], 'must hold the changes of each market'],
    ['no JSON', '{"BTC":', 'standard input: '],
    ['a key twice', '{"BTC":{},"BTC":{}}', 'standard input: '],
  ])('refuses %s, in the same way on disk and live', async (_what, change, message) => {
    const { data, address } = await venue();
    for (const place of [
      ['--server', address],
      ['--data', data],
    ]) {
      const { code, err, out } = await rehearse(change, ...place);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(message);
    }
  });

  test('wants an operator’s key where there are keys', async () => {
    const data = temporaryFolder();
    const keyOf = (role: 'operator' | 'reader'): string =>
      addKey(data, { name: role, role, accounts: null, createdAt: '2026-01-01T00:00:00Z' });
    const [operator, reader] = [keyOf('operator'), keyOf('reader')];
    const server = await startServer({ data });
    await openVenue(server, { authorization: `Bearer ${operator}` });
    const verdict = async (key: string | undefined): Promise<Ran> => {
      if (key === undefined) delete process.env['PLIMSOLL_KEY'];
      else process.env['PLIMSOLL_KEY'] = key;
      return rehearse(SEVEN_PERCENT, '--server', server.address);
    };
    expect(await verdict(undefined)).toMatchObject({ code: 1, out: '' });
    expect(await verdict(reader)).toMatchObject({ code: 1, out: '' });
    expect(await verdict(operator)).toMatchObject({ code: 0, err: '' });
    delete process.env['PLIMSOLL_KEY'];
  });

  test('says what is in the way', async () => {
    const nobody = await rehearse(SEVEN_PERCENT, '--server', 'http://127.0.0.1:9');
    expect(nobody).toMatchObject({ code: 1, out: '' });
    expect(nobody.err).toContain('start it, or name a folder with --data');
    const empty = await rehearse(SEVEN_PERCENT, '--data', temporaryFolder());
    expect(empty).toMatchObject({ code: 1, out: '' });
    expect(empty.err).toContain('holds no journal');
    const both = await rehearse(SEVEN_PERCENT, '--server', 'http://127.0.0.1:9', '--data', '.');
    expect(both.code).toBe(2);
  });

  test('a journal that is damaged before its end is not guessed at', async () => {
    const { data, close } = await venue();
    await close();
    const file = join(data, 'journal', 'segment-0000000001.journal');
    const bytes = readFileSync(file);
    const place = bytes.indexOf('"house"');
    bytes[place + 1] = 0x58;
    writeFileSync(file, bytes);
    const { code, err } = await rehearse(SEVEN_PERCENT, '--data', data);
    expect(code).toBe(1);
    expect(err).toContain('plimsoll journal verify');
  });
});

/** What does not depend on when the demo is asked. */
function wordsOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [first = '', ...rest] = line.trim().split(/\s{2,}/);
    if (/^[\d.]+$/.test(rest[0] ?? '')) return [`${first}: ${rest.length} figures`];
    return /^[ah]\d+$/.test(first) || line === '' ? [] : [line.replaceAll(/\s+/g, ' ').trim()];
  });
}

/** A line of the guide with another place to look at. */
function run(line: string, place: readonly string[]): Promise<Ran> {
  const words = line.replace('npx plimsoll ', '').replace('--data ./data', '').trim();
  return runProgram([...words.split(/\s+/), ...place]);
}

describe('the guide of operating a market', () => {
  const guide = readFileSync('docs/guides/operating.md', 'utf8');
  const section = guide.split(/^## /m).find((part) => part.startsWith('Rehearsing')) ?? '';
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```/gms)];
  const textOf = (kind: string): string => blocks.find((block) => block[1] === kind)?.[2] ?? '';

  test('its commands run on the demo and print what it shows', async () => {
    expect(JSON.parse(readFileSync('examples/stricter-rules.json', 'utf8'))).toEqual(
      JSON.parse(textOf('json')),
    );
    const data = temporaryFolder();
    const server = await startServer({ data, demo: true });
    const [live = '', folder = ''] = textOf('sh').trim().split('\n');
    const text = await run(live, ['--server', server.address]);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(wordsOf(text.out)).toEqual(wordsOf(textOf('text')));
    const json = await run(folder, ['--data', data]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toHaveProperty('markets.1.market', 'ETH-PERP');
  });
});
