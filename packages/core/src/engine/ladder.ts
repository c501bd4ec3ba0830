/**
 * Bounds, sorted by price without sorting: per market two ladders of buckets, one for bounds that
 * the mark must not fall below and one for bounds that it must not rise to. A bucket is a chain of
 * keys; placing one and taking it away cost the same however many there are.
 *
 *   heads ─▶ key ⇄ key ⇄ key      key = 2 × position row + side, head = ladder × size + bucket
 *
 * A bound is moved to the edge of its bucket, towards the mark, so that a bucket that the mark has
 * not reached holds no bound that it has passed.
 */
import { NONE } from './state.ts';

/** The side of a bound: the mark must stay at or above it, or below it. */
export const FLOOR = 0;
export const CEILING = 1;
export type Bound = typeof FLOOR | typeof CEILING;

export interface Ladders {
  /** Buckets of a ladder: a power of two. */
  readonly size: number;
  /** By ladder (2 × market + side) and bucket: the first key, or NONE. */
  heads: Int32Array;
  /** By market: ticks that a bucket spans; 0 before the first bound. */
  width: Float64Array;
  /** By market: no key lies in a higher bucket of floors, nor in a lower one of ceilings. */
  highest: Int32Array;
  lowest: Int32Array;
  /** By key, side by side: the key after it, the one before it, its head or NONE, its account. */
  links: Int32Array;
  /** Keys on their way off the ladders. */
  passed: Int32Array;
}

const LINKS = 4;

/** Empty ladders for so many markets, with room for the keys of so many positions. */
export function createLadders(markets: number, size: number, positions: number): Ladders {
  return {
    size,
    heads: new Int32Array(markets * 2 * size).fill(NONE),
    width: new Float64Array(markets),
    highest: new Int32Array(markets).fill(NONE),
    lowest: new Int32Array(markets).fill(size),
    links: new Int32Array(positions * 2 * LINKS).fill(NONE),
    passed: new Int32Array(64),
  };
}

/** Room for the keys of so many positions, keeping those that are placed. */
export function widenLadders(ladders: Ladders, positions: number): void {
  const length = positions * 2 * LINKS;
  if (length > ladders.links.length) ladders.links = widened(ladders.links, length, NONE);
}

/** Empty ladders for markets that came later, up to so many in all. */
export function addLadders(ladders: Ladders, markets: number): void {
  const { size, width } = ladders;
  ladders.heads = widened(ladders.heads, markets * 2 * size, NONE);
  ladders.highest = widened(ladders.highest, markets, NONE);
  ladders.lowest = widened(ladders.lowest, markets, size);
  ladders.width = new Float64Array(markets);
  ladders.width.set(width);
}

function widened(column: Int32Array, length: number, blank: number): Int32Array {
  const wider = new Int32Array(length).fill(blank, column.length);
  wider.set(column);
  return wider;
}

/** The mark of an empty ladder lies in its third part: it can triple before it leaves it. */
const PART = 3;
/** When the mark has fallen to this part of where it was, buckets are too coarse. */
const COARSE = 16;

/**
 * Whether a mark has left the part of a ladder where buckets are fine enough; then its keys are to
 * be taken off and placed anew.
 */
function isOffLadder(ladders: Ladders, market: number, ticks: number): boolean {
  const width = ladders.width[market] ?? 0;
  if (width === 0) return false;
  const bucket = Math.floor(ticks / width);
  const isCoarse = width > 1 && bucket < ladders.size / (PART * COARSE);
  return bucket >= ladders.size - 1 || isCoarse;
}

/** Where a bound is wanted: the market and its mark, the side, and the bound in ticks. */
export interface Wanted {
  readonly market: number;
  readonly mark: number;
  readonly side: Bound;
  readonly ticks: number;
}

/**
 * The bucket for a bound, or NONE when the mark is already in or beyond it. A bound beyond the
 * ladder's end is brought back to it.
 */
export function bucketFor(ladders: Ladders, { market, mark, side, ticks }: Wanted): number {
  let width = ladders.width[market] ?? 0;
  if (width === 0) {
    width = Math.max(1, Math.ceil((mark * PART) / ladders.size));
    ladders.width[market] = width;
  }
  const here = Math.floor(mark / width);
  if (side === FLOOR) {
    const bucket = Math.max(0, Math.ceil(ticks / width));
    return bucket <= here ? bucket : NONE;
  }
  const bucket = Math.min(ladders.size - 1, Math.floor(ticks / width));
  return bucket > here ? bucket : NONE;
}

