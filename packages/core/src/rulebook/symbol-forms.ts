/** How each venue names its perpetual markets, so that one market can be found at another venue. */
import type { SymbolForm } from '../margin/index.ts';

const XBT = { BTC: 'XBT' } as const;
/** Dollars and the coins that stand for one. */
const DOLLARS = ['USDT', 'USDC', 'USD'] as const;

function linear(form: string, quotes: readonly string[] = ['USDT', 'USDC']): SymbolForm {
  return { form, contract: 'linear', quotes };
}

function inverse(form: string): SymbolForm {
  return { form, contract: 'inverse', quotes: ['USD'] };
}

const BYBIT: readonly SymbolForm[] = [
  linear('{base}{quote}', ['USDT']),
  linear('{base}PERP', ['USDC']),
];

/** By rulebook; what is not here names no markets of its own that others have too. */
export const SYMBOL_FORMS: Readonly<Record<string, readonly SymbolForm[]>> = {
  custom: [
    linear('{base}-{quote}', DOLLARS),
    linear('{base}/{quote}', DOLLARS),
    linear('{base}{quote}', DOLLARS),
    inverse('{base}{quote}'),
  ],
  'binance-usdm': [linear('{base}{quote}')],
  'binance-coinm': [inverse('{base}{quote}_PERP')],
  'bybit-linear': BYBIT,
  'bybit-unified': BYBIT,
  'bybit-inverse': [inverse('{base}{quote}')],
  'okx-linear': [linear('{base}-{quote}-SWAP')],
  'okx-inverse': [inverse('{base}-{quote}-SWAP')],
  hyperliquid: [linear('{base}', ['USDC'])],
  dydx: [linear('{base}-USD', ['USDC'])],
  bitmex: [{ ...inverse('{base}{quote}'), aliases: XBT }],
  deribit: [linear('{base}_{quote}-PERPETUAL', ['USDC']), inverse('{base}-PERPETUAL')],
  'kraken-futures': [
    { ...linear('PF_{base}{quote}', ['USD']), aliases: XBT },
    { ...inverse('PI_{base}{quote}'), aliases: XBT },
  ],
  gate: [linear('{base}_{quote}', ['USDT'])],
  kucoin: [{ ...linear('{base}{quote}M'), aliases: XBT }],
  bitget: [linear('{base}{quote}', ['USDT'])],
  mexc: [linear('{base}_{quote}')],
  orderly: [linear('PERP_{base}_{quote}', ['USDC'])],
  drift: [linear('{base}-PERP', ['USDC'])],
};
