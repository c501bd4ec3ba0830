/**
 * The one kind of error that leaves the server: what stopped it, where, and what to do about it.
 */

/**
 * - `address`: the port is in use, or the address cannot be listened on
 * - `folder`: the data folder cannot be used, or another writer holds it
 * - `unsafe`: listening beyond loopback without keys, or a key file that others can read
 * - `damaged`: what is on disk contradicts itself
 * - `halted`: the engine met a bug or a broken invariant; the input is kept
 * - `disk`: the journal could not be written any more
 * - `refused`: what was asked of a book on disk is refused, in the words of the API
 * - `scene`: a candle file cannot be played
 */
export type ServerErrorCode =
  'address' | 'folder' | 'unsafe' | 'damaged' | 'halted' | 'disk' | 'scene' | 'refused';

/** Thrown by `serve`, or given as the reason why a running server stopped. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The words of whatever was thrown, for use inside a longer sentence. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The system's code of a failed call (`EADDRINUSE`), or an empty text. */
export function systemCode(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return String(cause.code);
}
