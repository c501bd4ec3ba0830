/**
 * An account as `check` reckons with it: every number exact, every default filled in, every rule
 * resolved. It is made from a document by `readAccount` and never by hand.
 */
import type { Rational } from '../units/index.ts';
import type { RuleUsed } from './rulebook.ts';
import type { Market } from './rules.ts';

/** Why a document was not reckoned: the place in it, and what to do there. */
export interface Refusal {
  readonly path: string;
  readonly message: string;
}

export interface Position {
  readonly market: Market;
  /** 1 for a long, −1 for a short. */
  readonly side: 1 | -1;
  readonly size: Rational;
  readonly entryPrice: Rational;
  readonly markPrice: Rational;
  readonly leverage: Rational;
  /** The collateral of an isolated position; null for a cross one. */
  readonly isolatedMargin: Rational | null;
  /** Above 0 is owed. */
  readonly unpaidFunding: Rational;
  /** The day on which it was opened; null: on the document's. */
  readonly openedAt: string | null;
}

export interface Collateral {
  readonly asset: string;
  /** min(amount·price·weight, amount·price), at the price given. */
  readonly value: Rational;
  readonly price: Rational;
  /** The market whose price moves this asset's price in proportion. */
  readonly market: string | null;
}

export interface Order {
  readonly market: Market;
  /** 1 buys, −1 sells. */
  readonly side: 1 | -1;
  readonly size: Rational;
  readonly price: Rational;
  readonly reduceOnly: boolean;
}

/** A call at maintenance with a deadline. */
export interface CallPolicy {
  readonly restoreTo: 'initial' | 'maintenance';
  /** Forced close when equity falls under this share of maintenance; null: only the deadline. */
  readonly liquidateBelow: Rational | null;
}

export interface Account {
  readonly collateral: readonly Collateral[];
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
  readonly marginCallAt: Rational | null;
  readonly call: CallPolicy | null;
  /** The rulebook's rules that it comes under; null when the document brings its own. */
  readonly rules: readonly RuleUsed[] | null;
}
