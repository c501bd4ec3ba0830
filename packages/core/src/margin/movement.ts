/**
 * What changes when one market's price moves: the equity behind it as a sum of powers of the
 * coordinate, and the requirement of every position that moves, piece by piece.
 */
import {
  compare,
  isZero,
  minus,
  negate,
  ONE,
  over,
  plus,
  sign,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Collateral, Position } from './account.ts';
import {
  coordinate,
  leanOf,
  pnlAtPrice,
  scaleOf,
  valueAtLeverage,
  valueAtPrice,
} from './geometry.ts';
import { portionOf, portionPieces, portionRequirement, scheduleOf } from './hedge.ts';
import type { Portion } from './hedge.ts';
import type { Piece } from './pieces.ts';
import type { Market } from './rules.ts';
import { isConstant, plusTimes, terms, zeros } from './terms.ts';
import type { Terms } from './terms.ts';

/** One market's price on the move, with everything that follows it. */
export interface Movement {
  readonly market: Market;
  /** The coordinate of the mark. */
  readonly start: Rational;
  /** The way the coordinate goes: 1 up, −1 down. */
  readonly direction: 1 | -1;
  /** Equity as a function of the coordinate. */
  readonly equity: Terms;
  /** The positions that move. */
  readonly positions: readonly Position[];
}

/** The movement of an isolated position: alone, against itself. */
export function isolatedMovement(position: Position): Movement {
  const { market, markPrice, isolatedMargin, unpaidFunding } = position;
  const own = minus(isolatedMargin ?? ZERO, unpaidFunding);
  return {
    market,
    start: coordinate(market, markPrice),
    direction: leanOf(position) === 1 ? -1 : 1,
    equity: plusGain(terms({ constant: own }), position),
    positions: [position],
  };
}

/** The cross pool as it stands: its equity at the marks, and what it holds. */
export interface Pool {
  readonly equity: Rational;
  readonly collateral: readonly Collateral[];
}

/** The movement of the pool when one market's price moves; `moving` is never empty. */
export function poolMovement(pool: Pool, moving: readonly Position[]): Movement {
  const { market, markPrice } = moving[0] as Position;
  const start = coordinate(market, markPrice);
  const tied = sum(pool.collateral.filter((c) => c.market === market.name).map((c) => c.value));
  const gains = sum(moving.map((position) => pnlAtPrice(position, markPrice)));
  const constant = minus(pool.equity, plus(tied, gains));
  const equity = moving.reduce(plusGain, tiedEquity(market, { constant, tied, start }));
  const direction = poolDirection(moving, { equity, start });
  return { market, start, direction, equity, positions: moving };
}

function plusGain(equity: Terms, position: Position): Terms {
  const slope = leanOf(position) === 1 ? scaleOf(position) : negate(scaleOf(position));
  const entry = coordinate(position.market, position.entryPrice);
  return plusTimes(equity, terms({ linear: slope, constant: negate(times(slope, entry)) }), ONE);
}

function tiedEquity(
  market: Market,
  parts: { constant: Rational; tied: Rational; start: Rational },
): Terms {
  const { constant, tied, start } = parts;
  if (isZero(tied)) return terms({ constant });
  return market.contract === 'linear'
    ? terms({ constant, linear: over(tied, start) })
    : terms({ constant, inverse: times(tied, start) });
}

function poolDirection(
  moving: readonly Position[],
  where: { equity: Terms; start: Rational },
): 1 | -1 {
  const net = sign(
    sum(moving.map((position) => (leanOf(position) === 1 ? position.size : negate(position.size)))),
  );
  if (net !== 0) return net === 1 ? -1 : 1;
  const isMoving = moving.some((position) => isRequirementMoving(position, moving));
  return isMoving ? 1 : awayFromEquity(where);
}

function isRequirementMoving(position: Position, together: readonly Position[]): boolean {
  const { pieces, extra } = requirementPieces(position, ZERO, together);
  return pieces.length > 1 || !isConstant((pieces[0] as Piece).terms) || !isConstant(extra);
}

