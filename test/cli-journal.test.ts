/** `plimsoll journal` on sound, damaged and untrue journals. */
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { apply, createEngine, encodeState, type Command } from '@plimsoll/core/engine';
import { openJournal } from '../packages/plimsoll/src/journal/index.ts';
import { hashState, readCodeVersion } from '../packages/plimsoll/src/server/index.ts';
import { runProgram } from './program.ts';

const CONFIG = {
  asset: { symbol: 'USDT', decimals: 6 },
  policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
  liquidation: { timeoutMs: 0, remainderTo: 'fund', depositCures: true, fundLeverage: '10' },
  rememberedIds: 100,
} as const;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-journal-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function envelope(id: number): Pick<Command, 'client' | 'id' | 'timeMs'> {
  return { client: 'test', id: String(id), timeMs: 1_000 + id };
}

function commands(): readonly Command[] {
  const deposits = Array.from({ length: 20 }, (_, k): Command => {
    return { kind: 'deposit', account: 'a', amountAtoms: 1_000 + k, ...envelope(k + 2) };
  });
  return [
    { kind: 'configure', config: CONFIG, ...envelope(0) },
    { kind: 'open-account', account: 'a', ...envelope(1) },
    ...deposits,
  ];
}

/** A journal of 22 frames with a snapshot after the tenth; `bend` may make its hash untrue. */
async function writeJournal(bend: (hash: string) => string = (hash) => hash): Promise<string> {
  const { journal } = await openJournal(join(folder, 'journal'));
  const engine = createEngine();
  for (const command of commands()) {
    apply(engine, command);
    await journal.append([Buffer.from(JSON.stringify(command))]);
    if (engine.sequence !== 10) continue;
    const bytes = encodeState(engine);
    const stateHash = bend(hashState(bytes));
    await journal.writeSnapshot({ sequence: 10, codeVersion: readCodeVersion(), stateHash, bytes });
  }
  await journal.close();
  return hashState(encodeState(engine));
}

/** Flips one bit where `needle` is written. */
function flipAt(needle: string): void {
  const directory = join(folder, 'journal');
  const name = readdirSync(directory).find((each) => each.endsWith('.journal')) ?? '';
  const file = join(directory, name);
  const at = readFileSync(file).indexOf(needle);
  const bytes = Buffer.from([(readFileSync(file)[at] ?? 0) ^ 1]);
  writeSync(openSync(file, 'r+'), bytes, 0, 1, at);
}

it('replays a sound journal and agrees with its snapshot', async () => {
  const stateHash = await writeJournal();
  const { code, out } = await runProgram(['journal', 'verify', folder, '--json']);
  expect(JSON.parse(out)).toMatchObject({
    frames: 22,
    commands: 22,
    stateHash,
    snapshots: [{ sequence: 10, verdict: 'equal' }],
    problems: [],
  });
  expect(code).toBe(0);
});

it('names the damaged frame', async () => {
  await writeJournal();
  flipAt('"amountAtoms":1005');
  const verify = await runProgram(['journal', 'verify', folder]);
  const show = await runProgram(['journal', 'show', folder]);
  for (const { code, err } of [verify, show]) {
    expect(err).toMatch(/is damaged at byte \d+: frame 8 \(from entry 8\)/);
    expect(code).toBe(1);
  }
});

it('says that a damaged last frame would be cut', async () => {
  await writeJournal();
  flipAt('"amountAtoms":1019');
  const { code, err } = await runProgram(['journal', 'verify', folder]);
  expect(err).toMatch(/frame.* 22/);
  expect(code).toBe(1);
});

it('finds a snapshot that its commands do not lead to', async () => {
  await writeJournal((hash) => hash.replaceAll(/[0-9a-f]/g, '0'));
  const { code, err } = await runProgram(['journal', 'verify', folder]);
  expect(err).toMatch(/is not what its commands lead to/);
  expect(code).toBe(1);
});

it('refuses a folder without a journal', async () => {
  const { code, err } = await runProgram(['journal', 'verify', folder]);
  expect(err).toMatch(/holds no journal/);
  expect(code).toBe(1);
});
