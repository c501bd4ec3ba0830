/**
 * Equity less requirement of a pool along a ray, on which each market's price is its mark times
 * u = 1 + speed·t: a sum of powers of the u's, turned into a polynomial in t or, where an exponent
 * is not whole, looked at point by point.
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
  power,
  sign,
  significant,
  smallWhole,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { signBeside, terms, zeros } from './terms.ts';
import type { Terms } from './terms.ts';

/** coefficient · (1 + speed·t)^exponent. */
export interface RayTerm {
  readonly coefficient: Rational;
  readonly speed: Rational;
  readonly exponent: Rational;
}

/** A stretch on which the sum holds; `above` null means without end. */
export interface Stretch {
  readonly from: Rational;
  readonly above: Rational | null;
}

/** The first point from `from` on, before `above`, at which the sum is 0 or falls under it. */
export function firstNotAbove(all: readonly RayTerm[], within: Stretch): Rational | null {
  const isWhole = all.every(({ exponent }) => smallWhole(exponent) !== undefined);
  if (!isWhole) return firstByLooking(all, within);
  const coefficients = polynomial(all);
  const form = termsOf(coefficients);
  const beside = isZero(within.from)
    ? signBesideZero(coefficients)
    : signBeside(form, within.from, 1);
  return beside < 0 ? within.from : (zeros(form, within)[0] ?? null);
}

/** Just above 0 the lowest power that is there decides. */
function signBesideZero(coefficients: readonly Rational[]): -1 | 0 | 1 {
  const lowest = coefficients.find((each) => !isZero(each));
  return lowest === undefined ? 0 : sign(lowest);
}

/** The sum times what clears its denominators, all of which are above 0 on the ray. */
function polynomial(all: readonly RayTerm[]): readonly Rational[] {
  const clearing = clearingOf(all);
  return all.reduce<readonly Rational[]>(
    (before, term) => plusPolynomials(before, clearedTerm(term, clearing)),
    [],
  );
}

function termsOf(coefficients: readonly Rational[]): Terms {
  const [constant = ZERO, linear = ZERO, square = ZERO, ...rest] = coefficients;
  return terms({
    constant,
    linear,
    square,
    rest: rest.map((coefficient, k) => ({ coefficient, exponent: integer(k + 3) })),
  });
}

/** For each speed the power that clears its denominators. */
function clearingOf(all: readonly RayTerm[]): readonly RayTerm[] {
  const powers: RayTerm[] = [];
  for (const { speed, exponent } of all) {
    const known = powers.findIndex((each) => compare(each.speed, speed) === 0);
    const needed = { coefficient: ONE, speed, exponent: exponent.n < 0n ? negate(exponent) : ZERO };
    if (known < 0) powers.push(needed);
    else if (compare(needed.exponent, (powers[known] as RayTerm).exponent) > 0)
      powers[known] = needed;
  }
  return powers;
}

function clearedTerm(term: RayTerm, clearing: readonly RayTerm[]): readonly Rational[] {
  return clearing.reduce<readonly Rational[]>(
    (product, { speed, exponent }) => {
      const own = compare(speed, term.speed) === 0 ? term.exponent : ZERO;
      return timesLinear(product, speed, smallWhole(plus(exponent, own)) ?? 0);
    },
    [term.coefficient],
  );
}

/** A polynomial times (1 + speed·t)^count. */
function timesLinear(a: readonly Rational[], speed: Rational, count: number): readonly Rational[] {
  let product = a;
  for (let k = 0; k < count; k += 1)
    product = plusPolynomials(product, [ZERO, ...product.map((each) => times(each, speed))]);
  return product;
}

function plusPolynomials(a: readonly Rational[], b: readonly Rational[]): readonly Rational[] {
  const { length } = a.length > b.length ? a : b;
  return Array.from({ length }, (_, k) => plus(a[k] ?? ZERO, b[k] ?? ZERO));
}

/** The sum at a point of the ray. */
function valueOf(all: readonly RayTerm[], t: Rational): Rational {
  return sum(
    all.map(({ coefficient, speed, exponent }) =>
      times(coefficient, power(plus(ONE, times(speed, t)), exponent)),
    ),
  );
}

const LOOKS = 64;
const DOUBLINGS_MAX = 64;
const HALVINGS = 100;
/** Just inside the end of a ray, where a price is all but 0. */
const ALMOST: Rational = { n: (1n << 60n) - 1n, d: 1n << 60n };

/**
 * Where linear contracts meet a power of their value the sum is concave and its two ends tell all;
 * the looks between are for inverse ones.
 */
function firstByLooking(all: readonly RayTerm[], within: Stretch): Rational | null {
  const isBad = (t: Rational): boolean => sign(valueOf(all, t)) <= 0;
  let good = within.from;
  for (const point of pointsOf(within)) {
    if (isBad(point)) return halved(good, point, isBad);
    good = point;
  }
  return null;
}

function pointsOf({ from, above }: Stretch): readonly Rational[] {
  if (above === null) {
    const unit = isZero(from) ? ONE : from;
    const steps = Array.from({ length: DOUBLINGS_MAX }, (_, k) => integer(1n << BigInt(k)));
    return steps.map((each) => plus(from, over(times(unit, each), integer(64))));
  }
  const width = times(minus(above, from), ALMOST);
  const steps = Array.from({ length: LOOKS }, (_, k) => over(integer(k + 1), integer(LOOKS)));
  return steps.map((each) => plus(from, times(width, each)));
}

/** To 2^-100 of the bracket, on the side where it is met. */
function halved(good: Rational, bad: Rational, isBad: (t: Rational) => boolean): Rational {
  let [low, high] = [good, bad];
  for (let k = 0; k < HALVINGS; k += 1) {
    const middle = significant(over(plus(low, high), integer(2)), 256);
    if (isBad(middle)) high = middle;
    else low = middle;
  }
  return high;
}
