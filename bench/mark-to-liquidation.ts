/**
 * `mark-to-liquidation`: from sending marks over HTTP to the event `liquidation-started` on the
 * feed's wire, both seen by a client in another process, while others deposit and trade. Sent by a
 * timetable and counted from the time that was due, so that a stall counts for all that it delays.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Desk } from '../packages/plimsoll/dist/server/index.js';
import { alone, type Benchmark, type Figure } from './harness.ts';
import { accountOf, CLIENTS, draftOf, type Draft } from './load.ts';
import { execute, executeAll, withServer } from './venue.ts';
import { bystanders, opening, victim, HOUSE } from './victims.ts';

const ACCOUNTS = 100_000;
export const EPOCHS = 2_000;
const FUND_ATOMS = 100_000_000_000;
/** Of the load beside the marks: so many commands, so often. */
const BURST = 20;
const BURST_EVERY_MS = 10;

function* scene(): Generator<Draft> {
  yield* opening(FUND_ATOMS);
  for (let k = 0; k <= EPOCHS; k += 1) yield* victim(k, HOUSE);
  for (let client = 0; client < CLIENTS; client += 1) {
    yield { kind: 'open-account', account: accountOf(client) };
    yield { kind: 'deposit', account: accountOf(client), amountAtoms: 1_000_000_000_000 };
  }
  for (let pair = 0; pair < (ACCOUNTS - EPOCHS) / 2; pair += 1) yield* bystanders(pair);
}

/** Deposits at a steady rate until it is stopped. */
function startLoad(desk: Desk): () => void {
  let sent = 0;
  const timer = setInterval(() => {
    for (let k = 0; k < BURST; k += 1, sent += 1)
      void execute(desk, draftOf(sent % CLIENTS, 2 * Math.floor(sent / CLIENTS)));
  }, BURST_EVERY_MS);
  return () => clearInterval(timer);
}

async function latencies(address: string): Promise<readonly number[]> {
  const file = fileURLToPath(new URL('./marks-client.ts', import.meta.url));
  const args = ['--import', 'tsx', file, address, String(EPOCHS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += String(chunk);
  return (JSON.parse(text) as number[]).sort((a, b) => a - b);
}

async function run(): Promise<readonly Figure[]> {
  return withServer(async ({ desk, address }) => {
    await executeAll(desk, scene());
    const stop = startLoad(desk);
    const sorted = await latencies(address);
    stop();
    const figure = (name: string, share: number, goal: string): Figure => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
      return alone({ name: `mark-to-liquidation-${name}`, value, unit: 'ms', goal });
    };
    return [
      figure('p50', 0.5, 'as measured'),
      figure('p99', 0.99, 'as measured'),
      figure('p99.9', 0.999, '≤ 50'),
    ];
  });
}

export const markToLiquidation: Benchmark = {
  name: 'mark-to-liquidation',
  about: `${ACCOUNTS} accounts, 50 epochs and 2,000 deposits a second: HTTP to the feed's wire`,
  run,
};
