/**
 * Reading hostile values: parsed JSON or objects made in JavaScript. The first problem is kept,
 * with
 * its path; whoever reads goes on with a harmless value and asks for the problem at the end.
 */
import { appendKey, isNumberText, numberText, ONE, parseDecimal } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Refusal } from './account.ts';

/** A place in the document: a step, and the place it was taken from. */
export interface Place {
  readonly parent: Place | null;
  readonly key: string | number;
}

/** The keys that an object really has, each a plain value. */
export type Fields = ReadonlyMap<string, unknown>;

/** Keeps the first problem met. */
export interface Reader {
  refusal: Refusal | null;
}

/** What a number must be. */
export type Range = 'any' | 'positive' | 'not-negative';

const NO_FIELDS: Fields = new Map();

export function makeReader(): Reader {
  return { refusal: null };
}

/** The place one step further. */
export function step(parent: Place | null, key: string | number): Place {
  return { parent, key };
}

/** The place as it is printed: `positions[2].size`; empty for the document itself. */
export function pathOf(place: Place | null): string {
  return place === null ? '' : appendKey(pathOf(place.parent), place.key);
}

/** Keeps the problem unless there is one already. */
export function refuse(reader: Reader, place: Place | null, message: string): void {
  reader.refusal ??= { path: pathOf(place), message };
}

/** The object's fields; a key that is not in `known` is refused. `known` null allows any key. */
export function readObject(
  reader: Reader,
  value: unknown,
  place: Place | null,
  known: ReadonlySet<string> | null,
): Fields {
  if (reader.refusal !== null) return NO_FIELDS;
  if (!isObject(value)) {
    refuse(reader, place, `must be an object, not ${describe(value)}`);
    return NO_FIELDS;
  }
  const fields = ownFields(value);
  if (fields === null) {
    refuse(reader, place, 'must hold plain values: no getters, no objects that throw when read');
    return NO_FIELDS;
  }
  if (known !== null) refuseUnknown(reader, fields, { place, known });
  return fields;
}

/** Refuses the first key that is not in `known`. */
export function refuseUnknown(
  reader: Reader,
  fields: Fields,
  { place, known }: { place: Place | null; known: ReadonlySet<string> },
): void {
  for (const key of fields.keys()) {
    if (known.has(key)) continue;
    const message = `is not a known key; known here: ${[...known].join(', ')}`;
    refuse(reader, step(place, key), message);
    return;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isArray(value) && !isNumberText(value);
}

/** `Array.isArray` throws on a revoked proxy; that is no array either. */
function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Null when a value is behind a getter, or reading throws (a proxy may). */
function ownFields(value: object): Fields | null {
  const fields = new Map<string, unknown>();
  try {
    for (const key of Object.keys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined || !('value' in property)) return null;
      if (property.value !== undefined) fields.set(key, property.value);
    }
  } catch {
    return null;
  }
  return fields;
}

/** The items of an array of at most `most`; absent is empty. */
export function readArray(
  reader: Reader,
  value: unknown,
  place: Place,
  most: number,
): readonly unknown[] {
  if (value === undefined || reader.refusal !== null) return [];
  if (!isArray(value)) {
    refuse(reader, place, `must be an array, not ${describe(value)}`);
    return [];
  }
  const items = arrayItems(value, most);
  if (typeof items !== 'string') return items;
  refuse(reader, place, items);
  return [];
}

function arrayItems(value: readonly unknown[], most: number): readonly unknown[] | string {
  try {
    if (value.length > most) return `has ${value.length} entries; at most ${most} are taken`;
    const items: unknown[] = [];
    for (let k = 0; k < value.length; k += 1) items.push(value[k]);
    return items;
  } catch {
    return 'must be a plain array that can be read';
  }
}

/** A decimal in its range; absent is `fallback`, and refused as missing without one. */
export function readNumber(
  reader: Reader,
  value: unknown,
  place: Place,
  options: { range: Range; fallback?: Rational },
): Rational {
  const fallback = options.fallback ?? ONE;
  if (reader.refusal !== null) return fallback;
  if (value === undefined) {
    if (options.fallback === undefined) refuse(reader, place, 'is missing; give a decimal');
    return fallback;
  }
  const number = parseDecimal(value);
  if (number === undefined) {
    refuse(reader, place, `must be a decimal such as "0.05" or 1e-6, not ${describe(value)}`);
    return fallback;
  }
  const problem = outOfRange(number, options.range);
  if (problem !== null) refuse(reader, place, `${problem}, not ${describe(value)}`);
  return number;
}

function outOfRange(number: Rational, range: Range): string | null {
  if (range === 'positive' && number.n <= 0n) return 'must be above 0';
  return range === 'not-negative' && number.n < 0n ? 'must not be negative' : null;
}

/** A word from a list; absent is `fallback`, and refused as missing without one. */
export function readWord<Word extends string>(
  reader: Reader,
  value: unknown,
  place: Place,
  options: { words: readonly Word[]; fallback?: Word },
): Word {
  const { words, fallback } = options;
  const harmless: Word = fallback ?? (words[0] as Word);
  if (reader.refusal !== null) return harmless;
  if (value === undefined) {
    if (fallback === undefined) refuse(reader, place, `is missing; give one of ${quoted(words)}`);
    return harmless;
  }
  const found = words.find((word) => word === value);
  if (found === undefined)
    refuse(reader, place, `must be one of ${quoted(words)}, not ${describe(value)}`);
  return found ?? harmless;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

const NAME_MAX = 200;

/** A name of 1 to 200 characters. */
export function readName(reader: Reader, value: unknown, place: Place): string {
  if (reader.refusal !== null) return '';
  if (value === undefined) refuse(reader, place, 'is missing; give a name');
  else if (typeof value !== 'string')
    refuse(reader, place, `must be a name, not ${describe(value)}`);
  else if (value === '' || value.length > NAME_MAX)
    refuse(reader, place, `must be a name of 1 to ${NAME_MAX} characters`);
  else return value;
  return '';
}

/** What a value is, short enough for a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (value === null || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (isNumberText(value)) return value[numberText].slice(0, 40);
  if (isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : typeof value;
}
