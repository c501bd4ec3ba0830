/** Kraken Futures: marginal levels, maintenance half of initial, long and short netted. */
import type { DatedMarket, Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { mapped, tabled } from './tables.ts';

const LINEAR = 'support.kraken.com 360022632452';
const INVERSE = 'support.kraken.com 15579128794772';
const PROTECTION = 'support.kraken.com 360022835671';
const SAVED = 'instruments of the venue as saved on 2021-07-22';
const TERMS: WrittenTerms = { trigger: 'below', hedge: 'larger', leverageDefault: '50' };

const MARGINAL = { kind: 'brackets', initialKind: 'brackets' } as const;

const CLASS_A = `
  0 0.01 0.02, 1000000 0.02 0.04, 2000000 0.025 0.05, 5000000 0.05 0.1, 10000000 0.1 0.2,
  20000000 0.15 0.3, 60000000 0.25 0.5`;

function linear(table: string): WrittenMarket {
  return { ...TERMS, contract: 'linear', ...tabled(table, MARGINAL) };
}

/** Levels by contracts of 1 USD. */
const CONTRACTS: Readonly<Record<string, string>> = {
  PI_XBTUSD: `0 0.01 0.02, 500000 0.02 0.04, 1000000 0.03 0.06, 3000000 0.05 0.1,
    6000000 0.075 0.15, 12000000 0.125 0.25, 20000000 0.15 0.3, 50000000 0.2 0.4`,
  PI_ETHUSD: `0 0.01 0.02, 250000 0.02 0.04, 500000 0.03 0.06, 2000000 0.05 0.1,
    5000000 0.075 0.15, 8000000 0.125 0.25, 15000000 0.15 0.3, 30000000 0.2 0.4`,
  PI_LTCUSD: `0 0.01 0.02, 250000 0.02 0.04, 500000 0.03 0.06, 2000000 0.05 0.1,
    4000000 0.075 0.15`,
  PI_XRPUSD: '0 0.05 0.1, 1000000 0.1 0.2',
};

const ENTRY =
  'the schedule says “at entry price”, the venue’s own liquidation example only comes out at the mark: the mark is taken';
const NETTING = 'netting is reckoned within one market, the venue nets all of one underlying';

function inverse(table: string, symbol: string): readonly DatedMarket[] {
  const market: WrittenMarket = {
    ...TERMS,
    contract: 'inverse',
    face: '1',
    ...tabled(table, { ...MARGINAL, by: 'size' }),
  };
  const isOnPage = symbol === 'PI_XBTUSD' || symbol === 'PI_ETHUSD';
  return [
    {
      from: '2021-07-22',
      market,
      source: isOnPage ? `${SAVED}; ${INVERSE} agrees` : SAVED,
      confidence: isOnPage ? 'documented' : 'code',
      doubt: `${ENTRY}; ${NETTING}`,
    },
  ];
}

const CLASS: DatedMarket = {
  from: '2025-01-01',
  market: linear(CLASS_A),
  source: LINEAR,
  confidence: 'documented',
  doubt: `that the market is of class A is assumed, the page has no date; ${ENTRY}; ${NETTING}`,
};

/** Kraken Futures perpetuals. */
export const krakenFutures: Rulebook = {
  id: 'kraken-futures',
  title: 'Kraken Futures',
  clauses: [
    {
      about: 'maintenance',
      says: 'Marginal levels, of contracts (inverse) or of value in USD (linear): half the initial rates.',
      source: `${LINEAR}; ${INVERSE}`,
      confidence: 'documented',
    },
    { about: 'basis', says: `${ENTRY}.`, source: PROTECTION, confidence: 'inferred' },
    {
      about: 'hedge',
      says: 'In cross margin the requirement of one underlying is the larger of its longs’ and its shorts’, initial and maintenance alike.',
      source: LINEAR,
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated when equity is below maintenance at the mark; below initial, orders that add risk are cancelled.',
      source: PROTECTION,
      confidence: 'documented',
    },
    {
      about: 'limits',
      says: 'Inverse positions are capped at 75 M (BTC) and 45 M (ETH) contracts; clients in the EEA have leverage 10 at most.',
      source: INVERSE,
      confidence: 'documented',
    },
  ],
  markets: {
    ...mapped(CONTRACTS, inverse),
    PF_XBTUSD: [CLASS],
    PF_ETHUSD: [
      CLASS,
      {
        from: '2026-04-17',
        market: linear('0 0.01 0.02, 2000000 0.02 0.04'),
        source: 'instruments of the venue as saved by 2026-04-17',
        confidence: 'code',
        doubt: `only the first two levels are known: a larger position needs more; ${ENTRY}`,
      },
    ],
  },
  others: [{ from: '2021-07-22', market: TERMS, source: LINEAR, confidence: 'documented' }],
};
