/** Binance COIN-M perpetuals: brackets in coin, so that the price alone moves the level. */
import type { Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { tabled } from './tables.ts';

const FAQ = 'binance.com/en/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46';
const LADDER = 'binance.com/en/support/faq/be2c7d9d95b04a7e8044ed02dd7dfe5c';
const TERMS: WrittenTerms = { contract: 'inverse', trigger: 'at-or-below' };

function marketOf(face: string, table: string): WrittenMarket {
  return { ...TERMS, face, ...tabled(table, { kind: 'brackets' }) };
}

const BITCOIN_2020 = `
  0 0.004 x125, 10 0.005 x100, 20 0.01 x50, 30 0.025 x20, 50 0.05 x10, 100 0.1 x5,
  200 0.125 x4, 400 0.15 x3, 1000 0.25 x2`;
const BITCOIN_2021 = `
  0 0.004 x125, 5 0.005 x100, 10 0.01 x50, 20 0.025 x20, 50 0.05 x10, 100 0.1 x5,
  200 0.125 x4, 400 0.15 x3, 1000 0.25 x2`;
const ETHER_2020 = `
  0 0.005 x100, 100 0.0065 x75, 500 0.01 x50, 1000 0.025 x20, 2000 0.05 x10, 4000 0.1 x5,
  6000 0.125 x4, 8000 0.15 x3, 10000 0.25 x2`;

const PAIRED =
  'sizes and leverages are the venue’s; each rate is the one that the venue pairs with that leverage elsewhere';

/** Binance COIN-M perpetuals. */
export const binanceCoinm: Rulebook = {
  id: 'binance-coinm',
  title: 'Binance COIN-M futures',
  clauses: [
    {
      about: 'maintenance',
      says: 'Value in coin at the mark times the bracket rate less its maintenance amount; level 5 of BTC: 50 × (5 % − 2.5 %) + 0.56 = 1.81 BTC.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'liquidation price',
      says: 'Contracts × (rate + side) / ((wallet + amount) / face + side × contracts / entry).',
      source: `${FAQ}; the formula is an image, put together again from it`,
      confidence: 'inferred',
    },
    {
      about: 'trigger',
      says: 'Liquidated when maintenance reaches equity at the mark price.',
      source: FAQ,
      confidence: 'documented',
    },
  ],
  markets: {
    BTCUSD_PERP: [
      {
        from: '2020-06-11',
        market: marketOf('100', BITCOIN_2020),
        source: LADDER,
        confidence: 'inferred',
        doubt: `${PAIRED}, and they give the amount 1.81 BTC that the venue prints`,
      },
      {
        from: '2021-07-27',
        market: marketOf('100', BITCOIN_2021),
        source: LADDER,
        confidence: 'inferred',
        doubt: `${PAIRED}; sizes above 200 BTC are from before; later changes are not known`,
      },
    ],
    ETHUSD_PERP: [
      {
        from: '2020-06-11',
        market: marketOf('10', ETHER_2020),
        source: LADDER,
        confidence: 'inferred',
        doubt: `${PAIRED}; changes since 2021 are not known`,
      },
    ],
  },
  others: [{ from: '2020-06-11', market: TERMS, source: FAQ, confidence: 'documented' }],
};
