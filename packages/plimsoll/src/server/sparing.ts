/**
 * A figure over the whole engine that costs a pass over everybody: made anew only when the engine
 * has moved on, and never for more than a tenth of the time, however many ask.
 */
import type { Engine } from '@plimsoll/core/engine';

const SHARE = 10;

export class Sparing<T> {
  readonly #engine: Engine;
  readonly #make: (engine: Engine) => T;
  #current: { readonly value: T; readonly sequence: number } | undefined;
  #takenMs = 0;
  #costMs = 0;

  constructor(engine: Engine, make: (engine: Engine) => T) {
    this.#engine = engine;
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
    return now - this.#takenMs >= this.#costMs * SHARE;
  }
}
