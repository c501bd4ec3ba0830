/**
 * Initial margin of a value: the largest of what leverage, schedule and open interest ask for.
 */
import type { CompiledRules } from './compile.ts';
import { interestMargin } from './interest.ts';
import { leverageMargin, requirementOf } from './requirement.ts';
import type { Market } from './state.ts';
import { leverageCut } from './volatility.ts';

export interface Exposure {
  /** Atoms. */
  readonly value: number;
  readonly lots: number;
  /** Chosen, in hundredths. */
  readonly leverage: number;
}

/** Atoms, rounded up. */
export function initialOf(market: Market, rules: CompiledRules, exposure: Exposure): number {
  const { value, lots, leverage } = exposure;
  const byLeverage = leverageMargin(value, Math.min(leverage, leverageCut(market, rules)));
  const bySchedule = rules.initial === null ? 0 : requirementOf(rules.initial, value, lots);
  return Math.max(byLeverage, bySchedule, interestMargin(market, rules, value));
}