/** Where nothing but tied collateral moves: the way in which it loses. */
function awayFromEquity({ equity, start }: { equity: Terms; start: Rational }): 1 | -1 {
  const slope = minus(equity.linear, over(equity.inverse, times(start, start)));
  return slope.n > 0n ? -1 : 1;
}

/** A position's requirement as a function of its value: the schedule's pieces, and the rest. */
export interface RequirementPieces {
  readonly pieces: readonly Piece[];
  /** What is added on every piece: a closing fee, or all of it with basis entry. */
  readonly extra: Terms;
}

/** `fee` is the position's constant closing fee, `together` those that move; see `constantFee`. */
export function requirementPieces(
  position: Position,
  fee: Rational,
  together: readonly Position[],
): RequirementPieces {
  const { market } = position;
  const portion = portionOf(position, together);
  const linear = market.closingFeeAt === 'mark' ? market.closingFeeRate : ZERO;
  if (market.basis === 'mark') {
    return {
      pieces: portionPieces(scheduleOf(position), portion),
      extra: terms({ linear, constant: fee }),
    };
  }
  const constant = plus(scheduledAtEntry(position, portion), fee);
  return { pieces: ENDLESS, extra: terms({ linear, constant }) };
}

const ENDLESS: readonly Piece[] = [{ upTo: null, terms: terms({}) }];

/** What the schedule asks at the entry price. */
function scheduledAtEntry(position: Position, portion: Portion): Rational {
  return portionRequirement(
    scheduleOf(position),
    portion,
    valueAtPrice(position, position.entryPrice),
  );
}

/** The closing fee that does not move with the mark: at the bankruptcy price, or at leverage. */
export function constantFee(position: Position, bankruptcy: Rational | null): Rational {
  const { market } = position;
  if (market.closingFeeAt === 'mark' || isZero(market.closingFeeRate)) return ZERO;
  if (market.closingFeeAt === 'leverage')
    return times(market.closingFeeRate, valueAtLeverage(position));
  return bankruptcy === null
    ? ZERO
    : times(market.closingFeeRate, valueAtPrice(position, bankruptcy));
}

/** The whole requirement at the mark, `fee` being the constant closing fee. */
export function requirementNow(
  position: Position,
  fee: Rational,
  together: readonly Position[],
): Rational {
  const { market } = position;
  const portion = portionOf(position, together);
  const value = valueAtPrice(position, position.markPrice);
  const scheduled =
    market.basis === 'mark'
      ? portionRequirement(scheduleOf(position), portion, value)
      : scheduledAtEntry(position, portion);
  const moving = market.closingFeeAt === 'mark' ? times(market.closingFeeRate, value) : ZERO;
  return plus(scheduled, plus(moving, fee));
}

/**
 * The price above 0 at which equity, less the position's own closing fee there when that is
 * reckoned at the bankruptcy price, is 0; null if there is none. With two, the first one met in
 * the losing direction, else the nearest.
 */
export function bankruptcyPrice(movement: Movement, position: Position): Rational | null {
  const { market } = position;
  const fee = market.closingFeeAt === 'bankruptcy' ? market.closingFeeRate : ZERO;
  const left = plusTimes(movement.equity, terms({ linear: scaleOf(position) }), negate(fee));
  if (isConstant(left)) return isZero(left.constant) ? position.markPrice : null;
  const found = zeros(left, { from: ZERO, above: null });
  const nearest = nearestZero(found, movement);
  return nearest === null ? null : coordinate(market, nearest);
}

function nearestZero(
  ascending: readonly Rational[],
  { start, direction }: Movement,
): Rational | null {
  const above = ascending.find((x) => compare(x, start) >= 0) ?? null;
  const below = ascending.findLast((x) => compare(x, start) <= 0) ?? null;
  return direction === 1 ? (above ?? below) : (below ?? above);
}
