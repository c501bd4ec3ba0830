/**
 * Whole numbers inside doubles, for the engine: ticks, lots and atoms stay below 2^53, and every
 * product or quotient that can leave that range goes through BigInt with a named rounding.
 */

/** Which way a quotient that is not whole goes. `half-even` is to the nearest, ties to even. */
export type Rounding = 'down' | 'up' | 'half-even';

/** Stops the engine: a quantity left the range in which doubles are whole numbers. */
export function assertSafe(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${what} is not a safe integer: ${value}`);
  return value;
}

/** A whole quotient in BigInt; `down` is towards −∞, `up` towards +∞. `divisor` must be above 0. */
export function divideRounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const truncated = dividend / divisor;
  const remainder = dividend - truncated * divisor;
  if (remainder === 0n) return truncated;
  const below = remainder < 0n ? truncated - 1n : truncated;
  if (rounding === 'down') return below;
  if (rounding === 'up') return below + 1n;
  const twice = 2n * (dividend - below * divisor);
  if (twice === divisor) return below % 2n === 0n ? below : below + 1n;
  return twice < divisor ? below : below + 1n;
}

/**
 * `a × b / c` on safe integers, rounded once in the named direction; the answer must be safe too.
 */
export function mulDiv(a: number, b: number, c: number, rounding: Rounding): number {
  const product = a * b;
  if (c > 0 && Number.isSafeInteger(product)) return divideSafe(product, c, rounding);
  const [top, bottom] = c < 0 ? [-BigInt(a), -BigInt(c)] : [BigInt(a), BigInt(c)];
  return assertSafe(Number(divideRounded(top * BigInt(b), bottom, rounding)), 'mulDiv');
}

function divideSafe(dividend: number, divisor: number, rounding: Rounding): number {
  const remainder = dividend % divisor;
  const exact = (dividend - remainder) / divisor;
  if (remainder === 0) return exact + 0;
  const below = remainder < 0 ? exact - 1 : exact;
  if (rounding === 'down') return below;
  if (rounding === 'up') return below + 1;
  const fraction = remainder < 0 ? remainder + divisor : remainder;
  if (fraction * 2 === divisor) return below % 2 === 0 ? below : below + 1;
  return fraction * 2 < divisor ? below : below + 1;
}
