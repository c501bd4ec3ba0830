/**
 * A history in memory that forgets as the one in SQLite may: whole batches at a loss of power, or
 * all of it. It outlives processes.
 */
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';
import {
  type EventPage,
  type EventQuery,
  type History,
  type HistoryBatch,
  type HistoryEvent,
  type OpenedHistory,
  type TotalsRow,
} from '../packages/plimsoll/src/history/index.ts';
import type { Tally } from './tally.ts';
import type { Host } from './world.ts';

const MOVED_ASIDE = { path: 'history.db.set-aside', why: 'it knows more than the journal' };
const EVENTS_MOST = 10_000;

export class HistoryFile {
  /** After each batch: how many events, and the last command. */
  #batches: { readonly events: number; readonly through: number }[] = [];
  #events: HistoryEvent[] = [];
  #totals: TotalsRow[] = [];

  get lastSequence(): number {
    return this.#batches.at(-1)?.through ?? 0;
  }

  /** Opens it, or makes a new one where it knows more than the journal. */
  open(host: Host, lastSequenceMax: number): OpenedHistory {
    const isAhead = this.lastSequence > lastSequenceMax;
    if (isAhead) this.clear();
    return { history: this.#door(host), movedAside: isAhead ? MOVED_ASIDE : undefined };
  }

  copy(): HistoryFile {
    const copy = new HistoryFile();
    copy.#batches = [...this.#batches];
    copy.#events = [...this.#events];
    copy.#totals = [...this.#totals];
    return copy;
  }

  losePower(dice: Dice, tally: Tally): void {
    if (dice.chance(50) || this.#batches.length === 0) return;
    tally.count('lost-history');
    const kept = dice.chance(20) ? 0 : dice.below(this.#batches.length);
    this.#batches = this.#batches.slice(0, kept);
    this.#events = this.#events.slice(0, this.#batches.at(-1)?.events ?? 0);
  }

  clear(): void {
    this.#batches = [];
    this.#events = [];
    this.#totals = [];
  }

  /** What a process has of it; nothing reaches it any more once that process is dead. */
  #door(host: Host): History {
    const last = (): number => this.lastSequence;
    return {
      get lastSequence() {
        return last();
      },
      append: async (batch) => {
        if (host.alive) this.#append(batch);
      },
      events: (query) => Promise.resolve(this.#find(query)),
      totals: () => Promise.resolve(this.#totals),
      close: () => Promise.resolve(),
    };
  }

  #append({ events, through, totals }: HistoryBatch): void {
    this.#totals.push(...totals);
    if (through <= this.lastSequence) return;
    this.#events.push(...events.filter(({ sequence }) => sequence > this.lastSequence));
    this.#batches.push({ events: this.#events.length, through });
  }

  #find({ fromSequence = 0, limit }: EventQuery): EventPage {
    const found = this.#events.filter(({ sequence }) => sequence >= fromSequence);
    return { events: found.slice(0, Math.min(limit, EVENTS_MOST)), next: undefined };
  }
}
