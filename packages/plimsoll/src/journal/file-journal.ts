/**
 * The journal in files: opening (survey, cut or halt), group commit, snapshots, closing.
 *
 *   append ─► queue ─► frame ─► write ─► sync ─► mark ─► answers
 *              ▲ what arrives while a sync is under way goes together into the next frame
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { diskStorage } from './disk-storage.ts';
import { bodyBytesOf, DIGEST_BYTES, type Link } from './frame.ts';
import { readEntries, readFrames } from './frame-reader.ts';
import type {
  Commit,
  Entry,
  FailureListener,
  Frame,
  Journal,
  OpeningReport,
  Snapshot,
  SnapshotChoice,
  SnapshotLabel,
} from './journal.ts';
import { JournalError, reasonOf } from './journal-error.ts';
import { fillWithZeros, SegmentLog } from './segment-log.ts';
import { chooseSnapshot, saveSnapshot, setAsideBeyond, type SnapshotPlace } from './snapshot.ts';
import {
  nextTurn,
  readUpTo,
  writeFully,
  type Storage,
  type StorageFile,
  type Unlock,
} from './storage.ts';
import { haltMessage, surveyJournal, unreadable, type Damage, type Survey } from './survey.ts';
import { openMark, writeMark } from './synced-mark.ts';

const MEBIBYTE = 1 << 20;
const FRAME_BYTES_MAX = 16 * MEBIBYTE;

export interface JournalOptions {
  /** Bytes of a segment, preallocated; default 64 MiB. */
  readonly segmentBytes?: number;
  /** Bytes that may wait for the disk before `append` rejects as `overloaded`; default 64 MiB. */
  readonly queuedBytesMax?: number;
  /** Told of every group commit. */
  readonly onCommit?: (commit: Commit) => void;
  /** Told once when a write or a sync has failed. The process must stop. */
  readonly onFailure?: FailureListener;
  /** Where the files are; default the real file system. */
  readonly storage?: Storage;
  /** 16 bytes that name a new journal; default random. */
  readonly journalId?: Uint8Array;
}

export interface OpenedJournal {
  readonly journal: Journal;
  readonly report: OpeningReport;
}

/**
 * Takes `directory` for writing, making it if need be, and reads all of it. A damaged last frame
 * is cut, durably, and reported. Throws a `JournalError`: `locked`, `damaged` or `unreadable`.
 */
export async function openJournal(
  directory: string,
  options: JournalOptions = {},
): Promise<OpenedJournal> {
  const storage = options.storage ?? diskStorage;
  let unlock: Unlock | undefined;
  try {
    await storage.makeDirectory(directory);
    unlock = storage.lock(directory);
    return await openLocked({ directory, storage, options, unlock });
  } catch (cause) {
    unlock?.();
    throw unreadable(directory, cause);
  }
}

interface Opening {
  readonly directory: string;
  readonly storage: Storage;
  readonly options: JournalOptions;
  readonly unlock: Unlock;
}

async function openLocked(opening: Opening): Promise<OpenedJournal> {
  const { directory, storage, options } = opening;
  const found = surveyJournal(storage, directory);
  const { damage, segments, frames, end, before } = found;
  if (damage?.verdict === 'halt') throw new JournalError('damaged', haltMessage(directory, damage));
  const journalId = found.journalId ?? options.journalId ?? randomBytes(DIGEST_BYTES);
  if (damage !== undefined) await cut(storage, directory, { damage, found });
  else await confirmLast(storage, directory, found);
  const setAside = await setAsideBeyond(storage, directory, end.sequence);
  const mark = openMark(storage, directory);
  if (damage !== undefined) await resetMark(mark, found);
  const start: Link = segments.length === 0 ? { sequence: 0, digest: journalId } : end;
  const segmentBytes = options.segmentBytes ?? 64 * MEBIBYTE;
  const place = { storage, directory, journalId, segmentBytes, segments, mark, end: start, before };
  const log = new SegmentLog(place);
  try {
    await log.begin();
  } catch (cause) {
    await log.close();
    throw cause;
  }
  const journal = new FileJournal(opening, log, journalId);
  const report = {
    frames,
    entries: end.sequence,
    segments: segments.length,
    cut: damage,
    setAside,
  };
  return { journal, report };
}

/**
 * Makes durable what was found: the last frame may have been written by a process that died, or
 * was stopped by its disk, before the sync. After a failed sync a system may call pages clean that
 * it has not written, so the bytes are written again, as they are.
 */
async function confirmLast(
  storage: Storage,
  directory: string,
  { segments }: Survey,
): Promise<void> {
  const last = segments.at(-1);
  if (last === undefined) return;
  const file = storage.open(join(directory, last.file), 'write');
  try {
    const start = last.places.at(-1)?.offset ?? 0;
    writeFully(file, readUpTo(file, start, last.usedBytes - start), start);
    await file.sync();
  } finally {
    file.close();
  }
  await storage.syncDirectory(directory);
}

/** Overwrites the damaged frame with zeros, and gives a shortened file its size back. */
async function cut(
  storage: Storage,
  directory: string,
  { damage, found }: { damage: Damage; found: Survey },
): Promise<void> {
  const file = storage.open(join(directory, damage.file), 'write');
  try {
    const allocated = found.segments.at(-1)?.allocatedBytes ?? 0;
    const size = file.size();
    await fillWithZeros(file, damage.offset, damage.offset + damage.bytes);
    await fillWithZeros(file, Math.min(size, allocated), allocated);
    await file.sync();
  } finally {
    file.close();
  }
}

