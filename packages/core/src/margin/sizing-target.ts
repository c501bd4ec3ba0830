/** What a position has to keep: a distance, a margin ratio, or a number of daily deviations. */
import { compare, ONE, times, ZERO } from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import type { PositionFigures } from './figures.ts';
import { relativeDistance } from './geometry.ts';
import { readNumber, refuse, step } from './reader.ts';
import type { Fields, Reader } from './reader.ts';

/** Exactly one of `distance`, `ratio` and `sigmas`. */
export interface WrittenTarget {
  /** |mark − liquidation price| / mark, above 0. */
  readonly distance?: DecimalLike | undefined;
  /** The largest maintenance / equity, above 0. */
  readonly ratio?: DecimalLike | undefined;
  /** The distance in daily standard deviations, above 0; needs `volatility`. */
  readonly sigmas?: DecimalLike | undefined;
  /** Daily standard deviation of relative price changes, above 0: 0.03 is 3 %. */
  readonly volatility?: DecimalLike | undefined;
}

export const TARGET_KEYS: readonly string[] = ['distance', 'ratio', 'sigmas', 'volatility'];

export type Target =
  | { readonly kind: 'distance'; readonly least: Rational }
  | { readonly kind: 'ratio'; readonly most: Rational };

/** The target; a problem is kept in the reader. */
export function readTarget(reader: Reader, fields: Fields): Target {
  const given = ['distance', 'ratio', 'sigmas'].filter((key) => fields.has(key));
  const [kind] = given;
  const positive = (key: string): Rational =>
    readNumber(reader, fields.get(key), step(null, key), { range: 'positive' });
  if (given.length !== 1 || kind === undefined) {
    const count = given.length === 0 ? 'none' : given.join(' and ');
    refuse(reader, null, `give one of distance, ratio and sigmas, not ${count}`);
    return { kind: 'ratio', most: ONE };
  }
  if (kind === 'ratio') return { kind, most: positive(kind) };
  const least = positive(kind);
  return kind === 'distance'
    ? { kind, least }
    : { kind: 'distance', least: times(least, positive('volatility')) };
}

/** |mark − liquidation price| / mark; null when no price above 0 liquidates. */
export function distanceOf({ liquidation, position }: PositionFigures): Rational | null {
  const { price } = liquidation;
  return price === null ? null : relativeDistance(position.markPrice, price);
}

/** Whether the figures keep the target; on it is kept. */
export function isKept(target: Target, figures: PositionFigures): boolean {
  if (target.kind === 'ratio') {
    const { equity, maintenance } = figures.standing;
    return equity.n > 0n && compare(maintenance, times(target.most, equity)) <= 0;
  }
  const distance = distanceOf(figures);
  return compare(distance ?? target.least, target.least) >= 0 && isAlive(figures);
}

/** A rounded price may lie off the mark when the line is already crossed. */
function isAlive({ liquidation, standing }: PositionFigures): boolean {
  return liquidation.boundary.kind !== 'now' && compare(standing.equity, ZERO) > 0;
}
