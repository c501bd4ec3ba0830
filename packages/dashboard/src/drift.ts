/**
 * Lets ships glide to their new depth over some frames instead of jumping there. Where the reader
 * asks for reduced motion they are simply where they are.
 */
import type { Ship } from './fleet.ts';

const SHARE_PER_FRAME = 0.16;
const NEAR_ENOUGH = 0.002;

export interface Drifted {
  readonly ships: readonly Ship[];
  /** Whether another frame is needed. */
  readonly moving: boolean;
}

export class Drift {
  #depths = new Map<string, number>();

  /** One frame's step of each ship towards its own depth; a new ship starts where it is. */
  step(ships: readonly Ship[], still: boolean): Drifted {
    const depths = new Map<string, number>();
    let moving = false;
    const drawn = ships.map((ship) => {
      const depth = still ? ship.depth : this.#next(ship);
      if (depth !== ship.depth) moving = true;
      depths.set(ship.account, depth);
      return { ...ship, depth };
    });
    this.#depths = depths;
    return { ships: drawn, moving };
  }

  #next({ account, depth }: Ship): number {
    const before = this.#depths.get(account) ?? depth;
    const left = depth - before;
    return Math.abs(left) < NEAR_ENOUGH ? depth : before + left * SHARE_PER_FRAME;
  }
}
