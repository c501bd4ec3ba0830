/** Binance USD-M futures: marginal brackets by value at the mark, fees outside the requirement. */
import type { Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { TIERS_2024_10_24, TIERS_2026_07_02 } from './binance-usdm-tiers.ts';
import { mapped, scheduleOf, tabled } from './tables.ts';

const FAQ = 'binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93';
const MARCH_2021 = 'binance.com/en/support/announcement/86cf9aa472574b8cb2e05bb751c2a9a6';
const JUNE_2021 = 'binance.com/bn/support/announcement/f55d25695ca8453ab4c132c1fd4dc36a';
const TERMS: WrittenTerms = { contract: 'linear', trigger: 'at-or-below' };

function marketOf(table: string): WrittenMarket {
  return { ...TERMS, ...tabled(table, { kind: 'brackets' }) };
}

const BEFORE_JUNE_2021 = `
  0 0.004, 50000 0.005, 250000 0.01, 1000000 0.025, 10000000 0.05, 20000000 0.1,
  50000000 0.125, 100000000 0.15, 200000000 0.25, 300000000 0.5`;
const FROM_JUNE_2021 = '0 0.004, 50000 0.005, 250000 0.01, 1000000 0.025, 5000000 0.05';

function without(table: string): WrittenMarket {
  return { ...TERMS, maintenance: { schedule: scheduleOf(table, { kind: 'brackets' }) } };
}

const saved = mapped(TIERS_2024_10_24, (table, symbol) => [
  {
    from: '2024-10-24',
    market: marketOf(table),
    source: 'leverage brackets of the venue as saved on 2024-10-24',
    confidence: 'code' as const,
    doubt: 'changes between this day and 2026-07-02 are not known',
  },
  {
    from: '2026-07-02',
    market: marketOf(TIERS_2026_07_02[symbol] ?? table),
    source: 'leverage brackets of the venue as saved on 2026-07-02',
    confidence: 'code' as const,
  },
]);

const bitcoin2021 = [
  {
    from: '2021-03-18',
    appliesTo: 'new' as const,
    market: without(BEFORE_JUNE_2021),
    source: MARCH_2021,
    confidence: 'documented' as const,
    doubt:
      'open positions kept the brackets of the day before, which are not known; neither are initial rates',
  },
  {
    from: '2021-06-22',
    market: without(FROM_JUNE_2021),
    source: JUNE_2021,
    confidence: 'documented' as const,
    doubt:
      'brackets above 10,000,000 are not known, nor any change until 2024-10-24; it held for open positions too',
  },
];

/** Binance USD-M futures. */
export const binanceUsdm: Rulebook = {
  id: 'binance-usdm',
  title: 'Binance USD-M futures',
  clauses: [
    {
      about: 'maintenance',
      says: 'Value at the mark times the bracket rate less its maintenance amount: each slice of the value pays its own rate.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated when maintenance reaches equity (a ratio of 100 % or more) at the mark price.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'closing fee',
      says: 'No fee is part of the requirement or of the liquidation price.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'hedge',
      says: 'In hedge mode a long and a short each pay their own brackets; in cross margin both share one liquidation price.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'initial',
      says: 'Value at the mark over the leverage; the bracket of the value caps the leverage.',
      source: FAQ,
      confidence: 'documented',
    },
    {
      about: 'orders',
      says: 'Orders are in initial margin only. The venue adds the loss that an order would open with, and may count one side alone: all are counted here, without that loss.',
      source: FAQ,
      confidence: 'inferred',
    },
    {
      about: 'dates',
      says: 'New brackets hold for open positions too (2021-06-22), unless the announcement exempts them (2021-03-18).',
      source: `${MARCH_2021}; ${JUNE_2021}`,
      confidence: 'documented',
    },
  ],
  markets: { ...saved, BTCUSDT: [...bitcoin2021, ...(saved['BTCUSDT'] ?? [])] },
  others: [{ from: '2021-03-18', market: TERMS, source: FAQ, confidence: 'documented' }],
};
