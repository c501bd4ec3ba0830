/**
 * `recovery`: a data folder opened that has a snapshot of 1,000,000 accounts and 1,000,000 commands
 * after it, of which the history lacks the last, as a killed server leaves it. The journal is
 * verified, the snapshot read, every command applied again, the history written on, and the
 * invariants are checked. `recovery-history`: the history lacks all of them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeState, type Command } from '@plimsoll/core/engine';
import { openHistory } from '../packages/plimsoll/dist/history/index.js';
import { openJournal } from '../packages/plimsoll/dist/journal/index.js';
import { Desk, hashState, readCodeVersion } from '../packages/plimsoll/dist/server/index.js';
import { buildBook, FULL_BOOK } from './book.ts';
import { alone, type Benchmark, type Figure } from './harness.ts';
import { makeFolder } from './venue.ts';

const COMMANDS = 1_000_000;
/** What a busy server has not written into the history yet. */
const LAG = 10_000;
const IN_FRAME = 1_000;

const CASES = [
  { name: 'recovery', lag: LAG, goal: '≤ 10' },
  { name: 'recovery-history', lag: COMMANDS, goal: 'as measured' },
];

/** Deposits to one account after the other, each with an id of its own. */
function commandAt(k: number, timeMs: number): Command {
  const account = `account-${(k * 7_919) % FULL_BOOK.accounts}`;
  return { kind: 'deposit', client: 'bench', id: String(k), timeMs, account, amountAtoms: 1_000 };
}

/** The folder of a server that was killed a million commands after its last snapshot. */
async function prepare(directory: string, lag: number): Promise<void> {
  const engine = buildBook(FULL_BOOK);
  const { journal } = await openJournal(join(directory, 'journal'));
  // What lies before the snapshot is verified and not read.
  for (let k = 0; k < engine.sequence; k += 1) await journal.append([Buffer.from('{}')]);
  const { history } = await openHistory(join(directory, 'history.db'), { source: journal.id });
  await history.append({ events: [], through: engine.sequence + COMMANDS - lag, totals: [] });
  await history.close();
  const bytes = encodeState(engine);
  const { sequence, timeMs } = engine;
  const label = { sequence, codeVersion: readCodeVersion(), stateHash: hashState(bytes) };
  await journal.writeSnapshot({ ...label, bytes });
  for (let k = 0; k < COMMANDS; k += IN_FRAME) {
    const entries = Array.from({ length: IN_FRAME }, (_, at) =>
      Buffer.from(JSON.stringify(commandAt(k + at, timeMs))),
    );
    await journal.append(entries);
  }
  await journal.close();
}

async function measure(lag: number): Promise<Pick<Figure, 'value'> & { processor: number }> {
  const directory = makeFolder();
  await prepare(directory, lag);
  const usage = process.cpuUsage();
  const started = performance.now();
  const desk = await Desk.open({
    directory,
    clock: Date.now,
    limits: { window: 1, reads: 1, adding: 1, reducing: 1, prices: 1, lagMs: Infinity },
    snapshotEvery: 1e9,
    checkEvery: 1e9,
    isFollowed: true,
    ringEvents: 20_000,
    log: (line) => console.error(line),
    onHalt: (error) => {
      throw error;
    },
  });
  const value = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(usage);
  if (desk.engine.sequence < COMMANDS) throw new Error('not every command was applied again');
  await desk.close();
  rmSync(directory, { recursive: true });
  return { value, processor: (user + system) / 1e6 };
}

async function run(isWanted: (figure: string) => boolean): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, lag, goal } of CASES) {
    if (isWanted(name)) figures.push(alone({ name, unit: 's', goal, ...(await measure(lag)) }));
  }
  return figures;
}

export const recovery: Benchmark = {
  name: 'recovery',
  about: 'a snapshot of 1,000,000 accounts, and 1,000,000 commands after it applied again',
  figures: CASES.map(({ name }) => name),
  run,
};
