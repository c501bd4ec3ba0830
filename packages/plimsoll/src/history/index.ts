/** What happened, queryable: a projection of the engine's events into SQLite, rebuilt at will. */
export {
  HistoryError,
  type EventCursor,
  type EventPage,
  type EventQuery,
  type History,
  type HistoryEvent,
  type TotalsQuery,
  type TotalsRow,
} from './history.ts';
export { openHistory, type OpenedHistory } from './sqlite-history.ts';
