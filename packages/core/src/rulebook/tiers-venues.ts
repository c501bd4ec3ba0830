/** At which venues the tables of ccxt mean the schedule, in which form, and why not elsewhere. */
import type { CcxtForm } from './ccxt-tiers.ts';
import { venueSymbol } from './ccxt-tiers.ts';

/** How ccxt is asked for a venue's tables. */
export interface TierVenue extends CcxtForm {
  /** As ccxt names the exchange. */
  readonly exchange: string;
  /**
   * `all`: one question for every market, or for those named. `all-or-one`: every market, or those
   * named one by one. `one`: only those named; all at once, ccxt would give something else.
   */
  readonly gives: 'all' | 'all-or-one' | 'one';
  /** Whether the exchange answers only with a key. */
  readonly needsKey: boolean;
}

const LINEAR = { kind: 'brackets', contract: 'linear', nameOf: venueSymbol } as const;

const BYBIT: TierVenue = {
  ...LINEAR,
  exchange: 'bybit',
  nameOf: bybitName,
  gives: 'all-or-one',
  needsKey: false,
};

/** Of venues whose schedule changed its kind: until this day steps, from it on brackets. */
const MARGINAL_FROM: Readonly<Record<string, string>> = {
  gate: '2025-07-29',
  bitget: '2025-11-10',
};

const VENUES: Readonly<Record<string, TierVenue>> = {
  'binance-usdm': { ...LINEAR, exchange: 'binanceusdm', gives: 'all', needsKey: true },
  'binance-coinm': {
    ...LINEAR,
    contract: 'inverse',
    exchange: 'binancecoinm',
    nameOf: coinMarginedName,
    gives: 'all',
    needsKey: true,
  },
  'bybit-linear': BYBIT,
  'bybit-unified': BYBIT,
  'bybit-inverse': { ...BYBIT, contract: 'inverse', nameOf: venueSymbol, gives: 'one' },
  gate: { ...LINEAR, exchange: 'gate', nameOf: gateName, gives: 'one', needsKey: false },
  bitget: { ...LINEAR, exchange: 'bitget', gives: 'one', needsKey: false },
  kucoin: {
    ...LINEAR,
    kind: 'steps',
    exchange: 'kucoinfutures',
    nameOf: kucoinName,
    gives: 'one',
    needsKey: false,
  },
};

const IN_CONTRACTS =
  'its levels are counted in contracts, and the tables of ccxt say the value of a position';
const NOT_IN_CCXT = 'ccxt has no tier tables of it';
const NO_LEVELS = 'its requirement is a formula, not a table of levels';

const UNFIT: Readonly<Record<string, string>> = {
  custom: 'a document brings its rules itself; name the venue that the tables are of',
  'okx-linear': IN_CONTRACTS,
  'okx-inverse': IN_CONTRACTS,
  mexc: IN_CONTRACTS,
  'kraken-futures':
    'its levels are counted in coin or contracts and its initial margin is marginal too, which the tables of ccxt do not say',
  hyperliquid: NOT_IN_CCXT,
  dydx: NOT_IN_CCXT,
  bitmex: NOT_IN_CCXT,
  deribit: NO_LEVELS,
  orderly: NO_LEVELS,
  drift: NO_LEVELS,
  'reg-t': NO_LEVELS,
  'fixed-margin-futures': NO_LEVELS,
};

/** The venues whose tables can be taken from ccxt. */
export const tierVenues: readonly string[] = Object.keys(VENUES);

/**
 * What tables of ccxt mean at a venue on a day (null: today's rules), or why they mean nothing
 * there.
 */
export function tierVenue(id: string, asOf: string | null): TierVenue | { readonly unfit: string } {
  const venue = Object.hasOwn(VENUES, id) ? VENUES[id] : undefined;
  if (venue === undefined) return { unfit: unfitness(id) };
  const change = MARGINAL_FROM[id];
  const isBefore = change !== undefined && asOf !== null && asOf < change;
  return isBefore ? { ...venue, kind: 'steps' } : venue;
}

function unfitness(id: string): string {
  return (Object.hasOwn(UNFIT, id) ? UNFIT[id] : undefined) ?? 'it names no rulebook';
}

interface Parts {
  readonly base: string;
  readonly quote: string;
  readonly expiry: string | null;
}

function partsOf(symbol: string): Parts {
  const [pair = symbol, settled = ''] = symbol.split(':');
  const [base = '', quote = ''] = pair.split('/');
  return { base, quote, expiry: settled.split('-')[1] ?? null };
}

/** `BTC/USD:BTC` is `BTCUSD_PERP`. */
function coinMarginedName(symbol: string): string {
  const { base, quote, expiry } = partsOf(symbol);
  return `${base}${quote}_${expiry ?? 'PERP'}`;
}

/** `BTC/USDT:USDT` is `BTCUSDT`, `BTC/USDC:USDC` is `BTCPERP`. */
function bybitName(symbol: string): string {
  const { base, quote, expiry } = partsOf(symbol);
  return quote === 'USDC' && expiry === null ? `${base}PERP` : venueSymbol(symbol);
}

/** `BTC/USDT:USDT` is `BTC_USDT`. */
function gateName(symbol: string): string {
  const { base, quote, expiry } = partsOf(symbol);
  return `${base}_${quote}${expiry === null ? '' : `_20${expiry}`}`;
}

/** `BTC/USDT:USDT` is `XBTUSDTM`. */
function kucoinName(symbol: string): string {
  const { base, quote } = partsOf(symbol);
  return `${base === 'BTC' ? 'XBT' : base}${quote}M`;
}
