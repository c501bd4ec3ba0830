/**
 * Sums of a few powers of one variable above 0, and where such a sum is zero: what equity less
 * requirement is between two edges of a schedule. Whole powers from −1 to 2 stand in fields of
 * their own, because they are all that most markets need and are solved exactly.
 */
import {
  compare,
  equals,
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
  squareRoot,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';

/** coefficient · x^exponent. */
export interface Term {
  readonly coefficient: Rational;
  readonly exponent: Rational;
}

/** inverse/x + constant + linear·x + square·x² + the rest. */
export interface Terms {
  readonly inverse: Rational;
  readonly constant: Rational;
  readonly linear: Rational;
  readonly square: Rational;
  readonly rest: readonly Term[];
}

/** An open interval; `above` null means without end. `from` may be 0. */
export interface Interval {
  readonly from: Rational;
  readonly above: Rational | null;
}

const NONE: readonly Term[] = [];

/** Terms from the fields that are not zero. */
export function terms(fields: Partial<Terms>): Terms {
  return {
    inverse: fields.inverse ?? ZERO,
    constant: fields.constant ?? ZERO,
    linear: fields.linear ?? ZERO,
    square: fields.square ?? ZERO,
    rest: fields.rest ?? NONE,
  };
}

export const NOTHING: Terms = terms({});

/** a + b·factor. */
export function plusTimes(a: Terms, b: Terms, factor: Rational): Terms {
  return {
    inverse: plusProduct(a.inverse, b.inverse, factor),
    constant: plusProduct(a.constant, b.constant, factor),
    linear: plusProduct(a.linear, b.linear, factor),
    square: plusProduct(a.square, b.square, factor),
    rest: b.rest.length === 0 ? a.rest : [...a.rest, ...b.rest.map((t) => scaleTerm(t, factor))],
  };
}

function plusProduct(a: Rational, b: Rational, factor: Rational): Rational {
  if (isZero(b)) return a;
  return isZero(a) ? times(b, factor) : plus(a, times(b, factor));
}

function scaleTerm(term: Term, factor: Rational): Term {
  return { coefficient: times(term.coefficient, factor), exponent: term.exponent };
}

export function minusTerms(a: Terms, b: Terms): Terms {
  return plusTimes(a, b, negate(ONE));
}

/** The same sum as a function of x where the old variable is scale·x; scale above 0. */
export function rescale(a: Terms, scale: Rational): Terms {
  return {
    inverse: isZero(a.inverse) ? ZERO : over(a.inverse, scale),
    constant: a.constant,
    linear: times(a.linear, scale),
    square: isZero(a.square) ? ZERO : times(a.square, times(scale, scale)),
    rest: a.rest.length === 0 ? NONE : a.rest.map((term) => rescaleTerm(term, scale)),
  };
}

function rescaleTerm(term: Term, scale: Rational): Term {
  const coefficient = times(term.coefficient, power(scale, term.exponent));
  return { coefficient, exponent: term.exponent };
}

/** The sum at x, x above 0. */
export function valueAt(a: Terms, x: Rational): Rational {
  let total = isZero(a.linear) ? a.constant : plus(a.constant, times(a.linear, x));
  if (!isZero(a.square)) total = plus(total, times(a.square, times(x, x)));
  if (!isZero(a.inverse)) total = plus(total, over(a.inverse, x));
  for (const t of a.rest) total = plus(total, times(t.coefficient, power(x, t.exponent)));
  return total;
}

/** Whether the sum is the same at every x. */
export function isConstant(a: Terms): boolean {
  return isZero(a.linear) && isZero(a.square) && isZero(a.inverse) && a.rest.length === 0;
}

/**
 * The sign just beside x, above it (towards 1) or below it (towards −1): that of the sum at x, or,
 * where it is 0 there, of its first derivative that is not.
 */
export function signBeside(a: Terms, x: Rational, towards: 1 | -1): -1 | 0 | 1 {
  const here = sign(valueAt(a, x));
  if (here !== 0 || isConstant(a)) return here;
  let list = listed(a);
  let direction: number = towards;
  for (let order = 0; order < 16 && list.length > 0; order += 1) {
    list = derivative(list);
    const slope = sign(valueOfList(list, x));
    if (slope !== 0) return (slope * direction) as -1 | 1;
    direction *= towards;
  }
  return 0;
}

/** Every zero of the sum inside the interval, ascending. A sum that is 0 everywhere has none. */
export function zeros(a: Terms, within: Interval): readonly Rational[] {
  const found = a.rest.length === 0 ? polynomialZeros(a) : null;
  if (found === null) return listZeros(listed(a), within);
  return found.filter((x) => isInside(x, within));
}

function isInside(x: Rational, within: Interval): boolean {
  return compare(x, within.from) > 0 && (within.above === null || compare(x, within.above) < 0);
}

/** Exact for degree one and two; null when another way is needed. */
function polynomialZeros(a: Terms): readonly Rational[] | null {
  if (isZero(a.inverse)) return quadraticZeros(a.square, a.linear, a.constant);
  if (isZero(a.square)) return quadraticZeros(a.linear, a.constant, a.inverse);
  return null;
}

function quadraticZeros(a: Rational, b: Rational, c: Rational): readonly Rational[] {
  if (isZero(a)) return isZero(b) ? [] : [over(negate(c), b)];
  const discriminant = minus(times(b, b), times(integer(4), times(a, c)));
  if (discriminant.n < 0n) return [];
  const root = squareRoot(discriminant);
  const far = over(negate(b.n < 0n ? minus(b, root) : plus(b, root)), integer(2));
  if (isZero(far)) return [ZERO];
  const both = [over(far, a), over(c, far)].sort(compare);
  return isZero(root) ? both.slice(0, 1) : both;
}

function listed(a: Terms): readonly Term[] {
  const all: Term[] = [
    { coefficient: a.inverse, exponent: integer(-1) },
    { coefficient: a.constant, exponent: ZERO },
    { coefficient: a.linear, exponent: ONE },
    { coefficient: a.square, exponent: integer(2) },
    ...a.rest,
  ];
  return merged(all);
}

/** One term an exponent, ascending, none of them zero. */
function merged(all: readonly Term[]): readonly Term[] {
  const result: Term[] = [];
  for (const term of all.toSorted((s, t) => compare(s.exponent, t.exponent))) {
    const last = result.at(-1);
    if (last === undefined || !equals(last.exponent, term.exponent)) result.push(term);
    else result[result.length - 1] = addTerm(last, term);
  }
  return result.filter((term) => !isZero(term.coefficient));
}

function addTerm(a: Term, b: Term): Term {
  return { coefficient: plus(a.coefficient, b.coefficient), exponent: a.exponent };
}

function derivative(list: readonly Term[]): readonly Term[] {
  return list
    .filter((term) => !isZero(term.exponent))
    .map(({ coefficient, exponent }) => ({
      coefficient: times(coefficient, exponent),
      exponent: minus(exponent, ONE),
    }));
}

function valueOfList(list: readonly Term[], x: Rational): Rational {
  return list.reduce((total, t) => plus(total, times(t.coefficient, power(x, t.exponent))), ZERO);
}

/**
 * Zeros by Rolle: divided by its lowest power a sum of n powers has a derivative of n − 1 powers;
 * between two zeros of that one the sum is monotone, so a change of sign brackets one zero.
 */
function listZeros(list: readonly Term[], within: Interval): readonly Rational[] {
  const lowest = list[0];
  if (lowest === undefined || list.length === 1) return [];
  const divided = list.map(({ coefficient, exponent }) => ({
    coefficient,
    exponent: minus(exponent, lowest.exponent),
  }));
  if (divided.every((term) => (smallWhole(term.exponent) ?? 9) <= 2)) {
    return polynomialZerosOfList(divided).filter((x) => isInside(x, within));
  }
  const turns = listZeros(derivative(divided), within);
  return betweenTurns(divided, turns, within);
}

function polynomialZerosOfList(list: readonly Term[]): readonly Rational[] {
  const at = (exponent: number): Rational =>
    list.find((term) => smallWhole(term.exponent) === exponent)?.coefficient ?? ZERO;
  return quadraticZeros(at(2), at(1), at(0));
}

function betweenTurns(
  list: readonly Term[],
  turns: readonly Rational[],
  within: Interval,
): readonly Rational[] {
  const found: Rational[] = [];
  const signAt = (x: Rational): number => sign(valueOfList(list, x));
  for (let k = 0; k <= turns.length; k += 1) {
    const from = turns[k - 1] ?? inward(list, within.from, signAt);
    const above = turns[k] ?? within.above ?? outward(list, from, signAt);
    if (signAt(from) * signAt(above) < 0) found.push(bracketed(signAt, from, above));
    if (k < turns.length && signAt(above) === 0) found.push(above);
  }
  return found.filter((x) => isInside(x, within));
}

const HALVINGS_MAX = 4096;

/** A point so close to 0 that only the lowest power decides the sign; `from` itself when above 0. */
function inward(list: readonly Term[], from: Rational, signAt: (x: Rational) => number): Rational {
  if (from.n > 0n) return from;
  const wanted = sign((list[0] as Term).coefficient);
  let x: Rational = ONE;
  for (let k = 0; k < HALVINGS_MAX && !isSettled(list, x, signAt(x) === wanted, -1); k += 1) {
    x = { n: 1n, d: x.d << 4n };
  }
  return x;
}

function outward(list: readonly Term[], from: Rational, signAt: (x: Rational) => number): Rational {
  const wanted = sign((list.at(-1) as Term).coefficient);
  let x = significant(times(from, integer(2)), 64);
  for (let k = 0; k < HALVINGS_MAX && !isSettled(list, x, signAt(x) === wanted, 1); k += 1) {
    x = { n: x.n << 4n, d: x.d };
  }
  return x;
}

/** Whether from x on (in that direction) the leading term outweighs all the others together. */
function isSettled(
  list: readonly Term[],
  x: Rational,
  hasSign: boolean,
  direction: 1 | -1,
): boolean {
  if (!hasSign) return false;
  const leader = direction === 1 ? list.at(-1) : list[0];
  const others = list.filter((term) => term !== leader);
  const size = (t: Term): Rational => absoluteTerm(t, x);
  return compare(size(leader as Term), others.map(size).reduce(plus, ZERO)) > 0;
}

function absoluteTerm(term: Term, x: Rational): Rational {
  const value = times(term.coefficient, power(x, term.exponent));
  return value.n < 0n ? negate(value) : value;
}

const WIDTH_BITS = 110n;
const STEPS_MAX = 1200;

/** The zero between two points of different sign, to 2^-110 of itself, by halving. */
function bracketed(signAt: (x: Rational) => number, from: Rational, above: Rational): Rational {
  const low = signAt(from);
  let [left, right] = [significant(from, 256), significant(above, 256)];
  for (let k = 0; k < STEPS_MAX && isWide(left, right); k += 1) {
    const middle = significant(over(plus(left, right), integer(2)), 256);
    const here = signAt(middle);
    if (here === 0) return middle;
    if (here === low) left = middle;
    else right = middle;
  }
  return left;
}

function isWide(left: Rational, right: Rational): boolean {
  return compare(times(minus(right, left), { n: 1n << WIDTH_BITS, d: 1n }), right) > 0;
}
