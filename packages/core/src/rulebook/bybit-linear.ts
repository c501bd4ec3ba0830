/** Bybit linear contracts with isolated margin, before and since the change of 2025-09-02. */
import type { Rulebook } from '../margin/index.ts';
import { BYBIT_CLAUSES, CHANGE, CHANGE_PAGE, FEE, linearMarkets, termsOf } from './bybit-terms.ts';

const MARK =
  'the formula of the price since 2025-09-02 is worked out from its initial and maintenance margin';

/** Bybit linear contracts, isolated. */
export const bybitLinear: Rulebook = {
  id: 'bybit-linear',
  title: 'Bybit linear, isolated',
  clauses: [
    ...BYBIT_CLAUSES,
    {
      about: 'trigger',
      says: 'Liquidated when the mark reaches the liquidation price, where equity is maintenance.',
      source: 'Bybit help: liquidation price (USDT contract)',
      confidence: 'documented',
    },
  ],
  markets: linearMarkets(`${MARK}; ${FEE}`),
  others: [
    {
      from: '2024-01-01',
      market: termsOf('linear', 'entry'),
      source: 'Bybit help as of 2024',
      confidence: 'documented',
      doubt: FEE,
    },
    {
      from: CHANGE,
      market: termsOf('linear', 'mark'),
      source: CHANGE_PAGE,
      confidence: 'mirror',
      doubt: `${MARK}; ${FEE}`,
    },
  ],
};
