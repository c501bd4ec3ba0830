/**
 * A document while it is being changed: a copy with its own entries, and the few moves that every
 * change is made of. What is not touched stays as it was written.
 */
import {
  compare,
  formatDecimal,
  ONE,
  over,
  parseDecimal,
  plus,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { makeReader, readArray, readObject, step } from './reader.ts';
import type { Fields } from './reader.ts';
import { exactText } from './sizing.ts';

/** An object of the document. */
export type Entry = Record<string, unknown>;

export interface Draft {
  readonly rest: Entry;
  readonly collateral: Entry[];
  readonly positions: Entry[];
  readonly orders: Entry[];
  readonly markets: Entry;
}

const ENTRIES_MAX = 1000;

/** A copy of a document that `readAccount` has accepted. */
export function draftOf(document: unknown): Draft {
  const fields = fieldsOf(document);
  const list = (key: string): Entry[] =>
    readArray(makeReader(), fields.get(key), step(null, key), ENTRIES_MAX).map(copyOf);
  return {
    rest: Object.fromEntries(fields),
    collateral: list('collateral'),
    positions: list('positions'),
    orders: list('orders'),
    markets: copyOf(fields.get('markets')),
  };
}

function fieldsOf(value: unknown): Fields {
  return readObject(makeReader(), value ?? {}, null, null);
}

/** A copy of one object, without a prototype's surprises. */
export function copyOf(value: unknown): Entry {
  return Object.fromEntries(fieldsOf(value));
}

/** The document that the draft has become; an empty list or table that was absent stays absent. */
export function documentOf({ rest, collateral, positions, orders, markets }: Draft): Entry {
  const parts = { collateral, positions, orders };
  const lists = Object.entries(parts).filter(([key, list]) => key in rest || list.length > 0);
  const hasMarkets = 'markets' in rest || Object.keys(markets).length > 0;
  return { ...rest, ...Object.fromEntries(lists), ...(hasMarkets ? { markets } : {}) };
}

const ROUNDED_DIGITS = 40;

/** A decimal that says the number exactly, or, where none can, its first 40 digits, half-even. */
export function written(value: Rational): string {
  const exact = exactText(value);
  const isExact = compare(parseDecimal(exact) ?? ZERO, value) === 0;
  return isExact ? exact : formatDecimal(value, ROUNDED_DIGITS);
}

/** A number of an entry that has been accepted. */
export function numberOf(entry: Entry, key: string, fallback: Rational = ZERO): Rational {
  return parseDecimal(entry[key]) ?? fallback;
}

/** Adds to a number of an entry. */
export function add(entry: Entry, key: string, amount: Rational): void {
  entry[key] = written(plus(numberOf(entry, key), amount));
}

/** Multiplies a number of an entry. */
export function scale(entry: Entry, key: string, factor: Rational): void {
  entry[key] = written(times(numberOf(entry, key), factor));
}

/** What a name that the document does not give is called. */
const SETTLEMENT = 'settlement';

/**
 * The collateral in the settlement asset: the entry of that name, or without a name the first whose
 * price is 1 and tied to no market. Undefined when there is none.
 */
export function findCash({ collateral }: Draft, asset?: string): Entry | undefined {
  if (asset !== undefined) return collateral.find((each) => each['asset'] === asset);
  return collateral.find(
    (each) => each['market'] === undefined && compare(numberOf(each, 'price', ONE), ONE) === 0,
  );
}

/** Adds to the cross pool, in the settlement asset unless named; opens an entry if need be. */
export function pay(draft: Draft, amount: Rational, asset?: string): void {
  const found = findCash(draft, asset);
  if (found !== undefined) add(found, 'amount', amount);
  else draft.collateral.push({ asset: asset ?? SETTLEMENT, amount: written(amount) });
}

/** Sets the mark of a market: of all its positions, and of the collateral that is tied to it. */
export function setMark(draft: Draft, market: string, price: Rational): boolean {
  const own = draft.positions.filter((each) => each['market'] === market);
  const [first] = own;
  if (first === undefined) return false;
  const factor = over(price, numberOf(first, 'markPrice', ONE));
  for (const each of own) each['markPrice'] = written(price);
  for (const each of draft.collateral)
    if (each['market'] === market)
      each['price'] = written(times(numberOf(each, 'price', ONE), factor));
  return true;
}
