/**
 * The fleet: where each account floats in the picture. The higher the more spare margin; its size
 * is position value; the place along the water means nothing and never changes.
 */
import type { AccountRow, AccountState } from './api.ts';

export interface Ship {
  readonly account: string;
  readonly state: AccountState;
  readonly ratio: number;
  /** 0 to 1 along the water. */
  readonly along: number;
  /** 0 (top of the picture, no maintenance needed) to 1 (its foot, below the line). */
  readonly depth: number;
  /** Pixels. */
  readonly radius: number;
}

/** Ratio at the foot of the picture: a little below the line at 1. */
const DEEPEST = 1.5;

const SMALLEST = 2;
const LARGEST_SHARE = 1 / 60;
const LARGEST = 13;

/** Stretched by a square root: most accounts are safe and would crowd at the top otherwise. */
export function depthOf(ratio: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, ratio / DEEPEST)));
}

export function muster(rows: readonly AccountRow[], width: number): Ship[] {
  const largest = rows.reduce((most, row) => Math.max(most, Number(row.positionValue)), 1);
  return rows
    .filter((row) => row.marginRatio !== null && Number(row.positionValue) > 0)
    .map((row) => ship(row, largest, Math.min(LARGEST, width * LARGEST_SHARE)))
    .sort((a, b) => b.radius - a.radius);
}

function ship(row: AccountRow, largest: number, radius: number): Ship {
  const ratio = Number(row.marginRatio);
  const share = Math.sqrt(Number(row.positionValue) / largest);
  return {
    account: row.account,
    state: row.state,
    ratio,
    along: placeOf(row.account),
    depth: depthOf(ratio),
    radius: SMALLEST + share * (radius - SMALLEST),
  };
}

/** A hash of the name (FNV-1a), so that an account keeps its place for ever and on every screen. */
function placeOf(account: string): number {
  let hash = 0x811c9dc5;
  for (const letter of account) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  hash ^= hash >>> 15;
  return (Math.imul(hash, 0x2c1b3c6d) >>> 0) / 0x1_0000_0000;
}

/** The ship under the pointer, the one drawn last (smallest) first. */
export function shipAt(
  ships: readonly Ship[],
  point: { x: number; y: number },
  place: (ship: Ship) => { x: number; y: number },
): Ship | undefined {
  return ships.findLast((candidate) => {
    const { x, y } = place(candidate);
    return Math.hypot(point.x - x, point.y - y) <= candidate.radius + 4;
  });
}
