/** What the reading routes take in their query and answer. */
import { VALIDITIES } from '@plimsoll/core/engine';
import { Type, type TSchema } from 'typebox';
import { AnyObject, Count, Figure, Name, oneOf, orNull, State, strict, Time } from './common.ts';
import { Rules } from './change.ts';
import { EVENT_KINDS } from './event.ts';

const SORTS = [
  'marginRatio',
  'distance',
  'equity',
  'maintenanceMargin',
  'initialMargin',
  'available',
  'positionValue',
];
const MODES = [
  'open',
  'reduce-only',
  'liquidation-only',
  'halted',
  'confirming',
  'recovering',
  'delisted',
];
export const INTERVAL_NAMES = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

function limit(maximum: number, preset: number): TSchema {
  return Type.Integer({ minimum: 1, maximum, default: preset });
}

/** By route. */
export type Query =
  'none' | 'candles' | 'totalsHistory' | 'accounts' | 'accountHistory' | 'events' | 'explain';

export const QUERIES: Readonly<Record<Query, TSchema>> = {
  none: strict({}),
  candles: strict({
    interval: Type.Optional(oneOf(...INTERVAL_NAMES)),
    limit: Type.Optional(limit(1_500, 500)),
  }),
  totalsHistory: strict({
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    limit: Type.Optional(limit(5_000, 500)),
  }),
  accounts: strict({
    sort: Type.Optional(oneOf(...SORTS, ...SORTS.map((field) => `-${field}`))),
    state: Type.Optional(State),
    market: Type.Optional(Name),
    search: Type.Optional(Type.String({ maxLength: 64 })),
    offset: Type.Optional(Count),
    limit: Type.Optional(limit(500, 100)),
  }),
  accountHistory: strict({ limit: Type.Optional(limit(1_500, 500)) }),
  events: strict({
    account: Type.Optional(Name),
    market: Type.Optional(Name),
    kind: Type.Optional(Type.Array(oneOf(...EVENT_KINDS), { maxItems: EVENT_KINDS.length })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    after: Type.Optional(Type.String({ pattern: '^\\d{1,15}\\.\\d{1,9}$' })),
    limit: Type.Optional(limit(1_000, 100)),
    order: Type.Optional(oneOf('newest', 'oldest')),
  }),
  explain: strict({
    position: Type.Optional(Type.String({ maxLength: 64 })),
    venues: Type.Optional(Type.String({ maxLength: 400 })),
  }),
};

export const Health: TSchema = strict({
  status: oneOf('ok', 'draining', 'halted'),
  sequence: Count,
  durable: Count,
});

const Source = strict({
  source: Name,
  state: oneOf('counted', 'deviating', 'silent', 'missing'),
  price: orNull(Figure),
  time: orNull(Time),
  ageMs: orNull(Count),
});

const Market = strict({
  market: Name,
  mode: oneOf(...MODES),
  mark: orNull(Figure),
  markTime: orNull(Time),
  validity: oneOf(...VALIDITIES),
  sources: Type.Array(Source),
  change24h: orNull(Figure),
  openInterest: Figure,
  openInterestValue: Figure,
  fundingRate: orNull(Figure),
  fundingAt: orNull(Time),
  rules: AnyObject,
});

export const Markets: TSchema = strict({ sequence: Count, markets: Type.Array(Market) });

export const CandlesAnswer: TSchema = strict({
  market: Name,
  interval: oneOf(...INTERVAL_NAMES),
  candles: Type.Array(
    Type.Array(Type.Number(), {
      minItems: 5,
      maxItems: 5,
      description: 'time in seconds, open, high, low, close',
    }),
  ),
});

const OpenInterest = Type.Record(Type.String(), Figure, {
  description: 'value by market, in the settlement asset',
});

export const Totals: TSchema = strict({
  sequence: Count,
  time: Time,
  accounts: Count,
  withPositions: Count,
  healthy: Count,
  called: Count,
  liquidating: Count,
  equity: Figure,
  maintenanceMargin: Figure,
  initialMargin: Figure,
  positionValue: Figure,
  openInterest: OpenInterest,
  fund: strict({ balance: Figure, equity: Figure, lowest: Figure }),
  fees: Figure,
  marginCalls: Count,
  gaps: Count,
  liquidations: Count,
  bankruptcies: Count,
  deleveraged: Count,
  epoch: Count,
  epochMs: Type.Number(),
  epochMsWorst: Type.Number(),
});

export const TotalsHistory: TSchema = strict({
  points: Type.Array(
    strict({
      time: Time,
      sequence: Count,
      fund: Figure,
      called: Count,
      liquidating: Count,
      liquidated: Count,
      marginCalls: Count,
      bankruptcies: Count,
      deleveraged: Count,
      equity: Figure,
      maintenanceMargin: Figure,
      positionValue: Figure,
      openInterest: OpenInterest,
    }),
  ),
});

/** A row of the accounts. */
export const ROW: Readonly<Record<string, TSchema>> = {
  account: Name,
  state: State,
  marginRatio: orNull(Figure),
  equity: Figure,
  maintenanceMargin: Figure,
  initialMargin: Figure,
  available: Figure,
  positionValue: Figure,
  distance: orNull(Figure),
  nearestMarket: orNull(Name),
  markets: Type.Array(Name),
  deadline: orNull(Time),
};

export const AccountPage: TSchema = strict({
  sequence: Count,
  total: Count,
  offset: Count,
  accounts: Type.Array(strict(ROW)),
});

const Position = strict({
  market: Name,
  side: oneOf('long', 'short'),
  size: Figure,
  entryPrice: orNull(Figure),
  markPrice: orNull(Figure),
  marginMode: oneOf('cross', 'isolated'),
  leverage: Figure,
  isolatedMargin: orNull(Figure),
  value: Figure,
  unrealizedPnl: Figure,
  equity: Figure,
  initialMargin: Figure,
  maintenanceMargin: Figure,
  marginRatio: orNull(Figure),
  state: State,
  liquidationPrice: orNull(Figure),
  bankruptcyPrice: orNull(Figure),
  distance: orNull(Figure),
  deadline: orNull(Time),
  adlRisk: orNull(Type.Integer({ minimum: 1, maximum: 5 })),
});

const Order = strict({
  order: Name,
  market: Name,
  side: oneOf('buy', 'sell'),
  size: Figure,
  price: Figure,
  reduceOnly: Type.Boolean(),
  initialMargin: Figure,
});

export const Account: TSchema = strict({
  sequence: Count,
  ...ROW,
  owner: orNull(Name),
  siblings: Type.Array(Name),
  balance: Figure,
  positions: Type.Array(Position),
  orders: Type.Array(Order),
  calls: Type.Array(strict({ market: orNull(Name), deadline: orNull(Time) })),
  liquidations: Type.Array(AnyObject),
});

/** Rules by market. */
export const RehearsalBody: TSchema = strict({
  rules: Type.Record(Name, Rules, { minProperties: 1, maxProperties: 1_000 }),
});

/** The figures of markets are of all open positions; `units` are the worst, at most 1,000. */
export const RehearsalAnswer: TSchema = strict({
  sequence: Count,
  called: Count,
  liquidated: Count,
  missing: Figure,
  markets: Type.Array(
    strict({
      market: Name,
      positions: Count,
      maintenanceBefore: Figure,
      maintenanceAfter: Figure,
      initialBefore: Figure,
      initialAfter: Figure,
    }),
  ),
  units: Type.Array(
    strict({
      account: Name,
      market: orNull(Name),
      outcome: oneOf('called', 'liquidated'),
      equity: Figure,
      maintenanceBefore: Figure,
      maintenanceAfter: Figure,
      missing: Figure,
    }),
  ),
});
