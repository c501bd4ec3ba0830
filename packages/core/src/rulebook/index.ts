/** What each venue says: one file a venue, all of them in the grammar of `margin`. */
import type { Rulebook } from '../margin/index.ts';
import { binanceCoinm } from './binance-coinm.ts';
import { binanceUsdm } from './binance-usdm.ts';
import { bitget } from './bitget.ts';
import { bitmex } from './bitmex.ts';
import { bybitInverse } from './bybit-inverse.ts';
import { bybitLinear } from './bybit-linear.ts';
import { bybitUnified } from './bybit-unified.ts';
import { custom } from './custom.ts';
import { deribit } from './deribit.ts';
import { drift } from './drift.ts';
import { dydx } from './dydx.ts';
import { fixedMarginFutures } from './fixed-margin-futures.ts';
import { gate } from './gate.ts';
import { hyperliquid } from './hyperliquid.ts';
import { krakenFutures } from './kraken-futures.ts';
import { kucoin } from './kucoin.ts';
import { mexc } from './mexc.ts';
import { withNotation } from './notation.ts';
import { okxInverse } from './okx-inverse.ts';
import { okxLinear } from './okx-linear.ts';
import { orderly } from './orderly.ts';
import { regT } from './reg-t.ts';

/** Every rulebook there is; hand it to `check` and `explain`. */
export const rulebooks: readonly Rulebook[] = [
  custom,
  binanceUsdm,
  binanceCoinm,
  bybitLinear,
  bybitInverse,
  bybitUnified,
  okxLinear,
  okxInverse,
  hyperliquid,
  dydx,
  bitmex,
  deribit,
  krakenFutures,
  gate,
  kucoin,
  bitget,
  mexc,
  orderly,
  drift,
  regT,
  fixedMarginFutures,
].map(withNotation);

export { readTierTables, venueSymbol } from './ccxt-tiers.ts';
export type { CcxtForm } from './ccxt-tiers.ts';
export { countBoundaries } from './tiers-table.ts';
export type { TierKind, TierLevel, TierSet, TierTable } from './tiers-table.ts';
export { isTierFile, readTierFile, tierFileOf } from './tiers-file.ts';
export type { TierFile } from './tiers-file.ts';
export { tierVenue, tierVenues } from './tiers-venues.ts';
export type { TierVenue } from './tiers-venues.ts';
export { tierChanges } from './tiers-changes.ts';
export type { LevelChange, TableChange, TierChanges } from './tiers-changes.ts';
export { tiersOfRulebook } from './tiers-of-rulebook.ts';
export type { RulebookTiers } from './tiers-of-rulebook.ts';
