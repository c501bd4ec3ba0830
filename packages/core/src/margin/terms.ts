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
interface Term {
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

/** Whether the sum is constant + linear·x alone. */
export function isStraight(a: Terms): boolean {
  return isZero(a.square) && isZero(a.inverse) && a.rest.length === 0;
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

/** Each stretch between neighbouring turns is monotone; its two signs say whether it has a zero. */
function betweenTurns(
  list: readonly Term[],
  turns: readonly Rational[],
  within: Interval,
): readonly Rational[] {
  const found: Rational[] = [];
  const valueOf = (x: Rational): Rational => valueOfList(list, x);
  const edges = [within.from, ...turns, within.above];
  const signs = edges.map((x, k) => {
    if (x === null) return sign((list.at(-1) as Term).coefficient);
    if (k === 0 && isZero(x)) return sign((list[0] as Term).coefficient);
    return sign(valueOf(x));
  });
  for (const [k, turn] of turns.entries()) if (signs[k + 1] === 0) found.push(turn);
  for (let k = 0; k + 1 < edges.length; k += 1) {
    const [low, high] = [signs[k] as number, signs[k + 1] as number];
    if (low * high >= 0) continue;
    const above = edges[k + 1] ?? outward(edges[k] as Rational, (x) => sign(valueOf(x)) === high);
    const from = inward(edges[k] as Rational, above, (x) => sign(valueOf(x)) === low);
    found.push(bracketed(valueOf, from, above));
  }
  return found.filter((x) => isInside(x, within)).sort(compare);
}

const DOUBLINGS_MAX = 2048;

/** A point beyond `from` that is past the zero; the sign at infinity says that there is one. */
function outward(from: Rational, isPast: (x: Rational) => boolean): Rational {
  let x = isZero(from) ? ONE : significant(times(from, integer(2)), 64);
  for (let k = 0; k < DOUBLINGS_MAX && !isPast(x); k += 1) x = times(x, integer(4));
  return x;
}

/** `from` itself, or if that is 0 a point below the zero. */
function inward(from: Rational, above: Rational, isBefore: (x: Rational) => boolean): Rational {
  if (from.n > 0n) return from;
  let x = significant(above, 64);
  for (let k = 0; k < DOUBLINGS_MAX && !isBefore(x); k += 1) x = { n: x.n, d: x.d << 2n };
  return x;
}

const WIDTH_BITS = 110n;
const STEPS_MAX = 400;

/**
 * The zero between two points of different sign, to 2^-110 of itself. Every third step halves, the
 * others are chords pulled to the side that has stood still (Illinois), so that a wide or crooked
 * bracket still shrinks and a smooth one closes in a dozen steps.
 */
function bracketed(valueOf: (x: Rational) => Rational, from: Rational, above: Rational): Rational {
  let [left, right] = [significant(from, 256), significant(above, 256)];
  let [low, high] = [valueOf(left), valueOf(right)];
  let stoodStill = 0;
  for (let k = 0; k < STEPS_MAX && isWide(left, right); k += 1) {
    const x = k % 4 === 3 ? middleOf(left, right) : chordOf({ left, right, low, high });
    const here = significant(valueOf(x), 256);
    if (isZero(here)) return x;
    if (sign(here) === sign(low)) {
      if (stoodStill === 1) high = halfOf(high);
      [left, low, stoodStill] = [x, here, 1];
    } else {
      if (stoodStill === -1) low = halfOf(low);
      [right, high, stoodStill] = [x, here, -1];
    }
  }
  return left;
}

interface Bracket {
  readonly left: Rational;
  readonly right: Rational;
  readonly low: Rational;
  readonly high: Rational;
}

/** Where the chord crosses 0, kept a little inside so that both ends move. */
function chordOf({ left, right, low, high }: Bracket): Rational {
  const width = minus(right, left);
  const share = over(low, minus(low, high));
  const margin = { n: 1n, d: 1n << 100n };
  const inside = compare(share, margin) < 0 ? margin : share;
  const kept = compare(inside, minus(ONE, margin)) > 0 ? minus(ONE, margin) : inside;
  return significant(plus(left, times(width, significant(kept, 256))), 256);
}

function middleOf(left: Rational, right: Rational): Rational {
  return significant(over(plus(left, right), integer(2)), 256);
}

function halfOf(a: Rational): Rational {
  return { n: a.n, d: a.d << 1n };
}

function isWide(left: Rational, right: Rational): boolean {
  return compare(times(minus(right, left), { n: 1n << WIDTH_BITS, d: 1n }), right) > 0;
}
