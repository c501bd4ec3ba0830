/**
 * Hands durable events to the history, some time behind the engine and in batches. When the disk
 * cannot follow, what waits is bounded: the engine then waits for it.
 */
import type { EngineEvent } from '@plimsoll/core/engine';
import type { History, TotalsRow } from '../history/index.ts';
import type { Executed } from './sequencer.ts';
import { reasonOf } from './server-error.ts';

const BATCH = 2_000;
const QUEUE_MAX = 100_000;
const DELAY_MS = 50;

export class HistoryWriter {
  readonly #history: History;
  #events: EngineEvent[] = [];
  #totals: TotalsRow[] = [];
  #through: number;
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(history: History) {
    this.#history = history;
    this.#through = history.lastSequence;
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
    if (this.#events.length >= QUEUE_MAX) this.send();
    else this.#timer ??= setTimeout(() => this.#piece(), DELAY_MS);
  }

  takeTotals(row: TotalsRow): void {
    if (this.#failure === undefined) this.#totals.push(row);
  }

  /** Hands over everything that waits, so that what is asked next sees it. */
  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#events.length > BATCH) this.#handPiece();
    this.#hand(this.#events.splice(0), this.#through);
  }

  /** Resolves when everything taken so far is written, or never will be. */
  async flush(): Promise<void> {
    this.send();
    await this.#last;
  }

  /** A piece of the queue, so that a long one does not hold up the engine at once. */
  #piece(): void {
    this.#timer = undefined;
    if (this.#events.length <= BATCH) {
      this.send();
      return;
    }
    this.#handPiece();
    this.#timer = setTimeout(() => this.#piece(), 1);
  }

  /** Whole commands, about as many as a batch has. */
  #handPiece(): void {
    let count = BATCH;
    const last = this.#events[count - 1]?.sequence ?? 0;
    while (this.#events[count]?.sequence === last) count += 1;
    this.#hand(this.#events.splice(0, count), last);
  }

  #hand(events: readonly EngineEvent[], through: number): void {
    if (this.#failure !== undefined) return;
    const totals = this.#totals.splice(0);
    this.#last = this.#history.append({ events, through, totals }).catch((cause: unknown) => {
      if (this.#failure !== undefined) return;
      this.#failure = reasonOf(cause);
      this.#events = [];
      console.error(`the history is no longer written: ${this.#failure}`);
    });
  }
}
