/**
 * The words that all schemas share: names, decimals, times, and objects that refuse unknown
 * fields.
 */
import { Type, type TObject, type TProperties, type TSchema } from 'typebox';

/** An object with exactly these fields. */
export function strict<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}

/** One of a few texts. */
export function oneOf(...texts: readonly string[]): TSchema {
  return Type.Unsafe<string>({ type: 'string', enum: [...texts] });
}

/** Of that type, or null. */
export function orNull(schema: TSchema): TSchema {
  const { description } = schema as { readonly description?: string };
  const said = description === undefined ? {} : { description: `${description}, or null` };
  return Type.Union([schema, Type.Null()], said);
}

/** Not "." nor "..": no address leads to these. */
export const Name: TSchema = Type.String({
  pattern: '^(?!\\.{1,2}$)[A-Za-z0-9._:-]{1,64}$',
  description: '1 to 64 of A-Z a-z 0-9 . _ : -, but not . or .. alone',
});

export const Decimal: TSchema = Type.String({
  maxLength: 64,
  pattern: '^-?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,2})?$',
  description: 'a decimal in a string, such as "1250.5"',
});

/** What figures are printed as; a ratio may be Infinity. */
export const Figure: TSchema = Type.String({ description: 'a decimal in a string' });

export const Time: TSchema = Type.String({
  maxLength: 40,
  description: 'ISO 8601 with a zone, such as "2026-01-31T08:00:00.000Z"',
});

export const Count: TSchema = Type.Integer({ minimum: 0 });
export const Side: TSchema = oneOf('buy', 'sell');
export const Mode: TSchema = oneOf('cross', 'isolated');
export const State: TSchema = oneOf('healthy', 'margin-call', 'liquidation', 'bankrupt');
export const AnyObject: TSchema = Type.Object({}, { additionalProperties: true });

/** RFC 9457, as every error is answered. */
export const ProblemSchema: TSchema = strict({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  figures: Type.Optional(AnyObject),
  sequence: Type.Optional(Count),
  path: Type.Optional(Type.String()),
});
