/**
 * From an account document to an account, or to the one refusal that says where it went wrong.
 * Documents may come from `parseJson` or be built in JavaScript; nothing in them is trusted.
 */
import { compare, equals, least, times, ONE, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, CallPolicy, Collateral, Order, Position, Refusal } from './account.ts';
import {
  makeShelf,
  putOnShelf,
  rulesUsed,
  takeFromShelf,
  type MarketShelf,
} from './market-shelf.ts';
import {
  describe,
  makeReader,
  readArray,
  readName,
  readNumber,
  readObject,
  readWord,
  refuse,
  step,
} from './reader.ts';
import type { Fields, Place, Reader } from './reader.ts';
import type { Market } from './rules.ts';
import type { Rulebook } from './rulebook.ts';

const DOCUMENT_KEYS: ReadonlySet<string> = new Set([
  'venue',
  'asOf',
  'collateral',
  'positions',
  'orders',
  'markets',
  'policy',
]);
const COLLATERAL_KEYS: ReadonlySet<string> = new Set([
  'asset',
  'amount',
  'price',
  'weight',
  'market',
]);
const POSITION_KEYS: ReadonlySet<string> = new Set([
  'market',
  'side',
  'size',
  'entryPrice',
  'markPrice',
  'marginMode',
  'leverage',
  'isolatedMargin',
  'unpaidFunding',
  'openedAt',
]);
const ORDER_KEYS: ReadonlySet<string> = new Set(['market', 'side', 'size', 'price', 'reduceOnly']);
const POLICY_KEYS: ReadonlySet<string> = new Set(['marginCallAt', 'call']);
const CALL_KEYS: ReadonlySet<string> = new Set(['restoreTo', 'deadlineHours', 'liquidateBelow']);
const ENTRIES_MAX = 1000;

interface Source {
  readonly reader: Reader;
  readonly fields: Fields;
  readonly place: Place | null;
}

/** The account that a document describes, under one of the rulebooks; or why it describes none. */
export function readAccount(document: unknown, rulebooks: readonly Rulebook[]): Account | Refusal {
  const reader = makeReader();
  const fields = readObject(reader, document, null, DOCUMENT_KEYS);
  const source = { reader, fields, place: null };
  const rulebook = readVenue(source, rulebooks);
  const asOf = dayAt(source, 'asOf');
  const markets = readMarkets(source, rulebook, asOf);
  const positions = readPositions(source, markets);
  const orders = readOrders(source, markets);
  refuseMixedContracts(reader, positions, orders);
  const account = {
    collateral: readCollateral(source),
    positions,
    orders,
    ...readPolicy(source, rulebook),
    rules: rulesUsed(markets, { positions, orders }),
  };
  return reader.refusal ?? account;
}

/** Whether reading ended in a refusal. */
export function isRefusal(result: Account | Refusal): result is Refusal {
  return 'message' in result;
}

function placeOf({ place }: Source, key: string): Place {
  return step(place, key);
}

function numberAt(
  source: Source,
  key: string,
  options: { range: 'any' | 'positive' | 'not-negative'; fallback?: Rational },
): Rational {
  return readNumber(source.reader, source.fields.get(key), placeOf(source, key), options);
}

function nameAt(source: Source, key: string): string {
  return readName(source.reader, source.fields.get(key), placeOf(source, key));
}

function wordAt<Word extends string>(
  source: Source,
  key: string,
  words: readonly Word[],
  fallback?: Word,
): Word {
  const options = fallback === undefined ? { words } : { words, fallback };
  return readWord(source.reader, source.fields.get(key), placeOf(source, key), options);
}

function readVenue(source: Source, rulebooks: readonly Rulebook[]): Rulebook | undefined {
  const venue = nameAt(source, 'venue');
  const rulebook = rulebooks.find(({ id }) => id === venue);
  if (source.reader.refusal !== null || rulebook !== undefined) return rulebook;
  const known = rulebooks.map(({ id }) => `"${id}"`).join(', ');
  const message = `names no rulebook; known: ${known}. With "custom" every market is given under markets`;
  refuse(source.reader, placeOf(source, 'venue'), message);
  return undefined;
}

const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

const MONTH_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the month has such a day. */
function isDay(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0));
}

/** A day, or null when there is none. */
function dayAt(source: Source, key: string): string | null {
  const date = source.fields.get(key);
  if (date === undefined) return null;
  if (typeof date === 'string' && DATE.test(date) && isDay(date)) return date;
  const message = `must be a date like 2026-07-02, not ${describe(date)}`;
  refuse(source.reader, placeOf(source, key), message);
  return null;
}

