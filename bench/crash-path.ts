/**
 * The prices that the index of certificates is measured on: correlated steps a second apart, five
 * minutes of calm, then fifteen percent down within a minute at eight times the volatility, and
 * half of it back in the next.
 */
import { randomSource } from './harness.ts';

/** Of the price, a second: 60 % a year for the steadiest market, 105 % for the wildest. */
const CALM = 0.75 / Math.sqrt(365 * 86_400);
const STORMY = 8 * CALM;
const COMMON = 0.7;
const MINUTE = 60;

export interface Phase {
  readonly name: 'warm' | 'calm' | 'later' | 'down' | 'up';
  readonly epochs: number;
  /** Of the price, an epoch. */
  readonly volatility: number;
  readonly drift: number;
}

export const PHASES: readonly Phase[] = [
  { name: 'warm', epochs: 10, volatility: CALM, drift: 0 },
  { name: 'calm', epochs: MINUTE, volatility: CALM, drift: 0 },
  { name: 'later', epochs: 4 * MINUTE, volatility: CALM, drift: 0 },
  { name: 'down', epochs: MINUTE, volatility: STORMY, drift: Math.log(0.85) / MINUTE },
  { name: 'up', epochs: MINUTE, volatility: STORMY, drift: -Math.log(0.85) / (2 * MINUTE) },
];

/** Moves marks, in ticks, from epoch to epoch. */
export class CrashPath {
  readonly #prices: number[];
  readonly #random: () => number;

  constructor(openings: readonly number[], seed: number) {
    this.#prices = [...openings];
    this.#random = randomSource(seed);
  }

  /** The marks of the next epoch. Markets share a factor, more of it for some than for others. */
  next({ volatility, drift }: Phase): readonly number[] {
    const common = this.#normal();
    for (const [market, price] of this.#prices.entries()) {
      const beta = 0.8 + (0.6 * ((market * 7) % 30)) / 30;
      const own = this.#normal();
      const shock = COMMON * common + Math.sqrt(1 - COMMON ** 2) * own;
      this.#prices[market] = Math.max(10, price * Math.exp(beta * (drift + volatility * shock)));
    }
    return this.#prices.map(Math.round);
  }

  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    return radius * Math.cos(2 * Math.PI * this.#random());
  }
}
