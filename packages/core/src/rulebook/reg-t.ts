/** US stocks on margin: Regulation T at the start, FINRA rule 4210 after it; any symbol. */
import type { Rulebook, WrittenMarket } from '../margin/index.ts';

const INITIAL = '12 CFR 220.12 (Regulation T)';
const MAINTENANCE = 'FINRA rule 4210(c)';

/**
 * Shorts below 5 USD a share: the larger of 2.50 a share and the value; from 5 on: the larger of 5
 * a share and 30 %. As one function of the price: 2.50, then the price itself up to 5, then 30 %.
 */
const STOCK: WrittenMarket = {
  contract: 'linear',
  trigger: 'below',
  leverageDefault: '2',
  maintenance: {
    schedule: { kind: 'flat', rate: '0.25' },
    short: {
      schedule: {
        kind: 'max',
        of: [
          { kind: 'flat', rate: '0.3' },
          { kind: 'per-unit', amount: '2.5' },
        ],
      },
      byPrice: [
        { from: '0', rate: '1' },
        { from: '5', rate: '0' },
      ],
    },
  },
  initial: { schedule: { kind: 'flat', rate: '0.5' } },
};

/** Stocks in a margin account in the United States. */
export const regT: Rulebook = {
  id: 'reg-t',
  title: 'US stocks, Regulation T and FINRA 4210',
  clauses: [
    {
      about: 'initial',
      says: 'Half of the value, long or short; the proceeds of a short sale stay in the account. A security that is not marginable needs its whole value.',
      source: INITIAL,
      confidence: 'documented',
    },
    {
      about: 'maintenance',
      says: 'A long: 25 % of the value.',
      source: MAINTENANCE,
      confidence: 'documented',
    },
    {
      about: 'maintenance of shorts',
      says: 'Below 5 USD: the larger of 2.50 a share and the value; from 5 on: the larger of 5 a share and 30 %.',
      source: `${MAINTENANCE}, read in four quotations of it, not on the page itself`,
      confidence: 'third-party',
    },
    {
      about: 'minimum',
      says: 'The account must hold 2,000 USD whatever its positions ask, which these figures leave out; a firm may ask for more.',
      source: 'FINRA rule 4210(b)(4), (d)(1)',
      confidence: 'third-party',
    },
    {
      about: 'price',
      says: 'The market value is that of the close of the business day before: give it as markPrice.',
      source: 'FINRA rule 4210(a)(2)',
      confidence: 'documented',
    },
    {
      about: 'call',
      says: 'Below maintenance comes a call, which restores maintenance, not half of the value; only when its deadline passes are positions closed. The firm sets the deadline; five days are taken.',
      source: 'no page was seen that says it',
      confidence: 'inferred',
    },
    {
      about: 'dates',
      says: 'The day-trading rules were replaced by intraday margin from 2026-06-04; maintenance stayed.',
      source: 'Federal Register 91 FR 20731',
      confidence: 'documented',
    },
  ],
  policy: { call: { restoreTo: 'maintenance', deadlineHours: '120' } },
  markets: {},
  others: [
    {
      from: '2010-01-01',
      market: STOCK,
      source: `${INITIAL}; ${MAINTENANCE}`,
      confidence: 'third-party',
      doubt:
        'a firm may ask for more than the rule; that the call restores maintenance, and its deadline, are not from a page; the minimum of 2,000 USD is left out',
    },
  ],
};
