/**
 * What a document and its rulebook say of a market beside its margin rules: funding and the taker
 * fee. `check` reads past them because they change no figure by themselves.
 */
import { ONE, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { makeShelf, ruledBy } from './market-shelf.ts';
import { makeReader, readNumber, readObject, step } from './reader.ts';
import type { Fields } from './reader.ts';
import type { Rulebook } from './rulebook.ts';

export interface Funding {
  /** Of the value, each interval; above 0 longs pay shorts. */
  readonly rate: Rational;
  readonly intervalHours: Rational;
}

export interface MarketTerms {
  readonly funding: Funding | null;
  /** Of the value traded; null when neither document nor rulebook says. */
  readonly takerFee: Rational | null;
}

/** Looks up one market's terms. The document is one that `readAccount` has accepted. */
export function marketTerms(
  document: unknown,
  rulebooks: readonly Rulebook[],
): (market: string) => MarketTerms {
  const fields = objectAt(document);
  const rulebook = rulebooks.find(({ id }) => id === fields.get('venue'));
  const asOf = fields.get('asOf');
  const shelf = makeShelf(rulebook, typeof asOf === 'string' ? asOf : null);
  const own = objectAt(fields.get('markets'));
  return (market) => {
    const ruled = objectAt(ruledBy(shelf, market)?.market);
    const laid = new Map([...ruled, ...objectAt(own.get(market))]);
    return { funding: fundingOf(laid.get('funding')), takerFee: feeOf(laid.get('takerFee')) };
  };
}

function objectAt(value: unknown): Fields {
  return readObject(makeReader(), value ?? {}, null, null);
}

function fundingOf(value: unknown): Funding | null {
  if (value === undefined) return null;
  const fields = objectAt(value);
  return {
    rate: numberAt(fields, 'rate', ZERO),
    intervalHours: numberAt(fields, 'intervalHours', ONE),
  };
}

function feeOf(value: unknown): Rational | null {
  return value === undefined ? null : numberAt(new Map([['takerFee', value]]), 'takerFee', ZERO);
}

function numberAt(fields: Fields, key: string, fallback: Rational): Rational {
  const range = 'any';
  return readNumber(makeReader(), fields.get(key), step(null, key), { range, fallback });
}
