/** The bankruptcy price in ticks: the worst price at which closing leaves a unit's equity at or above zero. */
import { mulDiv } from '../units/index.ts';
import { at, marketAt, type Engine } from './state.ts';
import { positionProfit } from './valuation.ts';

/** An order is never further from the mark than this multiple of it; what is beyond is a deficit. */
const FURTHEST = 10;

/**
 * For the position at `row` in a unit with `equity` atoms, other positions at their marks: a long's
 * price is rounded up, a short's down, so that not even one atom is missing.
 */
export function bankruptcyTicks(engine: Engine, row: number, equity: number): number {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, row));
  const lots = at(positions.lots, row);
  const ticks = market.contract.inverse
    ? inverseTicks(engine, row, equity)
    : linearTicks(market.markTicks, lots * market.contract.unit, equity);
  return Math.min(Math.max(ticks, 1), market.markTicks * FURTHEST);
}

function linearTicks(mark: number, atomsPerTick: number, equity: number): number {
  const room = mulDiv(equity, 1, Math.abs(atomsPerTick), 'down');
  return atomsPerTick > 0 ? mark - room : mark + room;
}

/** Long: lots × unit / P must not exceed what the books hold; short: it must not fall short. */
function inverseTicks(engine: Engine, row: number, equity: number): number {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, row));
  const lots = at(positions.lots, row);
  const held = equity - positionProfit(engine, row) + at(positions.cost, row);
  const furthest = market.markTicks * FURTHEST;
  if (lots > 0) return held <= 0 ? furthest : mulDivOr(furthest, lots, market.contract.unit, held);
  return held >= 0 ? furthest : -mulDivOr(-furthest, lots, market.contract.unit, -held);
}

/** lots × unit / held rounded up, or the fallback where that is out of range. */
function mulDivOr(fallback: number, lots: number, unit: number, held: number): number {
  return (lots / held) * unit > Number.MAX_SAFE_INTEGER / 2
    ? fallback
    : mulDiv(lots, unit, held, 'up');
}
