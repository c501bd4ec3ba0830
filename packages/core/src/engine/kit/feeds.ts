/**
 * Several sources of marks that freeze, cross, jump and lie. They have dice of their own, so that a
 * run without them is the same as it was before there were any.
 */
import type { CommandOf, Envelope, MarkPrice } from '../command.ts';
import type { MarketRules, PriceRules } from '../config.ts';
import { Dice } from './dice.ts';

type MarksDraft = Omit<CommandOf<'marks'>, keyof Envelope>;

const SOURCES = ['index', 'other', 'third'];
/** The other runs have one source, as it is given. */
const USED_PERCENT = 50;

export class Feeds {
  /** Whether this run has several sources. */
  readonly isUsed: boolean;
  readonly #dice: Dice;
  readonly #last = new Map<string, MarksDraft>();
  #sequence = 1_000_000;
  #truth: readonly MarkPrice[] = [];

  constructor(seed: number) {
    this.#dice = new Dice(seed ^ 0xfeed);
    this.isUsed = this.#dice.chance(USED_PERCENT);
  }

  /** The rules with sources, if there are any and mostly then. */
  listed(rules: MarketRules): MarketRules {
    if (!this.isUsed || this.#dice.chance(15)) return rules;
    return { ...rules, prices: this.#draw() };
  }

  #draw(): PriceRules {
    const dice = this.#dice;
    const sources = SOURCES.slice(0, dice.pick([1, 2, 3, 3, 3, 3]));
    return {
      sources,
      minimumAgreeing: dice.between(1, Math.min(2, sources.length)),
      maxDeviation: dice.pick(['0', '0.02', '0.1', '1']),
      silentAfterMs: dice.pick([1, 30_000, 100_000, 1_000_000]),
      jump: dice.pick([null, { threshold: dice.pick(['0.03', '0.2']), confirmations: 3 }]),
    };
  }

  /** Every source says the same, where there are several. */
  opening(prices: readonly MarkPrice[], timeMs: number): MarksDraft[] {
    this.#truth = prices;
    if (!this.isUsed) return [];
    return SOURCES.map((source) => this.#say(source, { prices, sourceTimeMs: timeMs }));
  }

  /** One source's next words, where `moved` is how the market may have moved. */
  next(moved: readonly MarkPrice[], timeMs: number): MarksDraft {
    const dice = this.#dice;
    if (dice.chance(40)) this.#truth = moved;
    const source = dice.pick(SOURCES);
    const last = this.#last.get(source);
    const roll = dice.below(100);
    if (roll < 8 && last !== undefined) return dice.chance(50) ? last : this.#say(source, last);
    if (roll < 14) return this.#say(source, { prices: crossed(this.#truth) });
    if (roll < 22) return this.#say(source, { prices: this.#scaled(dice.pick([5, 10, 80, 95])) });
    if (roll < 26) return this.#say(source, { prices: this.#scaled(dice.pick([105, 200, 900])) });
    if (roll < 32) return this.#say(source, { prices: this.#truth, sourceTimeMs: timeMs - 900 });
    return this.#say(source, { prices: this.#scaled(dice.between(99, 101)) });
  }

  #scaled(percent: number): MarkPrice[] {
    return this.#truth.map(({ market, priceTicks }) => {
      const scaled = Math.floor((Math.min(priceTicks, 2 ** 40) * percent) / 100);
      return { market, priceTicks: Math.max(1, scaled) };
    });
  }

  #say(source: string, said: Pick<MarksDraft, 'prices' | 'sourceTimeMs'>): MarksDraft {
    this.#sequence += 1;
    const { prices, sourceTimeMs } = said;
    const at = sourceTimeMs === undefined ? {} : { sourceTimeMs: Math.max(0, sourceTimeMs) };
    const draft = { source, sourceSequence: this.#sequence, ...at, prices };
    this.#last.set(source, { kind: 'marks', ...draft });
    return { kind: 'marks', ...draft };
  }
}

/** Each market with the price of the next. */
function crossed(prices: readonly MarkPrice[]): MarkPrice[] {
  return prices.map(({ market }, k) => {
    const next = prices[(k + 1) % prices.length];
    return { market, priceTicks: next?.priceTicks ?? 1 };
  });
}
