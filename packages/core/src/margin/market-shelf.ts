/**
 * The markets that a document can name: those that it writes itself, laid over what its venue's
 * rulebook says on the document's day, and those that only the rulebook knows.
 */
import type { Account, Position } from './account.ts';
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
  /** What the document writes of a market. */
  readonly written: Map<string, Text>;
  /** By name, and by the rulebook's entry under which each was read. */
  readonly markets: Map<string, Map<Dated<WrittenTerms> | null, Market>>;
  /** What the rulebook says of them. */
  readonly ruled: Map<Market, Dated<WrittenTerms>>;
}

export function makeShelf(rulebook: Rulebook | undefined, asOf: string | null): MarketShelf {
  return { rulebook, asOf, written: new Map(), markets: new Map(), ruled: new Map() };
}

interface Text {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
}

/** Reads a market that the document writes; a problem is kept in the reader. */
export function putOnShelf(shelf: MarketShelf, reader: Reader, text: Text): void {
  shelf.written.set(text.name, text);
  readUnder(shelf, reader, { text, base: ruledBy(shelf, text.name) });
}

interface Reading {
  readonly text: Text;
  readonly base: Dated<WrittenTerms> | null;
}

function readUnder(shelf: MarketShelf, reader: Reader, { text, base }: Reading): Market {
  const market = readMarket(reader, { ...text, base: base?.market ?? null });
  const known = shelf.markets.get(text.name);
  if (known === undefined) shelf.markets.set(text.name, new Map([[base, market]]));
  else known.set(base, market);
  if (base !== null) shelf.ruled.set(market, hasSchedule(text) ? withOwnSchedule(base) : base);
  return market;
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

/** A market named by a position, opened on the document's day unless it says when, or an order. */
export interface MarketUse {
  readonly name: string;
  readonly place: Place;
  readonly openedAt: string | null;
}

/** The market of that name, or undefined and a refusal at `place`. */
export function takeFromShelf(
  shelf: MarketShelf,
  reader: Reader,
  { name, place, openedAt }: MarketUse,
): Market | undefined {
  const base = ruledBy(shelf, name, openedAt);
  const known = shelf.markets.get(name)?.get(base);
  if (known !== undefined || reader.refusal !== null) return known;
  const text = shelf.written.get(name);
  if (text === undefined && base?.market.maintenance?.schedule === undefined) {
    refuse(reader, place, missing(shelf, name, openedAt));
    return undefined;
  }
  return readUnder(shelf, reader, { text: text ?? { name, value: {}, place }, base });
}

function datedRules(rulebook: Rulebook | undefined, name: string): readonly DatedMarket[] {
  const { markets = {} } = rulebook ?? {};
  return Object.hasOwn(markets, name) ? (markets[name] ?? []) : [];
}

/**
 * What the rulebook says on the document's day, for positions opened on that day or on `openedAt`:
 * of this market, or of any other.
 */
export function ruledBy(
  { rulebook, asOf }: MarketShelf,
  name: string,
  openedAt: string | null = null,
): Dated<WrittenTerms> | null {
  return (
    inForce(datedRules(rulebook, name), asOf, openedAt) ??
    inForce(rulebook?.others ?? [], asOf, openedAt)
  );
}

/** What the account was reckoned under; null when the document brings every rule itself. */
export function rulesUsed(
  { rulebook, ruled }: MarketShelf,
  { positions, orders }: Pick<Account, 'positions' | 'orders'>,
): readonly RuleUsed[] | null {
  if (rulebook === undefined || rulebook.clauses.length === 0) return null;
  const used = new Set([...positions, ...orders].map(({ market }) => market));
  return [...used].flatMap((market) => {
    const rules = ruled.get(market);
    return rules === undefined ? [] : [ruleUsed(market, rules, positions)];
  });
}

function ruleUsed(
  market: Market,
  { from, appliesTo, source, confidence, doubt }: Dated<WrittenTerms>,
  positions: readonly Position[],
): RuleUsed {
  return {
    market: market.name,
    from,
    ...(appliesTo === undefined ? {} : { appliesTo }),
    positions: [...positions.keys()].filter((k) => positions[k]?.market === market),
    source,
    confidence,
    ...(doubt === undefined ? {} : { doubt }),
  };
}

const LISTED = 12;

function missing({ rulebook, asOf }: MarketShelf, name: string, openedAt: string | null): string {
  const dated = datedRules(rulebook, name);
  const give = `give maintenance.schedule for ${describe(name)} under markets`;
  const [first] = dated;
  if (first !== undefined) {
    const { until } = dated.at(-1) ?? {};
    const day = openedAt ?? asOf;
    const isEarly = day !== null && day < first.from;
    return `has no rules known ${isEarly ? `before ${first.from}` : `since ${until}`}; ${give}`;
  }
  const known = Object.keys(rulebook?.markets ?? {});
  const listed = known.slice(0, LISTED).join(', ');
  const hint =
    known.length === 0 ? '' : `; known here: ${listed}${known.length > LISTED ? ' …' : ''}`;
  return `has no rules; ${give}${hint}`;
}
