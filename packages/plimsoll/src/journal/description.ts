/** Looking at a journal folder without taking or changing it: what it holds and what is wrong. */
import { diskStorage } from './disk-storage.ts';
import { readEntries, readFrames } from './frame-reader.ts';
import type { JournalReader } from './journal.ts';
import { JournalError } from './journal-error.ts';
import { chooseSnapshot, loadSnapshot, snapshotNames, type SnapshotPlace } from './snapshot.ts';
import type { Storage } from './storage.ts';
import { haltMessage, surveyJournal, type Damage, type Survey } from './survey.ts';

export interface SegmentDescription {
  readonly file: string;
  readonly firstSequence: number;
  /** One less than the first when it holds no frame. */
  readonly lastSequence: number;
  readonly frames: number;
  readonly usedBytes: number;
  readonly allocatedBytes: number;
}

export interface SnapshotDescription {
  readonly file: string;
  readonly valid: boolean;
  /** Why it is not valid; empty when it is. */
  readonly why: string;
  readonly sequence?: number;
  readonly codeVersion?: string;
  readonly stateHash?: string;
  readonly bytes?: number;
}

export interface JournalDescription {
  readonly directory: string;
  readonly frames: number;
  readonly entries: number;
  /** Bytes used by headers and frames, without what is preallocated. */
  readonly bytes: number;
  readonly segments: readonly SegmentDescription[];
  readonly snapshots: readonly SnapshotDescription[];
  readonly syncedMark: 'found' | 'missing' | 'damaged';
  /** What an opening would cut, or halt for, with the sentence to print. */
  readonly damage: (Damage & { readonly message: string }) | undefined;
}

/**
 * Reads every frame and snapshot in `directory`. Beside a running writer the last frame may still
 * be on its way and look damaged. Throws a `JournalError` coded `unreadable`.
 */
export function describeJournal(
  directory: string,
  storage: Storage = diskStorage,
): JournalDescription {
  const found = surveyExisting(directory, storage);
  const { mark, damage } = found;
  return {
    directory,
    frames: found.frames,
    entries: found.end.sequence,
    bytes: found.segments.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
    segments: found.segments.map(({ places: _places, index: _index, ...segment }) => segment),
    snapshots: describeSnapshots(placeOf(directory, storage, found)),
    syncedMark: mark === undefined ? 'missing' : mark === 'damaged' ? 'damaged' : 'found',
    damage: damage === undefined ? undefined : { ...damage, message: sentence(directory, damage) },
  };
}

/** A reader of a folder that is not taken, and the damage that reading stops before. */
export interface OfflineJournal {
  readonly reader: JournalReader;
  readonly damage: Damage | undefined;
}

/** Reads a journal without locking, cutting or changing it, up to the first damage. */
export function readJournal(directory: string, storage: Storage = diskStorage): OfflineJournal {
  const found = surveyExisting(directory, storage);
  const { segments, end, damage } = found;
  const lastSequence = end.sequence;
  const reading = { storage, directory, segments, lastSequence };
  const place = placeOf(directory, storage, found);
  const frames = (from = 1): ReturnType<JournalReader['frames']> => readFrames(reading, from);
  const reader: JournalReader = {
    id: Buffer.from(place.journalId).toString('hex'),
    lastSequence,
    frames,
    read: (from = 1) => readEntries(frames(from), from),
    newestSnapshot: (accept = () => true) => chooseSnapshot(place, lastSequence, accept),
  };
  return { reader, damage };
}

function surveyExisting(directory: string, storage: Storage): Survey {
  const found = surveyJournal(storage, directory);
  if (found.segments.length > 0 || found.damage !== undefined) return found;
  const message = `${directory} holds no journal: give the folder that has segment-0000000001.journal in it`;
  throw new JournalError('unreadable', message);
}

function placeOf(directory: string, storage: Storage, found: Survey): SnapshotPlace {
  return { directory, storage, journalId: found.journalId ?? new Uint8Array(0) };
}

function describeSnapshots(place: SnapshotPlace): SnapshotDescription[] {
  return snapshotNames(place.storage, place.directory).map((file) => {
    const snapshot = loadSnapshot(place, file);
    if (typeof snapshot === 'string') return { file, valid: false, why: snapshot };
    const { sequence, codeVersion, stateHash, bytes } = snapshot;
    return { file, valid: true, why: '', sequence, codeVersion, stateHash, bytes: bytes.length };
  });
}

function sentence(directory: string, damage: Damage): string {
  if (damage.verdict === 'halt') return haltMessage(directory, damage);
  return (
    `${directory}/${damage.file}: the last frame (${damage.frame}, from entry ${damage.firstSequence}) ` +
    `at byte ${damage.offset} ${damage.why}; the next start cuts it`
  );
}
