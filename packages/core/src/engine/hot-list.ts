/**
 * The hot accounts, in a list without gaps. What an epoch has to know of each lies together in a
 * block of its own, filled from the engine's columns when the account was heated or has changed:
 * weighing a block touches three lines of memory, weighing an account's columns a dozen.
 *
 *   block: balance · standing · count · (lots · cost in atoms · 65,536 × market + rules) × 6
 */
import { isUnitSuspect, NEARLY_ONE, type Tables, type Thresholds } from './lines.ts';
import { CALLED, HEALTHY, NONE, type Engine } from './state.ts';

/** In `places`: the account is cold. */
export const COLD = -1;

const FITS = 6;
const HEAD = 3;
const STRIDE = HEAD + 3 * FITS;
const RULES_MOST = 2 ** 16;
const MARKETS_MOST = 2 ** 15;

/** In a block's count: it is to be filled, or its account does not fit and is weighed in full. */
const STALE = -1;
const UNFIT = -2;

export interface HotList {
  /** Rows of hot accounts. */
  rows: Int32Array;
  count: number;
  /** By account: its place in `rows`, or COLD. */
  places: Int32Array;
  /** One for each of the first places. */
  blocks: Float64Array;
}

/**
 * A list with nobody in it, for so many rows of accounts and with room for so many blocks: to make
 * it in the crash that fills it would call the collector just then.
 */
export function createHotList(accounts: number, blocks: number): HotList {
  const list = {
    rows: new Int32Array(16),
    count: 0,
    places: new Int32Array(accounts).fill(COLD),
    blocks: new Float64Array(0),
  };
  makeBlocks(list, blocks);
  return list;
}

/** Whether an account is in the list. */
export function isHot({ places }: HotList, account: number): boolean {
  return (places[account] ?? COLD) !== COLD;
}

/** Puts an account into the list, or notes that it has changed; whether it is new there. */
export function addHot(list: HotList, account: number): boolean {
  if (account >= list.places.length) widenPlaces(list, account);
  const known = list.places[account] ?? COLD;
  if (known !== COLD) {
    makeStale(list, known);
    return false;
  }
  if (list.count === list.rows.length) {
    const wider = new Int32Array(list.count * 2);
    wider.set(list.rows);
    list.rows = wider;
  }
  list.rows[list.count] = account;
  list.places[account] = list.count;
  makeStale(list, list.count);
  list.count += 1;
  return true;
}

function widenPlaces(list: HotList, account: number): void {
  const { length } = list.places;
  const wider = new Int32Array(Math.max(account + 1, length * 2)).fill(COLD, length);
  wider.set(list.places);
  list.places = wider;
}

function makeStale({ blocks }: HotList, place: number): void {
  const count = place * STRIDE + 2;
  if (count < blocks.length) blocks[count] = STALE;
}

/** Takes an account out; the last one gets its place. */
export function removeHot(list: HotList, account: number): void {
  const { rows, places, blocks } = list;
  const last = list.count - 1;
  const place = places[account] ?? COLD;
  const moved = rows[last] ?? NONE;
  rows[place] = moved;
  places[moved] = place;
  places[account] = COLD;
  list.count = last;
  const from = last * STRIDE;
  if (from < blocks.length) blocks.copyWithin(place * STRIDE, from, from + STRIDE);
  else makeStale(list, place);
}

/** Brings the accounts from a place on into the order of their rows, as memory likes it. */
export function sortFrom(list: HotList, first: number): void {
  const { rows, places, count } = list;
  rows.subarray(first, count).sort();
  for (let place = first; place < count; place += 1) {
    places[rows[place] ?? 0] = place;
    makeStale(list, place);
  }
}

/** Room for blocks for all in the list, but for no more than `most`; what is there is kept. */
export function widenBlocks(list: HotList, most: number): void {
  const { blocks } = list;
  const before = blocks.length / STRIDE;
  if (list.count <= before || before >= most) return;
  makeBlocks(list, Math.min(most, Math.max(2 * before, list.count)));
}

/** Room for so many blocks, those that there are kept. */
function makeBlocks(list: HotList, count: number): void {
  const { blocks } = list;
  const wider = new Float64Array(count * STRIDE);
  wider.set(blocks);
  for (let at = blocks.length; at < wider.length; at += STRIDE) wider[at + 2] = STALE;
  list.blocks = wider;
}

