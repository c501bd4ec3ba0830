/**
 * What the server says, as `docs/api.md` fixes it: every quantity is a decimal string in its
 * natural unit, every time is ISO 8601 in UTC. Nothing here is code; the page's other files agree
 * on it.
 */

/** A decimal number as text, e.g. "104212.5"; a margin ratio may also be "Infinity". */
export type Decimal = string;
export type IsoTime = string;

/** How a scene stands that a program plays, and where it can be moved. */
export interface Control {
  readonly state: 'playing' | 'paused' | 'jumping' | 'ended';
  /** Seconds of the scene a second on the wall. */
  readonly speed: number;
  readonly time: IsoTime;
  readonly from: IsoTime;
  readonly to: IsoTime;
  /** Where a jump under way leads. */
  readonly until: IsoTime | null;
  /** The largest fall; how far is a fraction, null where nobody can know yet. */
  readonly crash: {
    readonly from: IsoTime;
    readonly to: IsoTime;
    readonly fall: Decimal | null;
    readonly market: string | null;
  } | null;
  readonly file: string | null;
  readonly files: readonly string[];
  readonly canGoBack: boolean;
}

/** What a candle file that was brought is played in; null for rates without candles. */
export interface AddedFile {
  readonly file: string | null;
  readonly files: readonly string[];
}

/** What a reader wants of a scene; what is left out stays. */
export interface Wish {
  readonly playing?: boolean;
  readonly speed?: number;
  /** A time, or `crash`. */
  readonly jump?: string;
  readonly restart?: boolean;
  readonly file?: string;
}

export interface Scene {
  readonly name: string;
  readonly kind: 'live' | 'simulated' | 'replayed';
  /** null until the engine is configured, as are the rules below it. */
  readonly asset: { readonly symbol: string; readonly decimals: number } | null;
  readonly policy: { readonly marginCallAt: Decimal | null } | null;
  readonly codeVersion: string;
  readonly startedAt: IsoTime;
  readonly sequence: number;
  readonly time: IsoTime;
  /** null where nothing is played. */
  readonly control: Control | null;
}

/** How far a mark can be trusted. */
export type Validity = 'unmarked' | 'invalid' | 'disputed' | 'jumping' | 'stale' | 'fresh';

/** What a market lets happen. */
export type MarketMode =
  'open' | 'reduce-only' | 'liquidation-only' | 'halted' | 'confirming' | 'recovering' | 'delisted';

export interface Market {
  readonly market: string;
  readonly mode: MarketMode;
  readonly validity: Validity;
  readonly mark: Decimal | null;
  readonly markTime: IsoTime | null;
  /** A fraction: "-0.021" is −2.1 %. */
  readonly change24h: Decimal | null;
  readonly openInterest: Decimal;
  readonly openInterestValue: Decimal;
  readonly fundingRate: Decimal | null;
  readonly fundingAt: IsoTime | null;
  readonly rules: {
    readonly tick: Decimal;
    readonly lot: Decimal;
    readonly maxLeverage: Decimal;
    readonly contract: 'linear' | 'inverse';
    /** Linear: base units per contract. */
    readonly multiplier?: Decimal;
    /** Inverse: quote units per contract. */
    readonly face?: Decimal;
    readonly maintenance: object;
    readonly initial: object | null;
    readonly takerFee: Decimal;
    readonly trigger: string;
  };
}

/** Time in seconds, open, high, low, close. */
export type Candle = readonly [number, number, number, number, number];

export interface Totals {
  readonly sequence: number;
  readonly time: IsoTime;
  readonly accounts: number;
  readonly withPositions: number;
  readonly healthy: number;
  readonly called: number;
  readonly liquidating: number;
  readonly equity: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly initialMargin: Decimal;
  readonly positionValue: Decimal;
  /** Value by market. */
  readonly openInterest: Readonly<Record<string, Decimal>>;
  readonly fund: { readonly balance: Decimal; readonly equity: Decimal; readonly lowest: Decimal };
  readonly fees: Decimal;
  readonly marginCalls: number;
  readonly gaps: number;
  readonly liquidations: number;
  readonly bankruptcies: number;
  readonly deleveraged: number;
  readonly epoch: number;
  readonly epochMs: number;
  readonly epochMsWorst: number;
}

export interface TotalsPoint {
  readonly time: IsoTime;
  readonly sequence: number;
  readonly fund: Decimal;
  readonly called: number;
  readonly liquidated: number;
  /** Value by market. */
  readonly openInterest: Readonly<Record<string, Decimal>>;
}

export type AccountState = 'healthy' | 'margin-call' | 'liquidation' | 'bankrupt';

export interface AccountRow {
  readonly account: string;
  readonly state: AccountState;
  readonly marginRatio: Decimal | null;
  readonly equity: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly initialMargin: Decimal;
  readonly available: Decimal;
  readonly positionValue: Decimal;
  /** How far the nearest market is from its liquidation price, as a fraction of the mark. */
  readonly distance: Decimal | null;
  readonly nearestMarket: string | null;
  readonly markets: readonly string[];
  readonly deadline: IsoTime | null;
}

