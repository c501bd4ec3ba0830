/** What a position must hold and where it dies: one door for the margin mathematics. */
export { check } from './check.ts';
export type { Advice, Outcome, PositionReport, Report } from './check.ts';
export type { Refusal } from './account.ts';
export { inForce } from './rulebook.ts';
export type {
  Clause,
  Confidence,
  Dated,
  DatedMarket,
  Rulebook,
  RuleUsed,
  Source,
  WrittenMarket,
  WrittenPolicy,
  WrittenShort,
  WrittenTerms,
} from './rulebook.ts';
export type { State } from './figures.ts';
export { explain, explanationText } from './explain.ts';
export type { Explanation, PositionChoice } from './explain.ts';
export type { Step } from './step.ts';
export type { By, Schedule } from './rules.ts';
export { parseSchedule } from './written-schedule.ts';
export type { WrittenLevel, WrittenSchedule } from './written-schedule.ts';
export { liquidationPrices, standings } from './kernel.ts';
export type { AccountColumns, LevelColumns, MarketColumns, PositionColumns } from './kernel.ts';
export { marketColumns } from './kernel-columns.ts';
