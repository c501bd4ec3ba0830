/**
 * What the engine can be told. Every command carries who sends it, an id of the sender's choosing
 * and the sequencer's time; quantities are whole numbers in the unit that the field name ends with.
 *
 * - `Atoms`: money, in atoms of the settlement asset (10^-decimals).
 * - `Ticks`: a price, in steps of the market. `Lots`: a size, in steps of the market.
 * - `Hundredths`: leverage × 100. `E9`: a rate × 10^9. `Ms`: milliseconds since 1970, UTC.
 */
import type { EngineConfig, MarketRules } from './config.ts';

export type Side = 'buy' | 'sell';
export type MarginMode = 'cross' | 'isolated';

/** Common to all commands. `id` is unique for its `client`; the same id again answers the same. */
export interface Envelope {
  readonly client: string;
  readonly id: string;
  readonly timeMs: number;
}

/** Sets asset, policy and liquidation rules; the first command of a journal, accepted once. */
export interface Configure extends Envelope {
  readonly kind: 'configure';
  readonly config: EngineConfig;
}

/** Opens a market. Its tick, lot, contract and multiplier or face never change afterwards. */
export interface OpenMarket extends Envelope {
  readonly kind: 'open-market';
  readonly market: string;
  readonly rules: MarketRules;
}

/**
 * Changes a market's rules from `effectiveMs` on (at once when that is past or null). With
 * `appliesTo: "new"` a position that is open then keeps its old rules until it is flat.
 */
export interface UpdateMarket extends Envelope {
  readonly kind: 'update-market';
  readonly market: string;
  readonly rules: MarketRules;
  readonly appliesTo: 'open' | 'new';
  readonly effectiveMs: number | null;
}

/** Stops a market at once: only cancelling is left, and nobody is liquidated in it. */
export interface HaltMarket extends Envelope {
  readonly kind: 'halt-market';
  readonly market: string;
}

/**
 * Begins the way back of a halted market: `confirmations` marks in a row, each within the tolerance
 * of the one before; then `reduceOnlyMs` of reducing without liquidations; then `liquidationsMs` of
 * reducing with them; then it is open. Sent again during a recovery, it begins anew.
 */
export interface ResumeMarket extends Envelope {
  readonly kind: 'resume-market';
  readonly market: string;
  readonly confirmations: number;
  readonly toleranceE9: number;
  readonly reduceOnlyMs: number;
  readonly liquidationsMs: number;
}

/** The modes between which an operator may move a market that is not halted. */
export type ChosenMode = 'open' | 'reduce-only' | 'liquidation-only';

export interface SetMarketMode extends Envelope {
  readonly kind: 'set-market-mode';
  readonly market: string;
  readonly mode: ChosenMode;
}

export type DelistingReason = 'expiry' | 'delisting';

/** Closes every position of a market at a final price, and the market for good. */
export interface DelistMarket extends Envelope {
  readonly kind: 'delist-market';
  readonly market: string;
  readonly priceTicks: number;
  readonly reason: DelistingReason;
}

export interface OpenAccount extends Envelope {
  readonly kind: 'open-account';
  readonly account: string;
  /** Who holds it; left out: nobody who holds others. */
  readonly owner?: string;
}

/** Says who holds an account; null: nobody who holds others. */
export interface SetOwner extends Envelope {
  readonly kind: 'set-owner';
  readonly account: string;
  readonly owner: string | null;
}

/** Money from outside into an account's cross pool, or into the insurance fund (`fund`). */
export interface Deposit extends Envelope {
  readonly kind: 'deposit';
  readonly account: string;
  readonly amountAtoms: number;
}

/** Money out of the cross pool: at most min(available, settled balance). */
export interface Withdraw extends Envelope {
  readonly kind: 'withdraw';
  readonly account: string;
  readonly amountAtoms: number;
}

export interface SetLeverage extends Envelope {
  readonly kind: 'set-leverage';
  readonly account: string;
  readonly market: string;
  readonly leverageHundredths: number;
}

/** Accepted only while the account has neither a position nor an order in the market. */
export interface SetMarginMode extends Envelope {
  readonly kind: 'set-margin-mode';
  readonly account: string;
  readonly market: string;
  readonly marginMode: MarginMode;
}

/** Moves money from the pool into an isolated position. */
export interface AddMargin extends Envelope {
  readonly kind: 'add-margin';
  readonly account: string;
  readonly market: string;
  readonly amountAtoms: number;
}

/** Moves money back; what stays must cover the position's initial margin, without its profit. */
export interface RemoveMargin extends Envelope {
  readonly kind: 'remove-margin';
  readonly account: string;
  readonly market: string;
  readonly amountAtoms: number;
}

export interface PlaceOrder extends Envelope {
  readonly kind: 'place-order';
  readonly account: string;
  readonly order: string;
  readonly market: string;
  readonly side: Side;
  readonly sizeLots: number;
  readonly priceTicks: number;
  readonly reduceOnly: boolean;
}

export interface CancelOrder extends Envelope {
  readonly kind: 'cancel-order';
  readonly account: string;
  readonly order: string;
}

/**
 * A match between two accounts. A side that names an order fills it (its margin was reserved when
 * it was placed); a side that names none must cover the trade now.
 */
export interface Trade extends Envelope {
  readonly kind: 'trade';
  readonly market: string;
  readonly buyer: string;
  readonly seller: string;
  readonly sizeLots: number;
  readonly priceTicks: number;
  readonly taker: Side;
  readonly buyOrder: string | null;
  readonly sellOrder: string | null;
}

/** An epoch: the changed marks of one source, all at once. Older source sequences are ignored. */
export interface Marks extends Envelope {
  readonly kind: 'marks';
  readonly source: string;
  readonly sourceSequence: number;
  /** When the prices were true at their source; left out: now. */
  readonly sourceTimeMs?: number;
  readonly prices: readonly MarkPrice[];
}

export interface MarkPrice {
  readonly market: string;
  readonly priceTicks: number;
}

/**
 * Settles funding of the interval that ended at `intervalEndMs`; longs pay when the rate is > 0.
 */
export interface SettleFunding extends Envelope {
  readonly kind: 'settle-funding';
  readonly market: string;
  readonly rateE9: number;
  readonly intervalEndMs: number;
}

/** An execution of a liquidation order, against an ordinary account that must afford it. */
export interface FillLiquidation extends Envelope {
  readonly kind: 'fill-liquidation';
  readonly liquidation: number;
  readonly sizeLots: number;
  readonly priceTicks: number;
  readonly counterparty: string;
}

/** An execution of the insurance fund's sale of what it took over. */
export interface FillInventory extends Envelope {
  readonly kind: 'fill-inventory';
  readonly market: string;
  readonly sizeLots: number;
  readonly priceTicks: number;
  readonly counterparty: string;
}

/** Only lets time pass: deadlines, expiries and dated rules. */
export interface Clock extends Envelope {
  readonly kind: 'clock';
}

export type Command =
  | Configure
  | OpenMarket
  | UpdateMarket
  | HaltMarket
  | ResumeMarket
  | SetMarketMode
  | DelistMarket
  | OpenAccount
  | SetOwner
  | Deposit
  | Withdraw
  | SetLeverage
  | SetMarginMode
  | AddMargin
  | RemoveMargin
  | PlaceOrder
  | CancelOrder
  | Trade
  | Marks
  | SettleFunding
  | FillLiquidation
  | FillInventory
  | Clock;

export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { readonly kind: K }>;
