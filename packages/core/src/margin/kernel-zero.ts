/** Zeros of the kernel's concave sums of powers, each looked for in one direction. */

/** constant + slope·x − square·x² − curve·x^power, with square, curve ≥ 0 and power > 1. */
export interface Form {
  constant: number;
  slope: number;
  square: number;
  curve: number;
  power: number;
}

/** The sum at x > 0. */
export function formAt({ constant, slope, square, curve, power }: Form, x: number): number {
  const plain = constant + (slope - square * x) * x;
  return curve === 0 ? plain : plain - curve * x ** power;
}

/** The zero between `low` (may be 0) and `at`, where the sum is above 0; NaN when there is none. */
export function zeroBelow(form: Form, low: number, at: number): number {
  const { constant, slope, square, curve } = form;
  if ((low > 0 ? formAt(form, low) : constant) >= 0) return Number.NaN;
  if (curve !== 0) return climb(form, Math.max(low, -constant / slope), at);
  if (square === 0) return slope > 0 ? -constant / slope : Number.NaN;
  return (-2 * constant) / (slope + rootOf(form));
}

/** The zero between `at`, where the sum is above 0, and `high` (may be Infinity); NaN for none. */
export function zeroAbove(form: Form, at: number, high: number): number {
  const { constant, slope, square, curve } = form;
  const isEndless = high === Number.POSITIVE_INFINITY;
  if (!isEndless && formAt(form, high) > 0) return Number.NaN;
  if (curve !== 0) return descend(form, rightOf(form, at, high));
  if (square === 0) return slope < 0 ? -constant / slope : Number.NaN;
  const root = rootOf(form);
  return slope > 0 ? (slope + root) / (2 * square) : (2 * constant) / (root - slope);
}

function rootOf({ constant, slope, square }: Form): number {
  return Math.sqrt(Math.max(0, slope * slope + 4 * square * constant));
}

/** A point at or beyond the zero above `at`. */
function rightOf(form: Form, at: number, high: number): number {
  const { constant, slope } = form;
  if (slope < 0) return Math.min(high, -constant / slope);
  if (high < Number.POSITIVE_INFINITY) return high;
  let x = at;
  while (formAt(form, x) > 0) x *= 2;
  return x;
}

const STEPS_MAX = 100;

/** Newton's way from the left of a zero where the sum rises: tangents lie above it. */
function climb(form: Form, from: number, at: number): number {
  let x = from;
  for (let k = 0; k < STEPS_MAX; k += 1) {
    const next = x + newton(form, x);
    if (!(next > x)) return x;
    if (next > at) return at;
    x = next;
  }
  return x;
}

/** The same from the right of a zero where the sum falls. */
function descend(form: Form, from: number): number {
  let x = from;
  for (let k = 0; k < STEPS_MAX; k += 1) {
    const next = x + newton(form, x);
    if (!(next < x)) return x;
    x = next;
  }
  return x;
}

function newton({ constant, slope, square, curve, power }: Form, x: number): number {
  const bent = curve * x ** power;
  const height = constant + (slope - square * x) * x - bent;
  return -height / (slope - 2 * square * x - (power * bent) / x);
}
