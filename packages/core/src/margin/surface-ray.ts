/**
 * A cross pool whose markets move together: the first point of a ray at which its equity no longer
 * covers its requirement. Between two edges of any schedule the sum is one; at an edge the level
 * that applies there decides.
 */
import {
  compare,
  integer,
  isZero,
  minus,
  negate,
  ONE,
  over,
  plus,
  power as powerOf,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position } from './account.ts';
import { figuresOf, isCross } from './figures.ts';
import type { Figures, PositionFigures } from './figures.ts';
import { coordinate, leanOf, pnlAtPrice, scaleOf, valueAtPrice } from './geometry.ts';
import { requirementNow, requirementPieces } from './movement.ts';
import type { RequirementPieces } from './movement.ts';
import { pieceIndexAt } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { firstNotAbove } from './surface-sum.ts';
import type { RayTerm, Stretch } from './surface-sum.ts';

/** How fast each market goes: its price is the mark times 1 + speed·t. */
export type Speeds = ReadonlyMap<string, Rational>;

interface Mover {
  readonly position: Position;
  readonly fee: Rational;
  readonly together: readonly Position[];
  readonly speed: Rational;
  readonly value: Rational;
  /** 1 where value goes as the price (linear), −1 where it goes against it (inverse). */
  readonly power: 1 | -1;
  readonly required: RequirementPieces;
}

interface Ray {
  readonly speeds: Speeds;
  readonly movers: readonly Mover[];
  /** Equity less requirement of all that stays. */
  readonly fixed: Rational;
  readonly tied: readonly RayTerm[];
}

/** The first t ≥ 0 at which the pool triggers, touching included; null when it never does. */
export function triggerAlong(account: Account, speeds: Speeds): Rational | null {
  const figures = figuresOf(account);
  const { equity, maintenance } = figures.pool;
  if (compare(equity, maintenance) <= 0) return ZERO;
  const ray = rayOf(account, figures, speeds);
  for (const [k, stretch] of stretchesOf(ray).entries()) {
    if (k > 0 && excessAt(ray, stretch.from).n <= 0n) return stretch.from;
    const found = firstNotAbove(termsIn(ray, stretch), stretch);
    if (found !== null) return found;
  }
  return null;
}

function rayOf(account: Account, figures: Figures, speeds: Speeds): Ray {
  const own = figures.positions.filter(
    ({ position }) => isCross(position) && speeds.has(position.market.name),
  );
  const moved = sum(own.map(({ maintenance }) => maintenance));
  const gains = sum(own.map(({ position }) => pnlAtPrice(position, position.markPrice)));
  const tied = account.collateral.flatMap(({ market, value }): RayTerm[] => {
    const speed = market === null ? undefined : speeds.get(market);
    const isMoving = own.some(({ position }) => position.market.name === market);
    return speed === undefined || !isMoving ? [] : [{ coefficient: value, speed, exponent: ONE }];
  });
  const held = sum(tied.map(({ coefficient }) => coefficient));
  const equity = minus(figures.pool.equity, plus(gains, held));
  const others = minus(figures.pool.maintenance, moved);
  const movers = own.map((each) => moverOf(each, speeds));
  return { speeds, movers, fixed: minus(equity, others), tied };
}

function moverOf({ position, movement, burden }: PositionFigures, speeds: Speeds): Mover {
  const together = movement.positions;
  const fee = burden.fees[together.indexOf(position)] ?? ZERO;
  return {
    position,
    fee,
    together,
    speed: speeds.get(position.market.name) ?? ZERO,
    value: valueAtPrice(position, position.markPrice),
    power: position.market.contract === 'linear' ? 1 : -1,
    required: requirementPieces(position, fee, together),
  };
}

/** The ray cut at every edge, up to where a price would be 0. */
function stretchesOf({ movers, speeds }: Ray): readonly Stretch[] {
  const end = endOf(speeds);
  const edges = movers.flatMap(edgesOf).filter((t) => end === null || compare(t, end) < 0);
  const cuts = [...edges]
    .sort(compare)
    .filter((t, k, all) => k === 0 || compare(t, all[k - 1] as Rational) !== 0);
  const starts = [ZERO, ...cuts];
  return starts.map((from, k) => ({ from, above: starts[k + 1] ?? end }));
}

