/**
 * Reading frames back from segments that were surveyed: verified again, one file open at a time.
 */
import { join } from 'node:path';
import { entriesIn, type Link } from './frame.ts';
import type { Entry, Frame } from './journal.ts';
import { JournalError } from './journal-error.ts';
import type { Storage } from './storage.ts';
import type { Place, SegmentSummary } from './survey.ts';
import { readFrameAt, type Step } from './walk.ts';
import { windowOver } from './window.ts';

/** What may be read: all segments, up to an entry that is durable. */
export interface Reading {
  readonly storage: Storage;
  readonly directory: string;
  readonly segments: readonly SegmentSummary[];
  readonly lastSequence: number;
}

/**
 * The frames from the one that holds `from` on. Throws a `JournalError` as `JournalReader` says.
 */
export function readFrames(reading: Reading, from: number): IterableIterator<Frame> {
  const { lastSequence } = reading;
  if (Number.isSafeInteger(from) && from >= 1 && from <= lastSequence + 1)
    return framesFrom(reading, from);
  const message = `no entry ${from}: the journal holds 1 to ${lastSequence}`;
  throw new JournalError('out-of-range', message);
}

/** The entries from `from` on. */
export function* readEntries(
  frames: IterableIterator<Frame>,
  from: number,
): IterableIterator<Entry> {
  for (const frame of frames) {
    if (frame.firstSequence >= from) yield* frame.entries;
    else yield* frame.entries.slice(from - frame.firstSequence);
  }
}

function* framesFrom(reading: Reading, from: number): IterableIterator<Frame> {
  for (const segment of reading.segments) {
    if (segment.firstSequence > reading.lastSequence) return;
    if (segment.lastSequence >= from) yield* framesOfSegment(reading, segment, from);
  }
}

function* framesOfSegment(
  reading: Reading,
  segment: SegmentSummary,
  from: number,
): IterableIterator<Frame> {
  const last = Math.min(segment.lastSequence, reading.lastSequence);
  const path = join(reading.directory, segment.file);
  const file = reading.storage.open(path, 'read');
  try {
    const window = windowOver(file, segment.usedBytes);
    let place = placeBefore(segment, from);
    while (place.link.sequence < last) {
      const step = readFrameAt(window, place.offset, place.link);
      if (step.kind === 'stop') throw rotten(path, place, step.why);
      if (step.end.sequence >= from) yield frameOf(segment.file, place, step);
      place = { link: step.end, offset: place.offset + step.bytes.length };
    }
  } finally {
    file.close();
  }
}

function placeBefore(segment: SegmentSummary, from: number): Place {
  const place = segment.places.findLast(({ link }) => link.sequence < from) ?? segment.places[0];
  if (place === undefined) throw new Error(`${segment.file} has no frames`);
  return place;
}

function frameOf(file: string, { link, offset }: Place, step: Step): Frame {
  const { bytes, header, end } = step;
  const first = header.firstSequence;
  const entries = entriesIn(bytes, header.count).map((entry, index) => ({
    sequence: first + index,
    bytes: entry,
  }));
  return {
    file,
    offset,
    bytes: bytes.length,
    firstSequence: link.sequence + 1,
    lastSequence: end.sequence,
    digest: hex(end),
    entries,
  };
}

function hex(link: Link): string {
  return Buffer.from(link.digest).toString('hex');
}

function rotten(path: string, place: Place, why: string): JournalError {
  const message =
    `${path} is damaged at byte ${place.offset}: the frame from entry ${place.link.sequence + 1} ${why}, ` +
    'and it was whole when the journal was opened. Check the disk and restore the folder from a copy';
  return new JournalError('damaged', message);
}
