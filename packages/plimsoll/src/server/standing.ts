/** The figures of all accounts at one moment: one pass over the engine. */
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

export function standingOf(engine: Engine): Standing {
  const rows = accountRows(engine);
  return {
    sequence: engine.sequence,
    rows,
    totals: totalsView(engine, rows),
    openInterest: openInterest(engine),
    sorted: new Map<string, readonly AccountRow[]>(),
  };
}
