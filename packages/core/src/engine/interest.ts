/** Open interest, and how it raises initial margin as a market fills up. */
import { divideRounded } from '../units/index.ts';
import { RATE_SCALE, type CompiledRules } from './compile.ts';
import { chargeUp } from './requirement.ts';
import type { Market } from './state.ts';

/** Value of `lots` at the mark, atoms rounded up; sums over accounts may leave the safe numbers. */
export function interestValue(market: Market, lots: number): bigint {
  const { inverse, unit } = market.contract;
  const units = BigInt(lots) * BigInt(unit);
  if (!inverse) return units * BigInt(market.markTicks);
  return market.markTicks === 0 ? 0n : divideRounded(units, BigInt(market.markTicks), 'up');
}

/**
 * Initial margin rate at the open interest of now, 1e-7 rounded up:
 * min(1, base + (OI − lower) / (upper − lower) × (1 − base)), and base up to `lower` [dYdX v4].
 */
export function interestRate(market: Market, rules: CompiledRules): number {
  const scale = rules.guards.byOpenInterest;
  if (scale === null) return 0;
  const { base, lower, upper } = scale;
  const above = interestValue(market, market.longLots) - BigInt(lower);
  const span = BigInt(upper - lower);
  if (above <= 0n) return base;
  if (above >= span) return RATE_SCALE;
  return base + Number(divideRounded(above * BigInt(RATE_SCALE - base), span, 'up'));
}

/** What a position of that value must hold because of the market's open interest, atoms. */
export function interestMargin(market: Market, rules: CompiledRules, value: number): number {
  return rules.guards.byOpenInterest === null ? 0 : chargeUp(value, interestRate(market, rules));
}
