/** What the routes of the whole answer: fleet, liquidation map, refusals. */
import { REFUSAL_CODES } from '@plimsoll/core/engine';
import { Type, type TSchema } from 'typebox';
import { Count, Figure, Name, oneOf, orNull, State, strict, Time } from './common.ts';
import { ROW } from './reading.ts';

const Column = Type.String({ description: 'little-endian numbers in base64' });

export const Fleet: TSchema = strict({
  sequence: Count,
  accounts: Count,
  total: Count,
  shown: Count,
  healthyEvery: Type.Integer({ minimum: 1 }),
  states: Type.Array(State),
  markets: Type.Array(Name),
  columns: strict({ number: Column, ratio: Column, value: Column, state: Column, markets: Column }),
});

export const AccountAnswer: TSchema = strict({ sequence: Count, ...ROW });

const SUM = { side: oneOf('long', 'short'), positions: Count, size: Figure, value: Figure };

export const LiquidationMap: TSchema = strict({
  sequence: Count,
  market: Name,
  mark: Figure,
  step: Figure,
  rungs: Type.Array(strict({ price: Figure, ...SUM })),
  beyond: Type.Array(strict(SUM)),
  never: Type.Array(strict(SUM)),
  underWay: Type.Array(strict(SUM)),
});

export const Refusals: TSchema = strict({
  refusals: Type.Array(
    strict({
      sequence: Count,
      time: Time,
      command: Type.String(),
      accounts: Type.Array(Type.String()),
      market: orNull(Type.String()),
      code: oneOf(...REFUSAL_CODES),
      detail: Type.String(),
    }),
  ),
});
