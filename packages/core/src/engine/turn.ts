/** One command's passage through the engine: what it may touch and what it says on the way. */
import type { EventBody } from './event.ts';
import type { CommandKind } from './command.ts';
import type { Engine } from './state.ts';

export interface Turn {
  readonly engine: Engine;
  readonly cause: CommandKind;
  readonly emit: (event: EventBody) => void;
  /** Rows of accounts whose standing may have changed. */
  readonly touched: Set<number>;
  /** Auto-deleveraging queues already ranked in this turn, by market and side. */
  readonly queues: Map<string, number[]>;
}
