/** What Binance, Gate, KuCoin, Bitget, MEXC and Kraken print of the liquidation price. */
import type { VenueFormula } from '../margin/index.ts';

const BINANCE = 'binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93';

export const BINANCE_USDM: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', basis: 'mark' },
    formula:
      'LP = (WB − TMM1 + UPNL1 + cumB − Side × Position × EP) / (Position × MMR − Side × Position)',
    symbols: {
      LP: 'price',
      WB: 'wallet',
      TMM1: 'other maintenance',
      UPNL1: 'other PnL',
      cumB: 'amount',
      Side: 'side',
      Position: 'quantity',
      EP: 'entry',
      MMR: 'rate',
    },
    source: BINANCE,
    confidence: 'documented',
  },
  {
    when: { marginMode: 'cross', contract: 'linear', basis: 'mark', legs: 'two' },
    formula:
      'LP = (WB − TMM1 + UPNL1 + cumL + cumS − L × EPL + S × EPS) / (L × MMRL + S × MMRS − L + S)',
    symbols: {
      LP: 'price',
      WB: 'wallet',
      TMM1: 'other maintenance',
      UPNL1: 'other PnL',
      cumL: 'long amount',
      cumS: 'short amount',
      L: 'long quantity',
      EPL: 'long entry',
      MMRL: 'long rate',
      S: 'short quantity',
      EPS: 'short entry',
      MMRS: 'short rate',
    },
    source: BINANCE,
    confidence: 'documented',
  },
];

export const BINANCE_COINM: readonly VenueFormula[] = [
  {
    when: { contract: 'inverse', basis: 'mark' },
    formula:
      'LP = (Position × MMR + Side × Position) / ((WB − TMM1 + UPNL1 + cum) / ContractSize + Side × Position / EP)',
    symbols: {
      LP: 'price',
      Position: 'contracts',
      MMR: 'rate',
      Side: 'side',
      WB: 'wallet',
      TMM1: 'other maintenance',
      UPNL1: 'other PnL',
      cum: 'amount',
      ContractSize: 'unit',
      EP: 'entry',
    },
    source: 'binance.com/en/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46',
    confidence: 'inferred',
    doubt: 'on the page the formula is an image, put together again from it',
  },
];

const GATE = 'a reply of Gate support (miniapp.gate.com)';
const GATE_SYMBOLS = {
  LP: 'price',
  EP: 'entry',
  S: 'side',
  margin: 'wallet',
  size: 'contracts',
  mult: 'unit',
  r: 'rate',
  f: 'fee',
} as const;

export const GATE_PERPETUALS: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'mark', schedule: 'steps' },
    formula: 'LP = (EP − S × margin / mult / size) / (1 − S × (r + f))',
    symbols: GATE_SYMBOLS,
    source: GATE,
    confidence: 'documented',
  },
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'mark' },
    formula: 'LP = (EP − S × (margin + deduction) / mult / size) / (1 − S × (r + f))',
    symbols: { ...GATE_SYMBOLS, deduction: 'amount' },
    source: `${GATE}, with the deduction of the venue’s API since 2025-07-29`,
    confidence: 'inferred',
    doubt: 'the venue’s formula since then was not seen',
  },
  {
    when: { marginMode: 'isolated', contract: 'inverse', basis: 'mark', schedule: 'steps' },
    formula: 'LP = size × EP × (1 + S × (r + f)) / (size + S × margin × EP)',
    symbols: {
      LP: 'price',
      size: 'quantity',
      EP: 'entry',
      S: 'side',
      r: 'rate',
      f: 'fee',
      margin: 'wallet',
    },
    source: GATE,
    confidence: 'documented',
  },
];

