/**
 * Exact rational numbers over BigInt: what `margin` reckons in, so that equity that equals the
 * requirement *is* equal. Values are immutable and not kept in lowest terms: reducing costs more
 * than it saves until the terms grow long, so a term is reduced only past `LONG`. A value whose
 * lowest terms still pass `TOO_LONG` (sums of many awkward quotients) is rounded at 2^-512 of
 * itself, so that work stays bounded.
 */

/** `n / d`, with `d > 0`. Make one with `rational`, `integer` or `parseDecimal`, never by hand. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

const LONG = 1n << 192n;
const TOO_LONG = 1n << 1024n;
const KEPT_BITS = 512;

/** Of `a`, not 0, and `b`, above 0. */
function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  // Most denominators are powers of two and ten: with their twos apart little is left to divide.
  const [twosOfA, twosOfB] = [a & -a, b & -b];
  let x = a / twosOfA;
  let y = b / twosOfB;
  while (y !== 0n) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return (x < 0n ? -x : x) * (twosOfA < twosOfB ? twosOfA : twosOfB);
}

function make(n: bigint, d: bigint): Rational {
  if (d <= LONG) return { n, d };
  const reduced = lowestTerms({ n, d });
  return reduced.d > TOO_LONG ? significant(reduced, KEPT_BITS) : reduced;
}

/** `a` rounded towards zero to `bits` significant bits, as a fraction with a power of two below. */
export function significant(a: Rational, bits: number): Rational {
  if (a.n === 0n) return { n: 0n, d: 1n };
  const magnitude = a.n < 0n ? -a.n : a.n;
  const shift = bits - (bitLength(magnitude) - bitLength(a.d));
  const mantissa =
    shift >= 0 ? (magnitude << BigInt(shift)) / a.d : magnitude / (a.d << BigInt(-shift));
  const signed = a.n < 0n ? -mantissa : mantissa;
  if (shift <= 0) return { n: signed << BigInt(-shift), d: 1n };
  return { n: signed, d: 1n << BigInt(shift) };
}

/** The same value in lowest terms. */
export function lowestTerms(a: Rational): Rational {
  if (a.d === 1n) return a;
  if (a.n === 0n) return ZERO;
  const g = greatestCommonDivisor(a.n, a.d);
  return g === 1n ? a : { n: a.n / g, d: a.d / g };
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
  return a.d > b.d ? plusFiner(b, a) : plusFiner(a, b);
}

/** The sum where `b` has the larger denominator; of decimals it is a multiple of the other. */
function plusFiner(a: Rational, b: Rational): Rational {
  const ratio = b.d / a.d;
  if (ratio * a.d === b.d) return { n: a.n * ratio + b.n, d: b.d };
  return make(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function minus(a: Rational, b: Rational): Rational {
  return plus(a, negate(b));
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

/** How many binary digits `|value|` has, to within three of them; 1 for zero. */
export function bitLength(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString(16);
  return digits.length * 4;
}

/**
 * The square root: exact when it is rational, else rounded down with a relative error below 2^-256.
 * `a` must not be negative.
 */
export function squareRoot(a: Rational): Rational {
  if (a.n < 0n) throw new RangeError('square root of a negative number');
  if (a.n === 0n) return ZERO;
  const { n, d } = lowestTerms(a);
  const top = integerRoot(n, 2);
  const bottom = integerRoot(d, 2);
  if (top * top === n && bottom * bottom === d) return { n: top, d: bottom };
  const shift = BigInt(Math.max(0, ROOT_BITS - Math.floor((bitLength(n) - bitLength(d)) / 2)));
  return make(integerRoot((n << (2n * shift)) / d, 2), 1n << shift);
}

const ROOT_BITS = 264;

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
