/** A market's rules for its sources, from decimals to whole numbers. */
import { parseDecimal } from '../units/index.ts';
import type { PriceRules } from './config.ts';
import { wholeRate } from './requirement.ts';

/** Rules for the sources of a mark in whole numbers; fractions are in 1e-7. */
export interface CompiledPrices {
  readonly sources: readonly string[];
  readonly minimumAgreeing: number;
  readonly maxDeviation: number;
  readonly silentAfterMs: number;
  readonly jump: { readonly threshold: number; readonly confirmations: number } | null;
}

/** The rules in whole numbers, null where there are none, or the reason why they are refused. */
export function compilePrices(rules: PriceRules | undefined): CompiledPrices | null | string {
  if (rules === undefined) return null;
  const { sources, minimumAgreeing, silentAfterMs, jump } = rules;
  if (new Set(sources).size !== sources.length) return 'prices.sources: a source is named twice';
  if (minimumAgreeing > sources.length)
    return 'prices.minimumAgreeing must be at most the number of sources';
  const maxDeviation = fraction(rules.maxDeviation, 'prices.maxDeviation');
  if (typeof maxDeviation === 'string') return maxDeviation;
  const compiled = { sources, minimumAgreeing, maxDeviation, silentAfterMs };
  if (jump === null) return { ...compiled, jump };
  const threshold = fraction(jump.threshold, 'prices.jump.threshold');
  if (typeof threshold === 'string') return threshold;
  return { ...compiled, jump: { threshold, confirmations: jump.confirmations } };
}

/** A fraction from 0 to 1 in 1e-7, or the reason why it is none. */
function fraction(text: string, path: string): number | string {
  const value = parseDecimal(text);
  const whole = value === undefined ? `"${text}" is not a decimal` : wholeRate(value);
  return typeof whole === 'string' ? `${path}: ${whole}` : whole;
}
