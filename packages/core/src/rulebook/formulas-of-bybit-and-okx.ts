/** What Bybit and OKX print of the liquidation price, in their own symbols. */
import type { VenueFormula } from '../margin/index.ts';
import { OKX_RATIO } from './okx-clauses.ts';

const PAGE_2024 = 'Bybit help as of 2024: liquidation price';
const INVERSE_PAGE = 'Bybit help: liquidation price (inverse contract), 2026-05-27';
const ADDED =
  'margin beyond the initial one moves the bankruptcy price and with it the fee there; the price here leaves that out';

const LINEAR = {
  q: 'quantity',
  EP: 'entry',
  lev: 'leverage',
  E: 'added',
  f: 'fee',
  cum: 'amount',
  r: 'rate',
} as const;

const LINEAR_SOURCE = {
  source: 'worked out from the initial and maintenance margin of the page of 2025-09-18',
  confidence: 'inferred',
  doubt: `the venue’s formula since 2025-09-02 was not seen; ${ADDED}`,
} as const;

export const BYBIT_LINEAR: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', side: 'long', contract: 'linear', basis: 'mark' },
    formula: 'LP = (q × EP × (1 − 1 / lev) − E / (1 − f) − cum) / (q × (1 − r))',
    symbols: { LP: 'price', ...LINEAR },
    ...LINEAR_SOURCE,
  },
  {
    when: { marginMode: 'isolated', side: 'short', contract: 'linear', basis: 'mark' },
    formula: 'LP = (q × EP × (1 + 1 / lev) + E / (1 + f) + cum) / (q × (1 + r))',
    symbols: { LP: 'price', ...LINEAR },
    ...LINEAR_SOURCE,
  },
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'entry' },
    formula: 'LP = EP − S × (IM − MM) / size − S × extra / size',
    symbols: {
      LP: 'price',
      EP: 'entry',
      S: 'side',
      IM: 'entry initial',
      MM: 'entry maintenance',
      size: 'quantity',
      extra: 'added',
    },
    source: PAGE_2024,
    confidence: 'documented',
  },
];

const INVERSE = {
  size: 'quantity',
  r: 'rate',
  EP: 'entry',
  lev: 'leverage',
  extra: 'added',
  f: 'fee',
  deduction: 'amount',
} as const;

const INVERSE_SOURCE = { source: INVERSE_PAGE, confidence: 'mirror', doubt: ADDED } as const;

export const BYBIT_INVERSE: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', side: 'long', contract: 'inverse', basis: 'mark' },
    formula: 'LP = size × (1 + r) / (size / EP + size / EP / lev + extra / (1 + f) + deduction)',
    symbols: { LP: 'price', ...INVERSE },
    ...INVERSE_SOURCE,
  },
  {
    when: { marginMode: 'isolated', side: 'short', contract: 'inverse', basis: 'mark' },
    formula: 'LP = size × (1 − r) / (size / EP − size / EP / lev − extra / (1 − f) − deduction)',
    symbols: { LP: 'price', ...INVERSE },
    ...INVERSE_SOURCE,
  },
  {
    when: { marginMode: 'isolated', contract: 'inverse', basis: 'entry' },
    formula: 'LP = qty / (PV + S × (IM − MM))',
    symbols: {
      LP: 'price',
      qty: 'quantity',
      PV: 'entry value',
      S: 'side',
      IM: 'free',
      MM: 'entry maintenance',
    },
    source: PAGE_2024,
    confidence: 'documented',
    doubt: 'IM is all of the margin here, the page has no term for margin added',
  },
];

export const BYBIT_UNIFIED: readonly VenueFormula[] = [
  {
    when: { marginMode: 'cross', contract: 'linear', basis: 'mark' },
    formula: 'LP = (S × q × EP − WB + fee − cum + MM − uPnL) / (q × (S − r))',
    symbols: {
      LP: 'price',
      S: 'side',
      q: 'quantity',
      EP: 'entry',
      WB: 'wallet',
      fee: 'fixed fee',
      cum: 'amount',
      MM: 'other maintenance',
      uPnL: 'other PnL',
      r: 'rate',
    },
    source: 'worked out from Bybit help: Trading Terms and Formulas in UTA, 2026-03-13',
    confidence: 'inferred',
    doubt: 'the venue prints the ratio of the account, not the price',
  },
];

const OKX_CROSS: VenueFormula = {
  when: { marginMode: 'cross', legs: 'any' },
  formula: '100 % = (balance + PnL) / (MM + fee)',
  symbols: { balance: 'wallet', PnL: 'PnL at P', MM: 'maintenance at P', fee: 'fee at P' },
  ...OKX_RATIO,
  doubt: 'options, borrowing and the fees of orders are left out',
};

const OKX_ISOLATED = {
  margin: 'wallet',
  PnL: 'PnL at P',
  face: 'unit',
  '|n|': 'contracts',
  P: 'price',
  mmr: 'rate',
  fee: 'fee',
} as const;

export const OKX_LINEAR: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', contract: 'linear', basis: 'mark' },
    formula: '100 % = (margin + PnL) / (face × |n| × P × (mmr + fee))',
    symbols: OKX_ISOLATED,
    ...OKX_RATIO,
  },
  OKX_CROSS,
];

export const OKX_INVERSE: readonly VenueFormula[] = [
  {
    when: { marginMode: 'isolated', contract: 'inverse', basis: 'mark' },
    formula: '100 % = (margin + PnL) / (face × |n| / P × (mmr + fee))',
    symbols: OKX_ISOLATED,
    ...OKX_RATIO,
  },
  OKX_CROSS,
];
