/**
 * What happened, queryable: the engine's events and totals over time as a projection into SQL. It
 * may lag behind the journal and can be deleted at any time; replaying the journal rebuilds it.
 */

/** One event of the engine. Further fields are kept as they are. */
export interface HistoryEvent {
  /** The command that caused it, and its place among the events of that command. */
  readonly sequence: number;
  readonly index: number;
  /** Milliseconds; must not decrease as sequences rise. */
  readonly time: number;
  readonly kind: string;
  readonly account?: string;
  /** When it concerns several. */
  readonly accounts?: readonly string[];
  readonly market?: string;
  readonly [field: string]: unknown;
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
  readonly [name: string]: string | number;
}

/** Rows with `from ≤ time ≤ to`, oldest first, thinned evenly when there are more than `limit`. */
export interface TotalsQuery {
  readonly from?: number;
  readonly to?: number;
  /** 1 to 10,000; beyond is clamped. */
  readonly limit: number;
}

/** The projection. Every method throws a `HistoryError` when the file fails it. */
export interface History {
  /** The last command whose events are here; 0 when there are none. */
  readonly lastSequence: number;
  /**
   * Adds the events of commands up to `through` (default: the last event's), all of them or none.
   * A command's events come in one call; those of commands already here are passed over.
   */
  append(events: readonly HistoryEvent[], through?: number): void;
  events(query: EventQuery): EventPage;
  /** Adds rows; one for a sequence that is here replaces it. */
  appendTotals(rows: readonly TotalsRow[]): void;
  totals(query: TotalsQuery): readonly TotalsRow[];
  /** Forgets everything, before it is rebuilt. */
  clear(): void;
  close(): void;
}

/** The history's file failed. The engine goes on; open the history again to have it rebuilt. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}
