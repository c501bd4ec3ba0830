/** What the server answers about one account: how it stands, its past, its liquidations. */
import type { AccountRow, AccountState, Decimal, FeedEvent, IsoTime } from '../api.ts';

export interface Position {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly size: Decimal;
  readonly entryPrice: Decimal | null;
  readonly markPrice: Decimal | null;
  readonly marginMode: 'cross' | 'isolated';
  readonly leverage: Decimal;
  readonly isolatedMargin?: Decimal | null;
  readonly value: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly equity: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly marginRatio: Decimal | null;
  readonly state: AccountState;
  readonly liquidationPrice: Decimal | null;
  readonly bankruptcyPrice: Decimal | null;
  readonly distance: Decimal | null;
  /** 1 to 5; null for what is not in the queue, as the insurance fund's. */
  readonly adlRisk: number | null;
}

export interface Order {
  readonly order: string;
  readonly market: string;
  readonly side: 'buy' | 'sell';
  readonly size: Decimal;
  readonly price: Decimal;
  readonly reduceOnly: boolean;
  readonly initialMargin: Decimal;
}

export interface Account extends AccountRow {
  /** Who holds it and perhaps others; null: nobody who does. */
  readonly owner: string | null;
  /** The other accounts of its owner. */
  readonly siblings: readonly string[];
  readonly balance: Decimal;
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
}

/** Where an account stood at one time, pool and isolated positions together. */
export interface AccountPoint {
  readonly time: IsoTime;
  readonly equity: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
}

export interface AccountHistory {
  readonly sequence: number;
  readonly from: IsoTime;
  /** Whether `from` is the account's opening. */
  readonly whole: boolean;
  readonly interval: string;
  /** Of each open position since it was opened; below zero received. */
  readonly funding: readonly { readonly market: string; readonly paid: Decimal }[];
  readonly points: readonly AccountPoint[];
}

/** After one event of a liquidation: what was being closed, at the marks in force then. */
export interface LiquidationStep {
  readonly event: FeedEvent;
  readonly marks: Readonly<Record<string, Decimal>>;
  readonly equity: Decimal;
  readonly maintenanceMargin: Decimal;
  /** What others bore where the fund could not pay. */
  readonly socialized: Decimal;
  readonly positions: readonly {
    readonly market: string;
    readonly side: 'long' | 'short';
    readonly size: Decimal;
  }[];
}

export interface LiquidationHistory {
  readonly liquidation: number;
  readonly market: string | null;
  readonly ended: boolean;
  readonly steps: readonly LiquidationStep[];
}
