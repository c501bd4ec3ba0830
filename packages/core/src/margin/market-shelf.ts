/**
 * The markets that a document can name: those that it writes itself, laid over what its venue's
 * rulebook says on the document's day, and those that only the rulebook knows.
 */
import { readMarket } from './market-reader.ts';
import { describe, refuse } from './reader.ts';
import type { Place, Reader } from './reader.ts';
import { inForce, type DatedMarket, type Rulebook } from './rulebook.ts';
import type { Market } from './rules.ts';

export interface MarketShelf {
  readonly rulebook: Rulebook | undefined;
  /** The document's day, null for the newest rules. */
  readonly asOf: string | null;
  readonly markets: Map<string, Market>;
}

export function makeShelf(rulebook: Rulebook | undefined, asOf: string | null): MarketShelf {
  return { rulebook, asOf, markets: new Map() };
}

interface Text {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
}

/** Reads a market that the document writes; a problem is kept in the reader. */
export function putOnShelf(shelf: MarketShelf, reader: Reader, text: Text): void {
  const base = ruledBy(shelf, text.name)?.market ?? null;
  shelf.markets.set(text.name, readMarket(reader, { ...text, base }));
}

/** The market of that name, or undefined and a refusal at `place`. */
export function takeFromShelf(
  shelf: MarketShelf,
  reader: Reader,
  { name, place }: { readonly name: string; readonly place: Place },
): Market | undefined {
  const known = shelf.markets.get(name);
  if (known !== undefined || reader.refusal !== null) return known;
  const ruled = ruledBy(shelf, name);
  if (ruled === null) {
    refuse(reader, place, missing(shelf, name));
    return undefined;
  }
  const market = readMarket(reader, { name, value: {}, place, base: ruled.market });
  shelf.markets.set(name, market);
  return market;
}

function datedRules({ rulebook }: MarketShelf, name: string): readonly DatedMarket[] {
  const { markets = {} } = rulebook ?? {};
  return Object.hasOwn(markets, name) ? (markets[name] ?? []) : [];
}

/** What the rulebook says of a market on the document's day. */
export function ruledBy(shelf: MarketShelf, name: string): DatedMarket | null {
  return inForce(datedRules(shelf, name), shelf.asOf);
}

const LISTED = 12;

function missing(shelf: MarketShelf, name: string): string {
  const earliest = datedRules(shelf, name)[0]?.from;
  if (earliest !== undefined) {
    return `has no rules known before ${earliest}; give maintenance.schedule for ${describe(name)} under markets`;
  }
  const known = Object.keys(shelf.rulebook?.markets ?? {});
  const listed = known.slice(0, LISTED).join(', ');
  const hint =
    known.length === 0 ? '' : `; known here: ${listed}${known.length > LISTED ? ' …' : ''}`;
  return `has no rules; give maintenance.schedule for ${describe(name)} under markets${hint}`;
}
