/** What is answered about the past of one account. */
import { Type, type TSchema } from 'typebox';
import { Count, Figure, Name, oneOf, orNull, strict, Time } from './common.ts';
import { Event } from './event.ts';
import { INTERVAL_NAMES } from './reading.ts';

export const AccountHistory: TSchema = strict({
  account: Name,
  sequence: Count,
  from: Time,
  whole: Type.Boolean({ description: 'whether `from` is the opening of the account' }),
  interval: oneOf(...INTERVAL_NAMES),
  funding: Type.Array(strict({ market: Name, paid: Figure }), {
    description: 'of each open position since it was opened; below 0 received',
  }),
  points: Type.Array(
    strict({ time: Time, equity: Figure, initialMargin: Figure, maintenanceMargin: Figure }),
  ),
});

export const LiquidationHistory: TSchema = strict({
  account: Name,
  liquidation: Count,
  market: orNull(Name),
  ended: Type.Boolean(),
  steps: Type.Array(
    strict({
      event: Event,
      marks: Type.Record(Type.String(), Figure),
      equity: Figure,
      maintenanceMargin: Figure,
      socialized: Figure,
      positions: Type.Array(strict({ market: Name, side: oneOf('long', 'short'), size: Figure })),
    }),
  ),
});
