/**
 * The bankruptcy price in ticks: the worst price at which closing leaves a unit's equity at or
 * above zero.
 */
import { divideRounded, mulDiv } from '../units/index.ts';
import { termsOf } from './liquidation-terms.ts';
import { at, marketAt, type Engine } from './state.ts';
import { positionMaintenance, positionProfit, type Standing } from './valuation.ts';

/**
 * What of its unit's equity the position at `row` may use up: all, or by rule its share by
 * maintenance margin, rounded down.
 */
export function equityAtStake(engine: Engine, row: number, unit: Standing): number {
  if (unit.maintenance === 0 || !termsOf(engine, row).byMaintenance) return unit.equity;
  return mulDiv(unit.equity, positionMaintenance(engine, row), unit.maintenance, 'down');
}

/**
 * An order is never further from the mark than this multiple of it; what is beyond is a deficit.
 */
const FURTHEST = 10;

/**
 * For the position at `row` in a unit with `equity` atoms, other positions at their marks: a long's
 * price is rounded up, a short's down, so that not even one atom is missing.
 */
export function bankruptcyTicks(engine: Engine, row: number, equity: number): number {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, row));
  const lots = at(positions.lots, row);
  if (lots === 0) return market.markTicks;
  const furthest = furthestTicks(engine, row);
  const ticks = market.contract.inverse
    ? inverseTicks(engine, row, { equity, furthest })
    : linearTicks(market.markTicks, lots * market.contract.unit, equity);
  return Math.min(Math.max(ticks, 1), furthest);
}

/** Ten times the mark, or the last price at which the position's value is a safe whole number. */
export function furthestTicks(engine: Engine, row: number): number {
  const { contract, markTicks } = marketAt(engine, at(engine.positions.market, row));
  const perTick = contract.inverse ? 1 : Math.abs(at(engine.positions.lots, row)) * contract.unit;
  const safe = Math.floor(Number.MAX_SAFE_INTEGER / perTick);
  return Math.max(markTicks, Math.min(markTicks * FURTHEST, safe));
}

/** Equity is a sum over markets: far out it is capped, where the price is at its bounds anyhow. */
function linearTicks(mark: number, atomsPerTick: number, equity: number): number {
  const most = Number.MAX_SAFE_INTEGER;
  const capped = Math.min(Math.max(equity, -most), most);
  const room = mulDiv(capped, 1, Math.abs(atomsPerTick), 'down');
  return atomsPerTick > 0 ? mark - room : mark + room;
}

/** Long: lots × unit / P must not exceed what the books hold; short: it must not fall short. */
function inverseTicks(
  engine: Engine,
  row: number,
  known: { readonly equity: number; readonly furthest: number },
): number {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, row));
  const lots = at(positions.lots, row);
  const held = known.equity - positionProfit(engine, row) + at(positions.cost, row);
  if (lots > 0 ? held <= 0 : held >= 0) return known.furthest;
  const value = BigInt(Math.abs(lots)) * BigInt(market.contract.unit);
  const ticks = divideRounded(value, BigInt(Math.abs(held)), lots > 0 ? 'up' : 'down');
  return ticks > BigInt(known.furthest) ? known.furthest : Number(ticks);
}
