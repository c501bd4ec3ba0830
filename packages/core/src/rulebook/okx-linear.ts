/** OKX linear swaps: the tier of the contracts held sets one rate; the closing fee is inside. */
import type { Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { OKX_CLAUSES, OKX_ORDERS, OKX_RATIO, ORDERS_TAKEN } from './okx-clauses.ts';
import { withSteps } from './tiers-by-rule.ts';
import { tabled } from './tables.ts';

const SAVED = 'position tiers of the venue as saved on 2026-05-28';
const NOTICE = 'okx.com: adjust position tiers of certain perpetuals, 2025-11-07';
const FEE = `the closing fee is the base taker rate 0.0005: give your own as closingFeeRate; ${ORDERS_TAKEN}`;
const TAKER = '0.0005';

const TERMS: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  hedge: 'sum',
  ...OKX_ORDERS,
  maintenance: { closingFeeRate: TAKER },
  takerFee: TAKER,
};

const BITCOIN = withSteps('0 0.004 0.01, 1000 0.005 0.015, 5000 0.0075 0.02', {
  from: '20000',
  rate: '0.0125',
  initial: '0.025',
  size: '20000',
  rise: '0.005',
  count: 96,
});
const ETHER = withSteps('0 0.004 0.01, 5000 0.005 0.015, 10000 0.0075 0.02', {
  from: '25000',
  rate: '0.0125',
  initial: '0.025',
  size: '25000',
  rise: '0.005',
  count: 96,
});
const ASTER = withSteps('0 0.01 0.02, 42000 0.015 0.025, 82000 0.03 0.05', {
  from: '150000',
  rate: '0.035',
  initial: '0.055',
  size: '150000',
  rise: '0.005',
  count: 90,
});

function marketOf(table: string, multiplier: string, tick?: string): WrittenMarket {
  const { maintenance, initial } = tabled(table, { kind: 'steps', by: 'size' });
  return {
    ...TERMS,
    multiplier,
    ...(tick === undefined ? {} : { tick }),
    maintenance: { ...maintenance, closingFeeRate: TAKER },
    ...(initial === undefined ? {} : { initial }),
  };
}

/** OKX USDT-margined swaps. */
export const okxLinear: Rulebook = {
  id: 'okx-linear',
  title: 'OKX linear swaps',
  clauses: [
    ...OKX_CLAUSES,
    {
      about: 'markets',
      says: 'BNB-USDT-SWAP is left out: its levels below 240,000 contracts are not known.',
      source: SAVED,
      confidence: 'code',
    },
  ],
  markets: {
    'BTC-USDT-SWAP': [
      {
        from: '2026-05-28',
        market: marketOf(BITCOIN, '0.01', '0.1'),
        source: SAVED,
        confidence: 'code',
        doubt: `levels 31 to 52 and 97 to 99 follow the constant step; ${FEE}`,
      },
    ],
    'ETH-USDT-SWAP': [
      {
        from: '2026-05-28',
        market: marketOf(ETHER, '0.1', '0.01'),
        source: SAVED,
        confidence: 'code',
        doubt: `the rates of level 1 are taken from BTC, levels 78 to 99 follow the constant step; ${FEE}`,
      },
    ],
    'ASTER-USDT-SWAP': [
      {
        from: '2025-11-13',
        market: marketOf(ASTER, '1'),
        source: NOTICE,
        confidence: 'documented',
        doubt: `a contract is taken as one coin, and level 4 on as the rule of the notice says; ${FEE}`,
      },
    ],
  },
  others: [{ ...OKX_RATIO, from: '2024-01-01', market: TERMS, doubt: FEE }],
};
