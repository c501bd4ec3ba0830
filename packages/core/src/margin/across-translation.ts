/** An account document of one venue as one of another: names, sizes, and what is left behind. */
import { equals, over } from '../units/index.ts';
import type { Account, Refusal } from './account.ts';
import { isRefusal, readAccount } from './document.ts';
import type { Rulebook } from './rulebook.ts';
import type { Market } from './rules.ts';
import { exactText } from './sizing.ts';
import { instrumentOf, venueNameOf } from './venue-symbol.ts';
import type { Instrument } from './venue-symbol.ts';
import { documentOf, draftOf, scale } from './what-if-draft.ts';
import type { Draft, Entry } from './what-if-draft.ts';

/** A document that has been accepted, and where it is to be asked. */
export interface Translating {
  readonly document: unknown;
  readonly from: Account;
  readonly source: Rulebook;
  readonly target: Rulebook;
  readonly rulebooks: readonly Rulebook[];
}

/** The document as the other venue would have it, and what was done for that, in words. */
export interface Translated {
  readonly document: unknown;
  readonly notes: readonly string[];
}

/** The document under the target's rules; the refusal names the market that it has not. */
export function translated(task: Translating): Translated | { readonly error: Refusal } {
  const { document, from, source, target, rulebooks } = task;
  if (source.id === target.id) return { document, notes: [] };
  const named = namesOf(task);
  if ('error' in named) return named;
  const draft = renamed(draftOf(document), target, named.names);
  const there = readAccount(documentOf(draft), rulebooks);
  if (isRefusal(there)) return { error: there };
  const sized = [
    ...resized(draft.positions, from.positions, there.positions),
    ...resized(draft.orders, from.orders, there.orders),
  ];
  const left = leftBehind(draftOf(document));
  return { document: documentOf(draft), notes: [...new Set([...named.notes, ...sized, ...left])] };
}

interface Names {
  readonly names: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

function namesOf({ from, source, target }: Translating): Names | { readonly error: Refusal } {
  const names = new Map<string, string>();
  const notes: string[] = [];
  for (const [key, entries] of [
    ['positions', from.positions] as const,
    ['orders', from.orders] as const,
  ]) {
    for (const [k, { market }] of entries.entries()) {
      const path = `${key}[${k}].market`;
      const instrument = instrumentOf(source, market);
      if (instrument === null) return { error: { path, message: unreadable(market, source) } };
      const found = venueNameOf(target, instrument);
      if (found === null) return { error: { path, message: unlike(market, target) } };
      names.set(market.name, found.name);
      notes.push(nameNote(market, found.name, { instrument, quote: found.quote }));
    }
  }
  return { names, notes };
}

function unreadable({ name, contract }: Market, { id }: Rulebook): string {
  return `${JSON.stringify(name)} is in no form in which ${contract} contracts of ${id} are named: it cannot be looked for elsewhere`;
}

function unlike({ contract }: Market, { id, symbols = [] }: Rulebook): string {
  if (symbols.length === 0) return `${id} names no such contracts of its own`;
  const other = contract === 'linear' ? 'paid in coin' : 'paid in dollars';
  return `is ${contract}, and ${id} has only contracts that are ${other}: that is another position`;
}

function nameNote(
  { name }: Market,
  there: string,
  { instrument, quote }: { readonly instrument: Instrument; readonly quote: string },
): string {
  const same = quote === instrument.quote ? '' : `, one ${instrument.quote} taken as one ${quote}`;
  return `${name} is ${there} there${same}`;
}

function renamed(draft: Draft, target: Rulebook, names: ReadonlyMap<string, string>): Draft {
  const { policy: _, ...rest } = draft.rest;
  const rename = (entry: Entry): Entry => {
    const name = names.get(String(entry['market']));
    return name === undefined ? entry : { ...entry, market: name };
  };
  return {
    rest: { ...rest, venue: target.id, markets: {} },
    markets: {},
    collateral: draft.collateral.map(rename),
    positions: draft.positions.map(rename),
    orders: draft.orders.map(rename),
  };
}

/** Brings sizes to the contracts of the other venue, in place, and says so. */
function resized(
  entries: readonly Entry[],
  here: readonly { readonly market: Market }[],
  there: readonly { readonly market: Market }[],
): readonly string[] {
  return entries.flatMap((entry, k) => {
    const [own, other] = [here[k]?.market, there[k]?.market];
    if (own === undefined || other === undefined || equals(own.unit, other.unit)) return [];
    const before = String(entry['size']);
    scale(entry, 'size', over(own.unit, other.unit));
    const units = `contracts of ${exactText(own.unit)} are ${String(entry['size'])} of ${exactText(other.unit)}`;
    return [`${before} ${units} in ${other.name}`];
  });
}

function leftBehind({ markets, rest }: Draft): readonly string[] {
  const rules = Object.keys(markets).length === 0 ? [] : ['the document’s own rules are left out'];
  return 'policy' in rest ? [...rules, 'the document’s policy is left out'] : rules;
}
