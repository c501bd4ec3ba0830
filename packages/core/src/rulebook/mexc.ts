/** MEXC futures: the level of the contracts held sets one rate; much else is not published. */
import type { Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { tabled } from './tables.ts';
import { withSteps } from './tiers-by-rule.ts';

const TRIGGER = 'mexc.com/support/360044646391';
const BLOG = 'MEXC blog on the liquidation price';
const TERMS: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  orders: { maintenance: 'initial' },
  maintenance: { basis: 'entry' },
};
const UNKNOWN =
  'the liquidation fee that the venue adds to maintenance is not known and left out, so the price here is a little too kind; maintenance at entry is from an example, the engine may use the fair price';

const BITCOIN = withSteps('0 0.0015 0.0025', {
  from: '15000',
  rate: '0.0065',
  initial: '0.0105',
  size: '200000',
  rise: '0.005',
  initialRise: '0.008',
  count: 12,
});

function bitcoin(): WrittenMarket {
  const { maintenance, initial } = tabled(BITCOIN, { kind: 'steps', by: 'size' });
  return {
    ...TERMS,
    multiplier: '0.0001',
    tick: '0.1',
    maintenance: { ...TERMS.maintenance, ...maintenance },
    ...(initial === undefined ? {} : { initial }),
  };
}

/** MEXC USDT-margined futures. */
export const mexc: Rulebook = {
  id: 'mexc',
  title: 'MEXC futures',
  clauses: [
    {
      about: 'trigger',
      says: 'Liquidated when margin and unrealised PnL at the fair price are not above maintenance and liquidation fees.',
      source: TRIGGER,
      confidence: 'documented',
    },
    {
      about: 'orders',
      says: 'The margin of all orders is taken off the equity of a cross account; here it stands in maintenance instead, which is the same line.',
      source: TRIGGER,
      confidence: 'documented',
    },
    {
      about: 'liquidation price',
      says: 'Long: (maintenance − margin + entry × size) / size, fees left out, maintenance at entry in the example.',
      source: BLOG,
      confidence: 'documented',
    },
    {
      about: 'maintenance',
      says: 'Levels by contracts, as base and steps; no deduction is published, so the rate is taken for the whole position.',
      source: 'contract details of the venue, quoted in a public client’s test',
      confidence: 'inferred',
    },
    { about: 'closing fee', says: `${UNKNOWN}.`, source: 'none', confidence: 'inferred' },
  ],
  markets: {
    BTC_USDT: [
      {
        from: '2025-01-01',
        market: bitcoin(),
        source: 'contract details of the venue of 2025, without a day',
        confidence: 'code',
        doubt: `by late 2026 the venue has other tables; ${UNKNOWN}`,
      },
    ],
  },
  others: [
    {
      from: '2024-01-01',
      market: TERMS,
      source: `${TRIGGER}; ${BLOG}`,
      confidence: 'documented',
      doubt: UNKNOWN,
    },
  ],
};
