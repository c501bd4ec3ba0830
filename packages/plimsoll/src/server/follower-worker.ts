/** The thread of the follower: commands and questions in, in the order in which they are told. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { apply, decodeState, encodeState, violations, type Command } from '@plimsoll/core/engine';
import { hashState } from './code-version.ts';
import type { FollowerMessage, FollowerReply, FollowerStart } from './follower.ts';
import { Overview, type OverviewQuestion } from './overview.ts';
import { ProblemError } from './problem.ts';
import { reasonOf } from './server-error.ts';

/** Passes may take this part of the thread's time; the rest is for what it follows. */
const SHARE = 3;
/** Nice values: where cores are scarce the engine goes first. */
const POLITE = 10;
const NEWLINE = 0x0a;

const { state, checkEvery } = workerData as FollowerStart;
// There it holds for the thread that asks alone, elsewhere for the whole process.
if (process.platform === 'linux') setPriority(POLITE);
const engine = decodeState(state);
const overview = new Overview(engine, SHARE);

/** Commands after which the state is to be told, in order. */
const stops: number[] = [];

parentPort?.on('message', (message: FollowerMessage) => {
  if (message.kind === 'commands') follow(message.bytes);
  else if (message.kind === 'question') tell(answer(message.question));
  else {
    stops.push(message.sequence);
    pause();
  }
});

function follow(bytes: Uint8Array): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < text.length;) {
    const end = text.indexOf(NEWLINE, at);
    replay(JSON.parse(text.toString('utf8', at, end)) as Command);
    at = end + 1;
  }
  tell({ kind: 'followed', sequence: engine.sequence, bytes: bytes.length });
}

function replay(command: Command): void {
  const sequence = engine.sequence + 1;
  const broken = objections(command);
  if (broken.length > 0 || sequence % checkEvery === 0) tell({ kind: 'checked', sequence, broken });
  pause();
}

function pause(): void {
  for (; stops[0] === engine.sequence; stops.shift()) {
    const bytes = encodeState(engine);
    tell({ kind: 'state', state: { bytes, stateHash: hashState(bytes) } }, [bytes.buffer]);
  }
}

/** What was kept was recorded by the engine, and is so here unless the two are not the same. */
function objections(command: Command): readonly string[] {
  try {
    const applied = apply(engine, command);
    if (!applied.recorded)
      return [`${command.kind} is not recorded again but ${applied.answer.status}`];
  } catch (cause) {
    return [reasonOf(cause)];
  }
  return engine.sequence % checkEvery === 0 ? violations(engine) : [];
}

function answer(question: OverviewQuestion): FollowerReply {
  try {
    return { kind: 'answered', value: overview.answer(question) };
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
    return { kind: 'refused', problem: cause.problem };
  }
}

function tell(reply: FollowerReply, transfer: readonly ArrayBufferLike[] = []): void {
  parentPort?.postMessage(reply, transfer as ArrayBuffer[]);
}
