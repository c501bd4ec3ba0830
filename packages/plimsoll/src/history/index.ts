/** What happened, queryable: a projection of the engine's events into SQLite, rebuilt at will. */
export {
  accountsOf,
  HistoryError,
  type EventCursor,
  type EventPage,
  type EventQuery,
  type History,
  type HistoryBatch,
  type HistoryEvent,
  type OpenedHistory,
  type TotalsQuery,
  type TotalsRow,
} from './history.ts';
export { openHistory } from './history-thread.ts';
