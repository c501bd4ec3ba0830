/** What on-chain venues, BitMEX, Deribit and regulators print of the liquidation price. */
import type { VenueFormula } from '../margin/index.ts';

export const HYPERLIQUID: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', basis: 'mark' },
    formula: 'liq_price = price − side × margin_available / position_size / (1 − l × side)',
    symbols: {
      liq_price: 'price',
      price: 'mark',
      side: 'side',
      margin_available: 'available',
      position_size: 'quantity',
      l: 'rate',
    },
    source: 'hyperliquid.gitbook.io/hyperliquid-docs/trading/liquidations',
    confidence: 'documented',
  },
];

export const DYDX: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', basis: 'mark' },
    formula: "p' = (e − s × p) / (|s| × MMF − s)",
    symbols: {
      "p'": 'price',
      e: 'own equity',
      s: 'signed quantity',
      p: 'mark',
      '|s|': 'quantity',
      MMF: 'rate',
    },
    source: 'docs.dydx.xyz on liquidation prices',
    confidence: 'documented',
    doubt: 'the page has one position; what other markets must hold is taken off e',
  },
];

const BITMEX_SYMBOLS = {
  LP: 'price',
  EP: 'entry',
  S: 'side',
  IM: 'margin share',
  MM: 'maintenance share',
} as const;

export const BITMEX: readonly VenueFormula[] = [
  {
    when: { contract: 'inverse', basis: 'entry' },
    formula: 'LP = EP / (1 + S × (IM − MM))',
    symbols: BITMEX_SYMBOLS,
    source: 'staff of BitMEX, for a long with its fees',
    confidence: 'third-party',
    doubt: 'its sign for a short is worked out, and fees are left out here',
  },
  {
    when: { contract: 'linear', basis: 'entry' },
    formula: 'LP = EP × (1 − S × (IM − MM))',
    symbols: BITMEX_SYMBOLS,
    source: 'bitmex.com/app/liquidationExamples',
    confidence: 'inferred',
    doubt: 'the page has the example 99.5 = 100 × (1 − (1 % − 0.5 %)), not the formula',
  },
];

export const DERIBIT: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', basis: 'mark', schedule: 'linear' },
    formula: 'P = (S × q × EP − WB) / (q × (S − m))',
    symbols: {
      P: 'price',
      S: 'side',
      q: 'quantity',
      EP: 'entry',
      WB: 'free',
      m: 'rate',
    },
    source: 'worked out from support.deribit.com 25944738177565',
    confidence: 'inferred',
    doubt: 'the venue prints the rate m = base + growth × size, not the price',
  },
  {
    when: { contract: 'inverse', basis: 'mark', schedule: 'linear' },
    formula: 'WB + PnL = (base + growth × size) × size',
    symbols: {
      WB: 'free',
      PnL: 'own PnL at P',
      base: 'base',
      growth: 'growth',
      size: 'coins at P',
    },
    source: 'support.deribit.com 25944826427293, 2022-01-11',
    confidence: 'documented',
    doubt: 'the venue prints the requirement; the price is where equity meets it',
  },
];

export const ORDERLY: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', basis: 'mark', schedule: 'power' },
    formula: 'collateral + uPnL = max(baseMMR, k × N ^ 0.8) × N + others',
    symbols: {
      collateral: 'wallet',
      uPnL: 'PnL at P',
      baseMMR: 'base',
      k: 'factor',
      N: 'value at P',
      others: 'other maintenance',
    },
    source:
      'orderly.network/docs/introduction/trade-on-orderly/perpetual-futures/margin-leverage-and-pnl',
    confidence: 'documented',
    doubt: 'k is baseMMR / baseIMR × the factor of the page',
  },
];

export const DRIFT: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', basis: 'mark', schedule: 'power' },
    formula: 'collateral + uPnL = max(base, base80 + imf × size ^ 0.5) × value + others',
    symbols: {
      collateral: 'wallet',
      uPnL: 'PnL at P',
      base: 'base',
      base80: 'offset',
      imf: 'factor',
      size: 'contracts',
      value: 'value at P',
      others: 'other maintenance',
    },
    source: 'github.com/drift-labs/protocol-v2, programs/drift/src/math/margin',
    confidence: 'code',
    doubt: 'base80 is 0.8 × base in the code; the requirement is rounded down there',
  },
];

export const REG_T: readonly VenueFormula[] = [
  {
    when: { side: 'long', contract: 'linear', schedule: 'flat' },
    formula: 'P = D / (n × (1 − m))',
    symbols: { P: 'price', D: 'debit', n: 'quantity', m: 'rate' },
    source: 'worked out from FINRA rule 4210(c)',
    confidence: 'inferred',
  },
  {
    when: { side: 'short', contract: 'linear', schedule: 'max' },
    formula: 'c − P = max(2.50, min(P, 5), 30 % × P)',
    symbols: { c: 'credit', P: 'price' },
    source: 'FINRA rule 4210(c), read in four quotations of it',
    confidence: 'third-party',
    doubt: 'the rule in one line, a share; a firm may ask for more',
  },
];

export const FIXED_MARGIN_FUTURES: readonly VenueFormula[] = [
  {
    when: { contract: 'linear', schedule: 'per-unit' },
    formula: 'P = EP − S × (equity − maintenance) / (multiplier × n)',
    symbols: {
      P: 'price',
      EP: 'entry',
      S: 'side',
      equity: 'free',
      maintenance: 'entry maintenance',
      multiplier: 'unit',
      n: 'contracts',
    },
    source: 'worked out from the example of the cmegroup.com performance bonds FAQ',
    confidence: 'inferred',
  },
];
