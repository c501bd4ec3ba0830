/**
 * Powers with any decimal exponent, from a logarithm and an exponential in fixed point over BigInt:
 * the only transcendental numbers in `margin`, with a relative error far below 1e-40.
 */
import {
  bitLength,
  floor,
  lowestTerms,
  ONE,
  rational,
  significant,
  times,
  type Rational,
} from './rational.ts';

const BITS = 256n;
const UNIT = 1n << BITS;
const KEPT_BITS = 512;

/**
 * `base ^ exponent` for a base above 0. Exact for whole exponents up to 64 (longer than 512 bits it
 * is cut at 2^-512 of itself); otherwise within 1e-60 of the value. Throws a RangeError when the
 * base is not above 0 or the exponent passes ±1000.
 */
export function power(base: Rational, exponent: Rational): Rational {
  if (base.n <= 0n) throw new RangeError('power of a number that is not above 0');
  const { n, d } = lowestTerms(exponent);
  if (n > 1000n * d || n < -1000n * d) throw new RangeError('exponent out of range');
  if (d === 1n && n >= -64n && n <= 64n) return wholePower(base, Number(n));
  return exponential((n * logarithm(base)) / d);
}

function wholePower(base: Rational, exponent: number): Rational {
  const positive = exponent < 0 ? rational(base.d, base.n) : base;
  let result = ONE;
  for (let k = 0; k < Math.abs(exponent); k += 1) result = shorten(times(result, positive));
  return result;
}

function shorten(a: Rational): Rational {
  return bitLength(a.n) + bitLength(a.d) > 4 * KEPT_BITS ? significant(a, KEPT_BITS) : a;
}

/** ln(a) × 2^256: a = m · 2^k with m near 1, and ln m = 2·artanh((m − 1)/(m + 1)). */
function logarithm(a: Rational): bigint {
  let k = bitLength(a.n) - bitLength(a.d);
  let m = k >= 0 ? (a.n << BITS) / (a.d << BigInt(k)) : (a.n << (BITS + BigInt(-k))) / a.d;
  for (; 2n * m > 3n * UNIT; k += 1) m >>= 1n;
  for (; 4n * m < 3n * UNIT; k -= 1) m <<= 1n;
  return logarithmNearOne(m) + BigInt(k) * LN2;
}

function logarithmNearOne(m: bigint): bigint {
  const z = ((m - UNIT) << BITS) / (m + UNIT);
  const square = (z * z) >> BITS;
  let term = z;
  let total = z;
  for (let k = 3n; term > 1n || term < -1n; k += 2n) {
    term = (term * square) >> BITS;
    total += term / k;
  }
  return 2n * total;
}

const LN2: bigint = logarithmNearOne(2n * UNIT);

/** e^(x / 2^256), as a rational: x = k·ln 2 + r, and the series of e^(r/2^16) squared 16 times. */
function exponential(x: bigint): Rational {
  const k = floor({ n: x, d: LN2 });
  const halvings = 16n;
  const r = ((x - k * LN2) << 64n) >> halvings;
  const bits = BITS + 64n;
  let term = 1n << bits;
  let total = term;
  for (let i = 1n; term > 0n; i += 1n) {
    term = ((term * r) >> bits) / i;
    total += term;
  }
  for (let i = 0n; i < halvings; i += 1n) total = (total * total) >> bits;
  return k >= 0n ? rational(total << k, 1n << bits) : rational(total, 1n << (bits - k));
}

/** The whole number `a` when it is one and small, else undefined. */
export function smallWhole(a: Rational): number | undefined {
  const { n, d } = lowestTerms(a);
  return d === 1n && n >= -64n && n <= 64n ? Number(n) : undefined;
}
