/** Walking the frames of one segment: each is verified, and must follow the one before. */
import {
  digestIn,
  frameBytes,
  HEADER_BYTES,
  parseHeader,
  sameBytes,
  verifyFrame,
  type FrameHeader,
  type Link,
} from './frame.ts';
import type { Window } from './window.ts';

/** A frame that verifies and follows. */
export interface Step {
  readonly kind: 'frame';
  readonly header: FrameHeader;
  /** The whole frame, as a view. */
  readonly bytes: Uint8Array;
  readonly end: Link;
}

/** Where no such frame is, and why, in words that follow "frame 7". */
export interface Stop {
  readonly kind: 'stop';
  readonly why: string;
  /** Present when the header verifies, so that the frame's length can be believed. */
  readonly header?: FrameHeader;
  /** It was written whole, but not for this place: no interrupted write does that. */
  readonly misplaced: boolean;
}

/** Reads what lies at `offset` as the frame after `link`. */
export function readFrameAt(window: Window, offset: number, link: Link): Step | Stop {
  const head = window.view(offset, HEADER_BYTES);
  const header = parseHeader(head);
  if (header === undefined) return stop(headerFault(head));
  const misplaced = misplacement(header, link);
  if (misplaced !== undefined) return { ...stop(misplaced), header, misplaced: true };
  const length = frameBytes(header);
  const bytes = window.view(offset, length);
  if (bytes.length < length) return { ...stop('is cut short'), header };
  if (!verifyFrame(bytes)) return { ...stop('fails its digest'), header };
  const sequence = link.sequence + header.count;
  return { kind: 'frame', header, bytes, end: { sequence, digest: digestIn(bytes) } };
}

function stop(why: string): Stop {
  return { kind: 'stop', why, misplaced: false };
}

function headerFault(head: Uint8Array): string {
  return head.length < HEADER_BYTES
    ? 'has a header cut short'
    : 'has a header that fails its checksum';
}

function misplacement(header: FrameHeader, link: Link): string | undefined {
  const due = link.sequence + 1;
  if (header.firstSequence !== due)
    return `begins with entry ${header.firstSequence} where entry ${due} is due`;
  return sameBytes(header.before, link.digest) ? undefined : 'does not follow the frame before it';
}
