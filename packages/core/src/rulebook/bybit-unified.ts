/** Bybit unified trading account, cross margin: one pool, mark-based since 2025-09-02. */
import type { Rulebook } from '../margin/index.ts';
import { BYBIT_CLAUSES, CHANGE, CHANGE_PAGE, FEE, linearMarkets, termsOf } from './bybit-terms.ts';

const UTA = 'Bybit help: Trading Terms and Formulas in UTA, 2026-03-13';
const ROW =
  'the row for cross maintenance was not visible and is taken as the isolated one; orders are reckoned as if filled at their prices, in the tier of the position and them, and stay while the mark moves; maintenance of borrowed assets is left out';
const ORDERS = { orders: { maintenance: 'with-position' } } as const;

/** Bybit unified trading account, cross. */
export const bybitUnified: Rulebook = {
  id: 'bybit-unified',
  title: 'Bybit unified account, cross',
  clauses: [
    ...BYBIT_CLAUSES,
    {
      about: 'trigger',
      says: 'Liquidated when total maintenance reaches margin balance less haircut losses: 100 %.',
      source: UTA,
      confidence: 'mirror',
    },
    {
      about: 'orders',
      says: 'Active orders are inside maintenance, and the tier follows positions and orders together. Borrowed assets have maintenance too, which these figures leave out.',
      source: UTA,
      confidence: 'mirror',
    },
    {
      about: 'collateral',
      says: 'Balance counts at its collateral ratio, less spot borrowing: give the ratio as weight, a loan as a negative amount.',
      source: UTA,
      confidence: 'mirror',
    },
  ],
  markets: linearMarkets(`${ROW}; ${FEE}`, ORDERS),
  others: [
    {
      from: '2024-01-01',
      market: { ...termsOf('linear', 'entry'), ...ORDERS },
      source: 'Bybit help as of 2024',
      confidence: 'documented',
      doubt: FEE,
    },
    {
      from: CHANGE,
      market: { ...termsOf('linear', 'mark'), ...ORDERS },
      source: CHANGE_PAGE,
      confidence: 'inferred',
      doubt: `${ROW}; ${FEE}`,
    },
  ],
};
