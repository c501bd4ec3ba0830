/**
 * Every account that holds a position as a few numbers in columns, for a picture of all of them:
 * the whole population up to a limit, and a sample by a stated rule above it.
 */
import type { AccountRow } from '@plimsoll/core/engine';
import { stateOf, type AccountState } from './account-list.ts';
import type { PlainObject, Scales } from './present.ts';
import { unitsToNumber } from './scale.ts';
import type { Standing } from './standing.ts';

/** So many dots can be drawn many times a second. */
const MOST = 100_000;

const STATES: readonly AccountState[] = ['healthy', 'margin-call', 'liquidation', 'bankrupt'];
/** The last bit of a whole number stands for every market beyond those with a bit of their own. */
const OTHER_BIT = 31;

interface Ship {
  /** In the order in which accounts were opened, from 0. */
  readonly number: number;
  readonly row: AccountRow;
}

/** How the healthy accounts of the answer stand for all: every so many of them, the first first. */
interface Sampled {
  readonly every: number;
  readonly ships: readonly Ship[];
}

export interface FleetScene {
  readonly scales: Scales;
  readonly markets: readonly string[];
  /** Only these accounts; null: all. */
  readonly allowed: ReadonlySet<string> | null;
  readonly most?: number;
}

/**
 * The columns are little-endian numbers in base64, one of each an account: `number` and `markets`
 * (a bit a market) are unsigned 32 bits, `ratio` and `value` floats of 32 bits, `state` a byte.
 */
export function fleetOf(standing: Standing, scene: FleetScene): PlainObject {
  const afloat = shipsOf(standing.rows, scene.allowed);
  const { every, ships } = sampled(afloat, scene.most ?? MOST);
  const atom = unitsToNumber(1, scene.scales.atom);
  const bits = new Map(scene.markets.map((market, k) => [market, 1 << Math.min(k, OTHER_BIT)]));
  const markets = (row: AccountRow): number =>
    row.markets.reduce((sum, market) => sum | (bits.get(market) ?? 0), 0);
  return {
    sequence: standing.sequence,
    accounts: standing.rows.length,
    total: afloat.length,
    shown: ships.length,
    healthyEvery: every,
    states: STATES,
    markets: scene.markets,
    columns: {
      number: text(Uint32Array.from(ships, (ship) => ship.number)),
      ratio: text(Float32Array.from(ships, ({ row }) => row.marginRatio ?? 0)),
      value: text(Float32Array.from(ships, ({ row }) => row.valueAtoms * atom)),
      state: text(Uint8Array.from(ships, ({ row }) => STATES.indexOf(nameOf(row)))),
      markets: text(Uint32Array.from(ships, ({ row }) => markets(row))),
    },
  };
}

function nameOf(row: AccountRow): AccountState {
  return stateOf(row.state, row.equityAtoms);
}

function shipsOf(rows: readonly AccountRow[], allowed: ReadonlySet<string> | null): Ship[] {
  return rows.flatMap((row, number) =>
    row.valueAtoms > 0 && (allowed === null || allowed.has(row.account)) ? [{ number, row }] : [],
  );
}

/** The troubled come first, worst ratios first; the healthy fill what room is left. */
function sampled(ships: readonly Ship[], most: number): Sampled {
  if (ships.length <= most) return { every: 1, ships };
  const troubled = ships
    .filter(({ row }) => nameOf(row) !== 'healthy')
    .toSorted((a, b) => (b.row.marginRatio ?? 0) - (a.row.marginRatio ?? 0));
  const healthy = ships.filter(({ row }) => nameOf(row) === 'healthy');
  const room = Math.max(1, most - troubled.length);
  const every = Math.max(1, Math.ceil(healthy.length / room));
  const kept = healthy.filter((_, k) => k % every === 0);
  return { every, ships: [...troubled.slice(0, most - Math.min(room, kept.length)), ...kept] };
}

function text(column: Uint32Array | Float32Array | Uint8Array): string {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64');
}