function readMarkets(
  source: Source,
  rulebook: Rulebook | undefined,
  asOf: string | null,
): MarketShelf {
  const { reader } = source;
  const place = placeOf(source, 'markets');
  const fields = readObject(reader, source.fields.get('markets') ?? {}, place, null);
  const shelf = makeShelf(rulebook, asOf);
  if (fields.size > ENTRIES_MAX)
    refuse(reader, place, `has ${fields.size} entries; at most ${ENTRIES_MAX} are taken`);
  for (const [name, value] of fields) {
    if (reader.refusal !== null) break;
    putOnShelf(shelf, reader, { name, value, place: step(place, name) });
  }
  return shelf;
}

/** The entries of an array of objects, each read by `read` until the first problem. */
function readEntries<Entry>(
  source: Source,
  key: string,
  keys: ReadonlySet<string>,
  read: (entry: Source, before: readonly Entry[]) => Entry,
): readonly Entry[] {
  const { reader } = source;
  const place = placeOf(source, key);
  const entries: Entry[] = [];
  for (const [k, item] of readArray(reader, source.fields.get(key), place, ENTRIES_MAX).entries()) {
    const at = step(place, k);
    const entry = { reader, fields: readObject(reader, item, at, keys), place: at };
    if (reader.refusal !== null) break;
    const value = read(entry, entries);
    if (reader.refusal !== null) break;
    entries.push(value);
  }
  return entries;
}

function readPositions(source: Source, markets: MarketShelf): readonly Position[] {
  if (source.fields.get('positions') === undefined)
    refuse(
      source.reader,
      placeOf(source, 'positions'),
      'is missing; give an array, empty if need be',
    );
  return readEntries<Position>(source, 'positions', POSITION_KEYS, (entry, before) => {
    const position = readPosition(entry, markets);
    refuseTwins(entry, position, before);
    return position;
  });
}

function readPosition(source: Source, markets: MarketShelf): Position {
  const openedAt = readOpening(source, markets);
  const market = marketAt(source, markets, openedAt);
  const side = wordAt(source, 'side', ['long', 'short']) === 'long' ? 1 : -1;
  const positive = { range: 'positive' } as const;
  const size = numberAt(source, 'size', positive);
  const entryPrice = numberAt(source, 'entryPrice', positive);
  const markPrice = numberAt(source, 'markPrice', positive);
  const isolatedMargin = readIsolatedMargin(source);
  const leverage = numberAt(source, 'leverage', { ...positive, fallback: market.leverageDefault });
  const unpaidFunding = numberAt(source, 'unpaidFunding', { range: 'any', fallback: ZERO });
  return {
    market,
    side,
    size,
    entryPrice,
    markPrice,
    leverage,
    isolatedMargin,
    unpaidFunding,
    openedAt,
  };
}

function readOpening(source: Source, { asOf }: MarketShelf): string | null {
  const openedAt = dayAt(source, 'openedAt');
  if (openedAt !== null && asOf !== null && openedAt > asOf)
    refuse(
      source.reader,
      placeOf(source, 'openedAt'),
      `is after asOf, ${asOf}; give an earlier day`,
    );
  return openedAt;
}

function readIsolatedMargin(source: Source): Rational | null {
  const { reader, fields } = source;
  const mode = wordAt(source, 'marginMode', ['cross', 'isolated']);
  if (mode === 'isolated') return numberAt(source, 'isolatedMargin', { range: 'any' });
  if (fields.has('isolatedMargin')) {
    const message = 'belongs to an isolated position; a cross one draws on collateral';
    refuse(reader, placeOf(source, 'isolatedMargin'), message);
  }
  return null;
}

const NO_MARKET: Market = {
  name: '',
  contract: 'linear',
  unit: ONE,
  tick: null,
  basis: 'mark',
  schedule: { kind: 'flat', rate: ZERO },
  short: null,
  hedge: 'separate',
  orders: { count: 'all', maintenance: 'none' },
  closingFeeRate: ZERO,
  closingFeeAt: 'mark',
  initial: null,
  leverageDefault: ONE,
  trigger: 'below',
  rounding: 'none',
};

function marketAt(source: Source, markets: MarketShelf, openedAt: string | null): Market {
  const name = nameAt(source, 'market');
  const place = placeOf(source, 'market');
  return takeFromShelf(markets, source.reader, { name, place, openedAt }) ?? NO_MARKET;
}

