/**
 * What happened, queryable: the engine's events and totals over time as a projection into SQL. It
 * may lag behind the journal and can be deleted at any time; replaying the journal rebuilds the
 * events, while totals are of the moments at which they were taken.
 */

/** One event as the engine said it. Further fields are kept as they are. */
export interface HistoryEvent {
  /** The command that caused it, and its place among the events of that command. */
  readonly sequence: number;
  readonly index: number;
  /** Must not decrease as sequences rise. */
  readonly timeMs: number;
  readonly kind: string;
  readonly market?: string | null;
  /** Whom it concerns: any of these. */
  readonly account?: string;
  readonly buyer?: string;
  readonly seller?: string;
  readonly counterparty?: string;
}

/** Every account that an event, or a command, is about. */
export function accountsOf(event: object): string[] {
  const { account, buyer, seller, counterparty } = event as Partial<HistoryEvent>;
  return [account, buyer, seller, counterparty].filter((id) => id !== undefined);
}

/** A place between events: the one last seen. */
export interface EventCursor {
  readonly sequence: number;
  readonly index: number;
}

/** Which events; all that is given must hold. Times and sequences are inclusive. */
export interface EventQuery {
  readonly account?: string;
  readonly market?: string;
  readonly kinds?: readonly string[];
  readonly fromTime?: number;
  readonly toTime?: number;
  readonly fromSequence?: number;
  /** Go on behind this event, in the order asked for. */
  readonly after?: EventCursor;
  /** 1 to 10,000; beyond is clamped. */
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
}

export interface EventPage {
  readonly events: readonly HistoryEvent[];
  /** Give it as `after` for the next page; `undefined` when there is no more. */
  readonly next: EventCursor | undefined;
}

/** Figures of one moment, such as `{ time, sequence, fund: '1000', called: 3 }`. */
export interface TotalsRow {
  readonly time: number;
  readonly sequence: number;
  readonly [name: string]: string | number | Readonly<Record<string, string>>;
}

/** Rows with `from ≤ time ≤ to`, oldest first, thinned evenly when there are more than `limit`. */
export interface TotalsQuery {
  readonly from?: number;
  readonly to?: number;
  /** 1 to 10,000; beyond is clamped. */
  readonly limit: number;
}

/** What is added at once. */
export interface HistoryBatch {
  /** Those of a command in one batch; those of commands already there are passed over. */
  readonly events: readonly HistoryEvent[];
  /** The last command whose events are in it, or which had none. */
  readonly through: number;
  /** One for a sequence that is there replaces it. */
  readonly totals: readonly TotalsRow[];
}

/**
 * The projection. What is asked sees every batch that was added before. Every method rejects with a
 * `HistoryError` when the file fails it.
 */
export interface History {
  /** The last command whose events are known to be here; 0 when there are none. */
  readonly lastSequence: number;
  /** Adds all of a batch or none. May wait, and the caller's thread with it, for those before. */
  append(batch: HistoryBatch): Promise<void>;
  events(query: EventQuery): Promise<EventPage>;
  totals(query: TotalsQuery): Promise<readonly TotalsRow[]>;
  close(): Promise<void>;
}

export interface OpenedHistory {
  readonly history: History;
  /** The file that was there could not be trusted; rebuild from the journal's first entry. */
  readonly movedAside: MovedAside | undefined;
}

/** Why the file that was there is not used, and where it is now. */
export interface MovedAside {
  readonly why: string;
  readonly path: string;
}

/** What the file must be a projection of; otherwise it is another journal's past. */
export interface Origin {
  /** The journal's id. */
  readonly source: string;
  /** The journal's last entry: a history that knows more has seen what was cut. */
  readonly lastSequenceMax: number;
}

/** The history's file failed. The engine goes on; open the history again to have it rebuilt. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';

  /** What the file, or its thread, said. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(`the history failed (${reason}): open it again to rebuild it from the journal`, options);
    this.reason = reason;
  }
}
