/** Drift v2: how its requirement is built; the parameters of its markets are not known. */
import type { Rulebook } from '../margin/index.ts';

const CODE = 'github.com/drift-labs/protocol-v2, programs/drift/src/math/margin';

/** Drift perpetuals, the schedule only. */
export const drift: Rulebook = {
  id: 'drift',
  title: 'Drift v2',
  clauses: [
    {
      about: 'maintenance',
      says: 'Value × max(base, 0.8 × base + imf × √size): a power schedule by size with exponent 0.5, offset 0.8 × base and factor imf; the requirement is rounded down.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'initial',
      says: 'The same form with the initial base, at the worse of oracle and average price, with gains counted to 100 USD only, which these figures leave out.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'trigger',
      says: 'Liquidatable when collateral is below maintenance at the oracle price; it ends at maintenance plus a buffer of 2 %.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'orders',
      says: 'Open orders count in maintenance, at the worse side, as if filled on top of the position; here at their own prices instead of the oracle’s, and without the 0.01 USD that each adds.',
      source: CODE,
      confidence: 'code',
    },
    {
      about: 'markets',
      says: 'The parameters of the markets were not at hand: a document brings the schedule.',
      source: 'none',
      confidence: 'inferred',
    },
  ],
  markets: {},
  others: [
    {
      from: '2022-01-01',
      market: {
        contract: 'linear',
        trigger: 'below',
        leverageDefault: '1000',
        orders: { count: 'worse-side', maintenance: 'with-position' },
      },
      source: CODE,
      confidence: 'code',
      doubt:
        'orders count at their own prices, which stay; a side that first closes the position is not netted with it; the average price and the cap on gains are left out',
    },
  ],
};