/** A mark that stayed ahead of a cut would forbid the next start, so this one write is synced. */
async function resetMark(file: StorageFile, found: Survey): Promise<void> {
  const { end, before, journalId, segments } = found;
  if (journalId === undefined) return;
  writeMark(file, { segment: segments.length, end, before, journalId });
  await file.sync();
}

interface Waiting {
  readonly entries: readonly Uint8Array[];
  readonly bodyBytes: number;
  readonly resolve: (firstSequence: number) => void;
  readonly reject: (error: JournalError) => void;
}

function entriesOf(group: readonly Waiting[]): readonly Uint8Array[] {
  const [only] = group;
  if (group.length === 1 && only !== undefined) return only.entries;
  const all: Uint8Array[] = [];
  for (const { entries } of group) for (const entry of entries) all.push(entry);
  return all;
}

class FileJournal implements Journal {
  readonly #opening: Opening;
  readonly #log: SegmentLog;
  readonly #snapshots: SnapshotPlace;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #draining: Promise<void> | undefined;
  #refusal: JournalError | undefined;
  #closing: Promise<void> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(opening: Opening, log: SegmentLog, journalId: Uint8Array) {
    this.#opening = opening;
    this.#log = log;
    this.#snapshots = { storage: opening.storage, directory: opening.directory, journalId };
  }

  get id(): string {
    return Buffer.from(this.#snapshots.journalId).toString('hex');
  }

  get lastSequence(): number {
    return this.#log.lastSequence;
  }

  append(entries: readonly Uint8Array[]): Promise<number> {
    const bodyBytes = bodyBytesOf(entries);
    const refusal = this.#refusal ?? this.#objection(bodyBytes);
    if (refusal !== undefined) return Promise.reject(refusal);
    if (entries.length === 0) return Promise.resolve(this.lastSequence + 1);
    return new Promise((resolve, reject) => {
      this.#queue.push({ entries, bodyBytes, resolve, reject });
      this.#queuedBytes += bodyBytes;
      this.#draining ??= this.#drain();
    });
  }

  read(fromSequence = 1): IterableIterator<Entry> {
    return readEntries(this.frames(fromSequence), fromSequence);
  }

  frames(fromSequence = 1): IterableIterator<Frame> {
    const { storage, directory } = this.#opening;
    const { segments, lastSequence } = this.#log;
    return readFrames({ storage, directory, segments, lastSequence }, fromSequence);
  }

  newestSnapshot(accept: (label: SnapshotLabel) => boolean = () => true): SnapshotChoice {
    return chooseSnapshot(this.#snapshots, this.lastSequence, accept);
  }

  async writeSnapshot(snapshot: Snapshot): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    if (snapshot.sequence > this.lastSequence) {
      const message = `a snapshot at entry ${snapshot.sequence} is beyond entry ${this.lastSequence}, the last durable one`;
      throw new JournalError('out-of-range', message);
    }
    const saved = this.#saving.then(() => saveSnapshot(this.#snapshots, snapshot));
    this.#saving = saved.catch(() => undefined);
    try {
      await saved;
    } catch (cause) {
      throw unreadable(this.#opening.directory, cause);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    const { directory, unlock } = this.#opening;
    this.#refusal ??= new JournalError('closed', `the journal in ${directory} is closed`);
    await Promise.all([this.#draining, this.#saving]);
    try {
      await this.#log.close();
    } finally {
      unlock();
    }
  }

  #objection(bodyBytes: number): JournalError | undefined {
    if (bodyBytes > FRAME_BYTES_MAX)
      return new JournalError(
        'too-large',
        `${bodyBytes} bytes in one append, over the limit of ${FRAME_BYTES_MAX}: append less at once`,
      );
    const limit = this.#opening.options.queuedBytesMax ?? 64 * MEBIBYTE;
    if (this.#queuedBytes + bodyBytes <= limit || this.#queue.length === 0) return undefined;
    const message = `${this.#queuedBytes} bytes wait for the disk already: try again when some are answered`;
    return new JournalError('overloaded', message);
  }

  async #drain(): Promise<void> {
    // A turn before each frame lets everyone who was just answered join the next group.
    await nextTurn();
    while (this.#queue.length > 0) {
      await this.#commit(this.#takeGroup());
      await nextTurn();
    }
    this.#draining = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { bodyBytes } of this.#queue) {
      if (count > 0 && bytes + bodyBytes > FRAME_BYTES_MAX) break;
      count += 1;
      bytes += bodyBytes;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      let sequence = this.lastSequence + 1;
      const commit = await this.#log.append(entriesOf(group));
      for (const { entries, resolve } of group) {
        resolve(sequence);
        sequence += entries.length;
      }
      this.#opening.options.onCommit?.(commit);
    } catch (cause) {
      this.#fail(cause, group);
    }
  }

  /**
   * No second try: after a failed sync the system may have dropped the pages it could not write.
   */
  #fail(cause: unknown, group: readonly Waiting[]): void {
    const { directory, options } = this.#opening;
    const message =
      `the journal in ${directory} could not be written (${reasonOf(cause)}); what was not answered may ` +
      'or may not be on disk. Stop, mend the disk or free space, and start again';
    const error = new JournalError('failed', message, { cause });
    this.#refusal = error;
    for (const { reject } of [...group, ...this.#queue]) reject(error);
    this.#queue = [];
    this.#queuedBytes = 0;
    options.onFailure?.(error);
  }
}
