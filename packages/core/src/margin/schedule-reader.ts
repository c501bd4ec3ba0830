/** Reads a schedule from a document: its kind, its own keys, levels that begin at 0 and ascend. */
import { compare, decimal, integer, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import {
  readArray,
  readNumber,
  readObject,
  readWord,
  refuse,
  refuseUnknown,
  step,
} from './reader.ts';
import type { Fields, Place, Reader } from './reader.ts';
import type { By, Level, Schedule } from './rules.ts';

const KINDS = ['flat', 'brackets', 'steps', 'linear', 'power', 'per-unit', 'max'] as const;
const BY: readonly By[] = ['value', 'size'];
const LEVELS_MAX = 1000;
const MAX_SCHEDULES = 16;
const MAX_DEPTH = 4;
/** An exponent nearer to 0 would put the end of `base` at a value beyond all reckoning. */
const EXPONENT_MIN: Rational = decimal('0.01');
const EXPONENT_MAX: Rational = integer(10);

const KEYS: Readonly<Record<Schedule['kind'], ReadonlySet<string>>> = {
  flat: new Set(['kind', 'rate']),
  brackets: new Set(['kind', 'by', 'levels']),
  steps: new Set(['kind', 'by', 'levels']),
  linear: new Set(['kind', 'base', 'perUnit', 'by']),
  power: new Set(['kind', 'base', 'factor', 'exponent', 'offset', 'by']),
  'per-unit': new Set(['kind', 'amount']),
  max: new Set(['kind', 'of']),
};
const LEVEL_KEYS: ReadonlySet<string> = new Set(['from', 'rate']);
const HARMLESS: Schedule = { kind: 'flat', rate: ZERO };

interface Source {
  readonly reader: Reader;
  readonly fields: Fields;
  readonly place: Place;
  readonly depth: number;
}

/** The schedule at this place; a problem is kept in the reader. */
export function readSchedule(reader: Reader, value: unknown, place: Place, depth = 0): Schedule {
  if (value === undefined) {
    refuse(reader, place, 'is missing; give a schedule such as { "kind": "flat", "rate": "0.05" }');
    return HARMLESS;
  }
  const fields = readObject(reader, value, place, null);
  const kind = readWord(reader, fields.get('kind'), step(place, 'kind'), { words: KINDS });
  if (reader.refusal !== null) return HARMLESS;
  refuseUnknown(reader, fields, { place, known: KEYS[kind] });
  return readKind(kind, { reader, fields, place, depth });
}

function readKind(kind: Schedule['kind'], source: Source): Schedule {
  switch (kind) {
    case 'flat':
      return { kind, rate: amountAt(source, 'rate') };
    case 'brackets':
    case 'steps':
      return { kind, by: byAt(source, 'value'), levels: readLevels(source) };
    case 'linear':
      return {
        kind,
        by: byAt(source, 'size'),
        base: amountAt(source, 'base'),
        perUnit: amountAt(source, 'perUnit'),
      };
    case 'power':
      return readPower(source);
    case 'per-unit':
      return { kind, amount: amountAt(source, 'amount') };
    case 'max':
      return { kind, of: readMembers(source) };
  }
}

function amountAt({ reader, fields, place }: Source, key: string): Rational {
  return readNumber(reader, fields.get(key), step(place, key), { range: 'not-negative' });
}

function byAt({ reader, fields, place }: Source, fallback: By): By {
  return readWord(reader, fields.get('by'), step(place, 'by'), { words: BY, fallback });
}

function readPower(source: Source): Schedule {
  const { reader, fields, place } = source;
  const exponent = amountAt(source, 'exponent');
  const isSmall = exponent.n !== 0n && compare(exponent, EXPONENT_MIN) < 0;
  if (isSmall || compare(exponent, EXPONENT_MAX) > 0) {
    refuse(reader, step(place, 'exponent'), 'must be 0, or from 0.01 to 10');
  }
  return {
    kind: 'power',
    by: byAt(source, 'value'),
    base: amountAt(source, 'base'),
    factor: amountAt(source, 'factor'),
    exponent,
    offset: readNumber(reader, fields.get('offset'), step(place, 'offset'), {
      range: 'any',
      fallback: ZERO,
    }),
  };
}

function readMembers({ reader, fields, place, depth }: Source): readonly Schedule[] {
  const at = step(place, 'of');
  const items = readArray(reader, fields.get('of'), at, MAX_SCHEDULES);
  if (items.length === 0) refuse(reader, at, 'must hold at least one schedule');
  if (depth >= MAX_DEPTH) refuse(reader, at, `is nested deeper than ${MAX_DEPTH} schedules`);
  if (reader.refusal !== null) return [HARMLESS];
  return items.map((item, k) => readSchedule(reader, item, step(at, k), depth + 1));
}

function readLevels({ reader, fields, place }: Source): readonly Level[] {
  const at = step(place, 'levels');
  const items = readArray(reader, fields.get('levels'), at, LEVELS_MAX);
  if (items.length === 0) refuse(reader, at, 'must hold at least one level, from 0 on');
  const levels: Level[] = [];
  for (const [k, item] of items.entries()) {
    const level = readLevel(reader, item, step(at, k));
    if (reader.refusal === null) refuseOrder(reader, levels.at(-1), level, step(at, k));
    levels.push(level);
    if (reader.refusal !== null) break;
  }
  return levels;
}

function readLevel(reader: Reader, item: unknown, place: Place): Level {
  const fields = readObject(reader, item, place, LEVEL_KEYS);
  const range = 'not-negative';
  return {
    from: readNumber(reader, fields.get('from'), step(place, 'from'), { range }),
    rate: readNumber(reader, fields.get('rate'), step(place, 'rate'), { range }),
  };
}

function refuseOrder(reader: Reader, before: Level | undefined, level: Level, place: Place): void {
  const at = step(place, 'from');
  if (before === undefined && level.from.n !== 0n) {
    refuse(reader, at, 'must be 0 on the first level');
  }
  if (before !== undefined && compare(level.from, before.from) <= 0) {
    refuse(reader, at, 'must be above the level before; levels ascend');
  }
}
