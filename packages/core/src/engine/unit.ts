/**
 * A unit is what stands or falls as a whole: a cross pool, or one isolated position. Here is its
 * recorded standing (what the engine last decided) and its figures at the marks (what is true now).
 */
import type { Decision, DecisionMark } from './event.ts';
import { at, marketAt, NONE, positionRows, type Engine, type Market } from './state.ts';
import { markAllows, validityOf, type Deed } from './validity.ts';
import { isolatedStanding, poolStanding, type Standing } from './valuation.ts';

/** `isolated` is the row of the isolated position, or NONE for the account's pool. */
export interface Unit {
  readonly account: number;
  readonly isolated: number;
}

/** A unit's figures at the marks. */
export function standingOf(engine: Engine, unit: Unit): Standing {
  return unit.isolated === NONE
    ? poolStanding(engine, unit.account)
    : isolatedStanding(engine, unit.isolated);
}

/** The liquidation in progress for a unit, 0 for none. */
export function liquidationOf(engine: Engine, unit: Unit): number {
  return unit.isolated === NONE
    ? at(engine.accounts.liquidation, unit.account)
    : at(engine.positions.liquidation, unit.isolated);
}

/** The recorded standing of a unit: HEALTHY, CALLED or LIQUIDATING. */
export function recordedStanding(engine: Engine, unit: Unit): number {
  return unit.isolated === NONE
    ? at(engine.accounts.standing, unit.account)
    : at(engine.positions.standing, unit.isolated);
}

/** Writes down what has been decided of a unit. */
export function record(engine: Engine, unit: Unit, standing: number, deadlineMs: number): void {
  const table = unit.isolated === NONE ? engine.accounts : engine.positions;
  const row = unit.isolated === NONE ? unit.account : unit.isolated;
  table.standing[row] = standing;
  table.deadline[row] = deadlineMs;
}

/** When a unit's call must be met, ms; 0 without one. */
export function deadlineOf(engine: Engine, unit: Unit): number {
  return unit.isolated === NONE
    ? at(engine.accounts.deadline, unit.account)
    : at(engine.positions.deadline, unit.isolated);
}

/** The figures of a decision, for whoever wants to check it again. */
export function decisionOf(engine: Engine, unit: Unit, standing: Standing): Decision {
  const market =
    unit.isolated === NONE ? null : marketAt(engine, at(engine.positions.market, unit.isolated)).id;
  return {
    account: engine.accounts.ids[unit.account] ?? '',
    market,
    equityAtoms: standing.equity,
    maintenanceAtoms: standing.maintenance,
    epoch: engine.epoch,
  };
}

/** Whether every mark that the unit depends on may be used for the deed. */
export function marksAllow(engine: Engine, unit: Unit, deed: Deed): boolean {
  return marketsOf(engine, unit).every((market) => markAllows(engine, market, deed));
}

/** The marks that a decision about the unit rests on. */
export function decisionMarks(engine: Engine, unit: Unit): DecisionMark[] {
  return marketsOf(engine, unit).map((market) => {
    const { id, markTicks: priceTicks } = market;
    return { market: id, priceTicks, validity: validityOf(engine, market) };
  });
}

function marketsOf(engine: Engine, unit: Unit): Market[] {
  return openRows(engine, unit).map((row) => marketAt(engine, at(engine.positions.market, row)));
}

/** Rows of a unit's open positions. */
export function openRows(engine: Engine, unit: Unit): number[] {
  if (unit.isolated === NONE) return poolRows(engine, unit.account);
  return at(engine.positions.lots, unit.isolated) === 0 ? [] : [unit.isolated];
}

/** Rows of an account's open cross positions. */
export function poolRows(engine: Engine, account: number): number[] {
  const { positions } = engine;
  return positionRows(engine, account).filter(
    (row) => at(positions.isolated, row) === 0 && at(positions.lots, row) !== 0,
  );
}
