/**
 * The markets that a document can name: those that it writes itself, laid over what its venue's
 * rulebook says on the document's day, and those that only the rulebook knows.
 */
import { readMarket } from './market-reader.ts';
import { describe, makeReader, readObject, refuse } from './reader.ts';
import type { Place, Reader } from './reader.ts';
import { inForce, type Dated, type DatedMarket, type Rulebook } from './rulebook.ts';
import type { RuleUsed, WrittenTerms } from './rulebook.ts';
import type { Market } from './rules.ts';

export interface MarketShelf {
  readonly rulebook: Rulebook | undefined;
  /** The document's day, null for the newest rules. */
  readonly asOf: string | null;
  readonly markets: Map<string, Market>;
  /** What the rulebook says of them. */
  readonly ruled: Map<string, Dated<WrittenTerms>>;
  /** Those that a position or an order is in. */
  readonly used: Set<string>;
}

export function makeShelf(rulebook: Rulebook | undefined, asOf: string | null): MarketShelf {
  return { rulebook, asOf, markets: new Map(), ruled: new Map(), used: new Set() };
}

interface Text {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
}

/** Reads a market that the document writes; a problem is kept in the reader. */
export function putOnShelf(shelf: MarketShelf, reader: Reader, text: Text): void {
  const base = ruledBy(shelf, text.name);
  shelf.markets.set(text.name, readMarket(reader, { ...text, base: base?.market ?? null }));
  if (base !== null) shelf.ruled.set(text.name, hasSchedule(text) ? withOwnSchedule(base) : base);
}

function hasSchedule({ value }: Text): boolean {
  const maintenance = readObject(makeReader(), value, null, null).get('maintenance') ?? {};
  return readObject(makeReader(), maintenance, null, null).has('schedule');
}

/** The source stands for the rest of the rules, not for what the document writes itself. */
function withOwnSchedule(base: Dated<WrittenTerms>): Dated<WrittenTerms> {
  const own = 'the maintenance schedule is the one that the document gives';
  return { ...base, doubt: base.doubt === undefined ? own : `${own}; ${base.doubt}` };
}

/** The market of that name, or undefined and a refusal at `place`. */
export function takeFromShelf(
  shelf: MarketShelf,
  reader: Reader,
  { name, place }: { readonly name: string; readonly place: Place },
): Market | undefined {
  shelf.used.add(name);
  const known = shelf.markets.get(name);
  if (known !== undefined || reader.refusal !== null) return known;
  const ruled = ruledBy(shelf, name);
  if (ruled?.market.maintenance?.schedule === undefined) {
    refuse(reader, place, missing(shelf, name));
    return undefined;
  }
  const market = readMarket(reader, { name, value: {}, place, base: ruled.market });
  shelf.markets.set(name, market);
  shelf.ruled.set(name, ruled);
  return market;
}

function datedRules({ rulebook }: MarketShelf, name: string): readonly DatedMarket[] {
  const { markets = {} } = rulebook ?? {};
  return Object.hasOwn(markets, name) ? (markets[name] ?? []) : [];
}

/** What the rulebook says on the document's day: of this market, or of any other. */
export function ruledBy(shelf: MarketShelf, name: string): Dated<WrittenTerms> | null {
  const { rulebook, asOf } = shelf;
  return inForce(datedRules(shelf, name), asOf) ?? inForce(rulebook?.others ?? [], asOf);
}

/** What the account was reckoned under; null when the document brings every rule itself. */
export function rulesUsed({ rulebook, ruled, used }: MarketShelf): readonly RuleUsed[] | null {
  if (rulebook === undefined || rulebook.clauses.length === 0) return null;
  const each = [...ruled].filter(([market]) => used.has(market));
  return each.map(([market, { from, source, confidence, doubt }]) => ({
    market,
    from,
    source,
    confidence,
    ...(doubt === undefined ? {} : { doubt }),
  }));
}

const LISTED = 12;

function missing(shelf: MarketShelf, name: string): string {
  const dated = datedRules(shelf, name);
  const give = `give maintenance.schedule for ${describe(name)} under markets`;
  const [first] = dated;
  if (first !== undefined) {
    const { until } = dated.at(-1) ?? {};
    const isEarly = shelf.asOf !== null && shelf.asOf < first.from;
    return `has no rules known ${isEarly ? `before ${first.from}` : `since ${until}`}; ${give}`;
  }
  const known = Object.keys(shelf.rulebook?.markets ?? {});
  const listed = known.slice(0, LISTED).join(', ');
  const hint =
    known.length === 0 ? '' : `; known here: ${listed}${known.length > LISTED ? ' …' : ''}`;
  return `has no rules; ${give}${hint}`;
}
