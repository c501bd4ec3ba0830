/**
 * Initial margin of a value: the largest of what leverage, schedule and open interest ask for. The
 * schedule is asked for all that the owner holds on the side, of which each position bears a share.
 */
import { mulDiv } from '../units/index.ts';
import type { CompiledRules } from './compile.ts';
import { interestMargin } from './interest.ts';
import { leverageMargin, requirementOf, type CompiledSchedule } from './requirement.ts';
import type { Market } from './state.ts';
import { valueOf } from './value.ts';
import { leverageCut } from './volatility.ts';

export interface Exposure {
  /** Not negative. */
  readonly lots: number;
  readonly ticks: number;
  /** Chosen, in hundredths. */
  readonly leverage: number;
  /** What the owner holds on the same side in other accounts, lots. */
  readonly beside: number;
}

/** Atoms, rounded up. */
export function initialOf(market: Market, rules: CompiledRules, exposure: Exposure): number {
  const { lots, ticks, leverage } = exposure;
  const value = valueOf(market, lots, ticks);
  const byLeverage = leverageMargin(value, Math.min(leverage, leverageCut(market, rules)));
  const bySchedule = rules.initial === null ? 0 : scheduled(market, rules.initial, exposure, value);
  return Math.max(byLeverage, bySchedule, interestMargin(market, rules, value));
}

/** requirement(all) × lots / all, up: the shares of one owner never sum to less than the whole. */
function scheduled(
  market: Market,
  schedule: CompiledSchedule,
  exposure: Exposure,
  value: number,
): number {
  const { lots, beside } = exposure;
  if (beside === 0) return requirementOf(schedule, value, lots);
  return mulDiv(askedOfAll(market, schedule, exposure).asked, lots, lots + beside, 'up');
}

/** What the schedule asks for all that the owner holds on the side, and what that is worth. */
export function askedOfAll(
  market: Market,
  schedule: CompiledSchedule,
  { lots, beside, ticks }: Exposure,
): { readonly asked: number; readonly value: number } {
  const all = lots + beside;
  // What only reduces is not asked whether all of it can be reckoned, so its value has a ceiling.
  const value = Math.min(valueOf(market, all, ticks), Number.MAX_SAFE_INTEGER);
  return { asked: requirementOf(schedule, value, all), value };
}
