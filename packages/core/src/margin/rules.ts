/**
 * The grammar in which a market's rules are said: what a position must hold, on which value, and
 * when it is closed. Venues differ in data written in this grammar, never in code.
 */
import type { Rational } from '../units/index.ts';

/** What a level or a rate looks at: the value in the settlement asset, or the size in contracts. */
export type By = 'value' | 'size';

/** From this value or size on (above an edge, not on it), `rate` applies. */
export interface Level {
  readonly from: Rational;
  readonly rate: Rational;
}

/** What a position of value V and size Q must hold; see `requirement` for each formula. */
export type Schedule =
  | { readonly kind: 'flat'; readonly rate: Rational }
  | { readonly kind: 'brackets' | 'steps'; readonly by: By; readonly levels: readonly Level[] }
  | {
      readonly kind: 'linear';
      readonly by: By;
      readonly base: Rational;
      readonly perUnit: Rational;
    }
  | {
      readonly kind: 'power';
      readonly by: By;
      readonly base: Rational;
      readonly factor: Rational;
      readonly exponent: Rational;
      readonly offset: Rational;
    }
  | { readonly kind: 'per-unit'; readonly amount: Rational }
  | { readonly kind: 'max'; readonly of: readonly Schedule[] };

/** Where the closing fee inside the requirement is reckoned. */
export type ClosingFeeAt = 'mark' | 'bankruptcy' | 'leverage';

/** `below`: closed when equity < requirement; `at-or-below`: when equity ≤ requirement. */
export type Trigger = 'below' | 'at-or-below';

/**
 * How a long and a short of one market in the cross pool are reckoned: each alone, in the level
 * that their `sum` is in, only the `larger` of them, or both at the rate that the larger pays.
 */
export type Hedge = 'separate' | 'sum' | 'larger' | 'rate-of-larger';

/** How the open orders of one market of the cross pool count. */
export interface OrderRule {
  /** All of them, or only the side, buys or sells, that must hold more. */
  readonly count: 'all' | 'worse-side';
  /**
   * Inside maintenance: not at all; their initial margin; each alone, as if filled at its price; or
   * what they would add to the requirement of the cross position on their side, in the level of
   * both together.
   */
  readonly maintenance: 'none' | 'initial' | 'alone' | 'with-position';
}

/** How a liquidation price is brought to the tick. */
export type PriceRounding = 'none' | 'toward-entry' | 'nearest' | 'up' | 'down';

/** What shorts must hold: the larger of the schedule and of marginal levels of a unit's price. */
export interface ShortRule {
  readonly schedule: Schedule;
  readonly byPrice: readonly Level[];
}

/** One market's rules, complete. */
export interface Market {
  readonly name: string;
  readonly contract: 'linear' | 'inverse';
  /** Base units a contract (linear) or quote units a contract (inverse); above 0. */
  readonly unit: Rational;
  readonly tick: Rational | null;
  readonly basis: 'mark' | 'entry';
  readonly schedule: Schedule;
  /** What shorts must hold instead; null where they are ruled like longs. */
  readonly short: ShortRule | null;
  readonly hedge: Hedge;
  readonly orders: OrderRule;
  readonly closingFeeRate: Rational;
  readonly closingFeeAt: ClosingFeeAt;
  readonly initial: Schedule | null;
  /** Of a position that gives none. */
  readonly leverageDefault: Rational;
  readonly trigger: Trigger;
  readonly rounding: PriceRounding;
}
