/** What can be asked of an account: the changes as they are written, and the keys of each. */
import type { DecimalLike } from '../units/index.ts';
import type { PositionChoice } from './explain.ts';
import type { WrittenSchedule } from './written-schedule.ts';

/**
 * An order that fills. It reduces a position of the other side in its market and margin mode and
 * opens what is left over; with both sides there, `positionSide` says which one is meant.
 */
export interface FillChange {
  readonly kind: 'fill';
  readonly market: string;
  readonly side: 'buy' | 'sell';
  /** Contracts, above 0. */
  readonly size: DecimalLike;
  readonly price: DecimalLike;
  readonly positionSide?: 'long' | 'short' | undefined;
  /** By default that of the market's positions, else cross. */
  readonly marginMode?: 'cross' | 'isolated' | undefined;
  /** Of a new position; an old one keeps its own. */
  readonly leverage?: DecimalLike | undefined;
  /** What an isolated position takes from the pool; by default value / leverage. */
  readonly margin?: DecimalLike | undefined;
  /** Of the value; by default the market's taker fee, else 0. */
  readonly feeRate?: DecimalLike | undefined;
  /** The mark where the market has no position yet; by default the price of the fill. */
  readonly markPrice?: DecimalLike | undefined;
}

/** One of the document's orders fills at its own price and leaves the list. */
export interface OrderChange {
  readonly kind: 'order';
  /** Its index in `orders`. */
  readonly order: number;
  readonly feeRate?: DecimalLike | undefined;
}

/** Collateral that comes in or goes out; by default in the settlement asset. */
export interface DepositChange {
  readonly kind: 'deposit' | 'withdrawal';
  readonly amount: DecimalLike;
  readonly asset?: string | undefined;
}

/** Added from outside to an isolated margin, or to the funding that a position owes. */
export interface AmountChange {
  readonly kind: 'margin' | 'funding';
  readonly position?: PositionChoice | undefined;
  /** Below 0 it is taken out. */
  readonly amount: DecimalLike;
}

/** Another leverage: of an isolated position, whose margin follows, or of a market's cross ones. */
export interface LeverageChange {
  readonly kind: 'leverage';
  readonly position?: PositionChoice | undefined;
  readonly leverage: DecimalLike;
}

/** From the pool to a margin of its own, or back. */
export interface ModeChange {
  readonly kind: 'margin-mode';
  readonly position?: PositionChoice | undefined;
  readonly marginMode: 'cross' | 'isolated';
  /** What it takes from the pool; by default value at entry / leverage. */
  readonly isolatedMargin?: DecimalLike | undefined;
}

/** Other marks; collateral that is tied to a market moves in proportion. */
export interface PricesChange {
  readonly kind: 'prices';
  readonly prices: Readonly<Record<string, DecimalLike>>;
}

/** Another maintenance schedule for one market. */
export interface TiersChange {
  readonly kind: 'tiers';
  readonly market: string;
  readonly schedule: WrittenSchedule;
}

export type Change =
  | FillChange
  | OrderChange
  | DepositChange
  | AmountChange
  | LeverageChange
  | ModeChange
  | PricesChange
  | TiersChange;

const KINDS_AND_KEYS: Readonly<Record<Change['kind'], readonly string[]>> = {
  fill: [
    'market',
    'side',
    'size',
    'price',
    'positionSide',
    'marginMode',
    'leverage',
    'margin',
    'feeRate',
    'markPrice',
  ],
  order: ['order', 'feeRate'],
  deposit: ['amount', 'asset'],
  withdrawal: ['amount', 'asset'],
  margin: ['position', 'amount'],
  funding: ['position', 'amount'],
  leverage: ['position', 'leverage'],
  'margin-mode': ['position', 'marginMode', 'isolatedMargin'],
  prices: ['prices'],
  tiers: ['market', 'schedule'],
};

export const CHANGE_KINDS: readonly Change['kind'][] = Object.keys(
  KINDS_AND_KEYS,
) as Change['kind'][];

/** The keys that a change of this kind may have. */
export function changeKeys(kind: Change['kind']): ReadonlySet<string> {
  return new Set(['kind', ...KINDS_AND_KEYS[kind]]);
}
