/**
 * Reading a whole journal folder and judging it. Nothing is changed here: the verdict on damage is
 * a value, `cut` for a damaged last frame and `halt` for everything else.
 *
 * The bytes after the last frame of a segment are zeros. What is not zero there is damage, and it
 * may be cut only if nothing was written after it: no later segment, no frame header that verifies
 * further on, nothing but zeros behind a frame whose own header verifies, and no synced mark of a
 * frame after it. Frames are written one at a time, each after the sync of the one before, so any
 * of these proves that the damaged frame had been complete.
 */
import { join } from 'node:path';
import { frameBytes, sameBytes, type Link } from './frame.ts';
import { JournalError, reasonOf } from './journal-error.ts';
import {
  parseSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentIndex,
  segmentName,
  type SegmentHeader,
} from './segment.ts';
import { isSnapshotName } from './snapshot.ts';
import type { Storage } from './storage.ts';
import { readMark, type SyncedMark } from './synced-mark.ts';
import { readFrameAt, type Step, type Stop } from './walk.ts';
import { endOfContent, headerAfter, windowOver, type Window } from './window.ts';

/** A place from which frames can be read: what came before, and the offset where to go on. */
export interface Place {
  readonly link: Link;
  readonly offset: number;
}

/** What is known of one segment; the writer keeps the last one up to date. */
export interface SegmentSummary {
  readonly file: string;
  readonly index: number;
  readonly firstSequence: number;
  lastSequence: number;
  frames: number;
  /** Where the last frame ends. */
  usedBytes: number;
  readonly allocatedBytes: number;
  /** Places about every 256 KiB, the first frame's among them. */
  readonly places: Place[];
}

export interface Damage {
  readonly verdict: 'cut' | 'halt';
  readonly file: string;
  readonly offset: number;
  /** Bytes to overwrite when it is cut. */
  readonly bytes: number;
  /** The frame's number in the journal, from 1, and the entry it begins with. */
  readonly frame: number;
  readonly firstSequence: number;
  readonly why: string;
  /** The mark proves that the frame had been synced. */
  readonly knownSynced: boolean;
}

export interface Survey {
  readonly segments: SegmentSummary[];
  frames: number;
  /** The chain's end, and the last sequence of the frame before the last. */
  end: Link;
  before: number;
  journalId: Uint8Array | undefined;
  mark: SyncedMark | 'damaged' | undefined;
  damage: Damage | undefined;
}

const PLACE_SPACING = 1 << 18;
const NO_LINK: Link = { sequence: 0, digest: new Uint8Array(16) };

/** Adds a place when the last one is far enough behind. */
export function notePlace(segment: SegmentSummary, place: Place): void {
  const last = segment.places.at(-1);
  if (last === undefined || place.offset - last.offset >= PLACE_SPACING) segment.places.push(place);
}

