/**
 * The writing end: frames go into the current segment, a full one is followed by the next, which
 * is filled with zeros beforehand so that a sync writes data and no file metadata.
 */
import { join } from 'node:path';
import { bodyBytesOf, encodeFrame, FRAME_OVERHEAD, type Link } from './frame.ts';
import type { Commit } from './journal.ts';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, segmentName } from './segment.ts';
import { nextTurn, writeFully, type Storage, type StorageFile } from './storage.ts';
import { notePlace, type SegmentSummary } from './survey.ts';
import { writeMark } from './synced-mark.ts';

const PIECE = new Uint8Array(1 << 20);
const SYNC_SPACING = 8 * PIECE.length;
const SPARE_FILE = 'next-segment.tmp';

/** A folder with the chain's end, from which writing goes on. */
export interface WritingPlace {
  readonly storage: Storage;
  readonly directory: string;
  readonly journalId: Uint8Array;
  readonly segmentBytes: number;
  readonly segments: SegmentSummary[];
  readonly mark: StorageFile;
  readonly end: Link;
  readonly before: number;
}

interface Spare {
  readonly file: StorageFile;
  readonly bytes: number;
}

/** Appends frames durably, one at a time. After any throw it must not be used again. */
export class SegmentLog {
  readonly segments: SegmentSummary[];
  readonly #place: WritingPlace;
  #end: Link;
  #file: StorageFile | undefined;
  #spare: Promise<Spare> | undefined;
  #scratch: Uint8Array = new Uint8Array(1 << 16);

  constructor(place: WritingPlace) {
    this.#place = place;
    this.segments = place.segments;
    this.#end = place.end;
    const last = place.segments.at(-1);
    if (last !== undefined)
      this.#file = place.storage.open(join(place.directory, last.file), 'write');
  }

  /** The last durable entry. */
  get lastSequence(): number {
    return this.#end.sequence;
  }

  /** Makes the first segment of a new journal; nothing when there is one. */
  async begin(): Promise<void> {
    if (this.segments.length === 0) await this.#nextSegment(0);
  }

  /** Writes `entries` as one frame; durable when it resolves. */
  async append(entries: readonly Uint8Array[]): Promise<Commit> {
    const bytes = FRAME_OVERHEAD + bodyBytesOf(entries);
    if (this.#room() < bytes) await this.#nextSegment(bytes);
    const frame = this.#scratchOf(bytes);
    const end = encodeFrame(frame, entries, this.#end);
    const { file, segment } = this.#current();
    writeFully(file, frame, segment.usedBytes);
    const begun = performance.now();
    await file.sync();
    const syncMs = performance.now() - begun;
    this.#advance(segment, bytes, end);
    this.#prepareSpare(segment);
    return { entries: entries.length, bytes, syncMs };
  }

  /** Closes the files. A spare segment that was not needed is removed. */
  async close(): Promise<void> {
    this.#file?.close();
    this.#place.mark.close();
    const spare = await this.#spare?.catch(() => undefined);
    spare?.file.close();
    if (spare !== undefined) this.#place.storage.remove(this.#sparePath());
  }

  #advance(segment: SegmentSummary, bytes: number, end: Link): void {
    const { mark, journalId } = this.#place;
    const before = this.#end.sequence;
    writeMark(mark, { segment: segment.index, end, before, journalId });
    notePlace(segment, { link: this.#end, offset: segment.usedBytes });
    segment.usedBytes += bytes;
    segment.frames += 1;
    segment.lastSequence = end.sequence;
    this.#end = end;
  }

  #current(): { file: StorageFile; segment: SegmentSummary } {
    const segment = this.segments.at(-1);
    if (this.#file === undefined || segment === undefined) throw new Error('no segment is open');
    return { file: this.#file, segment };
  }

  #room(): number {
    const { segment } = this.#current();
    return segment.allocatedBytes - segment.usedBytes;
  }

  #scratchOf(bytes: number): Uint8Array {
    if (this.#scratch.length < bytes) this.#scratch = new Uint8Array(2 * bytes);
    return this.#scratch.subarray(0, bytes);
  }

  #sparePath(): string {
    return join(this.#place.directory, SPARE_FILE);
  }

  #prepareSpare(segment: SegmentSummary): void {
    if (this.#spare !== undefined || segment.usedBytes * 2 < segment.allocatedBytes) return;
    this.#spare = this.#makeSpare(this.#place.segmentBytes);
    // Whoever needs the spare meets its failure then, and tries once more.
    this.#spare.catch(() => undefined);
  }

  async #makeSpare(bytes: number): Promise<Spare> {
    const file = this.#place.storage.open(this.#sparePath(), 'create');
    try {
      await fillWithZeros(file, 0, bytes);
      await file.sync();
      return { file, bytes };
    } catch (cause) {
      file.close();
      throw cause;
    }
  }

  async #takeSpare(needed: number): Promise<Spare> {
    const spare = await this.#spare?.catch(() => undefined);
    this.#spare = undefined;
    if (spare !== undefined && spare.bytes >= needed) return spare;
    spare?.file.close();
    return this.#makeSpare(Math.max(needed, this.#place.segmentBytes));
  }

  async #nextSegment(frameBytes: number): Promise<void> {
    const { storage, directory, journalId } = this.#place;
    const index = this.segments.length + 1;
    const spare = await this.#takeSpare(SEGMENT_HEADER_BYTES + frameBytes);
    const firstSequence = this.#end.sequence + 1;
    const [allocatedBytes, before] = [spare.bytes, this.#end.digest];
    const header = { index, allocatedBytes, firstSequence, journalId, before };
    writeFully(spare.file, encodeSegmentHeader(header), 0);
    await spare.file.sync();
    const name = segmentName(index);
    storage.rename(this.#sparePath(), join(directory, name));
    await storage.syncDirectory(directory);
    this.#file?.close();
    this.#file = spare.file;
    this.segments.push(freshSummary(name, index, { firstSequence, allocatedBytes }));
  }
}

function freshSummary(
  file: string,
  index: number,
  { firstSequence, allocatedBytes }: { firstSequence: number; allocatedBytes: number },
): SegmentSummary {
  return {
    file,
    index,
    firstSequence,
    lastSequence: firstSequence - 1,
    frames: 0,
    usedBytes: SEGMENT_HEADER_BYTES,
    allocatedBytes,
    places: [],
  };
}

/**
 * Writes zeros from `start` up to `end`, with a turn of the event loop between the pieces and a
 * sync now and then, lest one large sync hold up those of the frames.
 */
export async function fillWithZeros(file: StorageFile, start: number, end: number): Promise<void> {
  for (let at = start; at < end; at += PIECE.length) {
    writeFully(file, PIECE.subarray(0, Math.min(PIECE.length, end - at)), at);
    if ((at - start) % SYNC_SPACING === 0) await file.sync();
    else await nextTurn();
  }
}
