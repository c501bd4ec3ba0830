/**
 * Exact rational numbers over BigInt: what `margin` reckons in, so that equity that equals the
 * requirement *is* equal. Values are immutable and not kept in lowest terms: reducing costs more
 * than it saves until the terms grow long, so a term is reduced only past `LONG`.
 */

/** `n / d`, with `d > 0`. Make one with `rational`, `integer` or `parseDecimal`, never by hand. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

const LONG = 1n << 192n;

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function make(n: bigint, d: bigint): Rational {
  return d > LONG ? lowestTerms({ n, d }) : { n, d };
}

/** The same value in lowest terms. */
export function lowestTerms(a: Rational): Rational {
  const g = greatestCommonDivisor(a.n, a.d);
  return g === 1n || g === 0n ? a : { n: a.n / g, d: a.d / g };
}

/** `n / d` for any `d` but zero. Throws a RangeError on zero: that is a bug, not bad input. */
export function rational(n: bigint, d: bigint): Rational {
  if (d === 0n) throw new RangeError('division by zero');
  return d < 0n ? make(-n, -d) : make(n, d);
}

/** A whole number. Throws a RangeError unless `value` is one. */
export function integer(value: number | bigint): Rational {
  return { n: BigInt(value), d: 1n };
}

export const ZERO: Rational = integer(0);
export const ONE: Rational = integer(1);

export function plus(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  return make(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function minus(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return { n: a.n - b.n, d: a.d };
  return make(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function times(a: Rational, b: Rational): Rational {
  return make(a.n * b.n, a.d * b.d);
}

/** `a / b`. Throws a RangeError when `b` is zero. */
export function over(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d, a.d * b.n);
}

export function negate(a: Rational): Rational {
  return { n: -a.n, d: a.d };
}

export function absolute(a: Rational): Rational {
  return a.n < 0n ? negate(a) : a;
}

/** −1, 0 or 1, as `a` is below, at or above zero. */
export function sign(a: Rational): -1 | 0 | 1 {
  if (a.n === 0n) return 0;
  return a.n < 0n ? -1 : 1;
}

/** −1, 0 or 1, as `a` is below, at or above `b`; ratios are cross-multiplied, never divided. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const left = a.d === b.d ? a.n : a.n * b.d;
  const right = a.d === b.d ? b.n : b.n * a.d;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function isZero(a: Rational): boolean {
  return a.n === 0n;
}

export function equals(a: Rational, b: Rational): boolean {
  return compare(a, b) === 0;
}

export function least(a: Rational, b: Rational): Rational {
  return compare(a, b) <= 0 ? a : b;
}

export function greatest(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

/** The sum of all, zero for none. */
export function sum(values: readonly Rational[]): Rational {
  return values.reduce(plus, ZERO);
}

/** The greatest whole number not above `a`. */
export function floor(a: Rational): bigint {
  const quotient = a.n / a.d;
  return a.n < 0n && quotient * a.d !== a.n ? quotient - 1n : quotient;
}

/** The least whole number not below `a`. */
export function ceiling(a: Rational): bigint {
  return -floor(negate(a));
}

/** The nearest IEEE double, for bulk work and display; overflows to ±Infinity. */
export function toNumber(a: Rational): number {
  const direct = Number(a.n) / Number(a.d);
  if (Number.isFinite(direct) && a.n <= MAX_EXACT && a.n >= -MAX_EXACT && a.d <= MAX_EXACT) {
    return direct;
  }
  return scaledToNumber(lowestTerms(a));
}

const MAX_EXACT = 1n << 53n;

function scaledToNumber(a: Rational): number {
  const shift = bitLength(a.n) - bitLength(a.d) - 64;
  const mantissa = shift >= 0 ? a.n / (a.d << BigInt(shift)) : (a.n << BigInt(-shift)) / a.d;
  return Number(mantissa) * 2 ** shift;
}

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

/** The square root, rounded down, with an absolute error below 1e-40. `a` must not be negative. */
export function squareRoot(a: Rational): Rational {
  if (a.n < 0n) throw new RangeError('square root of a negative number');
  return rational(integerRoot((a.n * ROOT_SCALE * ROOT_SCALE) / a.d, 2), ROOT_SCALE);
}

const ROOT_SCALE = 10n ** 40n;

/** The greatest whole number whose `degree`-th power is not above `value` (both not negative). */
export function integerRoot(value: bigint, degree: number): bigint {
  if (value < 0n) throw new RangeError('root of a negative number');
  if (value < 2n || degree === 1) return value;
  const k = BigInt(degree);
  let root = 1n << BigInt(Math.ceil(bitLength(value) / degree));
  for (;;) {
    const next = ((k - 1n) * root + value / root ** (k - 1n)) / k;
    if (next >= root) return root;
    root = next;
  }
}
