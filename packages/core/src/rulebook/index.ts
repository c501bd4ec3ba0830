/** What each venue says: one file a venue, all of them in the grammar of `margin`. */
import type { Rulebook } from '../margin/index.ts';
import { binanceUsdm } from './binance-usdm.ts';
import { bybitInverse } from './bybit-inverse.ts';
import { bybitLinear } from './bybit-linear.ts';
import { bybitUnified } from './bybit-unified.ts';
import { custom } from './custom.ts';
import { dydx } from './dydx.ts';
import { hyperliquid } from './hyperliquid.ts';
import { okxInverse } from './okx-inverse.ts';
import { okxLinear } from './okx-linear.ts';

/** Every rulebook there is; hand it to `check` and `explain`. */
export const rulebooks: readonly Rulebook[] = [
  custom,
  binanceUsdm,
  bybitLinear,
  bybitInverse,
  bybitUnified,
  okxLinear,
  okxInverse,
  hyperliquid,
  dydx,
];
