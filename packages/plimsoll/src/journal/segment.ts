/**
 * A segment: one preallocated file of zeros, filled from the front with a header and frames.
 *
 *   0 magic 8 · 8 version 4 · 12 index 4 · 16 allocated bytes 8 · 24 first sequence 8
 *   32 journal id 16 · 48 digest of the last frame before this segment 16 · 64 crc32 of these 64
 */
import { crc32 } from 'node:zlib';
import { DIGEST_BYTES } from './frame.ts';

export const SEGMENT_HEADER_BYTES = 68;
const CHECKED_BYTES = 64;
const MAGIC = 'PLIMSEG\n';
const VERSION = 1;
const NAME = /^segment-(\d{10})\.journal$/;

/** What the head of a segment says. The chain of the first segment begins with the journal's id. */
export interface SegmentHeader {
  /** 1 for the first. */
  readonly index: number;
  readonly allocatedBytes: number;
  readonly firstSequence: number;
  readonly journalId: Uint8Array;
  readonly before: Uint8Array;
}

export function segmentName(index: number): string {
  return `segment-${String(index).padStart(10, '0')}.journal`;
}

/** The index in a segment's name, or `undefined` for another file's name. */
export function segmentIndex(name: string): number | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(MAGIC, 'latin1'), 0);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.index, true);
  view.setBigUint64(16, BigInt(header.allocatedBytes), true);
  view.setBigUint64(24, BigInt(header.firstSequence), true);
  bytes.set(header.journalId, 32);
  bytes.set(header.before, 32 + DIGEST_BYTES);
  view.setUint32(CHECKED_BYTES, crc32(bytes.subarray(0, CHECKED_BYTES)), true);
  return bytes;
}

/** The header of a segment, or why it is none, in words that follow "its header". */
export function parseSegmentHeader(bytes: Uint8Array): SegmentHeader | string {
  if (bytes.length < SEGMENT_HEADER_BYTES) return 'is cut short';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (magic !== MAGIC) return 'is not that of a journal segment';
  if (view.getUint32(CHECKED_BYTES, true) !== crc32(bytes.subarray(0, CHECKED_BYTES)))
    return 'fails its checksum';
  const version = view.getUint32(8, true);
  if (version !== VERSION) return `has version ${version}, and this program reads ${VERSION}`;
  return {
    index: view.getUint32(12, true),
    allocatedBytes: Number(view.getBigUint64(16, true)),
    firstSequence: Number(view.getBigUint64(24, true)),
    journalId: bytes.slice(32, 48),
    before: bytes.slice(48, 64),
  };
}
