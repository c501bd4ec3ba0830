/** Which position of a unit is closed first. */
import type { LiquidationOrder } from './liquidation-rules.ts';
import { chargeUp } from './requirement.ts';
import { at, configured, marketAt, NONE, rulesAt, type Engine } from './state.ts';
import { poolRows, type Unit } from './unit.ts';
import { positionMaintenance, positionProfit, positionValue } from './valuation.ts';

/** Row of the position in turn, of equals the one opened first; NONE when all is closed. */
export function nextPosition(engine: Engine, unit: Unit): number {
  if (unit.isolated !== NONE)
    return at(engine.positions.lots, unit.isolated) === 0 ? NONE : unit.isolated;
  const weigh = WEIGHTS[configured(engine).policy.closesFirst];
  let first = NONE;
  let most = -Infinity;
  for (const row of poolRows(engine, unit.account)) {
    const weight = weigh(engine, row);
    if (weight > most) [first, most] = [row, weight];
  }
  return first;
}

const WEIGHTS: Readonly<Record<LiquidationOrder, (engine: Engine, row: number) => number>> = {
  'largest-maintenance': positionMaintenance,
  'largest-loss': (engine, row) => -positionProfit(engine, row),
  'most-relief': reliefOf,
};

/** What a close at the mark adds to equity − maintenance: the requirement less the fee. */
function reliefOf(engine: Engine, row: number): number {
  const { liquidationFee } = rulesAt(
    engine,
    marketAt(engine, at(engine.positions.market, row)).rules,
  );
  return positionMaintenance(engine, row) - chargeUp(positionValue(engine, row), liquidationFee);
}
