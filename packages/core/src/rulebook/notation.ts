/** What is said of each venue beside its rules: its own formulas, and how it names its markets. */
import type { Rulebook, VenueFormula } from '../margin/index.ts';
import {
  BYBIT_INVERSE,
  BYBIT_LINEAR,
  BYBIT_UNIFIED,
  OKX_INVERSE,
  OKX_LINEAR,
} from './formulas-of-bybit-and-okx.ts';
import {
  BINANCE_COINM,
  BINANCE_USDM,
  BITGET_FUTURES,
  GATE_PERPETUALS,
  KRAKEN_FUTURES,
  KUCOIN_FUTURES,
  MEXC_FUTURES,
} from './formulas-of-exchanges.ts';
import {
  BITMEX,
  DERIBIT,
  DRIFT,
  DYDX,
  FIXED_MARGIN_FUTURES,
  HYPERLIQUID,
  ORDERLY,
  REG_T,
} from './formulas-of-others.ts';
import { SYMBOL_FORMS } from './symbol-forms.ts';

const FORMULAS: Readonly<Record<string, readonly VenueFormula[]>> = {
  'binance-usdm': BINANCE_USDM,
  'binance-coinm': BINANCE_COINM,
  'bybit-linear': BYBIT_LINEAR,
  'bybit-inverse': BYBIT_INVERSE,
  'bybit-unified': BYBIT_UNIFIED,
  'okx-linear': OKX_LINEAR,
  'okx-inverse': OKX_INVERSE,
  hyperliquid: HYPERLIQUID,
  dydx: DYDX,
  bitmex: BITMEX,
  deribit: DERIBIT,
  'kraken-futures': KRAKEN_FUTURES,
  gate: GATE_PERPETUALS,
  kucoin: KUCOIN_FUTURES,
  bitget: BITGET_FUTURES,
  mexc: MEXC_FUTURES,
  orderly: ORDERLY,
  drift: DRIFT,
  'reg-t': REG_T,
  'fixed-margin-futures': FIXED_MARGIN_FUTURES,
};

/** The rulebook with its formulas and its names of markets, where it has them. */
export function withNotation(rulebook: Rulebook): Rulebook {
  const formulas = FORMULAS[rulebook.id];
  const symbols = SYMBOL_FORMS[rulebook.id];
  return { ...rulebook, ...(formulas && { formulas }), ...(symbols && { symbols }) };
}