/** Puts the key of an account's position, which is in no chain, into a bucket. */
export function place(
  ladders: Ladders,
  key: number,
  account: number,
  at: { readonly market: number; readonly bucket: number },
): void {
  const { heads, links, highest, lowest, size } = ladders;
  const { market, bucket } = at;
  const side = key & 1;
  const head = (market * 2 + side) * size + bucket;
  const first = heads[head] ?? NONE;
  links[LINKS * key] = first;
  links[LINKS * key + 1] = NONE;
  links[LINKS * key + 2] = head;
  links[LINKS * key + 3] = account;
  if (first !== NONE) links[LINKS * first + 1] = key;
  heads[head] = key;
  if (side === FLOOR) {
    if (bucket > (highest[market] ?? 0)) highest[market] = bucket;
  } else if (bucket < (lowest[market] ?? 0)) lowest[market] = bucket;
}

/** Takes a key out of its chain, if it is in one. */
export function remove(ladders: Ladders, key: number): void {
  const { heads, links } = ladders;
  const head = links[LINKS * key + 2] ?? NONE;
  if (head === NONE) return;
  const next = links[LINKS * key] ?? NONE;
  const back = links[LINKS * key + 1] ?? NONE;
  if (back === NONE) heads[head] = next;
  else links[LINKS * back] = next;
  if (next !== NONE) links[LINKS * next + 1] = back;
  links[LINKS * key + 2] = NONE;
}

/**
 * Takes off every key whose bound a mark has passed, and all keys of markets whose mark has left
 * the ladder; `taken` is told the account of each, perhaps several times.
 *
 * First heads, then what comes after them: so many chains are followed at a time, and no step has
 * to wait for the memory of the one before.
 */
export function takePassed(
  ladders: Ladders,
  marks: Float64Array,
  taken: (account: number) => void,
): void {
  let count = 0;
  for (let market = 0; market < marks.length; market += 1) {
    const ticks = marks[market] ?? 0;
    if (ladders.width[market] === 0) continue;
    count = isOffLadder(ladders, market, ticks)
      ? takeMarket(ladders, market, count)
      : takeHeads(ladders, market, { ticks, count });
  }
  const { links } = ladders;
  for (let k = 0; k < count; k += 1) {
    const key = ladders.passed[k] ?? 0;
    const next = links[LINKS * key] ?? NONE;
    links[LINKS * key + 2] = NONE;
    if (next !== NONE) count = pass(ladders, next, count);
    taken(links[LINKS * key + 3] ?? 0);
  }
}

function takeHeads(
  ladders: Ladders,
  market: number,
  from: { readonly ticks: number; readonly count: number },
): number {
  const { highest, lowest, size, width } = ladders;
  const here = Math.floor(from.ticks / (width[market] ?? 0));
  let { count } = from;
  let floor = highest[market] ?? NONE;
  for (; floor > here; floor -= 1) count = takeHead(ladders, market * 2 * size + floor, count);
  highest[market] = floor;
  let ceiling = lowest[market] ?? size;
  for (; ceiling <= here && ceiling < size; ceiling += 1) {
    count = takeHead(ladders, (market * 2 + 1) * size + ceiling, count);
  }
  lowest[market] = ceiling;
  return count;
}

/** Takes off every key of a market, and forgets how wide its buckets were. */
function takeMarket(ladders: Ladders, market: number, before: number): number {
  const { size } = ladders;
  let count = before;
  const first = market * 2 * size;
  for (let head = first; head < first + 2 * size; head += 1) count = takeHead(ladders, head, count);
  ladders.width[market] = 0;
  ladders.highest[market] = NONE;
  ladders.lowest[market] = size;
  return count;
}

function takeHead(ladders: Ladders, head: number, count: number): number {
  const key = ladders.heads[head] ?? NONE;
  if (key === NONE) return count;
  ladders.heads[head] = NONE;
  return pass(ladders, key, count);
}

function pass(ladders: Ladders, key: number, count: number): number {
  if (count === ladders.passed.length) ladders.passed = widened(ladders.passed, 2 * count, NONE);
  ladders.passed[count] = key;
  return count + 1;
}

/** Buckets between a mark and the nearest bound of its market, or null without one. */
export function roomOf(ladders: Ladders, market: number, ticks: number): number | null {
  const { width, heads, size } = ladders;
  const span = width[market] ?? 0;
  if (span === 0) return null;
  const here = Math.floor(ticks / span);
  const floors = market * 2 * size;
  const ceilings = floors + size;
  for (let away = 0; away < size; away += 1) {
    const isFloor = here >= away && heads[floors + here - away] !== NONE;
    const isCeiling = here + away < size && heads[ceilings + here + away] !== NONE;
    if (isFloor || isCeiling) return away;
  }
  return null;
}
