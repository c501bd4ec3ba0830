/**
 * The fleet: every account with a position as one row of columns, and where each floats in the
 * picture. The higher the more spare margin; its size is position value; the place along the water
 * means nothing and never changes.
 */
import type { AccountState, FleetAnswer } from './api.ts';

export interface Fleet {
  readonly answer: FleetAnswer;
  readonly count: number;
  /** What the server knows an account by; its place in the order of opening. */
  readonly number: Uint32Array;
  readonly ratio: Float32Array;
  readonly value: Float32Array;
  /** A place in `STATES`. */
  readonly state: Uint8Array;
  /** A bit for each market of the answer. */
  readonly markets: Uint32Array;
}

export const STATES: readonly AccountState[] = [
  'healthy',
  'margin-call',
  'liquidation',
  'bankrupt',
];

export interface Filter {
  readonly state: AccountState | '';
  readonly market: string;
  /** The least position value, in the settlement asset. */
  readonly least: number;
}

export const EVERYBODY: Filter = { state: '', market: '', least: 0 };

export function readFleet(answer: FleetAnswer): Fleet {
  const { columns, states } = answer;
  const place = states.map((state) => STATES.indexOf(state));
  return {
    answer,
    count: answer.shown,
    number: new Uint32Array(bytesOf(columns.number)),
    ratio: new Float32Array(bytesOf(columns.ratio)),
    value: new Float32Array(bytesOf(columns.value)),
    state: new Uint8Array(bytesOf(columns.state)).map((state) => place[state] ?? 0),
    markets: new Uint32Array(bytesOf(columns.markets)),
  };
}

function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k += 1) bytes[k] = text.charCodeAt(k);
  return bytes.buffer;
}

/** Rows of the accounts that a filter lets through, in the order of the fleet. */
export function rowsOf(fleet: Fleet, filter: Filter): Uint32Array {
  const state = filter.state === '' ? -1 : STATES.indexOf(filter.state);
  const place = fleet.answer.markets.indexOf(filter.market);
  const bit = filter.market === '' ? 0xffffffff : 1 << Math.min(place, 31);
  const rows = new Uint32Array(fleet.count);
  let kept = 0;
  for (let row = 0; row < fleet.count; row += 1) {
    if (state >= 0 && fleet.state[row] !== state) continue;
    if (((fleet.markets[row] ?? 0) & bit) === 0 && filter.market !== '') continue;
    if ((fleet.value[row] ?? 0) < filter.least) continue;
    rows[kept] = row;
    kept += 1;
  }
  return rows.subarray(0, kept);
}

/** How many accounts a row stands for: in a sample a healthy one is there for several. */
export function weightOf(fleet: Fleet, row: number): number {
  return fleet.state[row] === 0 ? fleet.answer.healthyEvery : 1;
}

/** Ratio at the foot of the picture: below the line at 1. */
export const DEEPEST = 1.5;

/**
 * 0 (top of the picture, no maintenance needed) to 1 (its foot, below the line). Stretched by a
 * square root: most accounts are safe and would crowd at the top otherwise.
 */
export function depthOf(ratio: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, ratio / DEEPEST)));
}

/** Ships in the order in which they are painted: the healthy first, of these the large first. */
export interface Ships {
  readonly rows: Uint32Array;
  readonly along: Float32Array;
  readonly depth: Float32Array;
  /** Pixels. */
  readonly radius: Float32Array;
  readonly state: Uint8Array;
}

/** Many are drawn smaller, so that they can be told apart. */
export function muster(fleet: Fleet, rows: Uint32Array, width: number): Ships {
  const crowd = Math.min(1, Math.max(0.4, Math.sqrt(2_500 / Math.max(1, rows.length))));
  const [smallest, largest] = [2.1 * crowd, Math.min(14, width / 55) * Math.sqrt(crowd)];
  let most = 1;
  for (const row of rows) most = Math.max(most, fleet.value[row] ?? 0);
  const radiusOf = (row: number): number =>
    smallest + Math.sqrt((fleet.value[row] ?? 0) / most) * (largest - smallest);
  const order = Float64Array.from(rows, (row) => {
    const rank = Math.floor(((fleet.state[row] ?? 0) + 1 - radiusOf(row) / 32) * 2 ** 20);
    return rank * 2 ** 20 + row;
  }).sort();
  const painted = Uint32Array.from(order, (key) => key % 2 ** 20);
  return {
    rows: painted,
    along: Float32Array.from(painted, (row) => placeOf(fleet.number[row] ?? 0)),
    depth: Float32Array.from(painted, (row) => depthOf(fleet.ratio[row] ?? 0)),
    radius: Float32Array.from(painted, radiusOf),
    state: Uint8Array.from(painted, (row) => fleet.state[row] ?? 0),
  };
}

/** A hash of the number, so that an account keeps its place for ever and on every screen. */
function placeOf(number: number): number {
  let hash = Math.imul(number ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The place in `ships` of the one under the pointer, the one painted last first; −1 for none. */
export function shipAt(ships: Ships, at: Point, place: (ship: number) => Point): number {
  for (let ship = ships.rows.length - 1; ship >= 0; ship -= 1) {
    const { x, y } = place(ship);
    if (Math.hypot(at.x - x, at.y - y) <= (ships.radius[ship] ?? 0) + 3) return ship;
  }
  return -1;
}

/** Places in `ships`, the deepest first: the way of the arrow keys. */
export function deepestFirst(fleet: Fleet, ships: Ships): Uint32Array {
  const places = Uint32Array.from(ships.rows.keys());
  const ratio = (ship: number): number => fleet.ratio[ships.rows[ship] ?? 0] ?? 0;
  return places.sort((a, b) => (ratio(a) === ratio(b) ? a - b : ratio(b) - ratio(a)));
}

const SHARE_PER_FRAME = 0.16;
const NEAR_ENOUGH = 0.0015;

/** Lets ships glide to their depth over some frames; each is known by its number. */
export class Drift {
  #shown = new Float32Array(0);

  /** One frame's step of `ships`, into `depths`; whether another frame is needed. */
  step(fleet: Fleet, ships: Ships, depths: Float32Array, isStill: boolean): boolean {
    this.#grow(fleet);
    const shown = this.#shown;
    let moving = false;
    for (let ship = 0; ship < depths.length; ship += 1) {
      const number = fleet.number[ships.rows[ship] ?? 0] ?? 0;
      const goal = ships.depth[ship] ?? 0;
      const before = shown[number] ?? Number.NaN;
      const left = goal - before;
      const arrives = isStill || Number.isNaN(before) || Math.abs(left) < NEAR_ENOUGH;
      const next = arrives ? goal : before + left * SHARE_PER_FRAME;
      if (!arrives) moving = true;
      shown[number] = next;
      depths[ship] = next;
    }
    return moving;
  }

  #grow({ number }: Fleet): void {
    let most = 0;
    for (const each of number) most = Math.max(most, each);
    if (most < this.#shown.length) return;
    const grown = new Float32Array(2 * most + 1_024).fill(Number.NaN);
    grown.set(this.#shown);
    this.#shown = grown;
  }
}
