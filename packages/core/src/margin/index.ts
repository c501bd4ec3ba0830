/** What a position must hold and where it dies: one door for the margin mathematics. */
export { check } from './check.ts';
export type { Advice, Outcome, PositionReport, Report } from './check.ts';
export type { Refusal } from './account.ts';
export type { Rulebook } from './rulebook.ts';
export type { State } from './figures.ts';
export { explain, explanationText } from './explain.ts';
export type { Explanation, PositionChoice } from './explain.ts';
export type { Step } from './step.ts';
