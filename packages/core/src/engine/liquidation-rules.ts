/**
 * How a unit below its line is closed, as an operator writes it: every field may be left out, and
 * what a market leaves out is the venue's. Left out everywhere, a position is ordered closed whole
 * at its bankruptcy price; what nobody buys in time goes to the fund, then to the other side.
 */

export interface LiquidationRules {
  /** How much of the position in turn is ordered closed. Preset: `whole`. */
  readonly size?: LiquidationSize;
  /**
   * A liquidation ends once equity is at least (1 + buffer) × maintenance, 0 to 1. Preset: 0, which
   * is as soon as the trigger no longer holds.
   */
  readonly buffer?: string;
  /** Largest piece of one order; null: none. */
  readonly chunk?: LiquidationChunk | null;
  /** The worst price of the order. Preset: the bankruptcy price. */
  readonly limit?: LiquidationLimit;
  /**
   * What of a pool's equity the bankruptcy price of one of its positions uses up: all of it
   * (preset), or the position's share by maintenance margin.
   */
  readonly bankruptcy?: 'whole-equity' | 'by-maintenance';
  /**
   * Below this multiple of maintenance (0 to 1) the fund takes over at once, at the bankruptcy
   * price; null: only when an order has expired.
   */
  readonly backstopBelow?: string | null;
  /** Whether the fund takes over what is not filled in time. Preset: true. */
  readonly takeover?: boolean;
  /**
   * Who gets what is left of an isolated position of the market; left out: as the venue says, who
   * says it of pools in any case, since these stand in several markets.
   */
  readonly remainderTo?: 'account' | 'fund';
  /** How the market's `liquidationFee` is charged. */
  readonly fee?: LiquidationFee;
  readonly adl?: Deleveraging;
}

export type LiquidationSize =
  | { readonly kind: 'whole' }
  /** The least that brings equity to (1 + buffer) × maintenance at the limit price, fee paid. */
  | { readonly kind: 'fraction' }
  /** Down so many levels of the maintenance schedule; whole from where that is not possible. */
  | { readonly kind: 'step-down'; readonly levels: number }
  /**
   * A share (0.01 to 1) of a position whose value is above `above`, rounded up to a lot; whole
   * below it, and whole within `wholeWithinMs` of a first part.
   */
  | {
      readonly kind: 'portion';
      readonly share: string;
      readonly above: string;
      readonly wholeWithinMs: number;
    };

export interface LiquidationChunk {
  /** Of one order, valued at the mark; at least one lot. Null: no such bound. */
  readonly maxValue: string | null;
  /** Of one order, in contracts; at least one lot. One of both bounds must be given. */
  readonly maxSize?: string;
  /** How long after a filled piece the next is ordered, 1 ms to 1 hour. */
  readonly cooldownMs: number;
}

export type LiquidationLimit =
  | { readonly kind: 'bankruptcy' }
  /** So far from the mark, as a fraction of it; further the longer the liquidation takes. */
  | {
      readonly kind: 'mark';
      readonly within: string;
      readonly beyondBankruptcy: FundPays;
      readonly rising?: RisingLimit;
    }
  /**
   * Further from the mark the worse the unit stands:
   * clamp(adjustment × (1 − equity / maintenance), 0, 1) × spread × the position's maintenance.
   */
  | {
      readonly kind: 'spread';
      readonly adjustment: string;
      readonly spread: string;
      readonly beyondBankruptcy: FundPays;
    };

/**
 * min(most, within + perSecond × the seconds since `afterMs` after the liquidation began), as far
 * as that is known when an order is reckoned: a Dutch auction of what nobody wants. [Drift]
 */
export interface RisingLimit {
  /** A fraction of the mark, at least `within`. */
  readonly most: string;
  /** 0 to 1 hour. */
  readonly afterMs: number;
  /** Added with each second, reckoned by the millisecond. */
  readonly perSecond: string;
}

/**
 * What a limit beyond the bankruptcy price does: is moved to it, has the fund pay the rest as far
 * as it can (beyond that a fill is refused), or has everybody pay what the fund cannot. [Drift]
 */
export type FundPays = 'never' | 'fund-pays' | 'all-pay';

export interface LiquidationFee {
  /**
   * `at-end` (preset): from what remains when the liquidation ends. `each-fill`: from what each
   * fill brings above its bankruptcy price.
   */
  readonly charged: 'at-end' | 'each-fill';
  /** The value that the rate applies to. Preset: at the price of the fill. */
  readonly on: 'fill' | 'mark';
  /** The largest share of what the fee is taken from, 0 to 1. */
  readonly mostShare: string;
  /** The largest fee of one charge, money; null: no such cap. */
  readonly most: string | null;
}

export interface Deleveraging {
  /** In order of rank, or everyone in proportion to size, those in profit first. */
  readonly by: 'queue' | 'pro-rata';
  /**
   * Whatever nobody takes in time (preset), only when the unit's equity is below zero, or not at
   * all: then the order stands until somebody fills it.
   */
  readonly when: 'unfilled' | 'bankrupt' | 'never';
}

/** What the insurance fund may take on in one epoch of marks; null: no limit. */
export interface FundLimits {
  /** Value of positions taken over, at the mark. */
  readonly takeoverValue: string | null;
  /** What it loses by them at the mark, and pays for fills beyond a bankruptcy price. */
  readonly loss: string | null;
}

/**
 * From whom a loss is taken first that neither the fund nor deleveraging can bear: from everybody
 * by what is available (preset), or from both sides of the market in which it arose, by the size of
 * their positions and no more than their equity [Drift].
 */
export type SharedLosses = 'by-available' | 'by-size';

/** Which position of a cross pool is closed first. */
export type LiquidationOrder =
  /** Preset. */
  | 'largest-maintenance'
  | 'largest-loss'
  /** Whose close at the mark raises equity − maintenance most, the fee paid. */
  | 'most-relief';
