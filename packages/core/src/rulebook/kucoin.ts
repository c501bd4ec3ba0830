/** KuCoin Futures: isolated margin by the entry value until 2025-05-22, by the mark since. */
import type { Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { tabled } from './tables.ts';

const CHANGE = '2025-05-22';
const ANNOUNCEMENT = 'KuCoin announcements of 2025-05-20 and 2025-05-29';
const LEVELS = 'kucoin.com/support/26685810193433';
const TAKER = '0.0006';
const TABLE = '0 0.004 0.008, 25000 0.007 0.014';

const BEFORE: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  orders: { maintenance: 'with-position' },
  maintenance: { basis: 'entry', closingFeeRate: TAKER, closingFeeAt: 'leverage' },
  takerFee: TAKER,
};
const SINCE: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  orders: { maintenance: 'with-position' },
  maintenance: { closingFeeRate: TAKER },
  takerFee: TAKER,
};

const FEE_BEFORE =
  'the page has (1 + 1/leverage) × fee for both sides, a long is reckoned with 1 − 1/leverage here; add the funding rate to the schedule';
const FEE_SINCE =
  'the liquidation fee rate is not known, the taker rate 0.0006 is taken; cross margin adds orders as if filled at their prices, which stay while the mark moves';
const PAGES =
  'the pages disagree on the bounds of the levels, and those above 600,000 USDT are missing';

function marketOf(terms: WrittenTerms): WrittenMarket {
  const { maintenance, initial } = tabled(TABLE, { kind: 'steps' });
  return {
    ...terms,
    multiplier: '0.001',
    tick: '0.1',
    maintenance: { ...terms.maintenance, ...maintenance },
    ...(initial === undefined ? {} : { initial }),
  };
}

/** KuCoin USDT-margined futures. */
export const kucoin: Rulebook = {
  id: 'kucoin',
  title: 'KuCoin Futures',
  clauses: [
    {
      about: 'basis',
      says: 'Until 2025-05-22 maintenance was entry value × (rate + (1 + 1/leverage) × fee + funding rate); since then mark value × (rate + liquidation fee rate), the funding term being 0.',
      source: ANNOUNCEMENT,
      confidence: 'documented',
    },
    {
      about: 'maintenance',
      says: 'The level of the value sets one rate for the whole position; the user sets it (isolated), positions and orders do (unified).',
      source: LEVELS,
      confidence: 'inferred',
    },
    {
      about: 'trigger',
      says: 'Liquidated when maintenance is 100 % of the margin; at 95 % a cross account’s orders are cancelled; partial above 600,000 USDT only.',
      source: 'kucoin.com/support/35233217061785',
      confidence: 'documented',
    },
    {
      about: 'orders',
      says: 'In cross margin maintenance holds that of orders if filled and their closing fees; positions and orders together set the level. Expected opening fees, which the venue takes off the margin, are left out.',
      source: 'kucoin.com/support/35233217061785',
      confidence: 'documented',
    },
    {
      about: 'rounding',
      says: 'Replies of the venue from before the change show prices on the tick, rounded toward the entry; not applied here.',
      source: 'samples of replies of the venue',
      confidence: 'inferred',
    },
    {
      about: 'cross price',
      says: 'The price that the venue shows for cross positions is for reference only, by a formula of its own; the exact one is given here.',
      source: 'kucoin.com/support/35084431335065',
      confidence: 'documented',
    },
  ],
  markets: {
    XBTUSDTM: [
      {
        from: '2024-01-01',
        market: marketOf(BEFORE),
        source: LEVELS,
        confidence: 'documented',
        doubt: `${PAGES}; ${FEE_BEFORE}`,
      },
      {
        from: CHANGE,
        market: marketOf(SINCE),
        source: `${LEVELS}; ${ANNOUNCEMENT}`,
        confidence: 'documented',
        doubt: `${PAGES}; ${FEE_SINCE}`,
      },
    ],
  },
  others: [
    {
      from: '2024-01-01',
      market: BEFORE,
      source: ANNOUNCEMENT,
      confidence: 'documented',
      doubt: FEE_BEFORE,
    },
    {
      from: CHANGE,
      market: SINCE,
      source: ANNOUNCEMENT,
      confidence: 'documented',
      doubt: FEE_SINCE,
    },
  ],
};
