/** The server: HTTP and WebSocket around a durable engine. */
export { serve, type RunningServer, type ServeOptions } from './serve.ts';
export type { Programme, Score, Unplayable } from './theatre.ts';
export { runUntilStopped } from './run.ts';
export { ServerError, type ServerErrorCode } from './server-error.ts';
export { addKey, keyFile, readKeys, removeKey, ROLES } from './keys.ts';
export type { KeyRecord, NewKey, Role } from './keys.ts';
export { Desk, type DeskOptions } from './desk.ts';
export { loadLimits, type LoadLimits } from './load-limits.ts';
export { replayEntry } from './recovery.ts';
export { journalFolder, openOffline, type OfflineBook } from './offline.ts';
export { hashState, readCodeVersion } from './code-version.ts';
export type { Draft, Sender } from './sequencer.ts';
