/** OKX coin-margined swaps: the rules of the linear ones; the venue's tier tables are not known. */
import type { Rulebook } from '../margin/index.ts';
import { OKX_CLAUSES, OKX_ORDERS, OKX_RATIO, ORDERS_TAKEN } from './okx-clauses.ts';

const TAKER = '0.0005';

/** OKX coin-margined swaps. */
export const okxInverse: Rulebook = {
  id: 'okx-inverse',
  title: 'OKX inverse swaps',
  clauses: [
    ...OKX_CLAUSES,
    {
      about: 'markets',
      says: 'No table of a coin-margined swap was at hand: a document brings face and schedule.',
      source: 'none',
      confidence: 'inferred',
    },
  ],
  markets: {},
  others: [
    {
      ...OKX_RATIO,
      from: '2024-01-01',
      market: {
        contract: 'inverse',
        trigger: 'at-or-below',
        hedge: 'sum',
        ...OKX_ORDERS,
        maintenance: { closingFeeRate: TAKER },
        takerFee: TAKER,
      },
      doubt: `the closing fee is the base taker rate 0.0005: give your own as closingFeeRate; ${ORDERS_TAKEN}`,
    },
  ],
};
