/**
 * What advice may know beside the document: volatility, stops, a calendar, the day of the tables.
 */
import { decimal, integer } from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import { dayNumber, timeMs } from './advice-calendar.ts';
import {
  describe,
  readArray,
  readName,
  readNumber,
  readObject,
  readWord,
  refuse,
  step,
} from './reader.ts';
import type { Fields, Place, Reader } from './reader.ts';

/** A stop order that rests. */
export interface StopOrder {
  readonly market: string;
  readonly side?: 'long' | 'short' | undefined;
  readonly marginMode?: 'cross' | 'isolated' | undefined;
  readonly price: DecimalLike;
}

/** Something scheduled. */
export interface CalendarEvent {
  readonly name: string;
  /** A time such as 2026-07-02T12:30:00Z. */
  readonly at: string;
  /** Only this market; by default all. */
  readonly market?: string | undefined;
}

/** Each part may be left out; the rules that need it then say nothing. */
export interface AdviceContext {
  /** Daily standard deviation of relative changes, by market; above 0. */
  readonly volatility?: Readonly<Record<string, DecimalLike>> | undefined;
  /** The same in usual times. */
  readonly usualVolatility?: Readonly<Record<string, DecimalLike>> | undefined;
  /** Deviations that a distance should have; by default 3. */
  readonly sigmas?: DecimalLike | undefined;
  /** The largest volatility × value / equity; by default 0.1: a usual day costs a tenth. */
  readonly riskMax?: DecimalLike | undefined;
  /** All stops that rest; an empty list means that there are none. */
  readonly stops?: readonly StopOrder[] | undefined;
  /** What must lie between a stop and liquidation, as a share of the mark; by default 0.005. */
  readonly stopCushion?: DecimalLike | undefined;
  readonly events?: readonly CalendarEvent[] | undefined;
  /** The present, such as 2026-07-02T12:00:00Z. */
  readonly now?: string | undefined;
  /** How long before an event a position counts as held into it; by default 24. */
  readonly eventHours?: DecimalLike | undefined;
  /**
   * The day of the tier tables, such as 2026-07-02; by default the document's `asOf`, or without
   * one the oldest day of the venue's tables in use.
   */
  readonly tiersDate?: string | undefined;
  /** After so many days they are stale; by default 30. */
  readonly tiersDaysMax?: DecimalLike | undefined;
}

export interface KnownStop {
  readonly market: string;
  readonly side: string | null;
  readonly marginMode: string | null;
  readonly price: Rational;
}

export interface KnownEvent {
  readonly name: string;
  readonly at: string;
  readonly atMs: number;
  readonly market: string | null;
}

/** The context as it is used; null stands for what was not given. */
export interface Known {
  readonly volatility: ReadonlyMap<string, Rational>;
  readonly usualVolatility: ReadonlyMap<string, Rational>;
  readonly sigmas: Rational;
  readonly riskMax: Rational;
  readonly stops: readonly KnownStop[] | null;
  readonly stopCushion: Rational;
  readonly events: readonly KnownEvent[];
  readonly nowMs: number | null;
  readonly eventHours: Rational;
  readonly tiersDate: string | null;
  readonly tiersDaysMax: Rational;
}

const KEYS: ReadonlySet<string> = new Set([
  'volatility',
  'usualVolatility',
  'sigmas',
  'riskMax',
  'stops',
  'stopCushion',
  'events',
  'now',
  'eventHours',
  'tiersDate',
  'tiersDaysMax',
]);
const STOP_KEYS: ReadonlySet<string> = new Set(['market', 'side', 'marginMode', 'price']);
const EVENT_KEYS: ReadonlySet<string> = new Set(['name', 'at', 'market']);
const ENTRIES_MAX = 1000;
const ROOT = step(null, 'context');

/** The context; a problem is kept in the reader with its path, `context.stops[0].price`. */
export function readContext(reader: Reader, context: unknown): Known {
  const fields = readObject(reader, context, ROOT, KEYS);
  const number = (key: string, fallback: Rational): Rational =>
    readNumber(reader, fields.get(key), step(ROOT, key), { range: 'not-negative', fallback });
  const now = fields.get('now');
  const date = fields.get('tiersDate');
  return {
    volatility: readTable(reader, fields, 'volatility'),
    usualVolatility: readTable(reader, fields, 'usualVolatility'),
    sigmas: number('sigmas', integer(3)),
    riskMax: number('riskMax', decimal('0.1')),
    stops: fields.has('stops') ? readStops(reader, fields.get('stops')) : null,
    stopCushion: number('stopCushion', decimal('0.005')),
    events: readEvents(reader, fields.get('events')),
    nowMs: now === undefined ? null : readTime(reader, now, step(ROOT, 'now')),
    eventHours: number('eventHours', integer(24)),
    tiersDate: date === undefined ? null : readDay(reader, date, step(ROOT, 'tiersDate')),
    tiersDaysMax: number('tiersDaysMax', integer(30)),
  };
}

function readTable(reader: Reader, fields: Fields, key: string): ReadonlyMap<string, Rational> {
  const place = step(ROOT, key);
  const table = readObject(reader, fields.get(key) ?? {}, place, null);
  return new Map(
    [...table].map(([market, value]) => [
      market,
      readNumber(reader, value, step(place, market), { range: 'positive' }),
    ]),
  );
}

function readStops(reader: Reader, value: unknown): readonly KnownStop[] {
  const place = step(ROOT, 'stops');
  return readArray(reader, value, place, ENTRIES_MAX).map((item, k) => {
    const at = step(place, k);
    const fields = readObject(reader, item, at, STOP_KEYS);
    const word = (key: string, words: readonly string[]): string | null =>
      fields.has(key) ? readWord(reader, fields.get(key), step(at, key), { words }) : null;
    return {
      market: readName(reader, fields.get('market'), step(at, 'market')),
      side: word('side', ['long', 'short']),
      marginMode: word('marginMode', ['cross', 'isolated']),
      price: readNumber(reader, fields.get('price'), step(at, 'price'), { range: 'positive' }),
    };
  });
}

function readEvents(reader: Reader, value: unknown): readonly KnownEvent[] {
  const place = step(ROOT, 'events');
  return readArray(reader, value, place, ENTRIES_MAX).map((item, k) => {
    const at = step(place, k);
    const fields = readObject(reader, item, at, EVENT_KEYS);
    const market = fields.get('market');
    return {
      name: readName(reader, fields.get('name'), step(at, 'name')),
      at: String(fields.get('at')),
      atMs: readTime(reader, fields.get('at'), step(at, 'at')),
      market: market === undefined ? null : readName(reader, market, step(at, 'market')),
    };
  });
}

function readTime(reader: Reader, value: unknown, place: Place): number {
  const ms = typeof value === 'string' ? timeMs(value) : undefined;
  if (ms === undefined)
    refuse(reader, place, `must be a time such as 2026-07-02T12:30:00Z, not ${describe(value)}`);
  return ms ?? 0;
}

function readDay(reader: Reader, value: unknown, place: Place): string {
  if (typeof value === 'string' && dayNumber(value) !== undefined) return value;
  refuse(reader, place, `must be a date like 2026-07-02, not ${describe(value)}`);
  return '';
}
