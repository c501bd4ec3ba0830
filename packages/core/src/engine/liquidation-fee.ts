/**
 * The liquidation fee: a rate on the value closed, taken only from what remains, at the end of the
 * liquidation or, by rule, from what each fill brings above its bankruptcy price.
 */
import { divideRounded, mulDiv } from '../units/index.ts';
import { ifClosed } from './exchange.ts';
import { termsOf, type FeeTerms } from './liquidation-terms.ts';
import { chargeUp, RATE_SCALE } from './requirement.ts';
import { at, marketAt, rulesAt, type Engine, type Market } from './state.ts';
import { lossOfClosing, positionMaintenance, unitStanding } from './valuation.ts';
import { valueOf } from './value.ts';

interface Closing {
  readonly lots: number;
  readonly ticks: number;
}

/** What the rate asks for a close, at the dearer of fill and mark; before any cap. */
export function fullFee(engine: Engine, market: Market, { lots, ticks }: Closing): number {
  const atFill = valueOf(market, lots, ticks);
  const value = Math.max(atFill, valueOf(market, lots, market.markTicks));
  return chargeUp(value, rulesAt(engine, market.rules).liquidationFee);
}

/** What the rate asks for a close, on the value that the rules name. */
export function feeOn(engine: Engine, row: number, { lots, ticks }: Closing): number {
  const market = marketAt(engine, at(engine.positions.market, row));
  const { onMark } = termsOf(engine, row).fee;
  const value = valueOf(market, lots, onMark ? market.markTicks : ticks);
  return chargeUp(value, rulesAt(engine, market.rules).liquidationFee);
}

/** Of what is asked, no more than the caps allow of what there is. */
export function cappedFee(asked: number, terms: FeeTerms, from: number): number {
  if (from <= 0) return 0;
  return Math.min(asked, terms.most, mulDiv(from, terms.mostShare, RATE_SCALE, 'down'));
}

/**
 * What a close brings above the bankruptcy price of its part, atoms: the part's share of the unit's
 * equity, rounded down, less what it loses against the mark. Below zero the unit cannot pay it.
 * The share is by size, or by the maintenance margin that is freed where the rules divide so.
 */
export function gainOf(engine: Engine, row: number, close: Closing): number {
  const { equity, maintenance } = unitStanding(engine, row);
  const before = positionMaintenance(engine, row);
  const byMaintenance = termsOf(engine, row).byMaintenance && before > 0;
  const [part, whole] = byMaintenance
    ? [before - ifClosed(engine, row, close, () => positionMaintenance(engine, row)), maintenance]
    : [close.lots, Math.abs(at(engine.positions.lots, row))];
  const share = Number(divideRounded(BigInt(equity) * BigInt(part), BigInt(whole), 'down'));
  return share - lossOfClosing(engine, row, close);
}
