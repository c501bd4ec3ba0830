/** `plimsoll tiers fetch`: the tables that a live exchange shows, through ccxt. */
import type { TierVenue } from '@plimsoll/core/rulebook';
import { isOfClass, loadCcxt, openExchange, type Ccxt, type Exchange } from './ccxt.ts';
import type { ExchangeOptions } from './ccxt.ts';
import { Failure, reasonOf, type ExitCode } from './failure.ts';
import { fitVenue, putTiers } from './tiers-import.ts';
import { ccxtTiers } from './tiers.ts';

export interface FetchOptions {
  readonly venue: string;
  /** As ccxt writes them: `BTC/USDT:USDT`; none: all markets, where the exchange gives them. */
  readonly symbols: readonly string[];
  /** Of everything together. */
  readonly timeoutSeconds: number;
  /** Where the file goes; undefined: standard output. */
  readonly out: string | undefined;
}

const REQUEST_MS_MAX = 10_000;
const KEYS = 'PLIMSOLL_CCXT_KEY and PLIMSOLL_CCXT_SECRET';

/** Asks the exchange, checks its tables as `tiers import` does and writes the file. */
export async function fetchCommand(options: FetchOptions): Promise<ExitCode> {
  const { venue, symbols, out, timeoutSeconds } = options;
  const form = fitVenue(venue, null);
  refuseSymbols(symbols, form);
  const ccxt = await loadCcxt();
  const timeoutMs = timeoutSeconds * 1000;
  const exchange = openExchange(ccxt, form.exchange, {
    ...keyFor(form),
    timeout: Math.min(timeoutMs, REQUEST_MS_MAX),
  });
  const value = await asked(ccxt, form, () =>
    within(timeoutMs, tablesFrom(exchange, form, symbols)),
  );
  const asOf = new Date().toISOString().slice(0, 10);
  const set = ccxtTiers(value, form.exchange, { venue, asOf, form });
  await putTiers({ ...set, source: `${form.exchange}, asked through ccxt on ${asOf}` }, out);
  return 0;
}

function refuseSymbols(symbols: readonly string[], { gives, exchange }: TierVenue): void {
  if (symbols.length === 0 && gives === 'one')
    throw new Failure(`${exchange} shows one market at a time: name them with --symbols`, 2);
  const odd = symbols.find((symbol) => !symbol.includes('/'));
  if (odd !== undefined)
    throw new Failure(`${odd} is no symbol: write it as ccxt writes them, BTC/USDT:USDT`, 2);
}

/** A key comes from the environment alone: arguments are seen by every user of a machine. */
function keyFor({ needsKey, exchange }: TierVenue): Pick<ExchangeOptions, 'apiKey' | 'secret'> {
  const { PLIMSOLL_CCXT_KEY: apiKey = '', PLIMSOLL_CCXT_SECRET: secret = '' } = process.env;
  if (apiKey !== '' && secret !== '') return { apiKey, secret };
  if (!needsKey) return {};
  throw new Failure(`${exchange} shows its tiers only to a key that may read: set ${KEYS}`);
}

async function tablesFrom(
  exchange: Exchange,
  { gives }: TierVenue,
  symbols: readonly string[],
): Promise<unknown> {
  if (symbols.length === 0) return exchange.fetchLeverageTiers();
  if (gives === 'all') return exchange.fetchLeverageTiers(symbols);
  const tables: [string, unknown][] = [];
  for (const symbol of symbols)
    tables.push([symbol, await exchange.fetchMarketLeverageTiers(symbol)]);
  return Object.fromEntries(tables);
}

async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new Failure(`no answer in ${timeoutMs / 1000} s`);
    timer = setTimeout(() => reject(failure), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function asked<Value>(
  ccxt: Ccxt,
  { exchange }: TierVenue,
  ask: () => Promise<Value>,
): Promise<Value> {
  try {
    return await ask();
  } catch (cause) {
    const reason = shortened(reasonOf(cause));
    if (isOfClass(ccxt, 'AuthenticationError', cause))
      throw new Failure(`${exchange} refuses the key (${reason}): check ${KEYS}`, 1, { cause });
    const isNetwork = isOfClass(ccxt, 'NetworkError', cause) || cause instanceof Failure;
    const remedy = isNetwork ? 'check the network and try again' : 'check the symbols';
    throw new Failure(`${exchange} gave no tables (${reason}): ${remedy}`, 1, { cause });
  }
}

const REASON_MAX = 200;

/** What an exchange answered may be a whole page, and may steer a terminal. */
function shortened(reason: string): string {
  const text = reason.replace(/\?\S+/g, '').replace(/\p{C}/gu, '\uFFFD');
  return text.length > REASON_MAX ? `${text.slice(0, REASON_MAX)} …` : text;
}
