/** What the calculating routes take in their bodies. */
import { Type, type TSchema } from 'typebox';
import type { AboutDocument } from '../calculation.ts';
import { AnyObject, Decimal, Mode, oneOf, strict, Time } from './common.ts';

const LISTED_MAX = 100;
const ENTRIES_MAX = 1_000;

/** An account document: the calculation itself says what is wrong with one. */
export const Document: TSchema = AnyObject;

const Market = Type.String({ minLength: 1, maxLength: 200 });
const PositionSide = oneOf('long', 'short');
const Day = Type.String({ maxLength: 10, description: 'a date such as "2026-07-02"' });

const Position = Type.Union(
  [
    Market,
    Type.Integer({ minimum: 0 }),
    strict({
      market: Type.Optional(Market),
      side: Type.Optional(PositionSide),
      marginMode: Type.Optional(Mode),
    }),
  ],
  { description: 'a market, a number from 0, or an object of market, side and marginMode' },
);

const Change = Type.Object(
  {
    kind: oneOf(
      'fill',
      'order',
      'deposit',
      'withdrawal',
      'margin',
      'funding',
      'leverage',
      'margin-mode',
      'prices',
      'tiers',
    ),
  },
  { additionalProperties: true, description: 'as the guide to sizing and stops writes it' },
);
const Changes = Type.Array(Change, { minItems: 1, maxItems: LISTED_MAX });
const Decimals = Type.Array(Decimal, { maxItems: LISTED_MAX });
const ByMarket = Type.Record(Type.String(), Decimal, { maxProperties: ENTRIES_MAX });

const Stop = strict({
  market: Market,
  side: Type.Optional(PositionSide),
  marginMode: Type.Optional(Mode),
  price: Decimal,
});
const Event = strict({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  at: Time,
  market: Type.Optional(Market),
});
const Context = strict({
  volatility: Type.Optional(ByMarket),
  usualVolatility: Type.Optional(ByMarket),
  sigmas: Type.Optional(Decimal),
  riskMax: Type.Optional(Decimal),
  stops: Type.Optional(Type.Array(Stop, { maxItems: ENTRIES_MAX })),
  stopCushion: Type.Optional(Decimal),
  events: Type.Optional(Type.Array(Event, { maxItems: ENTRIES_MAX })),
  now: Type.Optional(Time),
  eventHours: Type.Optional(Decimal),
  tiersDate: Type.Optional(Day),
  tiersDaysMax: Type.Optional(Decimal),
});

/** By the name of the calculation. */
export const CALCULATION_BODIES: Readonly<Record<AboutDocument, TSchema>> = {
  'what-if': strict({ document: Document, changes: Changes }),
  size: strict({
    document: Document,
    position: Type.Optional(Position),
    distance: Type.Optional(Decimal),
    ratio: Type.Optional(Decimal),
    sigmas: Type.Optional(Decimal),
    volatility: Type.Optional(Decimal),
    lot: Type.Optional(Decimal),
  }),
  stop: strict({
    document: Document,
    position: Type.Optional(Position),
    distance: Decimal,
    slippage: Type.Optional(Decimal),
    latencyMs: Type.Optional(Decimal),
    volatility: Type.Optional(Decimal),
    sigmas: Type.Optional(Decimal),
    feeRate: Type.Optional(Decimal),
    trigger: Type.Optional(oneOf('mark', 'last')),
    gap: Type.Optional(Decimal),
    changes: Type.Optional(Changes),
  }),
  sensitivity: strict({
    document: Document,
    position: Type.Optional(Position),
    volatility: Type.Optional(Decimal),
  }),
  'funding-drag': strict({
    document: Document,
    position: Type.Optional(Position),
    days: Type.Optional(Decimals),
  }),
  'liquidation-surface': strict({
    document: Document,
    market: Market,
    with: Market,
    betas: Type.Optional(Decimals),
  }),
  advice: strict({ document: Document, context: Type.Optional(Context) }),
};
