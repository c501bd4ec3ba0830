/**
 * The figures of all accounts at one moment: one pass over the engine, which never takes more than
 * a tenth of the time, however many ask.
 */
import {
  accountRows,
  openInterest,
  totalsView,
  type AccountRow,
  type Engine,
  type TotalsView,
} from '@plimsoll/core/engine';

export interface Standing {
  readonly sequence: number;
  readonly rows: readonly AccountRow[];
  readonly totals: TotalsView;
  readonly openInterest: ReadonlyMap<string, number>;
  /** Orders that were asked for, each made once. */
  readonly sorted: Map<string, readonly AccountRow[]>;
}

const SHARE = 10;

export class StandingCache {
  readonly #engine: Engine;
  #current: Standing | undefined;
  #takenMs = 0;
  #costMs = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The latest figures; `fresh` ones when the engine has moved on and the last are old enough. */
  read(): Standing {
    const now = performance.now();
    const current = this.#current;
    if (current !== undefined && !this.#isOld(current, now)) return current;
    const rows = accountRows(this.#engine);
    const standing = {
      sequence: this.#engine.sequence,
      rows,
      totals: totalsView(this.#engine, rows),
      openInterest: openInterest(this.#engine),
      sorted: new Map<string, readonly AccountRow[]>(),
    };
    this.#current = standing;
    this.#takenMs = performance.now();
    this.#costMs = this.#takenMs - now;
    return standing;
  }

  #isOld(current: Standing, now: number): boolean {
    if (current.sequence === this.#engine.sequence) return false;
    return now - this.#takenMs >= this.#costMs * SHARE;
  }
}
