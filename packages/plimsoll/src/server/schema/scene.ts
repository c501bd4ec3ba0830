/** What the scene's routes take and answer. */
import { Type, type TSchema } from 'typebox';
import { SPEED_MAX } from '../../demo/index.ts';
import { AnyObject, Count, Figure, Name, oneOf, orNull, strict, Time } from './common.ts';

const FileName = Type.String({ maxLength: 300, description: 'one of the names in `files`' });

const Speed = Type.Integer({
  minimum: 1,
  maximum: SPEED_MAX,
  description: 'seconds of the scene a second on the wall',
});

/** How a scene stands that is played here. */
export const Control: TSchema = strict({
  state: oneOf('playing', 'paused', 'jumping', 'ended'),
  speed: Speed,
  time: Time,
  from: Time,
  to: Time,
  until: orNull(Time),
  crash: orNull(strict({ from: Time, to: Time, fall: orNull(Figure), market: orNull(Name) })),
  file: orNull(FileName),
  files: Type.Array(FileName),
  canGoBack: Type.Boolean(),
});

/** What became of a candle file that was brought. */
export const Added: TSchema = strict({
  file: orNull(FileName),
  files: Type.Array(FileName),
});

export const FileParams: TSchema = strict({
  name: Type.String({
    maxLength: 160,
    description: 'what the file is called, ending in .csv or .csv.gz',
  }),
});

export const Wish: TSchema = strict({
  playing: Type.Optional(Type.Boolean()),
  speed: Type.Optional(Speed),
  jump: Type.Optional(
    Type.String({ maxLength: 40, description: 'a time, or `crash`: shortly before the fall' }),
  ),
  restart: Type.Optional(Type.Boolean()),
  file: Type.Optional(FileName),
});

export const Scene: TSchema = strict({
  name: Type.String(),
  kind: oneOf('live', 'simulated', 'replayed'),
  simulated: Type.Boolean(),
  asset: orNull(strict({ symbol: Type.String(), decimals: Count })),
  policy: orNull(AnyObject),
  liquidation: orNull(AnyObject),
  codeVersion: Type.String(),
  startedAt: Time,
  sequence: Count,
  time: Time,
  control: orNull(Control),
});
