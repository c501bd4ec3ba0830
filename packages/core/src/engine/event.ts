/**
 * What the engine says has happened. Every event carries the sequence of the command that caused
 * it, its place among that command's events, and the time; quantities are whole numbers in the unit
 * that the field name ends with, as in `command.ts`. `market: null` means the cross pool.
 */
import type { EngineConfig, MarketRules } from './config.ts';
import type { DelistingReason, MarginMode, MarkPrice, Side } from './command.ts';
import type { MarketMode } from './mode.ts';
import type { Validity } from './validity.ts';

export interface EventStamp {
  readonly sequence: number;
  readonly index: number;
  readonly timeMs: number;
}

/** The figures that decided a call or a liquidation, so that a third party can check them again. */
export interface Decision {
  readonly account: string;
  readonly market: string | null;
  readonly equityAtoms: number;
  readonly maintenanceAtoms: number;
  /** Sequence of the marks command whose prices were used. */
  readonly epoch: number;
}

export interface DecisionMark {
  readonly market: string;
  readonly priceTicks: number;
  readonly validity: Validity;
}

export type EventBody =
  | { readonly kind: 'configured'; readonly config: EngineConfig }
  | { readonly kind: 'market-opened'; readonly market: string; readonly rules: MarketRules }
  | {
      readonly kind: 'market-updated';
      readonly market: string;
      readonly rules: MarketRules;
      readonly appliesTo: 'open' | 'new';
      readonly effectiveMs: number;
    }
  | {
      readonly kind: 'market-mode-changed';
      readonly market: string;
      readonly before: MarketMode;
      readonly mode: MarketMode;
      /** When this phase of a recovery ends. */
      readonly untilMs: number | null;
    }
  | {
      readonly kind: 'market-delisted';
      readonly market: string;
      readonly reason: DelistingReason;
      readonly priceTicks: number;
      readonly positions: number;
      readonly longLots: number;
      /** What roundings of inverse positions left over. */
      readonly dustAtoms: number;
    }
  | {
      readonly kind: 'position-settled';
      readonly account: string;
      readonly market: string;
      readonly side: 'long' | 'short';
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly realizedAtoms: number;
    }
  | {
      readonly kind: 'leverage-cut';
      readonly market: string;
      /** High / low − 1 of the marks of late. */
      readonly rangeE9: number;
      /** The most that counts for initial margin from now on; null: no cut. */
      readonly mostHundredths: number | null;
    }
  | {
      readonly kind: 'breaker-tripped';
      readonly market: string;
      readonly reason: 'volume' | 'move';
      /** Value of longs and of shorts put into liquidation in the window. */
      readonly longAtoms: number;
      readonly shortAtoms: number;
      /** The mark when the window began, and now. */
      readonly referenceTicks: number;
      readonly markTicks: number;
      readonly everyMs: number;
      readonly untilMs: number;
    }
  | { readonly kind: 'breaker-cleared'; readonly market: string }
  | { readonly kind: 'account-opened'; readonly account: string }
  | {
      readonly kind: 'owner-set';
      readonly account: string;
      readonly owner: string | null;
      readonly before: string | null;
    }
  | {
      readonly kind: 'deposited' | 'withdrawn';
      readonly account: string;
      readonly amountAtoms: number;
      readonly balanceAtoms: number;
    }
  | {
      readonly kind: 'leverage-set';
      readonly account: string;
      readonly market: string;
      readonly leverageHundredths: number;
    }
  | {
      readonly kind: 'margin-mode-set';
      readonly account: string;
      readonly market: string;
      readonly marginMode: MarginMode;
    }
  | {
      readonly kind: 'margin-added' | 'margin-removed';
      readonly account: string;
      readonly market: string;
      readonly amountAtoms: number;
      readonly isolatedMarginAtoms: number;
    }
  | {
      readonly kind: 'order-placed';
      readonly account: string;
      readonly order: string;
      readonly market: string;
      readonly side: Side;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly reduceOnly: boolean;
      readonly initialMarginAtoms: number;
    }
  | {
      readonly kind: 'order-cancelled';
      readonly account: string;
      readonly order: string;
      readonly market: string;
      readonly sizeLots: number;
      readonly reason: 'asked' | 'liquidation' | 'exceeds-position' | 'delisted';
    }
  | {
      readonly kind: 'traded';
      readonly market: string;
      readonly buyer: string;
      readonly seller: string;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly taker: Side;
      readonly buyOrder: string | null;
      readonly sellOrder: string | null;
      readonly buyerFeeAtoms: number;
      readonly sellerFeeAtoms: number;
      readonly buyerRealizedAtoms: number;
      readonly sellerRealizedAtoms: number;
    }
  | {
      /** `quoted`: what a source says where several make the mark; `marked`: the marks set. */
      readonly kind: 'quoted' | 'marked';
      readonly source: string;
      readonly prices: readonly MarkPrice[];
    }
  | {
      /** The alert: what may be done on this mark has changed. */
      readonly kind: 'validity-changed';
      readonly market: string;
      readonly before: Validity;
      readonly validity: Validity;
      readonly markTicks: number;
      readonly ageMs: number;
      /** Where an unconfirmed jump leads. */
      readonly awaitedTicks: number | null;
    }
  | {
      readonly kind: 'price-ignored';
      readonly source: string;
      readonly sourceSequence: number;
      readonly newestSequence: number;
    }
  | {
      readonly kind: 'funding-settled';
      readonly market: string;
      readonly rateE9: number;
      readonly priceTicks: number;
      readonly intervalEndMs: number;
      readonly paidAtoms: number;
      readonly receivedAtoms: number;
      readonly dustAtoms: number;
    }
  | {
      readonly kind: 'funding-paid';
      readonly account: string;
      readonly market: string;
      /** Below zero: received. */
      readonly amountAtoms: number;
    }
  | (Decision & {
      readonly kind: 'margin-called';
      readonly gap: boolean;
      readonly deadlineMs: number | null;
    })
  | (Decision & {
      readonly kind: 'call-cleared';
      readonly reason: 'recovered' | 'no-position';
    })
  | (Decision & {
      readonly kind: 'liquidation-started';
      readonly liquidation: number;
      /** The marks that decided, of all that the unit holds. */
      readonly marks: readonly DecisionMark[];
      readonly gap: boolean;
      readonly reason: 'maintenance' | 'deadline';
    })
  | {
      readonly kind: 'liquidation-ordered';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string;
      readonly side: Side;
      readonly sizeLots: number;
      readonly limitTicks: number;
      readonly expiresMs: number;
    }
  | {
      readonly kind: 'liquidation-filled' | 'liquidation-taken-over' | 'deleveraged';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string;
      readonly side: Side;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly counterparty: string;
      /** What of the fee was taken with this fill. */
      readonly feeAtoms: number;
      readonly realizedAtoms: number;
      readonly counterpartyRealizedAtoms: number;
    }
  | {
      /** A piece is closed; the next one is not ordered before `untilMs`. */
      readonly kind: 'liquidation-paused';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string;
      readonly untilMs: number;
    }
  | {
      readonly kind: 'liquidation-ended';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string | null;
      readonly reason: 'closed' | 'recovered' | 'deposit';
      readonly feeAtoms: number;
      readonly feeWaivedAtoms: number;
      /** What was left after the fee. */
      readonly remainderAtoms: number;
      readonly remainderTo: 'account' | 'fund';
      readonly fundBalanceAtoms: number;
    }
  | {
      readonly kind: 'bankrupt';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string | null;
      /** How far equity stood below zero at the mark. */
      readonly shortfallAtoms: number;
    }
  | {
      readonly kind: 'deficit-covered';
      /** 0 for an atom that rounding has left on a flat account. */
      readonly liquidation: number;
      readonly account: string;
      readonly amountAtoms: number;
      readonly fundBalanceAtoms: number;
    }
  | {
      readonly kind: 'loss-socialized';
      readonly account: string;
      readonly amountAtoms: number;
    }
  | {
      readonly kind: 'inventory-ordered';
      readonly market: string;
      readonly side: Side;
      readonly sizeLots: number;
    }
  | {
      readonly kind: 'inventory-filled';
      readonly market: string;
      readonly side: Side;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly counterparty: string;
      readonly realizedAtoms: number;
      readonly fundBalanceAtoms: number;
    };

export type EngineEvent = EventStamp & EventBody;
export type EventKind = EventBody['kind'];
