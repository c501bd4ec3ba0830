/**
 * Writes durable events into the history, some time behind the engine and in batches. When the disk
 * cannot follow, the queue is bounded: the engine then waits for it.
 */
import type { EngineEvent } from '@plimsoll/core/engine';
import type { History, HistoryEvent, TotalsRow } from '../history/index.ts';
import type { Executed } from './sequencer.ts';
import { reasonOf } from './server-error.ts';

const BATCH = 2_000;
const QUEUE_MAX = 100_000;
const DELAY_MS = 50;

export class HistoryWriter {
  readonly #history: History;
  #events: HistoryEvent[] = [];
  #totals: TotalsRow[] = [];
  #through: number;
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;

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
    for (const event of events) this.#events.push(historyEvent(event));
    if (this.#events.length >= QUEUE_MAX) this.flush();
    else this.#timer ??= setTimeout(() => this.#piece(), DELAY_MS);
  }

  takeTotals(row: TotalsRow): void {
    if (this.#failure === undefined) this.#totals.push(row);
  }

  /** Writes everything that waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write(this.#events.splice(0), this.#through);
  }

  /** A piece of the queue, so that a long one does not hold up the engine at once. */
  #piece(): void {
    this.#timer = undefined;
    if (this.#events.length <= BATCH) {
      this.flush();
      return;
    }
    let count = BATCH;
    const last = this.#events[count - 1]?.sequence ?? 0;
    while (this.#events[count]?.sequence === last) count += 1;
    this.#write(this.#events.splice(0, count), last);
    this.#timer = setTimeout(() => this.#piece(), 1);
  }

  #write(events: readonly HistoryEvent[], through: number): void {
    if (this.#failure !== undefined) return;
    try {
      this.#history.append(events, through);
      if (this.#totals.length > 0) this.#history.appendTotals(this.#totals.splice(0));
    } catch (cause) {
      this.#failure = reasonOf(cause);
      this.#events = [];
      console.error(`the history is no longer written: ${this.#failure}`);
    }
  }
}

function historyEvent(event: EngineEvent): HistoryEvent {
  const { market, ...rest } = event as EngineEvent & { readonly market?: string | null };
  const accounts = accountsOf(event);
  const placed =
    typeof market === 'string' ? { ...rest, market } : { ...rest, pool: market === null };
  return { ...placed, time: event.timeMs, ...(accounts.length > 1 ? { accounts } : {}) };
}

/** Every account that an event is about. */
export function accountsOf(event: EngineEvent): string[] {
  const { account, buyer, seller, counterparty } = event as Readonly<
    Partial<Record<'account' | 'buyer' | 'seller' | 'counterparty', string>>
  >;
  return [account, buyer, seller, counterparty].filter((id) => id !== undefined);
}

/** The event as the engine said it. */
export function engineEvent(kept: HistoryEvent): EngineEvent {
  const { time: _time, accounts: _accounts, pool, ...event } = kept;
  const whole = pool === true ? { ...event, market: null } : event;
  return whole as unknown as EngineEvent;
}
