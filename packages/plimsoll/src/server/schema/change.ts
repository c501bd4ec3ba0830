/** What each change of the API takes in its body. */
import { Type, type TSchema } from 'typebox';
import { Count, Decimal, Mode, Name, oneOf, orNull, Side, strict, Time } from './common.ts';
import { FundLimits, LiquidationOrder, LiquidationRules, SharedLosses } from './liquidation.ts';

const Schedule: TSchema = Type.Object(
  { kind: oneOf('flat', 'brackets', 'steps', 'linear', 'power', 'per-unit', 'max') },
  { additionalProperties: true, description: 'as in an account document' },
);
/** A phase of a recovery: at most a week. */
const Phase = Type.Integer({ minimum: 0, maximum: 604_800_000 });
const Milliseconds = orNull(Type.Integer({ minimum: 0 }));

const Prices = strict({
  sources: Type.Array(Name, { minItems: 1, maxItems: 16 }),
  minimumAgreeing: Type.Integer({ minimum: 1, maximum: 16 }),
  maxDeviation: Decimal,
  silentAfterMs: Type.Integer({ minimum: 1 }),
  jump: orNull(
    strict({ threshold: Decimal, confirmations: Type.Integer({ minimum: 1, maximum: 1_000 }) }),
  ),
});
function ofGuard(schema: TSchema): TSchema {
  return Type.Optional(orNull(schema));
}

const GUARDS = {
  caps: ofGuard(
    strict({
      openInterest: orNull(Decimal),
      position: orNull(Decimal),
      share: Type.Optional(Decimal),
    }),
  ),
  initialByOpenInterest: ofGuard(strict({ base: Decimal, lower: Decimal, upper: Decimal })),
  leverageByVolatility: ofGuard(
    strict({
      windowMs: Type.Integer(),
      bands: Type.Array(strict({ from: Decimal, maxLeverage: Decimal }), { maxItems: 20 }),
    }),
  ),
  orderBand: ofGuard(Decimal),
  breaker: ofGuard(
    strict({
      windowMs: Type.Integer(),
      volume: orNull(Decimal),
      move: orNull(Decimal),
      everyMs: Type.Integer(),
    }),
  ),
};

/** A market's rules, as the engine keeps them. */
export const Rules: TSchema = strict({
  contract: oneOf('linear', 'inverse'),
  multiplier: Type.Optional(Decimal),
  face: Type.Optional(Decimal),
  tick: Decimal,
  lot: Decimal,
  maintenance: strict({
    basis: oneOf('mark', 'entry'),
    schedule: Schedule,
    closingFeeRate: Decimal,
    closingFeeAt: oneOf('mark', 'leverage'),
  }),
  initial: orNull(strict({ schedule: Schedule })),
  maxLeverage: Decimal,
  makerFee: Decimal,
  takerFee: Decimal,
  liquidationFee: Decimal,
  liquidation: Type.Optional(LiquidationRules),
  trigger: oneOf('below', 'at-or-below'),
  priceBand: Decimal,
  profitWithdrawable: Type.Boolean(),
  staleAfterMs: Milliseconds,
  invalidAfterMs: Milliseconds,
  prices: Type.Optional(Prices),
  ...GUARDS,
});

export const Policy: TSchema = strict({
  marginCallAt: orNull(Decimal),
  marginCallClearAt: orNull(Decimal),
  call: orNull(
    strict({
      restoreTo: oneOf('initial', 'maintenance'),
      deadlineHours: Decimal,
      liquidateBelow: orNull(Decimal),
    }),
  ),
});

export const LiquidationPolicy: TSchema = strict({
  timeoutMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
  remainderTo: oneOf('account', 'fund'),
  depositCures: Type.Boolean(),
  fundLeverage: Decimal,
  order: Type.Optional(LiquidationOrder),
  fundPerEpoch: Type.Optional(FundLimits),
  losses: Type.Optional(SharedLosses),
  rules: Type.Optional(LiquidationRules),
});

export const Configuration: TSchema = strict({
  asset: strict({
    symbol: Name,
    decimals: Type.Integer({ minimum: 0, maximum: 12 }),
  }),
  policy: Policy,
  liquidation: LiquidationPolicy,
  rememberedIds: Type.Integer({ minimum: 1, maximum: 100_000 }),
});

export type Change =
  | 'configuration'
  | 'account'
  | 'owner'
  | 'amount'
  | 'leverage'
  | 'marginMode'
  | 'margin'
  | 'order'
  | 'trade'
  | 'marks'
  | 'funding'
  | 'market'
  | 'rules'
  | 'halt'
  | 'resume'
  | 'mode'
  | 'delisting'
  | 'liquidationFill'
  | 'fill'
  | 'clock';

/** By the name of the change. */
export const BODIES: Readonly<Record<Change, TSchema>> = {
  configuration: Configuration,
  account: strict({ account: Name, owner: Type.Optional(Name) }),
  owner: strict({ owner: orNull(Name) }),
  amount: strict({ amount: Decimal }),
  leverage: strict({ market: Name, leverage: Decimal }),
  marginMode: strict({ market: Name, marginMode: Mode }),
  margin: strict({ market: Name, amount: Decimal }),
  order: strict({
    order: Name,
    market: Name,
    side: Side,
    size: Decimal,
    price: Decimal,
    reduceOnly: Type.Optional(Type.Boolean()),
  }),
  trade: strict({
    market: Name,
    buyer: Name,
    seller: Name,
    size: Decimal,
    price: Decimal,
    taker: Side,
    buyOrder: Type.Optional(orNull(Name)),
    sellOrder: Type.Optional(orNull(Name)),
  }),
  marks: strict({
    source: Name,
    sourceSequence: Type.Integer({ minimum: 1 }),
    sourceTime: Type.Optional(Time),
    prices: Type.Record(Type.String(), Decimal, { minProperties: 1, maxProperties: 1_000 }),
  }),
  funding: strict({ market: Name, rate: Decimal, intervalEnd: Time }),
  market: strict({ market: Name, rules: Rules }),
  rules: strict({
    rules: Rules,
    appliesTo: oneOf('open', 'new'),
    effectiveAt: Type.Optional(orNull(Time)),
  }),
  halt: strict({}),
  resume: strict({
    confirmations: Type.Integer({ minimum: 1, maximum: 1_000 }),
    tolerance: Decimal,
    reduceOnlyMs: Phase,
    liquidationsMs: Phase,
  }),
  mode: strict({ mode: oneOf('open', 'reduce-only', 'liquidation-only') }),
  delisting: strict({ price: Decimal, reason: oneOf('expiry', 'delisting') }),
  liquidationFill: strict({
    market: Type.Optional(Name),
    size: Decimal,
    price: Decimal,
    counterparty: Name,
  }),
  fill: strict({ size: Decimal, price: Decimal, counterparty: Name }),
  clock: strict({}),
};

/** The answer to every change. */
export const Accepted: TSchema = strict({ sequence: Count, time: Time, status: oneOf('accepted') });
