/**
 * The rules that a venue's operator chooses, as they are written in commands: plain decimals in the
 * vocabulary of the account document. `compile.ts` turns them into whole numbers or refuses them.
 */
import type { WrittenSchedule } from '../margin/index.ts';
import type {
  FundLimits,
  LiquidationOrder,
  LiquidationRules,
  SharedLosses,
} from './liquidation-rules.ts';

/** Of the whole engine. One engine settles in one asset. */
export interface EngineConfig {
  readonly asset: { readonly symbol: string; readonly decimals: number };
  readonly policy: EnginePolicy;
  readonly liquidation: LiquidationPolicy;
  /** How many of each client's latest command ids are remembered (1 to 100,000). */
  readonly rememberedIds: number;
}

export interface EnginePolicy {
  /** Margin ratio at which an account is called, in (0, 1]; null: liquidated without a call. */
  readonly marginCallAt: string | null;
  /** Ratio below which a call is cleared; null: 0.95 × marginCallAt. */
  readonly marginCallClearAt: string | null;
  /** A call *at* maintenance with a deadline, as brokers do; excludes `marginCallAt`. */
  readonly call: {
    readonly restoreTo: 'initial' | 'maintenance';
    readonly deadlineHours: string;
    /** Forced at once below this multiple of maintenance; null: only below zero equity. */
    readonly liquidateBelow: string | null;
  } | null;
}

export interface LiquidationPolicy {
  /** How long a liquidation order may stay unfilled before the fund takes over, 0 to 1 hour. */
  readonly timeoutMs: number;
  /** Who gets what is left of a liquidated pool or position after the fee. */
  readonly remainderTo: 'account' | 'fund';
  /** Whether a deposit can stop a liquidation that has begun. */
  readonly depositCures: boolean;
  /** The fund's inventory is at most this multiple of its equity; the rest is deleveraged. */
  readonly fundLeverage: string;
  /** Which position of a pool is closed first; preset: `largest-maintenance`. */
  readonly order?: LiquidationOrder;
  readonly fundPerEpoch?: FundLimits;
  readonly losses?: SharedLosses;
  /** Of every market that does not say otherwise itself. */
  readonly rules?: LiquidationRules;
}

/** Of one market, as decimals. Rates are whole multiples of 0.0000001. */
export interface MarketRules {
  readonly contract: 'linear' | 'inverse';
  /** Linear: base units in a contract. */
  readonly multiplier?: string;
  /** Inverse: quote units in a contract. */
  readonly face?: string;
  readonly tick: string;
  /** Contracts in a lot, the smallest size. */
  readonly lot: string;
  readonly maintenance: {
    readonly basis: 'mark' | 'entry';
    readonly schedule: WrittenSchedule;
    readonly closingFeeRate: string;
    readonly closingFeeAt: 'mark' | 'leverage';
  };
  /** null: value / leverage alone. */
  readonly initial: { readonly schedule: WrittenSchedule } | null;
  readonly maxLeverage: string;
  readonly makerFee: string;
  readonly takerFee: string;
  /** On the value closed, taken only from what remains. */
  readonly liquidationFee: string;
  /** Where this market differs from `liquidation.rules` of the configuration. */
  readonly liquidation?: LiquidationRules;
  readonly trigger: 'below' | 'at-or-below';
  /** How far from the mark a reduce-only order or a trade may be, as a fraction of the mark. */
  readonly priceBand: string;
  /** Whether unrealised profit counts for withdrawals. */
  readonly profitWithdrawable: boolean;
  /** A mark older than this blocks what adds risk; null: never stale. */
  readonly staleAfterMs: number | null;
  /** A mark older than this blocks liquidation too; null: never invalid. */
  readonly invalidAfterMs: number | null;
  /** How several sources make the mark; left out: it is taken as any source gives it. */
  readonly prices?: PriceRules;
  /** Values at the mark, in the settlement asset, beyond which nobody may add; null: no cap. */
  readonly caps?: {
    /** Of all that is held long, which is all that is held short. */
    readonly openInterest: string | null;
    /** Of one position, or of all of one owner's on the same side. */
    readonly position: string | null;
    /** `position` rises to this fraction of the open interest; needs `position`. [OKX, Bybit] */
    readonly share?: string;
  } | null;
  /**
   * Initial margin rate that rises with open interest from `base` at the value `lower` to 1 at
   * `upper`. Maintenance does not rise with it. [dYdX v4]
   */
  readonly initialByOpenInterest?: {
    readonly base: string;
    readonly lower: string;
    readonly upper: string;
  } | null;
  /**
   * The most leverage that counts for initial margin once the range of the marks (high / low − 1,
   * over one to two windows) reaches `from`. Maintenance knows nothing of it.
   */
  readonly leverageByVolatility?: {
    readonly windowMs: number;
    readonly bands: readonly { readonly from: string; readonly maxLeverage: string }[];
  } | null;
  /** How far from the mark an order that may add risk is placed at most; null: anywhere. */
  readonly orderBand?: string | null;
  /** Slows liquidations of this market when they become too many or move its mark. */
  readonly breaker?: {
    readonly windowMs: number;
    /** Value put into liquidation within a window above which it trips; null: never. */
    readonly volume: string | null;
    /** Move of the mark with the liquidations above which it trips; null: never. */
    readonly move: string | null;
    /** While tripped, one liquidation begins in this time; it lasts a window. */
    readonly everyMs: number;
  } | null;
}

/** The mark is the median of the fresh sources. Fractions are whole multiples of 0.0000001. */
export interface PriceRules {
  /** Whose prices count, 1 to 16 names. */
  readonly sources: readonly string[];
  /** How many fresh sources must be near the median; with fewer the mark is held. */
  readonly minimumAgreeing: number;
  /** How far from the median a source may be, as a fraction of it. */
  readonly maxDeviation: string;
  /** A source that says nothing for longer counts for nothing; a mark as old is stale. */
  readonly silentAfterMs: number;
  /** A mark that moves by more than the fraction `threshold` at once waits for confirmations. */
  readonly jump: { readonly threshold: string; readonly confirmations: number } | null;
}
