/** Exchange-traded futures: an amount of money a contract; calls restore the initial one. */
import type { Rulebook, WrittenTerms } from '../margin/index.ts';

const MARGINS = 'cmegroup.com performance bonds and margins';
const FAQ = 'cmegroup.com performance bonds FAQ';

/** Nobody chooses a leverage: a leverage beyond any price leaves the amounts alone. */
const TERMS: WrittenTerms = {
  contract: 'linear',
  trigger: 'below',
  leverageDefault: '1000000000',
};
const YOURS =
  'amounts change often: give those of the day as per-unit schedules; the deadline is the broker’s, a day is taken';

/** Futures with fixed margins a contract. */
export const fixedMarginFutures: Rulebook = {
  id: 'fixed-margin-futures',
  title: 'Futures with fixed margins a contract',
  clauses: [
    {
      about: 'maintenance',
      says: 'An amount of money for each contract, whatever its price, in whole dollars.',
      source: MARGINS,
      confidence: 'documented',
    },
    {
      about: 'initial',
      says: '110 % of maintenance for accounts of heightened risk profile, 100 % for others, rounded to whole dollars: 525 gives 578.',
      source: MARGINS,
      confidence: 'documented',
    },
    {
      about: 'call',
      says: 'Equity below maintenance brings a call that restores initial; positions are closed when its deadline passes.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'deadline',
      says: 'The broker sets it; one day is taken.',
      source: 'custom of the trade',
      confidence: 'inferred',
    },
    {
      about: 'portfolios',
      says: 'Options and spreads are margined by scenarios, which no rate says; they are not reckoned here.',
      source: MARGINS,
      confidence: 'documented',
    },
  ],
  policy: { call: { restoreTo: 'initial', deadlineHours: '24' } },
  markets: {
    ES: [
      {
        from: '2010-01-01',
        until: '2011-01-01',
        market: {
          ...TERMS,
          multiplier: '50',
          maintenance: { schedule: { kind: 'per-unit', amount: '3200' } },
          initial: { schedule: { kind: 'per-unit', amount: '4000' } },
        },
        source: FAQ,
        confidence: 'documented',
        doubt: 'the example of the FAQ, whose day is a guess; the amounts are long superseded',
      },
    ],
  },
  others: [
    {
      from: '2010-01-01',
      market: TERMS,
      source: `${MARGINS}; ${FAQ}`,
      confidence: 'documented',
      doubt: YOURS,
    },
  ],
};
