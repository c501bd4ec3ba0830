/**
 * `commands-durable`: commands a second when each is on disk before it is answered. Three ways:
 * engine and journal alone, the server's whole way without a network, and the same over HTTP.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apply, createEngine } from '@plimsoll/core/engine';
import { openJournal } from '../packages/plimsoll/dist/journal/index.js';
import {
  alone,
  measureRates,
  median,
  ratesOf,
  type Benchmark,
  type Figure,
  type Work,
} from './harness.ts';
import { accountOf, commandOf, draftOf, openingDrafts, sendAll, type Draft } from './load.ts';
import { execute, insist, makeFolder, withServer } from './venue.ts';

const TURNS = 64;
const HTTP_TURNS = 40;
const HTTP_ROUNDS = 4;

interface Place {
  readonly work: Work;
  readonly close: () => Promise<void>;
}

async function openEngine(): Promise<Place> {
  const folder = makeFolder();
  const { journal } = await openJournal(folder);
  const engine = createEngine();
  let sent = 0;
  const send = async (draft: Draft, client: string): Promise<void> => {
    sent += 1;
    const command = commandOf(draft, client, sent);
    insist(apply(engine, command).answer);
    await journal.append([Buffer.from(JSON.stringify(command))]);
  };
  for (const draft of openingDrafts()) await send(draft, 'bench');
  const work = (): Promise<number> =>
    sendAll(TURNS, (client, turn) => send(draftOf(client, turn), accountOf(client)));
  const close = async (): Promise<void> => {
    await journal.close();
    rmSync(folder, { recursive: true });
  };
  return { work, close };
}

/** Commands a second of one run of the clients' process, its start not counted. */
async function httpRate(address: string): Promise<number> {
  const file = fileURLToPath(new URL('./http-load.ts', import.meta.url));
  const args = ['--import', 'tsx', file, address, String(HTTP_TURNS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += String(chunk);
  const { count, milliseconds } = JSON.parse(text) as { count: number; milliseconds: number };
  return (count * 1000) / milliseconds;
}

async function run(): Promise<readonly Figure[]> {
  const rounds = { warmUp: 2, measured: 7 };
  const engine = await openEngine();
  const [bare = { value: 0, processor: 0 }] = await measureRates([engine.work], rounds);
  await engine.close();
  const { whole, http } = await withServer(async ({ desk, address }) => {
    for (const draft of openingDrafts()) await execute(desk, draft);
    const work = (): Promise<number> =>
      sendAll(TURNS, (client, turn) => execute(desk, draftOf(client, turn)));
    const [rate = 0] = await ratesOf([work], rounds);
    const rates: number[] = [];
    // The first round is the warm-up of the server's HTTP.
    for (let round = 0; round < HTTP_ROUNDS; round += 1) rates.push(await httpRate(address));
    return { whole: rate, http: rates };
  });
  const against = `engine and journal alone: ${Math.round(bare.value)} 1/s`;
  const beside = (name: string, value: number): Figure => ({
    name,
    value,
    unit: '1/s',
    ratio: value / bare.value,
    against,
    goal: 'as measured',
  });
  return [
    alone({ name: 'commands-durable', ...bare, unit: '1/s', goal: '≥ 100,000' }),
    beside('commands-durable-server', whole),
    beside('commands-durable-http', median(http.slice(1))),
  ];
}

export const commandsDurable: Benchmark = {
  name: 'commands-durable',
  about: 'deposits and trades, 256 clients that wait for their answers, synced before each answer',
  run,
};