export const KUCOIN_FUTURES: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'mark' },
    formula: '100 % = P × q × (MMR + lf) / (margin + uPnL)',
    symbols: {
      P: 'price',
      q: 'quantity',
      MMR: 'rate',
      lf: 'fee',
      margin: 'wallet',
      uPnL: 'PnL at P',
    },
    source: 'KuCoin announcements of 2025-05-20 and 2025-05-29',
    confidence: 'documented',
    doubt: 'the liquidation fee rate lf is not known, the taker rate is taken',
  },
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'entry' },
    formula: 'LP = (EP × q − S × (IM − MM)) / q',
    symbols: {
      LP: 'price',
      EP: 'entry',
      q: 'quantity',
      S: 'side',
      IM: 'free',
      MM: 'entry maintenance',
    },
    source: 'KuCoin help: How to Calculate the Liquidation Price',
    confidence: 'documented',
    doubt: 'the page prints it without the fee that MM holds here',
  },
  {
    when: { marginMode: 'cross', contract: 'linear', basis: 'mark' },
    formula: 'LP = (MV − |MV| × margin / Σ|MV|) / ((1 − S × MMR − S × f) × q)',
    symbols: {
      LP: 'price',
      MV: 'mark value',
      '|MV|': 'mark value without sign',
      margin: 'equity',
      'Σ|MV|': 'all value',
      S: 'side',
      MMR: 'rate',
      f: 'fee',
      q: 'signed quantity',
    },
    source: 'kucoin.com/support/35084431335065',
    confidence: 'documented',
    doubt:
      'for reference only, as the page says: it spreads the margin over all positions by value',
  },
];

const BITGET_SYMBOLS = {
  LP: 'price',
  offset: 'amount',
  q: 'quantity',
  EP: 'entry',
  S: 'side',
  MMR: 'rate',
  f: 'fee',
} as const;

export const BITGET_FUTURES: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'mark' },
    formula: 'LP = (margin + offset − q × EP × S) / (q × (MMR + f − S))',
    symbols: { ...BITGET_SYMBOLS, margin: 'wallet' },
    source: 'Bitget help: What Is Estimated Liquidation Price, 2025-09-18 and later',
    confidence: 'mirror',
  },
  {
    when: { marginMode: 'cross', contract: 'linear', basis: 'mark' },
    formula: 'LP = (X + offset − q × EP × S) / (q × (MMR + f − S))',
    symbols: { ...BITGET_SYMBOLS, X: 'free' },
    source: 'Bitget help: What Is Estimated Liquidation Price, cross margin',
    confidence: 'inferred',
    doubt: 'of the cross formula only X was seen; the rest is that of isolated margin',
  },
];

const MEXC_SYMBOLS = {
  LP: 'price',
  MM: 'entry maintenance',
  margin: 'wallet',
  EP: 'entry',
  q: 'quantity',
} as const;

const MEXC_SOURCE = {
  source: 'MEXC blog on the liquidation price',
  confidence: 'documented',
  doubt: 'fees are left out, as in the example of the page',
} as const;

export const MEXC_FUTURES: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', side: 'long', contract: 'linear', basis: 'entry' },
    formula: 'LP = (MM − margin + EP × q) / q',
    symbols: MEXC_SYMBOLS,
    ...MEXC_SOURCE,
  },
  {
    when: { marginMode: 'isolated', side: 'short', contract: 'linear', basis: 'entry' },
    formula: 'LP = (EP × q − MM + margin) / q',
    symbols: MEXC_SYMBOLS,
    ...MEXC_SOURCE,
  },
  {
    when: { marginMode: 'cross', legs: 'any' },
    formula: 'balance + uPnL = MM + fees',
    symbols: {
      balance: 'wallet',
      uPnL: 'PnL at P',
      MM: 'maintenance at P',
      fees: 'fee at P',
    },
    source: 'mexc.com/support/360044646391',
    confidence: 'documented',
    doubt: 'the rate of the fees is not known',
  },
];

export const KRAKEN_FUTURES: readonly VenueFormula[] = [
  {
    when: { legs: 'any' },
    formula: 'balance + uPnL = MM',
    symbols: { balance: 'wallet', uPnL: 'PnL at P', MM: 'maintenance at P' },
    source: 'support.kraken.com 360022835671',
    confidence: 'documented',
    doubt: 'the venue prints the rule and an example, not a formula of the price',
  },
];
