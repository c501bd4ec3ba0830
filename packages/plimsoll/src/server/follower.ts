/**
 * A second engine in a thread of its own that is told every durable command. Whatever costs a look
 * at everybody is its work: sums and pictures, the check of the invariants, snapshots. So none of
 * it holds up marks and liquidations, and a snapshot is by its making what the journal comes to.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { encodeState, type Engine } from '@plimsoll/core/engine';
import type { OverviewAnswer, OverviewKind, OverviewQuestion } from './overview.ts';
import { ProblemError, type Problem } from './problem.ts';

/** What the thread starts with. */
export interface FollowerStart {
  readonly state: Uint8Array;
  /** Invariants are checked every so many commands. */
  readonly checkEvery: number;
}

/** What the thread is told; `bytes` holds commands as the journal does, a line each. */
export type FollowerMessage =
  | { readonly kind: 'commands'; readonly bytes: Uint8Array }
  | { readonly kind: 'state'; readonly sequence: number }
  | { readonly kind: 'question'; readonly question: OverviewQuestion };

/** A state as a snapshot keeps it. */
export interface KeptState {
  readonly bytes: Uint8Array;
  readonly stateHash: string;
}

/** What the thread says: of what it followed, and in the order of the questions. */
export type FollowerReply =
  | { readonly kind: 'followed'; readonly sequence: number; readonly bytes: number }
  | { readonly kind: 'checked'; readonly sequence: number; readonly broken: readonly string[] }
  | { readonly kind: 'state'; readonly state: KeptState }
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly problem: Problem };

export interface FollowerOptions {
  readonly checkEvery: number;
  /** Told the broken invariants of each check, none included. */
  readonly onChecked: (sequence: number, broken: readonly string[]) => void;
  /** Told once why there is no follower any more. */
  readonly onGone: (reason: string) => void;
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** Where the build puts the thread, seen from the sources as from the build. */
const THREAD = fileURLToPath(new URL('../../dist/server/follower-worker.js', import.meta.url));
/** Commands are told together: nobody asks so often. */
const FLUSH_MS = 20;
const FLUSH_BYTES = 1 << 20;
/** A thread that is behind by so much will not catch up. */
const BEHIND_BYTES = 256 << 20;
const NEWLINE = 0x0a;

/** Why a question has no answer although it could be answered. */
export class FollowerGone extends Error {
  override readonly name = 'FollowerGone';
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #worker: Worker;
  readonly #asked: Asked[] = [];
  readonly #states: ((state: KeptState | null) => void)[] = [];
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #bytesBehind = 0;
  #timer: NodeJS.Timeout | undefined;
  #sequence: number;
  #gone: FollowerGone | undefined;

  constructor(engine: Engine, options: FollowerOptions) {
    this.#options = options;
    this.#sequence = engine.sequence;
    const start: FollowerStart = { state: encodeState(engine), checkEvery: options.checkEvery };
    const transferList = [start.state.buffer as ArrayBuffer];
    this.#worker = new Worker(THREAD, { execArgv: [], workerData: start, transferList });
    this.#worker.on('message', (reply: FollowerReply) => this.#hear(reply));
    this.#worker.on('error', (cause) => this.#lose(cause.message));
    this.#worker.on('exit', () => this.#lose('its thread has ended'));
  }

  /** How many of the commands up to `sequence` it lacks. */
  lag(sequence: number): number {
    return Math.max(0, sequence - this.#sequence);
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** A durable command in the bytes of the journal, each once and in their order. */
  take(bytes: Uint8Array): void {
    if (this.#gone !== undefined) return;
    this.#lines.push(bytes);
    this.#bytes += bytes.length + 1;
    if (this.#bytes >= FLUSH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /**
   * Answers from what has been taken until now. Rejects with a `ProblemError` for what cannot be
   * answered, with `FollowerGone` when there is no thread any more.
   */
  ask<Kind extends OverviewKind>(question: OverviewQuestion<Kind>): Promise<OverviewAnswer<Kind>> {
    this.#flush();
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#tell({ kind: 'question', question: question as OverviewQuestion });
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve: resolve as Asked['resolve'], reject });
    });
  }

  /**
   * The state after the command `sequence`, which is the last that was taken or still to come;
   * null when there is no thread any more. Asked for in rising order.
   */
  stateAt(sequence: number): Promise<KeptState | null> {
    this.#flush();
    if (this.#gone !== undefined) return Promise.resolve(null);
    this.#tell({ kind: 'state', sequence });
    return new Promise((resolve) => {
      this.#states.push(resolve);
    });
  }

  /** Ends the thread; what was not answered is rejected. */
  async close(): Promise<void> {
    this.#stop('the server is stopping');
    await this.#worker.terminate();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0 || this.#gone !== undefined) return;
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const line of this.#lines) {
      bytes.set(line, at);
      at += line.length;
      bytes[at] = NEWLINE;
      at += 1;
    }
    this.#lines = [];
    this.#bytes = 0;
    this.#bytesBehind += bytes.length;
    this.#tell({ kind: 'commands', bytes }, [bytes.buffer]);
    if (this.#bytesBehind > BEHIND_BYTES) this.#lose('it could not keep up');
  }

  #tell(message: FollowerMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(reply: FollowerReply): void {
    if (reply.kind === 'followed') {
      this.#sequence = reply.sequence;
      this.#bytesBehind -= reply.bytes;
    } else if (reply.kind === 'checked') {
      this.#options.onChecked(reply.sequence, reply.broken);
    } else if (reply.kind === 'state') {
      this.#states.shift()?.(reply.state);
    } else {
      const asked = this.#asked.shift();
      if (reply.kind === 'answered') asked?.resolve(reply.value);
      else asked?.reject(rebuilt(reply.problem));
    }
  }

  #lose(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#stop(reason);
    void this.#worker.terminate();
    this.#options.onGone(reason);
  }

  #stop(reason: string): void {
    clearTimeout(this.#timer);
    this.#lines = [];
    this.#gone ??= new FollowerGone(reason);
    for (const { reject } of this.#asked.splice(0)) reject(this.#gone);
    for (const resolve of this.#states.splice(0)) resolve(null);
  }
}

function rebuilt(problem: Problem): ProblemError {
  return new ProblemError(problem.status, problem.detail, problem);
}
