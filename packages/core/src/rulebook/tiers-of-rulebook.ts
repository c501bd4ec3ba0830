/** The level tables that a rulebook held on a day, as a set that can be compared with a file. */
import { inForce, type Rulebook, type WrittenLevel, type WrittenMarket } from '../margin/index.ts';
import type { WrittenSchedule } from '../margin/index.ts';
import { compare, ONE, over, parseDecimal, ZERO, type Rational } from '../units/index.ts';
import { tierTable, type TierRow, type TierSet, type TierTable } from './tiers-table.ts';

/** Tables, and the markets whose rules are no level tables. */
export interface RulebookTiers extends TierSet {
  readonly left: readonly string[];
  /** What is not certain about the tables, each said once. */
  readonly doubts: readonly string[];
}

/** The tables in force on a day, or the newest without one. */
export function tiersOfRulebook(rulebook: Rulebook, asOf: string | null): RulebookTiers {
  const ruled = Object.entries(rulebook.markets).flatMap(([market, dated]) => {
    const rules = inForce(dated, asOf);
    return rules === null ? [] : [{ market, rules, table: tableOf(market, rules.market) }];
  });
  return {
    venue: rulebook.id,
    asOf,
    source: once(ruled.map(({ rules }) => rules.source)).join('; '),
    tables: ruled.flatMap(({ table }) => table ?? []),
    left: ruled.filter(({ table }) => table === null).map(({ market }) => market),
    doubts: once(ruled.map(({ rules }) => rules.doubt)),
  };
}

function once(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}

function tableOf(market: string, { maintenance, initial }: WrittenMarket): TierTable | null {
  const { schedule } = maintenance;
  if (schedule.kind !== 'brackets' && schedule.kind !== 'steps') return null;
  const { kind, by = 'value', levels } = schedule;
  const leverages = initial === undefined ? null : leveragesOf(initial.schedule, levels);
  const rows = levels.map(({ from, rate }, k): TierRow => ({
    from: numberOf(from),
    rate: numberOf(rate),
    leverage: leverages?.[k] ?? null,
    deduction: null,
  }));
  return tierTable({ symbol: null, market, kind, by, cap: null }, rows);
}

/** 1 / the initial rate of each level; null where that schedule has other levels. */
function leveragesOf(
  schedule: WrittenSchedule,
  levels: readonly WrittenLevel[],
): readonly Rational[] | null {
  if (schedule.kind !== 'steps' && schedule.kind !== 'brackets') return null;
  const isAlike = levels.every(({ from }, k) => {
    const other = schedule.levels[k];
    return other !== undefined && compare(numberOf(from), numberOf(other.from)) === 0;
  });
  if (!isAlike || schedule.levels.some(({ rate }) => numberOf(rate).n === 0n)) return null;
  return schedule.levels.map(({ rate }) => over(ONE, numberOf(rate)));
}

function numberOf(value: WrittenLevel['from']): Rational {
  return parseDecimal(value) ?? ZERO;
}
