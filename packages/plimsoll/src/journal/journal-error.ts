/** The one kind of error that leaves the journal: what is wrong, where, and what to do about it. */

/**
 * - `damaged`: bytes on disk contradict each other; starting would risk a silently wrong state
 * - `locked`: another writer holds the folder
 * - `failed`: a write or a sync failed; this journal takes nothing more, the process must stop
 * - `closed`: the journal was closed before the call
 * - `too-large`: one append is larger than a frame may be
 * - `overloaded`: too much is waiting for the disk already; nothing was taken
 * - `out-of-range`: a sequence that the journal does not hold
 * - `unreadable`: the folder or a file in it cannot be opened, read or made
 */
export type JournalErrorCode =
  | 'damaged'
  | 'locked'
  | 'failed'
  | 'closed'
  | 'too-large'
  | 'overloaded'
  | 'out-of-range'
  | 'unreadable';

/**
 * Thrown and rejected with by the journal. The message names the place and ends with the remedy.
 */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The words of whatever was thrown, for use inside a longer sentence. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