export interface AccountPage {
  readonly sequence: number;
  readonly total: number;
  readonly offset: number;
  readonly accounts: readonly AccountRow[];
}

/** Every account with a position; columns are little-endian numbers in base64. */
export interface FleetAnswer {
  readonly sequence: number;
  readonly accounts: number;
  readonly total: number;
  readonly shown: number;
  /** 1 when everybody is there; else each healthy one stands for so many. */
  readonly healthyEvery: number;
  readonly states: readonly AccountState[];
  readonly markets: readonly string[];
  readonly columns: Readonly<Record<'number' | 'ratio' | 'value' | 'state' | 'markets', string>>;
}

interface MapSum {
  readonly side: 'long' | 'short';
  readonly positions: number;
  readonly size: Decimal;
  readonly value: Decimal;
}

export interface Rung extends MapSum {
  readonly price: Decimal;
}

/** What would be closed by force at each price of a market. */
export interface LiquidationMap {
  readonly sequence: number;
  readonly market: string;
  readonly mark: Decimal;
  readonly step: Decimal;
  readonly rungs: readonly Rung[];
  readonly beyond: readonly MapSum[];
  readonly never: readonly MapSum[];
  readonly underWay: readonly MapSum[];
}

/** A command that the engine refused. */
export interface Refused {
  readonly sequence: number;
  readonly time: IsoTime;
  readonly command: string;
  readonly accounts: readonly string[];
  readonly market: string | null;
  readonly code: string;
  readonly detail: string;
}

export interface EventPage {
  readonly events: readonly EngineEvent[];
  readonly next: string | number | null;
}

interface Stamp {
  readonly sequence: number;
  readonly index: number;
  readonly time: IsoTime;
}

/** The figures that decided a call or a liquidation. `market: null` is the cross pool. */
interface Decision {
  readonly account: string;
  readonly market: string | null;
  readonly equity: Decimal;
  readonly maintenance: Decimal;
}

interface Fill {
  readonly liquidation: number;
  readonly account: string;
  readonly market: string;
  readonly side: 'buy' | 'sell';
  readonly size: Decimal;
  readonly price: Decimal;
  readonly counterparty: string;
  /** What of the liquidation fee was taken with this fill. */
  readonly fee: Decimal;
  readonly realized: Decimal;
  readonly counterpartyRealized: Decimal;
}

type FeedBody =
  | (Decision & { readonly kind: 'margin-called'; gap: boolean; deadline: IsoTime | null })
  | (Decision & { readonly kind: 'call-cleared'; reason: 'recovered' | 'no-position' })
  | (Decision & {
      readonly kind: 'liquidation-started';
      readonly liquidation: number;
      readonly gap: boolean;
      readonly reason: 'maintenance' | 'deadline';
    })
  | {
      readonly kind: 'liquidation-ordered';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string;
      readonly side: 'buy' | 'sell';
      readonly size: Decimal;
      readonly limit: Decimal;
      readonly expires: IsoTime;
    }
  | (Fill & { readonly kind: 'liquidation-filled' | 'liquidation-taken-over' | 'deleveraged' })
  | {
      readonly kind: 'liquidation-paused';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string;
      readonly until: IsoTime;
    }
  | {
      readonly kind: 'liquidation-ended';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string | null;
      readonly reason: 'closed' | 'recovered' | 'deposit';
      readonly fee: Decimal;
      readonly feeWaived: Decimal;
      readonly remainder: Decimal;
      readonly remainderTo: 'account' | 'fund';
      readonly fundBalance: Decimal;
    }
  | {
      readonly kind: 'bankrupt';
      readonly liquidation: number;
      readonly account: string;
      readonly market: string | null;
      readonly shortfall: Decimal;
    }
  | {
      readonly kind: 'deficit-covered';
      readonly liquidation: number;
      readonly account: string;
      readonly amount: Decimal;
      readonly fundBalance: Decimal;
    }
  | { readonly kind: 'loss-socialized'; readonly account: string; readonly amount: Decimal };

/** Money in and out, as the past of one account has it. */
export type MoneyEvent = Stamp &
  (
    | { readonly kind: 'deposited' | 'withdrawn'; readonly amount: Decimal }
    | { readonly kind: 'funding-paid'; readonly market: string; readonly amount: Decimal }
  );

/** The events that the page tells; others are never asked for. */
export type FeedEvent = Stamp & FeedBody;
export type FeedKind = FeedBody['kind'];
export type EngineEvent = FeedEvent;

export type FeedMessage =
  | {
      readonly type: 'hello';
      readonly sequence: number;
      readonly oldest: number | null;
      readonly scene: Scene;
    }
  | { readonly type: 'events'; readonly events: readonly EngineEvent[] }
  | { readonly type: 'restart'; readonly reason: string; readonly sequence: number }
  | ({ readonly type: 'totals' } & Totals)
  | {
      readonly type: 'marks';
      readonly sequence: number;
      readonly time: IsoTime;
      readonly prices: Readonly<Record<string, Decimal>>;
      readonly validity: Readonly<Record<string, Validity>>;
    }
  | { readonly type: 'scene'; readonly control: Control }
  | { readonly type: 'error'; readonly detail: string };

/** An RFC 9457 problem document. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
}
