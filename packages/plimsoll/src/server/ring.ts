/**
 * The latest events in memory, whole commands at a time, for subscribers who come back: either
 * everything after their sequence is here, or they are told to start again.
 */
import type { EngineEvent } from '@plimsoll/core/engine';

/** An event with its text, which is made once, when the first subscriber wants it. */
export interface KeptEvent {
  readonly event: EngineEvent;
  text: string | undefined;
}

export class Ring {
  readonly #capacity: number;
  #events: KeptEvent[] = [];
  #oldest: number;
  #newest: number;

  /** Knows what comes after `sequence`, at least `capacity` events of it. */
  constructor(capacity: number, sequence: number) {
    this.#capacity = capacity;
    this.#oldest = sequence;
    this.#newest = sequence;
  }

  /** The sequence after which nothing is missing here. */
  get oldest(): number {
    return this.#oldest;
  }

  get newest(): number {
    return this.#newest;
  }

  push(sequence: number, events: readonly EngineEvent[]): void {
    for (const event of events) this.#events.push({ event, text: undefined });
    this.#newest = sequence;
    // Cutting only when twice full keeps a push cheap on average.
    if (this.#events.length >= this.#capacity * 2) this.#cut();
  }

  #cut(): void {
    let keep = this.#events.length - this.#capacity;
    const last = this.#events[keep - 1]?.event.sequence ?? this.#oldest;
    while (this.#events[keep]?.event.sequence === last) keep += 1;
    this.#events = this.#events.slice(keep);
    this.#oldest = last;
  }

  /**
   * Up to about `limit` events after `sequence`, never half of a command, and the sequence that
   * they reach; `undefined` when some are no longer here.
   */
  after(
    sequence: number,
    limit: number,
  ): { events: readonly KeptEvent[]; through: number } | undefined {
    if (sequence < this.#oldest || sequence > this.#newest) return undefined;
    const start = this.#firstAfter(sequence);
    let end = Math.min(this.#events.length, start + limit);
    const last = this.#events[end - 1]?.event.sequence;
    while (end < this.#events.length && this.#events[end]?.event.sequence === last) end += 1;
    const through = end === this.#events.length ? this.#newest : (last ?? this.#newest);
    return { events: this.#events.slice(start, end), through };
  }

  #firstAfter(sequence: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.event.sequence ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
