/** What a position must hold and where it dies: one door for the margin mathematics. */
export { check } from './check.ts';
export type { Outcome, PositionReport, Report } from './check.ts';
export type { Refusal } from './account.ts';
export { inForce } from './rulebook.ts';
export type {
  Clause,
  Confidence,
  Dated,
  DatedMarket,
  FormulaScope,
  Rulebook,
  RuleUsed,
  Source,
  SymbolForm,
  VenueFormula,
  WrittenMarket,
  WrittenPolicy,
  WrittenShort,
  WrittenTerms,
} from './rulebook.ts';
export type { State } from './figures.ts';
export { instrumentOf } from './venue-symbol.ts';
export type { Instrument } from './venue-symbol.ts';
export { explain, explanationText } from './explain.ts';
export type { Explanation, PositionChoice } from './explain.ts';
export { explainAcross } from './across.ts';
export type { Across, AcrossRequest, VenueAnswer, VenueRefusal } from './across.ts';
export { stepsText } from './step.ts';
export type { Step } from './step.ts';
export type { By, Schedule } from './rules.ts';
export { parseSchedule } from './written-schedule.ts';
export type { WrittenLevel, WrittenSchedule } from './written-schedule.ts';
export { standings } from './kernel.ts';
export { liquidationPrices } from './kernel-line.ts';
export { accountColumns, partnerRows, STATE } from './kernel-shape.ts';
export type { AccountColumns, MarketColumns, PositionColumns } from './kernel-shape.ts';
export { marketColumns } from './kernel-columns.ts';
export { documentColumns } from './kernel-document.ts';
export type { KernelColumns } from './kernel-document.ts';
export { whatIf } from './what-if.ts';
export type { WhatIf } from './what-if.ts';
export type { Change } from './what-if-changes.ts';
export { differenceOf } from './what-if-difference.ts';
export type { Difference, FigureChange, PositionChange } from './what-if-difference.ts';
export { largestSize, leastCollateral, sizing } from './sizing.ts';
export type {
  CollateralAnswer,
  SizeAnswer,
  SizingAnswer,
  SizingRequest,
  Standpoint,
} from './sizing.ts';
export { sensitivity } from './sensitivity.ts';
export type { FactorSensitivity, Sensitivity, SensitivityRequest } from './sensitivity.ts';
export { fundingDrag } from './funding-drag.ts';
export type { FundedDay, FundingDrag, FundingRequest } from './funding-drag.ts';
export { liquidationSurface } from './surface.ts';
export type { Surface, SurfacePoint, SurfaceRequest, SurfaceRow } from './surface.ts';
export { stopFor, stopMove } from './stop.ts';
export type { Stop, StopMove, StopRequest } from './stop.ts';
export { advise } from './advice.ts';
export type { AdviceContext, CalendarEvent, StopOrder } from './advice-context.ts';
export type { AdviceCode, Cure, Finding } from './advice-finding.ts';
