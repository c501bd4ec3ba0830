/**
 * A figure over the whole engine that costs a pass over everybody: made anew only when the engine
 * has moved on, and never for more than a share of the time, however many ask.
 */
import type { Engine } from '@plimsoll/core/engine';

export class Sparing<T> {
  readonly #engine: Engine;
  readonly #share: number;
  readonly #make: (engine: Engine) => T;
  #current: { readonly value: T; readonly sequence: number } | undefined;
  #takenMs = 0;
  #costMs = 0;

  /** It is made for at most one part in `share` of the time. */
  constructor(engine: Engine, share: number, make: (engine: Engine) => T) {
    this.#engine = engine;
    this.#share = share;
    this.#make = make;
  }

  /** The latest; a fresh one when the engine has moved on and the last is old enough. */
  read(): T {
    const now = performance.now();
    const current = this.#current;
    if (current !== undefined && !this.#isOld(current.sequence, now)) return current.value;
    const value = this.#make(this.#engine);
    this.#current = { value, sequence: this.#engine.sequence };
    this.#takenMs = performance.now();
    this.#costMs = this.#takenMs - now;
    return value;
  }

  #isOld(sequence: number, now: number): boolean {
    if (sequence === this.#engine.sequence) return false;
    return now - this.#takenMs >= this.#costMs * this.#share;
  }
}
