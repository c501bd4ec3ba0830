/**
 * The real program under load, killed without warning and started again: everything that it had
 * acknowledged is there, once, and reading the journal from its first entry gives the same state.
 * `PLIMSOLL_KILLS` sets the number of rounds.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createEngine, encodeState, totalsView } from '@plimsoll/core/engine';
import { expect, it, onTestFinished } from 'vitest';
import { openJournal } from '../packages/plimsoll/src/journal/index.ts';
import { hashState, replayEntry, serve } from '../packages/plimsoll/src/server/index.ts';
import { ask, openVenue, temporaryFolder } from './http-scene.ts';

const ROUNDS = Number(process.env['PLIMSOLL_KILLS'] ?? 5);
const CLIENTS = 8;
const MAIN = join(import.meta.dirname, '../packages/plimsoll/src/cli/index.ts');

interface Program {
  readonly process: ChildProcess;
  readonly address: string;
}

/** Starts `plimsoll serve` on the folder and waits until it says where it is. */
async function start(data: string): Promise<Program> {
  const run = `import(${JSON.stringify(MAIN)}).then((cli) => cli.main(process.argv.slice(1)))`;
  const node = ['--conditions=source', '--import', 'tsx', '--eval', run, '--'];
  const serveHere = ['serve', '--no-demo', '--data', data, '--port', '0'];
  const child = spawn(process.execPath, [...node, ...serveHere], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const address = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
    if (address !== undefined) return { process: child, address };
  }
  throw new Error(`the program did not start: ${said}`);
}

/** Deposits of one atom each, one after the other, until the program is gone. */
async function load(program: Program, client: string, acknowledged: Set<string>): Promise<void> {
  for (let i = 0; ; i += 1) {
    const id = `${client}.${i}`;
    try {
      const route = 'POST /v1/accounts/ann/deposits';
      const reply = await ask(program, route, { amount: '0.000001' }, { 'idempotency-key': id });
      if (reply.status !== 200) return;
      acknowledged.add(id);
    } catch {
      return;
    }
  }
}

async function kill(program: Program): Promise<void> {
  const gone = once(program.process, 'exit');
  program.process.kill('SIGKILL');
  await gone;
}

/** The deposits in the journal by id, and the hash of the state that all of it gives. */
async function readAll(data: string): Promise<{ ids: string[]; hash: string; deposited: bigint }> {
  const { journal } = await openJournal(join(data, 'journal'));
  const engine = createEngine();
  const ids: string[] = [];
  for (const entry of journal.read()) {
    const { command } = replayEntry(engine, entry);
    if (command.kind === 'deposit' && command.client === 'local') ids.push(command.id);
  }
  await journal.close();
  const deposited = totalsView(engine).depositedAtoms;
  return { ids, hash: hashState(encodeState(engine)), deposited };
}

it(
  'loses nothing that it acknowledged when it is killed under load',
  async () => {
    const data = temporaryFolder();
    const acknowledged = new Set<string>();
    const first = await serve({ data, port: 0 });
    await openVenue(first);
    await first.close();
    const before = await readAll(data);
    for (let round = 0; round < ROUNDS; round += 1) {
      const program = await start(data);
      const clients = Array.from({ length: CLIENTS }, (_, i) =>
        load(program, `r${round}c${i}`, acknowledged),
      );
      await new Promise((resolve) => setTimeout(resolve, 150 + ((round * 97) % 400)));
      await kill(program);
      await Promise.all(clients);
      const found = await readAll(data);
      expect(new Set(found.ids).size).toBe(found.ids.length);
      expect([...acknowledged].filter((id) => !found.ids.includes(id))).toEqual([]);
      expect(found.deposited).toBe(before.deposited + BigInt(found.ids.length));
    }
    const { hash } = await readAll(data);
    const last = await serve({ data, port: 0 });
    expect(hashState(encodeState(last.desk.engine))).toBe(hash);
    await last.close();
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * CLIENTS);
  },
  60_000 + ROUNDS * 20_000,
);
