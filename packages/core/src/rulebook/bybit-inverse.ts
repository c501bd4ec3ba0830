/** Bybit inverse contracts with isolated margin; the venue's tables for them are not known. */
import type { Rulebook } from '../margin/index.ts';
import { BYBIT_CLAUSES, CHANGE, FEE, termsOf } from './bybit-terms.ts';

/** Bybit inverse contracts, isolated. */
export const bybitInverse: Rulebook = {
  id: 'bybit-inverse',
  title: 'Bybit inverse, isolated',
  clauses: [
    ...BYBIT_CLAUSES,
    {
      about: 'liquidation price',
      says: 'Long: size (1 + r) / (size/entry + size/entry/leverage + added/(1 + f) + deduction); short with the signs turned.',
      source: 'Bybit help: liquidation price (inverse contract), 2026-05-27',
      confidence: 'mirror',
    },
    {
      about: 'old cross',
      says: 'The old inverse cross page rounds a liquidation price up to the tick; it is not reckoned here.',
      source: 'help.bybit.com 360039261334',
      confidence: 'documented',
    },
    {
      about: 'markets',
      says: 'No table of an inverse contract was at hand: a document brings face and schedule.',
      source: 'none',
      confidence: 'inferred',
    },
  ],
  markets: {},
  others: [
    {
      from: '2024-01-01',
      market: termsOf('inverse', 'entry'),
      source: 'Bybit help as of 2024',
      confidence: 'documented',
      doubt: FEE,
    },
    {
      from: CHANGE,
      market: termsOf('inverse', 'mark'),
      source: 'Bybit help: liquidation price (inverse contract), 2026-05-27',
      confidence: 'mirror',
      doubt: `the day is that of the linear contracts, the page for inverse ones names none; ${FEE}`,
    },
  ],
};