function endOf(speeds: Speeds): Rational | null {
  const ends = [...speeds.values()].filter((s) => s.n < 0n).map((s) => over(ONE, negate(s)));
  return ends.toSorted(compare)[0] ?? null;
}

/** Where the position's value reaches an edge of its schedule. */
function edgesOf({ required, value, speed, power }: Mover): readonly Rational[] {
  if (isZero(speed)) return [];
  return required.pieces.flatMap(({ upTo }) => {
    if (upTo === null || isZero(upTo)) return [];
    const u = power === 1 ? over(upTo, value) : over(value, upTo);
    const t = over(minus(u, ONE), speed);
    return t.n > 0n ? [t] : [];
  });
}

function priceFactor(speed: Rational, t: Rational): Rational {
  return plus(ONE, times(speed, t));
}

/** Equity less requirement at a point, with the levels that apply right there. */
function excessAt({ movers, fixed, tied }: Ray, t: Rational): Rational {
  const moved = new Map(
    movers.map(({ position, speed }) => [position, movedTo(position, speed, t)]),
  );
  const own = movers.map(({ position, together, fee }) => {
    const now = moved.get(position) as Position;
    const beside = together.map((each) => moved.get(each) as Position);
    return minus(pnlAtPrice(now, now.markPrice), requirementNow(now, fee, beside));
  });
  const held = tied.map((each) => times(each.coefficient, priceFactor(each.speed, t)));
  return plus(fixed, plus(sum(own), sum(held)));
}

function movedTo(position: Position, speed: Rational, t: Rational): Position {
  return { ...position, markPrice: times(position.markPrice, priceFactor(speed, t)) };
}

function termsIn({ movers, fixed, tied }: Ray, { from, above }: Stretch): readonly RayTerm[] {
  const middle = above === null ? plus(from, ONE) : over(plus(from, above), integer(2));
  return [
    { coefficient: fixed, speed: ZERO, exponent: ZERO },
    ...tied,
    ...movers.flatMap((mover) => moverTerms(mover, middle)),
  ];
}

/** Gain less requirement, with the piece that applies around `middle`. */
function moverTerms(mover: Mover, middle: Rational): readonly RayTerm[] {
  const { position, value, speed, required } = mover;
  const { pieces, extra } = required;
  const here = valueOn(mover, middle);
  const piece = pieces[pieceIndexAt(pieces, here, 1)] as Piece;
  const lean = leanOf(position);
  const entry = times(scaleOf(position), coordinate(position.market, position.entryPrice));
  const gain = lean === 1 ? value : negate(value);
  const parts: [Rational, Rational][] = [
    [lean === 1 ? negate(entry) : entry, ZERO],
    [gain, integer(mover.power)],
    ...[piece.terms, extra].flatMap((sumOf): [Rational, Rational][] => [
      [negate(sumOf.constant), ZERO],
      [negate(times(sumOf.linear, value)), integer(mover.power)],
      [negate(times(sumOf.square, times(value, value))), integer(2 * mover.power)],
    ]),
  ];
  const plain = parts
    .filter(([coefficient]) => !isZero(coefficient))
    .map(([coefficient, exponent]) => ({ coefficient, speed, exponent }));
  return [...plain, ...curvedTerms(mover, piece)];
}

function valueOn({ value, speed, power }: Mover, t: Rational): Rational {
  const factor = priceFactor(speed, t);
  return power === 1 ? times(value, factor) : over(value, factor);
}

function curvedTerms({ value, speed, power }: Mover, { terms }: Piece): readonly RayTerm[] {
  return terms.rest.map(({ coefficient, exponent }) => ({
    coefficient: negate(times(coefficient, powerOf(value, exponent))),
    speed,
    exponent: times(exponent, integer(power)),
  }));
}
