/** A seeded stream of draws: the same seed, the same numbers, on every machine. */
import { draw } from '@plimsoll/core/lab';

export class Dice {
  readonly #seed: number;
  readonly #stream: number;
  #drawn = 0;

  /** Streams of one seed have nothing to do with each other. */
  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** A whole number from 0 to `end` − 1. */
  below(end: number): number {
    return Math.floor((this.#next() / 2 ** 32) * end);
  }

  /** True so many times in a hundred. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }

  /** One of several; there must be one. */
  of<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('there is nothing to choose from');
    return value;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  #next(): number {
    this.#drawn += 1;
    return draw(this.#seed, this.#stream, this.#drawn);
  }
}
