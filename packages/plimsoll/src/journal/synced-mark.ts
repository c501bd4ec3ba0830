/**
 * The synced mark: a small file that says how far the journal was known to be synced. It is
 * written after every sync and before anyone is answered, but not synced itself: it may lag after
 * a loss of power, and is never ahead. With it a tail that vanished without a trace is seen.
 *
 *   0 magic 8 · 8 segment 4 · 12 zero 4 · 16 last sequence 8 · 24 sequence before that frame 8
 *   32 digest of that frame 16 · 48 journal id 16 · 64 crc32 of these 64
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Link } from './frame.ts';
import { readUpTo, writeFully, type Storage, type StorageFile } from './storage.ts';

export const MARK_FILE = 'synced.mark';
const MAGIC = 'PLIMMARK';
const MARK_BYTES = 68;
const CHECKED_BYTES = 64;

export interface SyncedMark {
  /** The index of the segment that holds the last synced frame. */
  readonly segment: number;
  /** The end of that frame. */
  readonly end: Link;
  /** The last sequence of the frame before it. */
  readonly before: number;
  readonly journalId: Uint8Array;
}

/** The mark in `directory`; `undefined` when there is none, `'damaged'` when it does not verify. */
export function readMark(storage: Storage, directory: string): SyncedMark | 'damaged' | undefined {
  if (!storage.list(directory).includes(MARK_FILE)) return undefined;
  const file = storage.open(join(directory, MARK_FILE), 'read');
  try {
    return parseMark(readUpTo(file, 0, MARK_BYTES));
  } finally {
    file.close();
  }
}

function parseMark(bytes: Uint8Array): SyncedMark | 'damaged' {
  if (bytes.length < MARK_BYTES) return 'damaged';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(CHECKED_BYTES, true) !== crc32(bytes.subarray(0, CHECKED_BYTES)))
    return 'damaged';
  return {
    segment: view.getUint32(8, true),
    end: { sequence: Number(view.getBigUint64(16, true)), digest: bytes.slice(32, 48) },
    before: Number(view.getBigUint64(24, true)),
    journalId: bytes.slice(48, 64),
  };
}

/** Opens the mark for writing, making the file when there is none. */
export function openMark(storage: Storage, directory: string): StorageFile {
  const exists = storage.list(directory).includes(MARK_FILE);
  return storage.open(join(directory, MARK_FILE), exists ? 'write' : 'create');
}

export function writeMark(file: StorageFile, mark: SyncedMark): void {
  const bytes = new Uint8Array(MARK_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(MAGIC, 'latin1'), 0);
  view.setUint32(8, mark.segment, true);
  view.setBigUint64(16, BigInt(mark.end.sequence), true);
  view.setBigUint64(24, BigInt(mark.before), true);
  bytes.set(mark.end.digest, 32);
  bytes.set(mark.journalId, 48);
  view.setUint32(CHECKED_BYTES, crc32(bytes.subarray(0, CHECKED_BYTES)), true);
  writeFully(file, bytes, 0);
}
