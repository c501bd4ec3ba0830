/**
 * How much of a position one liquidation order closes: all of it, the least that restores the unit,
 * enough to fall by tiers, or a share; never more than one piece.
 */
import { floor, mulDiv, over } from '../units/index.ts';
import { ifClosed } from './exchange.ts';
import { fullFee } from './liquidation-fee.ts';
import type { LiquidationTerms, SizeTerms } from './liquidation-terms.ts';
import { levelOf, RATE_SCALE, type CompiledSchedule } from './requirement.ts';
import { at, marketAt, rulesAt, type Engine, type Liquidation } from './state.ts';
import { standingOf } from './unit.ts';
import { isAfloat, positionValue } from './valuation.ts';
import { entryValueOf, valueOf } from './value.ts';

/** Lots of the position in turn to order closed at a limit, from 1 to all of it. */
export function orderLots(
  engine: Engine,
  open: Liquidation,
  order: { readonly terms: LiquidationTerms; readonly limitTicks: number },
): number {
  const { terms } = order;
  const held = Math.abs(at(engine.positions.lots, open.position));
  const wanted = bySize(engine, open, order);
  return Math.max(1, Math.min(held, wanted, pieceLots(engine, open.position, terms)));
}

function bySize(
  engine: Engine,
  open: Liquidation,
  { terms, limitTicks }: { readonly terms: LiquidationTerms; readonly limitTicks: number },
): number {
  const { size } = terms;
  switch (size.kind) {
    case 'whole':
      return Infinity;
    case 'fraction':
      return leastRestoring(engine, open, { terms, limitTicks });
    case 'step-down':
      return stepDownLots(engine, open.position, size.levels);
    case 'portion':
      return portionLots(engine, open, size);
  }
}

/** How many of 1 to `most` lots fit, when fewer always do; 0 when none does. */
function mostFitting(most: number, fits: (lots: number) => boolean): number {
  let low = 0;
  let high = most + 1;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Lots that are within a piece by size and by value at the mark; all without pieces. */
function pieceLots(engine: Engine, row: number, terms: LiquidationTerms): number {
  const { chunkValue, chunkSize } = terms;
  const market = marketAt(engine, at(engine.positions.market, row));
  const held = Math.abs(at(engine.positions.lots, row));
  const { lot } = market.contract;
  const most = chunkSize === null ? held : Math.min(held, Number(floor(over(chunkSize, lot))));
  if (chunkValue === Infinity) return most;
  return mostFitting(most, (lots) => valueOf(market, lots, market.markTicks) <= chunkValue);
}

/**
 * The least close after which, filled at the limit and the fee paid in full, equity is at least
 * (1 + buffer) × maintenance; the whole where no part of it does that. At a flat rate m, with N the
 * value, E the equity and s the cost of closing (fee and distance of the limit, as shares of the
 * value), it is x = ((1 + buffer) m N − E) / (N ((1 + buffer) m − s)) of the position, and there is
 * one only if s < (1 + buffer) m. It is searched with the engine's own figures, so that tiers,
 * other positions and roundings are in it: what is found has been tried, not only computed.
 */
function leastRestoring(
  engine: Engine,
  open: Liquidation,
  { terms, limitTicks }: { readonly terms: LiquidationTerms; readonly limitTicks: number },
): number {
  const held = Math.abs(at(engine.positions.lots, open.position));
  const market = marketAt(engine, at(engine.positions.market, open.position));
  const restores = (lots: number): boolean => {
    const fee = fullFee(engine, market, { lots, ticks: limitTicks });
    return ifClosed(engine, open.position, { lots, ticks: limitTicks }, () => {
      const unit = standingOf(engine, open);
      const equity = unit.equity - fee - open.feeDue - open.ignoredDeposits;
      return isAfloat({ ...unit, equity }, terms.buffer);
    });
  };
  return mostFitting(held - 1, (lots) => !restores(lots)) + 1;
}

/** Down by so many levels of the schedule; the whole from a lower level, or without levels. */
function stepDownLots(engine: Engine, row: number, levels: number): number {
  const { positions } = engine;
  const { maintenance, entryBasis } = rulesAt(engine, at(positions.rules, row));
  const market = marketAt(engine, at(positions.market, row));
  const held = Math.abs(at(positions.lots, row));
  if (!('from' in maintenance)) return Infinity;
  const seen = entryBasis
    ? entryValueOf(market, at(positions.cost, row))
    : positionValue(engine, row);
  const target = levelAt(maintenance, seen, held) - levels;
  if (target < 0) return Infinity;
  const kept = mostFitting(held, (lots) => {
    const value = entryBasis
      ? mulDiv(seen, lots, held, 'up')
      : valueOf(market, lots, market.markTicks);
    return levelAt(maintenance, value, lots) <= target;
  });
  return held - kept;
}

type Levelled = Extract<CompiledSchedule, { readonly from: Float64Array }>;

function levelAt(schedule: Levelled, value: number, lots: number): number {
  return levelOf(schedule.from, schedule.by === 'value' ? value : lots);
}

function portionLots(
  engine: Engine,
  open: Liquidation,
  size: Extract<SizeTerms, { readonly kind: 'portion' }>,
): number {
  const held = Math.abs(at(engine.positions.lots, open.position));
  const begun = open.partAtMs >= 0 && engine.timeMs - open.partAtMs < size.wholeWithinMs;
  if (begun || positionValue(engine, open.position) <= size.above) return Infinity;
  return mulDiv(held, size.share, RATE_SCALE, 'up');
}
