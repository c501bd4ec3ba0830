/** What the form offers: venues, their markets, and each market's contract. */
import { inForce, instrumentOf, type Instrument, type Rulebook } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { decimal, formatDecimal } from '@plimsoll/core/units';

/** More than any contract's unit has. */
const DIGITS = 30;

export interface Market extends Instrument {
  readonly name: string;
  /** Of a contract: base units (linear) or quote units (inverse), decimal text. */
  readonly unit: string;
  /** The days from which its tables hold, oldest first. */
  readonly dates: readonly string[];
}

export interface Venue {
  readonly id: string;
  readonly title: string;
  readonly markets: readonly Market[];
}

/** Any market of the reader's own, under the reader's own rate. */
const OWN: Market = {
  name: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  contract: 'linear',
  unit: '1',
  dates: [],
};

/** Every rulebook that brings markets of its own; what else there is can be pasted. */
export const catalogue: readonly Venue[] = rulebooks.flatMap((rulebook) => {
  const { id } = rulebook;
  if (id === 'custom') return [{ id, title: 'Your own rules', markets: [OWN] }];
  const markets = Object.keys(rulebook.markets).flatMap((name) => marketOf(rulebook, name));
  return markets.length === 0 ? [] : [{ id, title: rulebook.title, markets }];
});

/** Nothing where the rules that are known have ended. */
function marketOf(rulebook: Rulebook, name: string): readonly Market[] {
  const dated = rulebook.markets[name] ?? [];
  const rules = inForce(dated, null)?.market;
  if (rules === undefined) return [];
  const contract = rules.contract ?? 'linear';
  const known = instrumentOf(rulebook, { name, contract });
  const unit = contract === 'linear' ? rules.multiplier : rules.face;
  const market = {
    ...(known ?? { base: name, quote: contract === 'linear' ? 'USD' : '', contract }),
    name,
    unit: formatDecimal(decimal(unit ?? '1'), DIGITS),
    dates: dated.map(({ from }) => from),
  };
  return [market];
}

/** What a market settles in. */
export function settlementOf({ contract, base, quote }: Market): string {
  return contract === 'linear' ? quote : base;
}

/** The market of that name; `custom` takes any name. */
export function marketNamed(venue: Venue, name: string): Market {
  const known = venue.markets.find((market) => market.name === name);
  return known ?? { ...(venue.markets[0] ?? OWN), name };
}

/** The market of another venue that is nearest to one: same base and contract, same quote first. */
export function likeMarket(venue: Venue, { base, quote, contract }: Market): Market {
  const alike = venue.markets.filter((each) => each.base === base && each.contract === contract);
  const found = alike.find((each) => each.quote === quote) ?? alike[0];
  return found ?? venue.markets.find((each) => each.base === base) ?? venue.markets[0] ?? OWN;
}
