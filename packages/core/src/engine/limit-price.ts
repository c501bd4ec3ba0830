/**
 * The prices of a liquidation order: the limit that it is placed at, and the price at which what is
 * not filled is taken over or deleveraged, which is never beyond the bankruptcy price.
 */
import { mulDiv } from '../units/index.ts';
import { bankruptcyTicks, equityAtStake, furthestTicks } from './bankruptcy.ts';
import { termsOf, type LimitTerms } from './liquidation-terms.ts';
import { RATE_SCALE } from './requirement.ts';
import { at, marketAt, type Engine } from './state.ts';
import { positionMaintenance, positionValue, unitStanding, type Standing } from './valuation.ts';

export interface OrderPrices {
  readonly limit: number;
  readonly takeover: number;
}

/** For the position at `row`, its unit as it stands now. */
export function orderPrices(engine: Engine, row: number): OrderPrices {
  const unit = unitStanding(engine, row);
  const bankruptcy = bankruptcyTicks(engine, row, equityAtStake(engine, row, unit));
  const { limit: terms } = termsOf(engine, row);
  if (terms.kind === 'bankruptcy') return { limit: bankruptcy, takeover: bankruptcy };
  const { markTicks } = marketAt(engine, at(engine.positions.market, row));
  const selling = at(engine.positions.lots, row) > 0;
  const distance = distanceTicks(engine, row, { terms, unit, markTicks });
  const meant = selling
    ? Math.max(1, markTicks - distance)
    : Math.min(markTicks + distance, furthestTicks(engine, row));
  const takeover = selling ? Math.max(meant, bankruptcy) : Math.min(meant, bankruptcy);
  return { limit: terms.beyond === 'never' ? takeover : meant, takeover };
}

/** At the bankruptcy price, whatever the rules for the limit are. */
export function backstopPrices(engine: Engine, row: number): OrderPrices {
  const unit = unitStanding(engine, row);
  const bankruptcy = bankruptcyTicks(engine, row, equityAtStake(engine, row, unit));
  return { limit: bankruptcy, takeover: bankruptcy };
}

interface Place {
  readonly terms: Exclude<LimitTerms, { readonly kind: 'bankruptcy' }>;
  readonly unit: Standing;
  readonly markTicks: number;
}

type MarkTerms = Extract<LimitTerms, { readonly kind: 'mark' }>;

/** The fraction of the mark by now, in 1e-7. */
function withinNow(engine: Engine, row: number, { within, rising }: MarkTerms): number {
  if (rising === null) return within;
  const sinceMs = startedMs(engine, row) + rising.afterMs;
  const lateMs = Math.max(0, engine.timeMs - sinceMs);
  const risen = within + mulDiv(rising.perSecond, lateMs, 1000, 'down');
  return Math.min(rising.most, risen);
}

/** When the liquidation of the position's unit began; now, where there is none yet. */
function startedMs(engine: Engine, row: number): number {
  const { positions, accounts } = engine;
  const isolated = at(positions.isolated, row) === 1;
  const id = isolated
    ? at(positions.liquidation, row)
    : at(accounts.liquidation, at(positions.account, row));
  return engine.liquidations.get(id)?.startedMs ?? engine.timeMs;
}

/** How far from the mark, rounded down: in the account's favour. */
function distanceTicks(engine: Engine, row: number, { terms, unit, markTicks }: Place): number {
  if (terms.kind === 'mark')
    return mulDiv(markTicks, withinNow(engine, row, terms), RATE_SCALE, 'down');
  const scale = BigInt(RATE_SCALE);
  const full = BigInt(unit.maintenance) * scale;
  const value = BigInt(positionValue(engine, row));
  if (full === 0n || value === 0n) return 0;
  const steep = BigInt(terms.adjustment) * (BigInt(unit.maintenance) - BigInt(unit.equity));
  const part = steep > full ? full : steep;
  if (part <= 0n) return 0;
  const spread = BigInt(terms.spread) * BigInt(positionMaintenance(engine, row));
  const distance = (BigInt(markTicks) * part * spread) / (full * scale * value);
  return distance > BigInt(markTicks) ? markTicks : Number(distance);
}
