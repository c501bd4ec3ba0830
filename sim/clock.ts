/** The machine's wall clock: follows the people's time, jumps an hour either way, stands still. */
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const FROZEN_MS = 2_000;

export class WallClock {
  readonly #world: World;
  #offsetMs = 0;
  #frozen = { atMs: 0, untilMs: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  /** Milliseconds since 1970. */
  read(): number {
    const { atMs, untilMs } = this.#frozen;
    return this.#world.nowMs < untilMs ? atMs : this.#world.nowMs + this.#offsetMs;
  }

  /** Lets time pass that nobody waits through. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  jump(dice: Dice, tally: Tally): void {
    tally.count('clock-jump');
    this.#offsetMs += dice.pick([-HOUR_MS, HOUR_MS, -500, 90_000]);
  }

  freeze(tally: Tally): void {
    tally.count('frozen-clock');
    const atMs = this.read();
    this.#frozen = { atMs, untilMs: this.#world.nowMs + FROZEN_MS };
  }
}
