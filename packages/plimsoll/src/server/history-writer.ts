/**
 * Hands durable events to the history, some time behind the engine and in batches. What the disk
 * cannot follow waits here, and who asks of the past waits for it; the engine does so only when
 * more would wait than has a bound.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineEvent } from '@plimsoll/core/engine';
import type { History, TotalsRow } from '../history/index.ts';
import type { Executed } from './sequencer.ts';
import { reasonOf } from './server-error.ts';

const BATCH = 2_000;
const QUEUE_MAX = 100_000;
const DELAY_MS = 50;
/** Batches on the way at once: fewer than those beyond which the history makes its caller wait. */
const ON_THE_WAY_MAX = 40;

export class HistoryWriter {
  readonly #history: History;
  #events: EngineEvent[] = [];
  #totals: TotalsRow[] = [];
  #through: number;
  #handed: number;
  #onTheWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(history: History) {
    this.#history = history;
    this.#through = history.lastSequence;
    this.#handed = history.lastSequence;
  }

  /** Why the history is no longer written, if so. The engine goes on without it. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How many commands the history lacks. */
  lag(sequence: number): number {
    return Math.max(0, sequence - this.#history.lastSequence);
  }

  take({ answer, events }: Executed): void {
    if (answer.sequence <= this.#through || this.#failure !== undefined) return;
    this.#through = answer.sequence;
    for (const event of events) this.#events.push(event);
    while (this.#events.length >= QUEUE_MAX) this.#handPiece();
    this.#timer ??= setTimeout(() => this.#piece(), DELAY_MS);
  }

  takeTotals(row: TotalsRow): void {
    if (this.#failure === undefined) this.#totals.push(row);
  }

  /**
   * Resolves when everything taken so far is handed over, so that what is asked next sees it. A
   * long queue goes in pieces: whoever asks of the past waits for them, and the engine does not.
   */
  async send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const through = this.#through;
    while (this.#isBehind(through) && this.#failure === undefined) {
      if (!this.#hasRoom()) await this.#last;
      else this.#handPiece();
      if (this.#isBehind(through)) await nextTurn();
    }
  }

  /** Resolves when everything taken so far is written, or never will be. */
  async flush(): Promise<void> {
    await this.send();
    await this.#last;
  }

  #isBehind(through: number): boolean {
    return this.#handed < through || this.#totals.length > 0;
  }

  #hasRoom(): boolean {
    return this.#onTheWay < ON_THE_WAY_MAX;
  }

  /** A piece of the queue, so that a long one does not hold up the engine at once. */
  #piece(): void {
    this.#timer = undefined;
    const hasRoom = this.#hasRoom();
    if (hasRoom && this.#isBehind(this.#through)) this.#handPiece();
    if (this.#events.length === 0) return;
    this.#timer = setTimeout(() => this.#piece(), hasRoom ? 1 : DELAY_MS);
  }

  /** Whole commands, about as many as a batch has. */
  #handPiece(): void {
    if (this.#events.length <= BATCH) return this.#hand(this.#events.splice(0), this.#through);
    let count = BATCH;
    const last = this.#events[count - 1]?.sequence ?? 0;
    while (this.#events[count]?.sequence === last) count += 1;
    this.#hand(this.#events.splice(0, count), last);
  }

  #hand(events: readonly EngineEvent[], through: number): void {
    if (this.#failure !== undefined) return;
    const totals = this.#totals.splice(0);
    this.#handed = through;
    this.#onTheWay += 1;
    this.#last = this.#history
      .append({ events, through, totals })
      .catch((cause: unknown) => this.#stop(cause))
      .finally(() => {
        this.#onTheWay -= 1;
      });
  }

  #stop(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = reasonOf(cause);
    this.#events = [];
    this.#totals = [];
    console.error(`the history is no longer written: ${this.#failure}`);
  }
}
