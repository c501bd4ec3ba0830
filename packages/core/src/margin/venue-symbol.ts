/** One market under its names at two venues: read from the one, written for the other. */
import type { Rulebook, SymbolForm } from './rulebook.ts';

/** What a market's name says: what is traded, what its price is in, and how it is paid. */
export interface Instrument {
  readonly base: string;
  readonly quote: string;
  readonly contract: 'linear' | 'inverse';
}

/** What the venue's name of a market says; null when it is in none of the venue's forms. */
export function instrumentOf(
  { symbols = [] }: Rulebook,
  { name, contract }: { readonly name: string; readonly contract: 'linear' | 'inverse' },
): Instrument | null {
  for (const symbol of symbols) {
    if (symbol.contract !== contract) continue;
    const [, base, quote = symbol.quotes[0]] = patternOf(symbol).exec(name) ?? [];
    if (base !== undefined && quote !== undefined)
      return { base: usualName(symbol, base), quote, contract };
  }
  return null;
}

/** The base before the quote, as every form has them. */
function patternOf({ form, quotes }: SymbolForm): RegExp {
  const escaped = form.replaceAll(/[.*+?^$()|[\]\\/]/g, String.raw`\$&`);
  const based = escaped.replace('{base}', '([A-Za-z0-9]+?)');
  return new RegExp(`^${based.replace('{quote}', `(${quotes.join('|')})`)}$`);
}

function usualName({ aliases = {} }: SymbolForm, own: string): string {
  return Object.keys(aliases).find((usual) => aliases[usual] === own) ?? own;
}

/** The instrument as another venue names it, and what its price is in there. */
export interface VenueName {
  readonly name: string;
  readonly quote: string;
}

/**
 * The venue's name of an instrument: of those that it could have, the first that is a market of
 * the rulebook, else the first. Null when the venue has no such contracts.
 */
export function venueNameOf(rulebook: Rulebook, instrument: Instrument): VenueName | null {
  const { symbols = [], markets } = rulebook;
  const all = symbols
    .filter(({ contract }) => contract === instrument.contract)
    .flatMap((symbol) => namesIn(symbol, instrument));
  return all.find(({ name }) => Object.hasOwn(markets, name)) ?? all[0] ?? null;
}

/** In the instrument's own quote if there is one; else in each that is taken as worth the same. */
function namesIn(
  { form, quotes, aliases = {} }: SymbolForm,
  { base, quote }: Instrument,
): readonly VenueName[] {
  const own = Object.hasOwn(aliases, base) ? (aliases[base] ?? base) : base;
  const wanted = quotes.includes(quote) ? [quote] : quotes;
  return wanted.map((each) => ({
    name: form.replace('{base}', () => own).replace('{quote}', each),
    quote: each,
  }));
}
