/**
 * `kill`: the program under the load of concurrent clients, ended by SIGKILL at a random moment,
 * sometimes while it starts, and started again. Whatever it had acknowledged must be there, once,
 * with the same answer, and the journal must lead to the same state as recovery.
 */
import { encodeState } from '@plimsoll/core/engine';
import { draw, keyOf } from '@plimsoll/core/lab';
import { hashState, serve } from '../../packages/plimsoll/src/server/index.ts';
import { Auditor } from './audit.ts';
import { withFolder } from './folder.ts';
import { Program } from './program.ts';
import { openStage, send, sendAllUntilGone, type Sent } from './traffic.ts';

export interface KillOptions {
  readonly times: number;
  readonly seed: number;
  /** Told after each kill what has been counted so far. */
  readonly progress?: (result: KillResult) => void;
}

export interface KillResult {
  readonly kind: 'kill';
  readonly seed: number;
  readonly kills: number;
  /** Of these, kills before the program had said where it is. */
  readonly whileStarting: number;
  readonly acknowledged: number;
  /** Commands under way at a kill: kept by the journal without an answer, and not kept. */
  readonly unansweredKept: number;
  readonly unansweredLost: number;
  /** Commands asked again under their key after a restart. */
  readonly askedAgain: number;
  readonly hashesCompared: number;
  readonly faults: readonly string[];
}

type Counts = { -readonly [K in keyof KillResult]: KillResult[K] } & { faults: string[] };

/** Kills on one folder before a new one is begun, so that recovery does not take ever longer. */
const KILLS_A_FOLDER = 50;
const LOAD_MS_MAX = 500;
const SOON_MS = 5;
const FIRST_MS_MAX = 10_000;
const STARTING_MS_MAX = 400;
const STARTING_EVERY = 10;

/** Kills the program `times` times; the result counts what was found. */
export async function killUnderLoad({
  times,
  seed,
  progress = () => undefined,
}: KillOptions): Promise<KillResult> {
  const counts: Counts = {
    kind: 'kill',
    seed,
    kills: 0,
    whileStarting: 0,
    acknowledged: 0,
    unansweredKept: 0,
    unansweredLost: 0,
    askedAgain: 0,
    hashesCompared: 0,
    faults: [],
  };
  while (counts.kills < times) {
    const until = Math.min(times, counts.kills + KILLS_A_FOLDER);
    await withFolder((data) => killOver(data, { until, progress, counts }));
  }
  return counts;
}

interface Chapter {
  readonly until: number;
  readonly progress: (result: KillResult) => void;
  readonly counts: Counts;
}

async function killOver(data: string, { until, progress, counts }: Chapter): Promise<void> {
  const server = await serve({ data, port: 0, log: () => undefined });
  await openStage(server);
  await server.close();
  const auditor = new Auditor(data);
  auditor.follow();
  let before: readonly Sent[] = [];
  while (counts.kills < until) {
    if (counts.kills % STARTING_EVERY === STARTING_EVERY - 1) await killStarting(data, counts);
    else before = await killLoaded(data, { auditor, before, counts });
    progress(counts);
  }
  const program = await Program.start({ data });
  await askAgain(program, before, counts);
  await program.end('SIGTERM');
  await compareHashes(data, auditor, counts);
}

async function killStarting(data: string, counts: Counts): Promise<void> {
  const program = Program.launch({ data });
  await wait(chance(counts) * STARTING_MS_MAX);
  if (program.address === '') counts.whileStarting += 1;
  await program.end('SIGKILL');
  counts.kills += 1;
}

interface Round {
  readonly auditor: Auditor;
  /** What was sent before the last kill. */
  readonly before: readonly Sent[];
  readonly counts: Counts;
}

async function killLoaded(data: string, { auditor, before, counts }: Round): Promise<Sent[]> {
  const program = await Program.start({ data });
  await askAgain(program, before, counts);
  const account: Sent[] = [];
  const sending = sendAllUntilGone(program, `kill-${counts.kills}`, account);
  // On a busy machine it takes a while until there is something to lose.
  const endMs = performance.now() + FIRST_MS_MAX;
  while (!account.some(({ reply }) => reply !== undefined) && performance.now() < endMs)
    await wait(SOON_MS);
  await wait(chance(counts) * LOAD_MS_MAX);
  await program.end('SIGKILL');
  await sending;
  counts.kills += 1;
  counts.faults.push(...auditor.follow(), ...auditor.compare(account));
  const unanswered = account.filter(({ reply }) => reply === undefined);
  const kept = unanswered.filter(({ key }) => auditor.knows(key)).length;
  counts.acknowledged += account.length - unanswered.length;
  counts.unansweredKept += kept;
  counts.unansweredLost += unanswered.length - kept;
  return account;
}

/** Everything under its key once more: what was answered must be answered the same. */
async function askAgain(program: Program, account: readonly Sent[], counts: Counts): Promise<void> {
  await Promise.all(
    account.map(async (sent) => {
      const { status, text } = await send(program, sent);
      const { reply } = sent;
      counts.askedAgain += 1;
      if (reply !== undefined && (reply.status !== status || reply.text !== text))
        counts.faults.push(`${sent.key} was told ${reply.text}, asked again ${text}`);
    }),
  );
}

/** Recovery as the program does it, against the journal from its first entry. */
async function compareHashes(data: string, auditor: Auditor, counts: Counts): Promise<void> {
  counts.faults.push(...auditor.follow());
  const recovered = await serve({ data, port: 0, log: () => undefined });
  const hash = hashState(encodeState(recovered.desk.engine));
  await recovered.close();
  counts.hashesCompared += 1;
  if (hash !== auditor.stateHash) counts.faults.push(`recovery gives ${hash}, the journal another`);
}

/** From 0 to 1. */
function chance({ seed, kills }: Counts): number {
  return draw(seed, keyOf('kill'), kills) / 2 ** 32;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
