/** A network that loses, doubles, delays and so reorders what is sent through it. */
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';
import type { NetworkOptions } from './options.ts';
import type { Tally } from './tally.ts';
import type { Host, World } from './world.ts';

const LATE_FACTOR = 10;

export class Network {
  /** Turned off when the run heals. */
  isFaulty = true;
  readonly host: Host = { alive: true };
  readonly #world: World;
  readonly #dice: Dice;
  readonly #options: NetworkOptions;
  readonly #tally: Tally;
  #sent = 0;
  #newest = 0;

  constructor(parts: { world: World; dice: Dice; options: NetworkOptions; tally: Tally }) {
    this.#world = parts.world;
    this.#dice = parts.dice;
    this.#options = parts.options;
    this.#tally = parts.tally;
  }

  /** Sends something, whose arrival is `arrive`; it may come never, late, or twice. */
  send(arrive: () => void): void {
    const { drop, duplicate } = this.#options;
    if (this.isFaulty && this.#dice.chance(drop)) {
      this.#tally.count('dropped-message');
      return;
    }
    this.#deliver(arrive);
    if (this.isFaulty && this.#dice.chance(duplicate)) {
      this.#tally.count('duplicated-message');
      this.#deliver(arrive);
    }
  }

  #deliver(arrive: () => void): void {
    const number = (this.#sent += 1);
    const usual = this.#dice.below(1 + this.#options.delayMs);
    const delayMs = this.#dice.chance(5) ? usual * LATE_FACTOR : usual;
    this.#world.schedule(this.host, delayMs, () => {
      if (number < this.#newest) this.#tally.count('reordered-message');
      this.#newest = Math.max(this.#newest, number);
      arrive();
    });
  }
}
