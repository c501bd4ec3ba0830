/** dYdX chain (v4): one maintenance rate a market, whatever the size; the trigger is strict. */
import type { DatedMarket, Rulebook, WrittenTerms } from '../margin/index.ts';
import { flat, mapped } from './tables.ts';

const CODE = 'github.com/dydxprotocol/v4-chain';
const GENESIS = 'dydx-mainnet-1 genesis, 2023-10-26';
const MARKETS_2025 = 'a reply of the venue about its markets, 2025-12-08';
const DOCS = 'docs.dydx.xyz and governance forum 2939';
const TERMS: WrittenTerms = { contract: 'linear', trigger: 'below' };

const SCALED = 'initial margin grows with the open interest of the market: give openInterest';

const GENESIS_RATES: Readonly<Record<string, readonly [string, string]>> = {
  'BTC-USD': ['0.03', '0.05'],
  'ETH-USD': ['0.03', '0.05'],
  ...Object.fromEntries(
    ['LINK', 'SOL', 'ADA', 'AVAX', 'LTC', 'DOGE', 'XRP'].map((coin) => [
      `${coin}-USD`,
      ['0.05', '0.1'] as const,
    ]),
  ),
};

const LATER: Readonly<Record<string, DatedMarket>> = {
  'BTC-USD': later({ maintenance: '0.012', initial: '0.02' }),
  'ETH-USD': later({ maintenance: '0.012', initial: '0.02' }),
  'SOL-USD': later({
    maintenance: '0.03',
    initial: '0.05',
    openInterest: { lower: '40000000', upper: '100000000' },
  }),
};

interface Rates {
  readonly maintenance: string;
  readonly initial: string;
  readonly openInterest?: { readonly lower: string; readonly upper: string };
}

function later({ maintenance, initial, openInterest }: Rates): DatedMarket {
  const market = { ...TERMS, ...flat(maintenance, initial) };
  const dated = { from: '2025-12-08', source: MARKETS_2025, confidence: 'code' } as const;
  if (openInterest === undefined) return { ...dated, market };
  return { ...dated, market: { ...market, openInterest }, doubt: SCALED };
}

/** dYdX chain perpetuals, margined in USDC. */
export const dydx: Rulebook = {
  id: 'dydx',
  title: 'dYdX chain (v4)',
  clauses: [
    {
      about: 'maintenance',
      says: 'Value at the oracle price times initial fraction times maintenance fraction of the liquidity tier, each product rounded up to a millionth, which these figures leave out. It grows neither with size nor with open interest nor with the leverage chosen.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'trigger',
      says: 'Liquidatable when maintenance is above 0 and above equity: equal is safe.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'initial',
      says: 'The larger of 1 / leverage chosen and the tier fraction, which rises from its base at the lower cap of open interest to 1 at the upper cap.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'orders',
      says: 'The chain looks at each order alone when it is placed and keeps no sum of them; here they are all in initial margin, and none in maintenance.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'price',
      says: 'The oracle price counts: give it as markPrice.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'tiers',
      says: 'Initial/maintenance: large-cap 2 %/1.2 %, mid-cap 5 %/3 % (caps 40 M, 100 M), small-cap 10 %/5 % (20 M, 50 M), long-tail 20 %/10 % (5 M, 10 M), isolated 5 %/3 % (0.5 M, 1 M), FX 1 %/0.5 % (0.5 M, 1 M), safety 100 %/20 % (2 M, 5 M). Governance changes them: the chain has the live ones.',
      source: DOCS,
      confidence: 'documented',
    },
  ],
  markets: mapped(GENESIS_RATES, ([maintenance, initial], symbol): readonly DatedMarket[] => {
    const next = LATER[symbol];
    const doubt =
      next === undefined
        ? 'the liquidity tier may have changed since: the chain has the live one'
        : 'the day before 2025-12-08 on which its tier changed is not known';
    const genesis = { ...TERMS, ...flat(maintenance, initial) };
    const first = { from: '2023-10-26', source: GENESIS, confidence: 'code' } as const;
    return [{ ...first, market: genesis, doubt }, ...(next === undefined ? [] : [next])];
  }),
  others: [{ from: '2023-10-26', market: TERMS, source: CODE, confidence: 'code' }],
};
