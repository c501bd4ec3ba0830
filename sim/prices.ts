/** What goes wrong with prices before the server hears them: frozen, crossed, jumping, lying. */
import type { MarkPrice } from '@plimsoll/core/engine';
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';
import type { Rates } from './options.ts';
import type { Tally } from './tally.ts';

const TICKS_MOST = 2 ** 50;
const THOUSAND = 1_000;

interface Marks {
  readonly source: string;
  readonly prices: readonly MarkPrice[];
}

export class Prices {
  readonly #dice: Dice;
  readonly #rates: Rates;
  readonly #tally: Tally;
  readonly #frozen = new Map<string, { readonly prices: readonly MarkPrice[]; left: number }>();
  /** A market that has moved: by how many percent, and for how many messages. */
  #jump = { percent: 100, left: 0 };

  constructor(parts: { dice: Dice; rates: Rates; tally: Tally }) {
    this.#dice = parts.dice;
    this.#rates = parts.rates;
    this.#tally = parts.tally;
  }

  /** The prices that are sent instead. */
  spoil({ source, prices }: Marks): readonly MarkPrice[] {
    this.#begin(source, prices);
    const frozen = this.#frozen.get(source);
    if (frozen !== undefined && frozen.left > 0) {
      frozen.left -= 1;
      return frozen.prices;
    }
    const { percent, left } = this.#jump;
    this.#jump.left = Math.max(0, left - 1);
    const moved = left > 0 ? scaled(prices, percent) : prices;
    if (this.#happens(this.#rates.lyingSource)) {
      this.#tally.count('lying-source');
      return scaled(moved, this.#dice.pick([1, 50, 90, 111, 300]));
    }
    if (moved.length < 2 || !this.#happens(this.#rates.crossedFeed)) return moved;
    this.#tally.count('crossed-feed');
    return moved.map(({ market }, k) => {
      const next = moved[(k + 1) % moved.length];
      return { market, priceTicks: next?.priceTicks ?? 1 };
    });
  }

  #begin(source: string, prices: readonly MarkPrice[]): void {
    if (this.#happens(this.#rates.frozenFeed)) {
      this.#tally.count('frozen-feed');
      this.#frozen.set(source, { prices, left: this.#dice.between(2, 20) });
    }
    if (this.#happens(this.#rates.jumpingFeed)) {
      this.#tally.count('jumping-feed');
      const percent = this.#dice.pick([10, 50, 70, 85, 95, 115, 150, 300]);
      this.#jump = { percent, left: this.#dice.between(1, 4) };
    }
  }

  #happens(rate: number): boolean {
    // The rates are those of any command; about one in five is a price.
    return this.#dice.below(THOUSAND) < rate * 5;
  }
}

function scaled(prices: readonly MarkPrice[], percent: number): MarkPrice[] {
  return prices.map(({ market, priceTicks }) => {
    const ticks = Math.floor((Math.min(priceTicks, 2 ** 43) * percent) / 100);
    return { market, priceTicks: Math.min(TICKS_MOST, Math.max(1, ticks)) };
  });
}
