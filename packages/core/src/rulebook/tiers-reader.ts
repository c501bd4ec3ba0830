/** Reading of untrusted tier tables: every problem is thrown once and answered as a refusal. */
import type { Refusal } from '../margin/index.ts';
import { appendKey, parseDecimal, type Rational } from '../units/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong, and where; never leaves the readers of this folder. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(path: string, message: string) {
    super(message);
    this.refusal = { path, message };
  }
}

/** What `read` gives, or the refusal that it threw. */
export function answered<Value>(read: () => Value): Value | { readonly error: Refusal } {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return { error: error.refusal };
    throw error;
  }
}

/** What `read` gives; a refusal then says the tier as people count, from 1. */
export function numbered<Value>(k: number, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.refusal.path, `${error.message} (tier ${k + 1})`);
  }
}

/** Whether a field is there and not null. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The value as an object. */
export function fieldsAt(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(path, 'must be an object');
  return value as Fields;
}

/** The value as a list of at least one level. */
export function levelsAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new Refused(path, 'must be an array of at least one level');
  return value;
}

/** The field as a number, 0 or above. */
export function numberAt(fields: Fields, key: string, path: string): Rational {
  const number = Object.hasOwn(fields, key) ? parseDecimal(fields[key]) : undefined;
  if (number === undefined || number.n < 0n)
    throw new Refused(appendKey(path, key), 'must be a number, 0 or above');
  return number;
}

/** The field as a number above 0. */
export function aboveZeroAt(fields: Fields, key: string, path: string): Rational {
  const number = numberAt(fields, key, path);
  if (number.n === 0n) throw new Refused(appendKey(path, key), 'must be above 0');
  return number;
}

/** The field as a number, or null where it is not given; an empty text counts as not given. */
export function optionalAt(fields: Fields, key: string, path: string): Rational | null {
  return isGiven(fields[key]) && fields[key] !== '' ? numberAt(fields, key, path) : null;
}

/** The field as one of a few words. */
export function wordAt<Word extends string>(
  fields: Fields,
  key: string,
  { words, path }: { readonly words: readonly Word[]; readonly path: string },
): Word {
  const found = words.find((word) => word === fields[key]);
  if (found === undefined) throw new Refused(appendKey(path, key), `must be ${words.join(' or ')}`);
  return found;
}
