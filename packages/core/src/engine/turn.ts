/** One command's passage through the engine: what it may touch and what it says on the way. */
import type { AdlQueue } from './adl-rank.ts';
import type { EventBody } from './event.ts';
import type { CommandKind } from './command.ts';
import { at, type Engine } from './state.ts';

export interface Turn {
  readonly engine: Engine;
  readonly cause: CommandKind;
  readonly emit: (event: EventBody) => void;
  /** Rows of accounts whose standing may have changed. */
  readonly touched: Set<number>;
  /** Auto-deleveraging queues already ranked in this turn, by market and side; null for none. */
  queues: Map<string, AdlQueue> | null;
}

/** Every account that holds a position in a market is to be looked at again. */
export function touchHolders(turn: Turn, market: number): void {
  const { positions } = turn.engine;
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.market[row] !== market || positions.lots[row] === 0) continue;
    turn.touched.add(at(positions.account, row));
  }
}
