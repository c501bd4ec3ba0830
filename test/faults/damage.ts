/**
 * `damage`: a real log opened again after its last 64 records were cut off at each byte, and after
 * each of its bits was flipped. An opening may give a prefix that ends at the damage, when that is
 * in the last frame alone, or halt and name the frame: nothing else.
 */
import {
  FaultyStorage,
  openJournal,
  type Frame,
  type OpenedJournal,
} from '../../packages/plimsoll/src/journal/index.ts';
import { commandOf } from './traffic.ts';

export interface DamageResult {
  readonly kind: 'damage';
  readonly records: number;
  /** Openings of a file that ends at each byte of the last 64 records. */
  readonly truncated: Outcomes;
  /** The same with zeros from that byte on, as a preallocated file has after a torn write. */
  readonly zeroed: Outcomes;
  /** Openings with one bit flipped, each bit of the log in turn. */
  readonly flipped: Outcomes;
  readonly faults: readonly string[];
}

export interface Outcomes {
  openings: number;
  /** Nothing was missing: the changed bytes held nothing. */
  whole: number;
  /** The last frame was cut, and said so. */
  cut: number;
  halted: number;
}

export interface DamageOptions {
  /** Every so many bytes, and for flips every so many bits; 1 is all of them. */
  readonly step: number;
}

const LAST = 64;
const EARLIER = 6;
const SEGMENT_BYTES = 1 << 14;
const SEGMENT = '/j/segment-0000000001.journal';

interface Log {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly segment: Uint8Array;
  readonly frames: readonly Frame[];
  readonly entries: readonly string[];
}

/** Damages the log in every way; the result counts what the openings said. */
export async function damageLogs({ step }: DamageOptions): Promise<DamageResult> {
  const faults: string[] = [];
  const long = await makeLog(EARLIER + LAST);
  const short = await makeLog(LAST);
  const truncated = await each(long, faults, {
    places: placesOf(startOf(long, EARLIER), endOf(long), step),
    change: (bytes, at) => bytes.subarray(0, at),
  });
  const zeroed = await each(long, faults, {
    places: placesOf(startOf(long, EARLIER), endOf(long), step),
    change: (bytes, at) => void bytes.fill(0, at),
  });
  const flipped = await each(short, faults, {
    places: placesOf(0, 8 * endOf(short), step),
    change: (bytes, bit) => void (bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))),
    byteOf: (bit) => bit >> 3,
  });
  return { kind: 'damage', records: LAST, truncated, zeroed, flipped, faults };
}

/** One record a frame, as commands come in one after the other. */
async function makeLog(count: number): Promise<Log> {
  const storage = new FaultyStorage(1);
  const { journal } = await openJournal('/j', { storage, segmentBytes: SEGMENT_BYTES });
  const entries = Array.from({ length: count }, (_, turn) =>
    JSON.stringify({ id: String(turn), ...commandOf(turn % 8, turn).body }),
  );
  for (const entry of entries) await journal.append([Buffer.from(entry)]);
  const frames = [...journal.frames()];
  await journal.close();
  const names = storage.list('/j').map((name) => `/j/${name}`);
  const files = new Map(names.map((name) => [name, storage.bytesOf(name).slice()]));
  return { files, segment: files.get(SEGMENT) ?? new Uint8Array(0), frames, entries };
}

function startOf({ frames }: Log, index: number): number {
  return frames[index]?.offset ?? 0;
}

function endOf({ frames }: Log): number {
  const last = frames.at(-1);
  return last === undefined ? 0 : last.offset + last.bytes;
}

function placesOf(start: number, end: number, step: number): readonly number[] {
  return Array.from({ length: Math.ceil((end - start) / step) }, (_, k) => start + k * step);
}

interface Change {
  readonly places: readonly number[];
  readonly change: (bytes: Uint8Array, place: number) => Uint8Array | void;
  /** The byte that a place is in; by default places are bytes. */
  readonly byteOf?: (place: number) => number;
}

async function each(log: Log, faults: string[], damage: Change): Promise<Outcomes> {
  const { places, change, byteOf = (place) => place } = damage;
  const outcomes: Outcomes = { openings: 0, whole: 0, cut: 0, halted: 0 };
  for (const place of places) {
    const bytes = log.segment.slice();
    const changed = change(bytes, place) ?? bytes;
    const at = firstChange(log.segment, changed, byteOf(place));
    const fault = await open(log, { changed, at }, outcomes);
    if (fault !== undefined) faults.push(`${change.toString().slice(0, 60)} at ${place}: ${fault}`);
  }
  return outcomes;
}

/** From `at` on; what is set to the value that it has is no damage. */
function firstChange(before: Uint8Array, after: Uint8Array, at: number): number {
  let place = at;
  while (place < after.length && after[place] === before[place]) place += 1;
  return place;
}

interface Damaged {
  readonly changed: Uint8Array;
  /** The first byte that may differ. */
  readonly at: number;
}

/** Opens it and counts how that went; what is wrong with it, if anything. */
async function open(
  log: Log,
  { changed, at }: Damaged,
  outcomes: Outcomes,
): Promise<string | void> {
  const storage = new FaultyStorage(1);
  for (const [path, bytes] of log.files) storage.plant(path, path === SEGMENT ? changed : bytes);
  outcomes.openings += 1;
  const opened = await openJournal('/j', { storage, segmentBytes: SEGMENT_BYTES }).catch(
    (error: Error) => error,
  );
  if (opened instanceof Error) {
    outcomes.halted += 1;
    return judgeHalt(log, opened.message, at);
  }
  const fault = judgeOpening(log, opened, at);
  if (opened.report.cut === undefined) outcomes.whole += 1;
  else outcomes.cut += 1;
  await opened.journal.close();
  return fault;
}

/** The frame that holds the byte, from 1; 0 for the segment's header. */
function frameAt({ frames }: Log, at: number): number {
  return frames.filter(({ offset }) => offset <= at).length;
}

function judgeHalt(log: Log, message: string, at: number): string | void {
  const named = Number(/frame (\d+)/.exec(message)?.[1] ?? 0);
  const isNamed = message.includes(SEGMENT.slice(3)) && message.includes('damaged at byte');
  if (!isNamed || (named > 0 && named !== Math.max(1, frameAt(log, at)))) return message;
}

function judgeOpening(log: Log, { journal, report }: OpenedJournal, at: number): string | void {
  const found = Array.from(journal.read(), ({ bytes }) => Buffer.from(bytes).toString());
  const isPrefix = found.every((entry, k) => entry === log.entries[k]);
  if (!isPrefix) return 'entries that were never written';
  if (found.length === log.entries.length) return undefined;
  const isLast = frameAt(log, at) === log.frames.length;
  if (found.length !== log.entries.length - 1 || !isLast) return `${found.length} entries are left`;
  if (report.cut === undefined) return 'the last entry is gone and nothing says so';
}
