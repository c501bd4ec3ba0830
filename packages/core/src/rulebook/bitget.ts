/** Bitget USDT futures: the fee is inside; whole-position tiers until 2025-11-10, then marginal. */
import type { DatedMarket, Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { TIERS_2025_04_04 } from './bitget-tiers.ts';
import { mapped, tabled } from './tables.ts';

const CHANGE = '2025-11-10';
const UPDATE = 'Bitget: update maintenance margin calculation for classic account futures';
const PRICE = 'Bitget help: What Is Estimated Liquidation Price, 2025-09-18 and later';
const SAVED = 'position tiers of the venue as saved on 2025-04-04';
const EXPLAINED = 'Bitget help: Tiered maintenance margin explained, 2025-06-25';
const TAKER = '0.0006';
const FEE = 'the fee inside is the base taker rate 0.0006: give your own as closingFeeRate';
const KEPT = 'positions opened before keep the rule before: give their openedAt';
const TERMS: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  hedge: 'sum',
  maintenance: { closingFeeRate: TAKER },
  takerFee: TAKER,
};

function marketOf(table: string, kind: 'brackets' | 'steps'): WrittenMarket {
  const { maintenance, initial } = tabled(table, { kind });
  return {
    ...TERMS,
    maintenance: { ...TERMS.maintenance, ...maintenance },
    ...(initial === undefined ? {} : { initial }),
  };
}

function datedOf(table: string, symbol: string): readonly DatedMarket[] {
  const isBitcoin = symbol === 'BTCUSDT';
  const later = isBitcoin ? table.replace('150000 0.005', '200000 0.005') : table;
  const source = isBitcoin ? `${SAVED}; ${EXPLAINED} agrees` : SAVED;
  const known = isBitcoin
    ? 'the first tier to 200,000 is from the venue’s example, the others are of 2025-06-25'
    : 'the tiers are of 2025-04-04: later changes are not known';
  return [
    {
      from: '2025-04-04',
      market: marketOf(table, 'steps'),
      source,
      confidence: 'code',
      doubt: FEE,
    },
    {
      from: CHANGE,
      appliesTo: 'new',
      market: marketOf(later, 'brackets'),
      source: `${source}; ${UPDATE}`,
      confidence: 'documented',
      doubt: `${known}; ${KEPT}; ${FEE}`,
    },
  ];
}

/** Bitget USDT-margined futures. */
export const bitget: Rulebook = {
  id: 'bitget',
  title: 'Bitget futures',
  clauses: [
    {
      about: 'maintenance',
      says: 'Until 2025-11-10 one tier rate plus the fee on the whole value; since then each slice at the rate of its tier plus the fee, for new positions only.',
      source: UPDATE,
      confidence: 'documented',
    },
    {
      about: 'liquidation price',
      says: '(margin + offset − size × entry × side) / (size × (rate + fee − side)).',
      source: PRICE,
      confidence: 'mirror',
    },
    {
      about: 'hedge',
      says: 'Isolated, each direction is tiered alone; in cross margin long and short of a pair are added.',
      source: 'Bitget help 360052911052, an old page',
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated when the requirement reaches the margin; equal is taken as liquidated.',
      source: PRICE,
      confidence: 'inferred',
    },
    {
      about: 'cross price',
      says: 'The cross formula of the venue was seen only in part: the exact one is given here.',
      source: PRICE,
      confidence: 'mirror',
    },
  ],
  markets: mapped(TIERS_2025_04_04, datedOf),
  others: [{ from: '2024-01-01', market: TERMS, source: PRICE, confidence: 'mirror', doubt: FEE }],
};
