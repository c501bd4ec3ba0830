/** What is true now, and what happens next: commands in, events out. */
export { bookOf, type Book } from './book.ts';
export type * from './command.ts';
export type * from './config.ts';
export { toDocument, type AccountDocument } from './document.ts';
export type * from './event.ts';
export type { Fact, HeldPosition } from './facts.ts';
export { Follower, type Judgement, type Look, type Told } from './follow.ts';
export type { MarketMode } from './mode.ts';
export type * from './liquidation-rules.ts';
export { adlRisks } from './adl-rank.ts';
export {
  liquidationPresets,
  type LiquidationPreset,
  type PresetVenue,
} from './liquidation-presets.ts';
export { createWatch, moneyDifference, violations, type Watch } from './invariants.ts';
export { apply, type Answer, type Applied } from './reducer.ts';
export { REFUSAL_CODES, type Refusal, type RefusalCode } from './refusal.ts';
export { decodeState, encodeBook, encodeState, STATE_FORMAT } from './snapshot.ts';
export { rehearseRules, type RulesChange } from './rules-rehearsal.ts';
export { indexView, MissedBreachError, type IndexView } from './verify-cold.ts';
export { decodeCommand } from './shape.ts';
export { createEngine, FUND_ACCOUNT, type Engine } from './state.ts';
export { DEED_KINDS, deedsOf, type Deed } from './account-deeds.ts';
export {
  holdingBefore,
  holdingOf,
  pastStanding,
  type Holding,
  type PastStanding,
} from './account-past.ts';
export {
  accountRows,
  accountsBeside,
  accountView,
  type AccountRow,
  type AccountView,
  type OrderView,
  type PositionView,
  type StandingName,
} from './account-view.ts';
export {
  accountIds,
  configView,
  fundInventory,
  heldLots,
  isValidityDue,
  marketIds,
  marketView,
  openInterest,
  openLiquidations,
  statusView,
  totalsView,
  type InventoryView,
  type LiquidationView,
  type MarketView,
  type SourceView,
  type StatusView,
  type TotalsView,
} from './view.ts';
export { VALIDITIES, type Validity } from './validity.ts';
