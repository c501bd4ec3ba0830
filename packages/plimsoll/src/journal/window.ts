/**
 * Reading a file front to back in large pieces, and telling zeros from bytes that mean something.
 */
import { HEADER_BYTES, findHeader } from './frame.ts';
import { readUpTo, type StorageFile } from './storage.ts';

const PIECE_BYTES = 1 << 20;
const ZEROS = new Uint8Array(PIECE_BYTES);

/** The bytes of a file up to a fixed end, read ahead. Views stay good: no buffer is used twice. */
export interface Window {
  readonly size: number;
  /** `length` bytes from `position`, fewer when the window ends there. */
  view(position: number, length: number): Uint8Array;
}

export function windowOver(file: StorageFile, size: number = file.size()): Window {
  let start = 0;
  let piece: Uint8Array = new Uint8Array(0);
  return {
    size,
    view(position, wanted) {
      const length = Math.max(0, Math.min(wanted, size - position));
      if (position < start || position + length > start + piece.length) {
        const ahead = Math.max(length, Math.min(PIECE_BYTES, size - position));
        [start, piece] = [position, readUpTo(file, position, Math.max(0, ahead))];
      }
      return piece.subarray(position - start, position - start + length);
    },
  };
}

/** Where the last byte that is not zero ends, at or after `from`; `from` when all are zero. */
export function endOfContent(window: Window, from: number): number {
  let end = from;
  for (let at = from; at < window.size; at += PIECE_BYTES) {
    const piece = window.view(at, PIECE_BYTES);
    if (Buffer.compare(piece, ZEROS.subarray(0, piece.length)) !== 0)
      end = at + lastContent(piece) + 1;
  }
  return end;
}

function lastContent(piece: Uint8Array): number {
  return piece.findLastIndex((byte) => byte !== 0);
}

/** The position of the first frame header that verifies at or after `from`, or −1. */
export function headerAfter(window: Window, from: number): number {
  for (let at = from; at < window.size; at += PIECE_BYTES) {
    // Pieces overlap by a header, so that none is missed at a seam.
    const found = findHeader(window.view(at, PIECE_BYTES + HEADER_BYTES), 0);
    if (found >= 0) return at + found;
  }
  return -1;
}