/** Copies what an epoch needs of the account at a place; false when it does not fit a block. */
function fill(engine: Engine, tables: Tables, list: HotList, place: number): boolean {
  const { accounts, positions } = engine;
  const { blocks } = list;
  const account = list.rows[place] ?? 0;
  const head = place * STRIDE;
  let count = 0;
  for (let row = accounts.first[account] ?? NONE; row !== NONE; row = positions.next[row] ?? NONE) {
    if (positions.lots[row] === 0 && positions.standing[row] === HEALTHY) continue;
    if (count === FITS || !fits(engine, tables, row)) {
      blocks[head + 2] = UNFIT;
      return false;
    }
    copyPosition(engine, tables, row, { blocks, at: head + HEAD + 3 * count });
    count += 1;
  }
  blocks[head] = accounts.balance[account] ?? 0;
  blocks[head + 1] = accounts.standing[account] ?? 0;
  blocks[head + 2] = count;
  return true;
}

/** Open, of the pool, its requirement brackets by value, and its indices small enough to pack. */
function fits({ positions }: Engine, tables: Tables, row: number): boolean {
  const rules = positions.rules[row] ?? 0;
  const isPackable = rules < RULES_MOST && (positions.market[row] ?? 0) < MARKETS_MOST;
  const isPlain = positions.lots[row] !== 0 && positions.isolated[row] === 0;
  return isPackable && isPlain && tables.firstLevel[rules] !== NONE;
}

function copyPosition(
  engine: Engine,
  tables: Tables,
  row: number,
  to: { readonly blocks: Float64Array; readonly at: number },
): void {
  const { lots, cost, market: markets, rules } = engine.positions;
  const market = markets[row] ?? 0;
  to.blocks[to.at] = lots[row] ?? 0;
  to.blocks[to.at + 1] = (cost[row] ?? 0) * (tables.costUnit[market] ?? 0);
  to.blocks[to.at + 2] = market * RULES_MOST + (rules[row] ?? 0);
}

/** What a glance at a block says: weigh the account in full, or it is suspect, or how far it is. */
export const UNKNOWN = -1;
export const SUSPECT = -2;

/**
 * Looks at the account at a place: UNKNOWN, SUSPECT, or roughly the share that its marks may move
 * before it becomes so (never less than its certificate would say).
 */
// One loop without calls, as the sweep's: most of an epoch in a crash is spent here.
// oxlint-disable-next-line eslint/complexity
export function glance(
  engine: Engine,
  lines: { readonly tables: Tables; readonly limits: Thresholds },
  list: HotList,
  place: number,
): number {
  const { tables, limits } = lines;
  const { blocks } = list;
  const head = place * STRIDE;
  if (head >= blocks.length) return UNKNOWN;
  const known = blocks[head + 2] ?? UNFIT;
  if (known === UNFIT || (known === STALE && !fill(engine, tables, list, place))) return UNKNOWN;
  const { lotValue, profitSign, firstLevel, lastLevel, from, rate, extra } = tables;
  const end = head + HEAD + 3 * (blocks[head + 2] ?? 0);
  let equity = blocks[head] ?? 0;
  let maintenance = 0;
  let total = 0;
  for (let at = head + HEAD; at < end; at += 3) {
    const packed = blocks[at + 2] ?? 0;
    const market = packed >>> 16;
    const rules = packed & (RULES_MOST - 1);
    const signed = (blocks[at] ?? 0) * (lotValue[market] ?? 0);
    const value = Math.abs(signed);
    let level = firstLevel[rules] ?? NONE;
    const last = lastLevel[rules] ?? NONE;
    while (level < last && value > (from[level + 1] ?? 0)) level += 1;
    equity += (signed - (blocks[at + 1] ?? 0)) * (profitSign[market] ?? 0);
    maintenance += value * (rate[level] ?? 0) + (extra[level] ?? 0);
    total += value;
  }
  const standing = blocks[head + 1] ?? HEALTHY;
  if (total === 0 && standing === HEALTHY) return Infinity;
  if (isUnitSuspect(standing, equity, maintenance, limits)) return SUSPECT;
  if (standing !== CALLED) return (limits.suspect * equity - maintenance) / total;
  const spare = Math.min(NEARLY_ONE * equity - maintenance, maintenance - limits.cleared * equity);
  return spare / total;
}
