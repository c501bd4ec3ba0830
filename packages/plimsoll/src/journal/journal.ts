/**
 * The journal as a port: the durable order of commands. An entry is opaque bytes with a sequence
 * number that starts at 1 and has no gaps; what it means is its owner's business.
 */
import type { JournalError } from './journal-error.ts';

export interface Entry {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** One group commit, as it lies on disk. */
export interface Frame {
  /** The segment file's name. */
  readonly file: string;
  /** Bytes from the start of that file. */
  readonly offset: number;
  /** Bytes of the whole frame. */
  readonly bytes: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** The digest that the next frame repeats, in hex. */
  readonly digest: string;
  readonly entries: readonly Entry[];
}

/** A state to start from. It never replaces the entries before it. */
export interface Snapshot {
  /** The last entry that the state includes. */
  readonly sequence: number;
  readonly codeVersion: string;
  readonly stateHash: string;
  readonly bytes: Uint8Array;
}

/** A snapshot without its bytes. */
export type SnapshotLabel = Omit<Snapshot, 'bytes'>;

/** A snapshot that was passed over, and why, in words for the log. */
export interface SkippedSnapshot {
  readonly file: string;
  readonly why: string;
}

export interface SnapshotChoice {
  readonly snapshot: Snapshot | undefined;
  readonly skipped: readonly SkippedSnapshot[];
}

/** A damaged last frame that was taken away when the journal was opened. */
export interface Cut {
  readonly file: string;
  readonly offset: number;
  /** Bytes that were overwritten with zeros; 0 when the file ended before the frame. */
  readonly bytes: number;
  /** The frame's number in the journal, from 1, and the sequence it would have begun with. */
  readonly frame: number;
  readonly firstSequence: number;
  readonly why: string;
  /**
   * `true`: the frame had been synced and may have been answered for, so entries are lost.
   * `false` proves the contrary only if the machine did not lose power.
   */
  readonly knownSynced: boolean;
}

/** What was found and done when a journal was opened: for the log and the screen. */
export interface OpeningReport {
  readonly frames: number;
  readonly entries: number;
  readonly segments: number;
  readonly cut: Cut | undefined;
  /** Snapshots of entries that the journal no longer holds, renamed out of the way. */
  readonly setAside: readonly string[];
}

/** The reading half, which an offline reader has too. */
export interface JournalReader {
  /** Names this journal for good, in hex: what is derived from it can say from which. */
  readonly id: string;
  /** The last durable entry; 0 when there is none. */
  readonly lastSequence: number;
  /**
   * Every entry from `fromSequence` (default 1) to the last durable one at the time of the call.
   * Each frame is verified again as it is read. Throws a `JournalError` coded `out-of-range`
   * or `damaged`.
   */
  read(fromSequence?: number): IterableIterator<Entry>;
  /** The same by frames, beginning with the one that holds `fromSequence`. */
  frames(fromSequence?: number): IterableIterator<Frame>;
  /**
   * The newest valid snapshot that is not beyond the last entry and that `accept` (default: any)
   * wants, and those that were passed over on the way to it.
   */
  newestSnapshot(accept?: (label: SnapshotLabel) => boolean): SnapshotChoice;
}

/** The one writer of a journal. */
export interface Journal extends JournalReader {
  /**
   * Adds `entries` in order, all in one frame, after everything appended before. Resolves with the
   * sequence of the first once all are durable. Rejects with a `JournalError`; after `failed` it
   * is unknown whether the entries are on disk, and the process must stop and start again.
   */
  append(entries: readonly Uint8Array[]): Promise<number>;
  /**
   * Keeps a snapshot durably, and the one before it; older ones are removed. Rejects with
   * `out-of-range` when its sequence is not durable yet, with `unreadable` when it cannot be
   * written; the journal itself goes on.
   */
  writeSnapshot(snapshot: Snapshot): Promise<void>;
  /** Waits for what was appended, then lets the folder go. Later calls reject with `closed`. */
  close(): Promise<void>;
}

/** A group commit that is durable: what it held, and how long its sync took. */
export interface Commit {
  readonly entries: number;
  readonly bytes: number;
  readonly syncMs: number;
}

/** Told once when a journal has failed; its owner must stop the process. */
export type FailureListener = (error: JournalError) => void;
