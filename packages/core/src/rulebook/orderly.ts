/** Orderly: both margin rates grow with the position's value to the power of four fifths. */
import type { DatedMarket, Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { decimal, formatDecimal, over, times } from '../units/index.ts';
import { mapped } from './tables.ts';

const PAGE =
  'orderly.network/docs/introduction/trade-on-orderly/perpetual-futures/margin-leverage-and-pnl';
const TERMS: WrittenTerms = { contract: 'linear', trigger: 'below', leverageDefault: '100' };
const EXPONENT = '0.8';
const DIGITS = 30;

/** Base initial rate, base maintenance rate, factor. */
const NOW: Readonly<Record<string, string>> = {
  PERP_BTC_USDC: '0.01 0.006 0.000000375',
  PERP_ETH_USDC: '0.01 0.006 0.0000003846',
  PERP_SOL_USDC: '0.01 0.006 0.0000010667',
  PERP_ARB_USDC: '0.1 0.05 0.0000021481',
  PERP_OP_USDC: '0.1 0.05 0.0000021481',
  PERP_LINK_USDC: '0.1 0.05 0.0000018182',
  PERP_WOO_USDC: '0.1 0.05 0.0000077523',
};
const OLDER: Readonly<Record<string, string>> = {
  PERP_BTC_USDC: '0.02 0.012 0.000000435',
  PERP_ETH_USDC: '0.02 0.012 0.0000004836',
};

/** max(base, base maintenance / base initial × factor × value^0.8), and the same for initial. */
function marketOf(text: string): WrittenMarket {
  const [initial = '', maintenance = '', factor = ''] = text.split(' ');
  const share = over(decimal(maintenance), decimal(initial));
  const scaled = formatDecimal(times(share, decimal(factor)), DIGITS);
  const form = { kind: 'power', exponent: EXPONENT } as const;
  return {
    ...TERMS,
    maintenance: { schedule: { ...form, base: maintenance, factor: scaled } },
    initial: { schedule: { ...form, base: initial, factor } },
  };
}

const ACCOUNT = 'an account can have a factor of its own, which is not asked here';

function datedOf(text: string, symbol: string): readonly DatedMarket[] {
  const older = OLDER[symbol];
  const source = { source: PAGE, confidence: 'documented' } as const;
  const doubt = `the page has no date: the day is a guess; ${ACCOUNT}`;
  const before = older === undefined ? [] : [{ from: '2024-01-01', market: marketOf(older) }];
  const all = [...before, { from: '2025-01-01', market: marketOf(text) }];
  return all.map((each) => ({ ...each, ...source, doubt }));
}

/** Orderly perpetuals. */
export const orderly: Rulebook = {
  id: 'orderly',
  title: 'Orderly',
  clauses: [
    {
      about: 'maintenance',
      says: 'The larger of the base rate and base maintenance / base initial × factor × value^0.8, on the whole value at the mark.',
      source: `${PAGE}; the power 4/5 is in the venue’s js-sdk`,
      confidence: 'documented',
    },
    {
      about: 'initial',
      says: 'The larger of 1 / the account’s leverage, the base rate and factor × value^0.8: give the account’s leverage as leverage.',
      source: PAGE,
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated when collateral over total value is below the account’s maintenance rate.',
      source: PAGE,
      confidence: 'documented',
    },
  ],
  markets: mapped(NOW, datedOf),
  others: [{ from: '2024-01-01', market: TERMS, source: PAGE, confidence: 'documented' }],
};