function refuseTwins(source: Source, position: Position, before: readonly Position[]): void {
  if (source.reader.refusal !== null) return;
  const same = before.filter(({ market }) => market.name === position.market.name);
  const otherMark = same.findIndex(({ markPrice }) => !equals(markPrice, position.markPrice));
  if (otherMark >= 0) {
    const message =
      'differs from the mark of another position in this market; a market has one mark';
    refuse(source.reader, placeOf(source, 'markPrice'), message);
  }
  const isIsolated = position.isolatedMargin !== null;
  const hasTwin = same.some(
    ({ side, isolatedMargin }) =>
      side === position.side && (isolatedMargin !== null) === isIsolated,
  );
  if (hasTwin) {
    const message = 'repeats the market, side and margin mode of another position; add their sizes';
    refuse(source.reader, source.place, message);
  }
}

function readOrders(source: Source, markets: MarketShelf): readonly Order[] {
  return readEntries<Order>(source, 'orders', ORDER_KEYS, (entry) => {
    const market = marketAt(entry, markets, null);
    const side = wordAt(entry, 'side', ['buy', 'sell']) === 'buy' ? 1 : -1;
    const size = numberAt(entry, 'size', { range: 'positive' });
    const price = numberAt(entry, 'price', { range: 'positive' });
    return { market, side, size, price, reduceOnly: flagAt(entry, 'reduceOnly') };
  });
}

function flagAt(source: Source, key: string): boolean {
  const value = source.fields.get(key);
  if (value !== undefined && typeof value !== 'boolean')
    refuse(source.reader, placeOf(source, key), `must be true or false, not ${describe(value)}`);
  return value === true;
}

function refuseMixedContracts(
  reader: Reader,
  positions: readonly Position[],
  orders: readonly Order[],
): void {
  const first = (positions[0] ?? orders[0])?.market.contract;
  const message = 'mixes linear and inverse contracts; a document has one settlement asset';
  for (const [key, entries] of [['positions', positions] as const, ['orders', orders] as const]) {
    const odd = entries.findIndex(({ market }) => market.contract !== first);
    if (odd >= 0) refuse(reader, step(step(step(null, key), odd), 'market'), message);
  }
}

function readCollateral(source: Source): readonly Collateral[] {
  const seen = new Set<string>();
  return readEntries<Collateral>(source, 'collateral', COLLATERAL_KEYS, (entry) => {
    const asset = nameAt(entry, 'asset');
    if (seen.has(asset))
      refuse(entry.reader, placeOf(entry, 'asset'), 'is given twice; add the amounts');
    seen.add(asset);
    const amount = numberAt(entry, 'amount', { range: 'any' });
    const price = numberAt(entry, 'price', { range: 'positive', fallback: ONE });
    const weight = numberAt(entry, 'weight', { range: 'not-negative', fallback: ONE });
    const market = entry.fields.has('market') ? nameAt(entry, 'market') : null;
    const whole = times(amount, price);
    return { asset, price, market, value: least(times(whole, weight), whole) };
  });
}

function readPolicy(
  source: Source,
  rulebook: Rulebook | undefined,
): Pick<Account, 'marginCallAt' | 'call'> {
  const { reader } = source;
  const place = placeOf(source, 'policy');
  const fields = readObject(
    reader,
    source.fields.get('policy') ?? rulebook?.policy ?? {},
    place,
    POLICY_KEYS,
  );
  const own = { reader, fields, place };
  const marginCallAt = optionalNumberAt(own, 'marginCallAt', 'positive');
  const call = readCall(own);
  if (call !== null && marginCallAt !== null)
    refuse(reader, place, 'has both marginCallAt and call; a venue calls in one way: keep one');
  return { marginCallAt, call };
}

/** A number, or null when absent or null. */
function optionalNumberAt(
  source: Source,
  key: string,
  range: 'positive' | 'not-negative',
): Rational | null {
  const isGiven = (source.fields.get(key) ?? null) !== null;
  return isGiven ? numberAt(source, key, { range }) : null;
}

function readCall(source: Source): CallPolicy | null {
  const { reader, fields } = source;
  const value = fields.get('call') ?? null;
  if (value === null) return null;
  const place = placeOf(source, 'call');
  const own = { reader, fields: readObject(reader, value, place, CALL_KEYS), place };
  const restoreTo = wordAt(own, 'restoreTo', ['initial', 'maintenance'], 'initial');
  optionalNumberAt(own, 'deadlineHours', 'positive');
  const liquidateBelow = optionalNumberAt(own, 'liquidateBelow', 'not-negative');
  if (liquidateBelow !== null && compare(liquidateBelow, ONE) > 0) {
    const message = 'must be from 0 to 1: a share of maintenance, where the call begins';
    refuse(reader, placeOf(own, 'liquidateBelow'), message);
  }
  return { restoreTo, liquidateBelow };
}
