/** The rules of liquidation in bodies, as the engine's `LiquidationRules` has them. */
import { Type, type TSchema } from 'typebox';
import { Decimal, oneOf, orNull, strict } from './common.ts';

const Milliseconds = Type.Integer({ minimum: 0, maximum: 3_600_000 });
const FundPays = oneOf('never', 'fund-pays', 'all-pay');

const Size: TSchema = Type.Union([
  strict({ kind: oneOf('whole', 'fraction') }),
  strict({ kind: oneOf('step-down'), levels: Type.Integer({ minimum: 1, maximum: 1_000 }) }),
  strict({
    kind: oneOf('portion'),
    share: Decimal,
    above: Decimal,
    wholeWithinMs: Milliseconds,
  }),
]);

const Limit: TSchema = Type.Union([
  strict({ kind: oneOf('bankruptcy') }),
  strict({
    kind: oneOf('mark'),
    within: Decimal,
    beyondBankruptcy: FundPays,
    rising: Type.Optional(strict({ most: Decimal, afterMs: Milliseconds, perSecond: Decimal })),
  }),
  strict({
    kind: oneOf('spread'),
    adjustment: Decimal,
    spread: Decimal,
    beyondBankruptcy: FundPays,
  }),
]);

const Chunk: TSchema = strict({
  maxValue: orNull(Decimal),
  maxSize: Type.Optional(Decimal),
  cooldownMs: Type.Integer({ minimum: 1, maximum: 3_600_000 }),
});

const Fee: TSchema = strict({
  charged: oneOf('at-end', 'each-fill'),
  on: oneOf('fill', 'mark'),
  mostShare: Decimal,
  most: orNull(Decimal),
});

const Deleveraging: TSchema = strict({
  by: oneOf('queue', 'pro-rata'),
  when: oneOf('unfilled', 'bankrupt', 'never'),
});

/** Of a venue or of a market; what is left out is the venue's, or the preset. */
export const LiquidationRules: TSchema = strict({
  size: Type.Optional(Size),
  buffer: Type.Optional(Decimal),
  chunk: Type.Optional(orNull(Chunk)),
  limit: Type.Optional(Limit),
  bankruptcy: Type.Optional(oneOf('whole-equity', 'by-maintenance')),
  backstopBelow: Type.Optional(orNull(Decimal)),
  takeover: Type.Optional(Type.Boolean()),
  remainderTo: Type.Optional(oneOf('account', 'fund')),
  fee: Type.Optional(Fee),
  adl: Type.Optional(Deleveraging),
});

export const LiquidationOrder: TSchema = oneOf(
  'largest-maintenance',
  'largest-loss',
  'most-relief',
);

export const SharedLosses: TSchema = oneOf('by-available', 'by-size');

export const FundLimits: TSchema = strict({
  takeoverValue: orNull(Decimal),
  loss: orNull(Decimal),
});
