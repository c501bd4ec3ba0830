/**
 * The history in a thread of its own: writing to SQLite costs more than the engine and the journal
 * together, and must not hold up marks and liquidations.
 *
 *   engine's thread ──batches, questions──▶ history's thread ──▶ SQLite
 *         ▲──────────────answers, in order────────┘
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import {
  HistoryError,
  type EventPage,
  type EventQuery,
  type History,
  type HistoryBatch,
  type MovedAside,
  type OpenedHistory,
  type Origin,
  type TotalsQuery,
  type TotalsRow,
} from './history.ts';
import type { TextBatch } from './sqlite-history.ts';

/** What the thread starts with. */
export interface HistoryStart {
  readonly path: string;
  readonly origin: Partial<Origin>;
  /** One number that both threads see: how many batches are done with. */
  readonly done: SharedArrayBuffer;
}

/** What the thread is asked, one after the other. */
export type HistoryQuestion =
  | { readonly kind: 'append'; readonly batch: TextBatch }
  | { readonly kind: 'events'; readonly query: EventQuery }
  | { readonly kind: 'totals'; readonly query: TotalsQuery }
  | { readonly kind: 'close' };

/** What each question, and before them the opening, is answered with. */
export type HistoryReply =
  | { readonly kind: 'done'; readonly value: unknown; readonly lastSequence: number }
  | { readonly kind: 'failed'; readonly reason: string };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** Where the build puts the thread, seen from the sources as from the build. */
const THREAD = fileURLToPath(new URL('../../dist/history/history-worker.js', import.meta.url));
/** Batches on the way at once; whoever adds more waits. */
const BATCHES_MAX = 50;
const WAIT_MS = 30_000;

/**
 * Opens or makes the history in `path` (`:memory:` for none) of the journal `origin`. A damaged
 * file, another journal's, or one that knows more than the journal is moved aside and said.
 * Rejects with a `HistoryError` when no file can be made there.
 */
export async function openHistory(
  path: string,
  origin: Partial<Origin> = {},
): Promise<OpenedHistory> {
  const history = new HistoryThread(path, origin);
  try {
    return { history, movedAside: await history.opened };
  } catch (cause) {
    await history.end();
    throw cause;
  }
}

class HistoryThread implements History {
  readonly opened: Promise<MovedAside | undefined>;
  readonly #worker: Worker;
  readonly #done = new Int32Array(new SharedArrayBuffer(4));
  readonly #pending: Pending[] = [];
  #sent = 0;
  #lastSequence = 0;
  #gone: HistoryError | undefined;

  constructor(path: string, origin: Partial<Origin>) {
    const start: HistoryStart = { path, origin, done: this.#done.buffer };
    this.#worker = new Worker(THREAD, { execArgv: [], workerData: start });
    this.#worker.on('message', (reply: HistoryReply) => this.#settle(reply));
    this.#worker.on('error', (cause) => this.#abandon(new HistoryError(cause.message, { cause })));
    this.#worker.on('exit', () => this.#abandon(new HistoryError('its thread has ended')));
    this.opened = this.#answer();
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  append({ events, through, totals }: HistoryBatch): Promise<void> {
    const batch = { events: events.map((event) => JSON.stringify(event)), through, totals };
    const written = this.#ask<void>({ kind: 'append', batch });
    this.#sent += 1;
    this.#waitForRoom();
    return written;
  }

  events(query: EventQuery): Promise<EventPage> {
    return this.#ask({ kind: 'events', query });
  }

  totals(query: TotalsQuery): Promise<readonly TotalsRow[]> {
    return this.#ask({ kind: 'totals', query });
  }

  async close(): Promise<void> {
    try {
      await this.#ask({ kind: 'close' });
    } finally {
      await this.end();
    }
  }

  /** Ends the thread as it is. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Stands still while too much is on the way: what waits must be bounded. */
  #waitForRoom(): void {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      const done = Atomics.load(this.#done, 0);
      // Both are counted in 32 bits, round and round.
      if (this.#gone !== undefined || ((this.#sent - done) | 0) <= BATCHES_MAX) return;
      const left = until - performance.now();
      if (left <= 0) return this.#abandon(new HistoryError('it does not answer'));
      Atomics.wait(this.#done, 0, done, left);
    }
  }

  #ask<Value>(question: HistoryQuestion): Promise<Value> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#worker.postMessage(question, []);
    return this.#answer();
  }

  #answer<Value>(): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve: resolve as Pending['resolve'], reject });
    });
  }

  #settle(reply: HistoryReply): void {
    const asked = this.#pending.shift();
    if (reply.kind === 'failed') {
      asked?.reject(new HistoryError(reply.reason));
      return;
    }
    this.#lastSequence = reply.lastSequence;
    asked?.resolve(reply.value);
  }

  #abandon(reason: HistoryError): void {
    this.#gone ??= reason;
    for (const { reject } of this.#pending.splice(0)) reject(this.#gone);
  }
}
