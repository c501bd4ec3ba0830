/**
 * Snapshot files: a state with the sequence it stands at, written beside the journal and never
 * instead of it. A file appears under its name only when it is complete and synced.
 *
 *   0 magic 8 · 8 version 4 · 12 code version length 4 · 16 state hash length 4 · 20 zero 4
 *   24 sequence 8 · 32 bytes length 8 · 40 journal id 16 · 56 code version · state hash · bytes
 *   sha256 of all before 32
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sameBytes } from './frame.ts';
import type { Snapshot, SnapshotChoice, SnapshotLabel, SkippedSnapshot } from './journal.ts';
import { nextTurn, readUpTo, writeFully, type Storage, type StorageFile } from './storage.ts';

const HEADER_BYTES = 56;
const DIGEST_BYTES = 32;
const PIECE_BYTES = 1 << 20;
const MAGIC = 'PLIMSNAP';
const VERSION = 1;
const KEPT = 2;
const NAME = /^snapshot-(\d{16})\.snapshot$/;
const TEMPORARY = 'snapshot.tmp';

export function snapshotName(sequence: number): string {
  return `snapshot-${String(sequence).padStart(16, '0')}.snapshot`;
}

export function isSnapshotName(name: string): boolean {
  return NAME.test(name);
}

/** A folder of snapshots that belong to one journal. */
export interface SnapshotPlace {
  readonly storage: Storage;
  readonly directory: string;
  readonly journalId: Uint8Array;
}

/** Writes a snapshot durably under its name, then removes all but the newest two. */
export async function saveSnapshot(place: SnapshotPlace, snapshot: Snapshot): Promise<void> {
  const { storage, directory } = place;
  const temporary = join(directory, TEMPORARY);
  const file = storage.open(temporary, 'create');
  try {
    await writePieces(file, encodeHead(place, snapshot), snapshot.bytes);
    await file.sync();
  } finally {
    file.close();
  }
  storage.rename(temporary, join(directory, snapshotName(snapshot.sequence)));
  await storage.syncDirectory(directory);
  for (const name of snapshotNames(storage, directory).slice(KEPT))
    storage.remove(join(directory, name));
}

function encodeHead(place: SnapshotPlace, snapshot: Snapshot): Uint8Array {
  const code = Buffer.from(snapshot.codeVersion, 'utf8');
  const state = Buffer.from(snapshot.stateHash, 'utf8');
  const head = new Uint8Array(HEADER_BYTES + code.length + state.length);
  const view = new DataView(head.buffer);
  head.set(Buffer.from(MAGIC, 'latin1'), 0);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, code.length, true);
  view.setUint32(16, state.length, true);
  view.setBigUint64(24, BigInt(snapshot.sequence), true);
  view.setBigUint64(32, BigInt(snapshot.bytes.length), true);
  head.set(place.journalId, 40);
  head.set(code, HEADER_BYTES);
  head.set(state, HEADER_BYTES + code.length);
  return head;
}

/** In pieces with a turn between them: a large state must not hold up the journal's answers. */
async function writePieces(file: StorageFile, head: Uint8Array, body: Uint8Array): Promise<void> {
  const sum = createHash('sha256').update(head);
  writeFully(file, head, 0);
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    const piece = body.subarray(at, at + PIECE_BYTES);
    sum.update(piece);
    writeFully(file, piece, head.length + at);
    await nextTurn();
  }
  writeFully(file, sum.digest(), head.length + body.length);
}

/** The names of all snapshots, newest first. */
export function snapshotNames(storage: Storage, directory: string): string[] {
  return storage.list(directory).filter(isSnapshotName).reverse();
}

/** A snapshot file's content, or why it cannot be used, in words that follow its name. */
export function loadSnapshot(place: SnapshotPlace, name: string): Snapshot | string {
  try {
    return parseSnapshot(place, name, readWhole(place.storage, join(place.directory, name)));
  } catch (cause) {
    return `cannot be read (${String(cause)})`;
  }
}

function readWhole(storage: Storage, path: string): Uint8Array {
  const file = storage.open(path, 'read');
  try {
    return readUpTo(file, 0, file.size());
  } finally {
    file.close();
  }
}

function parseSnapshot(place: SnapshotPlace, name: string, all: Uint8Array): Snapshot | string {
  const end = all.length - DIGEST_BYTES;
  if (end < HEADER_BYTES) return 'is cut short';
  const content = all.subarray(0, end);
  if (!sameBytes(createHash('sha256').update(content).digest(), all.subarray(end)))
    return 'fails its checksum';
  const view = new DataView(all.buffer, all.byteOffset, end);
  if (view.getUint32(8, true) !== VERSION) return 'has a version that this program does not read';
  if (!sameBytes(all.subarray(40, HEADER_BYTES), place.journalId))
    return 'belongs to another journal';
  const sequence = Number(view.getBigUint64(24, true));
  if (name !== snapshotName(sequence)) return `is that of entry ${sequence} under another name`;
  const codeEnd = HEADER_BYTES + view.getUint32(12, true);
  const stateEnd = codeEnd + view.getUint32(16, true);
  return {
    sequence,
    codeVersion: Buffer.from(all.subarray(HEADER_BYTES, codeEnd)).toString('utf8'),
    stateHash: Buffer.from(all.subarray(codeEnd, stateEnd)).toString('utf8'),
    bytes: all.subarray(stateEnd, end),
  };
}

/** The newest snapshot that is valid, not beyond `lastSequence`, and wanted by `accept`. */
export function chooseSnapshot(
  place: SnapshotPlace,
  lastSequence: number,
  accept: (label: SnapshotLabel) => boolean,
): SnapshotChoice {
  const skipped: SkippedSnapshot[] = [];
  for (const file of snapshotNames(place.storage, place.directory)) {
    const snapshot = loadSnapshot(place, file);
    const why = typeof snapshot === 'string' ? snapshot : objection(snapshot, lastSequence, accept);
    if (typeof snapshot !== 'string' && why === undefined) return { snapshot, skipped };
    skipped.push({ file, why: why ?? '' });
  }
  return { snapshot: undefined, skipped };
}

function objection(
  { sequence, codeVersion, stateHash }: Snapshot,
  lastSequence: number,
  accept: (label: SnapshotLabel) => boolean,
): string | undefined {
  if (sequence > lastSequence) return `is beyond entry ${lastSequence}, the journal's last`;
  return accept({ sequence, codeVersion, stateHash }) ? undefined : 'was not wanted';
}

/**
 * Renames the snapshots of entries that the journal no longer holds, lest they be taken for the
 * state after other entries that will bear the same numbers. The answer names them.
 */
export async function setAsideBeyond(
  storage: Storage,
  directory: string,
  lastSequence: number,
): Promise<readonly string[]> {
  const beyond = snapshotNames(storage, directory).filter(
    (name) => Number(NAME.exec(name)?.[1]) > lastSequence,
  );
  for (const name of beyond)
    storage.rename(join(directory, name), join(directory, `${name}.set-aside`));
  if (beyond.length > 0) await storage.syncDirectory(directory);
  return beyond.map((name) => `${name}.set-aside`);
}