/** Reads every frame in `directory`. Throws a `JournalError` coded `unreadable` when it cannot. */
export function surveyJournal(storage: Storage, directory: string): Survey {
  try {
    const names = storage.list(directory);
    const found: Survey = {
      segments: [],
      frames: 0,
      end: NO_LINK,
      before: 0,
      journalId: undefined,
      mark: readMark(storage, directory),
      damage: undefined,
    };
    walkSegments({ storage, directory, found }, names);
    return found;
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}

export function unreadable(place: string, cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause;
  const message = `${place} cannot be read or written (${reasonOf(cause)}): check the folder, its rights and the disk`;
  return new JournalError('unreadable', message, { cause });
}

interface Work {
  readonly storage: Storage;
  readonly directory: string;
  readonly found: Survey;
}

function walkSegments(work: Work, names: readonly string[]): void {
  const { found } = work;
  const indices = names.map(segmentIndex).filter((index) => index !== undefined);
  const count = indices.length;
  for (let index = 1; index <= count && found.damage === undefined; index += 1) {
    if (indices[index - 1] === index) walkSegment(work, index, index === count);
    else halt(found, segmentName(index), 0, 'is missing, and there are segments after it');
  }
  if (count === 0 && names.some(isSnapshotName))
    halt(found, segmentName(1), 0, 'is missing, and there are snapshots of what it held');
  checkMark(found);
}

function walkSegment(work: Work, index: number, isLast: boolean): void {
  const { storage, directory, found } = work;
  const name = segmentName(index);
  const file = storage.open(join(directory, name), 'read');
  try {
    const window = windowOver(file);
    const header = parseSegmentHeader(window.view(0, SEGMENT_HEADER_BYTES));
    if (typeof header === 'string')
      return halt(found, name, 0, `is in a segment whose header ${header}`);
    const misfit = segmentMisfit(found, header, index);
    if (misfit !== undefined) return halt(found, name, 0, misfit);
    walkFrames(found, window, header, isLast);
  } finally {
    file.close();
  }
}

function segmentMisfit(found: Survey, header: SegmentHeader, index: number): string | undefined {
  const { mark } = found;
  found.journalId ??= header.journalId;
  if (mark !== undefined && mark !== 'damaged' && !sameBytes(mark.journalId, header.journalId))
    return 'belongs to another journal than the synced mark beside it';
  if (index === 1) found.end = { sequence: 0, digest: header.journalId };
  if (!sameBytes(header.journalId, found.journalId)) return 'belongs to another journal';
  if (header.index !== index) return `is segment ${header.index} under another name`;
  const due = found.end.sequence + 1;
  if (header.firstSequence !== due)
    return `begins with entry ${header.firstSequence} where entry ${due} is due`;
  return sameBytes(header.before, found.end.digest)
    ? undefined
    : 'does not follow the segment before it';
}

function walkFrames(found: Survey, window: Window, header: SegmentHeader, isLast: boolean): void {
  const segment: SegmentSummary = {
    file: segmentName(header.index),
    index: header.index,
    firstSequence: header.firstSequence,
    lastSequence: found.end.sequence,
    frames: 0,
    usedBytes: SEGMENT_HEADER_BYTES,
    allocatedBytes: header.allocatedBytes,
    places: [],
  };
  found.segments.push(segment);
  let step = readFrameAt(window, segment.usedBytes, found.end);
  while (step.kind === 'frame') {
    takeFrame(found, segment, step);
    if (found.damage !== undefined) return;
    step = readFrameAt(window, segment.usedBytes, found.end);
  }
  judgeEnd({ found, window, segment, isLast }, step);
}

function takeFrame(found: Survey, segment: SegmentSummary, { end, bytes }: Step): void {
  if (contradictsMark(found, end))
    return halt(
      found,
      segment.file,
      segment.usedBytes,
      'is not the frame that was synced in this place',
    );
  notePlace(segment, { link: found.end, offset: segment.usedBytes });
  segment.usedBytes += bytes.length;
  segment.frames += 1;
  segment.lastSequence = end.sequence;
  found.before = found.end.sequence;
  found.end = end;
  found.frames += 1;
}

function contradictsMark({ mark, end: before }: Survey, end: Link): boolean {
  if (mark === undefined || mark === 'damaged') return false;
  const holdsMark = mark.end.sequence > before.sequence && mark.end.sequence <= end.sequence;
  return holdsMark && !sameBytes(mark.end.digest, end.digest);
}

interface EndOfWalk {
  readonly found: Survey;
  readonly window: Window;
  readonly segment: SegmentSummary;
  readonly isLast: boolean;
}

function judgeEnd(walk: EndOfWalk, stop: Stop): void {
  const { found, window, segment, isLast } = walk;
  const at = segment.usedBytes;
  const contentEnd = endOfContent(window, at);
  if (contentEnd === at && window.size === segment.allocatedBytes) return;
  const why = contentEnd === at ? wrongSize(walk) : stop.why;
  const after = isLast ? proofOfMore(walk, stop, contentEnd) : 'there are segments after it';
  if (after !== undefined) return halt(found, segment.file, at, `${why}, and ${after}`);
  setDamage(found, { verdict: 'cut', file: segment.file, offset: at, bytes: contentEnd - at, why });
}

function wrongSize({ window, segment }: EndOfWalk): string {
  return `is not as it was left: the file has ${window.size} bytes and was made with ${segment.allocatedBytes}`;
}

/** Why what stopped the walk was not the last thing written; `undefined` when nothing says so. */
function proofOfMore(walk: EndOfWalk, stop: Stop, contentEnd: number): string | undefined {
  const { window, segment } = walk;
  const at = segment.usedBytes;
  if (window.size > segment.allocatedBytes) return 'the file is longer than it was made';
  if (stop.misplaced) return 'it is whole, so it was moved here';
  if (stop.header !== undefined && contentEnd > at + frameBytes(stop.header))
    return 'there is more after it';
  const next = headerAfter(window, at + 1);
  return next < 0 ? undefined : `there is a frame after it, at byte ${next}`;
}

function checkMark(found: Survey): void {
  const { mark, damage, end } = found;
  if (mark === undefined || mark === 'damaged' || damage?.verdict === 'halt') return;
  const misfit = markMisfit(found, mark);
  if (misfit !== undefined) return halt(found, misfit.file, misfit.offset, misfit.why);
  if (mark.end.sequence <= end.sequence) return;
  if (damage === undefined)
    setDamage(found, { ...chainEnd(found), verdict: 'cut', bytes: 0, why: 'is gone' });
  else found.damage = { ...damage, knownSynced: true };
}

type Misfit = Pick<Damage, 'file' | 'offset' | 'why'>;

/** Why the chain cannot be what the mark was made of; a missing last frame alone is no reason. */
function markMisfit(found: Survey, mark: SyncedMark): Misfit | undefined {
  const { segments, damage, end } = found;
  const place = chainEnd(found);
  if (mark.segment > segments.length)
    return { file: segmentName(mark.segment), offset: 0, why: 'is missing, and it was in use' };
  if (mark.end.sequence <= end.sequence || mark.before === end.sequence) return undefined;
  const why = damage?.why ?? 'is gone';
  return { ...place, why: `${why}, and entries up to ${mark.end.sequence} had been synced` };
}

function chainEnd({ segments }: Survey): Pick<Damage, 'file' | 'offset'> {
  const last = segments.at(-1);
  return { file: last?.file ?? segmentName(1), offset: last?.usedBytes ?? 0 };
}

function halt(found: Survey, file: string, offset: number, why: string): void {
  setDamage(found, { verdict: 'halt', file, offset, bytes: 0, why });
}

type Finding = Pick<Damage, 'verdict' | 'file' | 'offset' | 'bytes' | 'why'>;

function setDamage(found: Survey, finding: Finding): void {
  const { mark, end } = found;
  const knownSynced = mark !== undefined && mark !== 'damaged' && mark.end.sequence > end.sequence;
  const [frame, firstSequence] = [found.frames + 1, end.sequence + 1];
  found.damage = { ...finding, frame, firstSequence, knownSynced };
}

/** The sentence that goes with damage which must not be cut. */
export function haltMessage(directory: string, damage: Damage): string {
  const place = join(directory, damage.file);
  const { frame, firstSequence, offset } = damage;
  return (
    `${place} is damaged at byte ${offset}: frame ${frame} (from entry ${firstSequence}) ${damage.why}. ` +
    'Nothing was changed. Restore the folder from a copy, or read what is left with `journal verify`'
  );
}
