/** Who holds several accounts in a rehearsal: in some runs, with schedules that look at sizes. */
import type { MarketRules } from '../config.ts';
import { Dice } from './dice.ts';
import type { Draft } from './scene.ts';

const OWNERS = ['desk', 'desk', 'ann', '__proto__'];

const INITIALS: readonly NonNullable<MarketRules['initial']>[] = [
  {
    schedule: {
      kind: 'brackets',
      levels: [
        { from: '0', rate: '0.05' },
        { from: '9000', rate: '0.2' },
        { from: '40000', rate: '0.5' },
      ],
    },
  },
  {
    schedule: {
      kind: 'steps',
      by: 'size',
      levels: [
        { from: '0', rate: '0.04' },
        { from: '20', rate: '0.1' },
        { from: '90', rate: '0.3' },
      ],
    },
  },
  { schedule: { kind: 'power', base: '0.03', factor: '0.002', exponent: '0.5' } },
];

/** Draws from dice of its own, so that runs without owners are what they were. */
export class Owners {
  readonly isUsed: boolean;
  readonly #dice: Dice;

  constructor(seed: number) {
    this.#dice = new Dice(seed ^ 0x0b5e55ed);
    this.isUsed = this.#dice.chance(35);
  }

  /** What an account is opened with. */
  opened(): { readonly owner?: string } {
    return this.isUsed && this.#dice.chance(70) ? { owner: this.#dice.pick(OWNERS) } : {};
  }

  /** The rules, mostly with a schedule that asks more of whoever holds more. */
  graded(rules: MarketRules): MarketRules {
    if (!this.isUsed || this.#dice.chance(20)) return rules;
    const caps = this.#dice.chance(40)
      ? { caps: { openInterest: null, position: '9000', share: this.#dice.pick(['0', '0.4']) } }
      : {};
    return { ...rules, initial: this.#dice.pick(INITIALS), ...caps };
  }

  /** Now and then an account changes hands. */
  next(account: string): Draft | null {
    if (!this.isUsed || !this.#dice.chance(4)) return null;
    const owner = this.#dice.chance(20) ? null : this.#dice.pick(OWNERS);
    return { kind: 'set-owner', account, owner };
  }
}
