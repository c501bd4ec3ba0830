/**
 * Searches over whole numbers of steps: each answer is proved by two calls, one that holds and one,
 * a single step further, that does not.
 */

/** Beyond this many steps nothing is looked for. */
const STEPS_MAX = 1n << 100n;

/**
 * The least whole number at which the predicate holds, for one that holds from somewhere on.
 * `guess` is where the search begins. Null when it is beyond ±2^100.
 */
export function leastWhere(guess: bigint, holds: (n: bigint) => boolean): bigint | null {
  const upwards = !holds(guess);
  let stride = 1n;
  let inner = guess;
  for (;;) {
    const outer = upwards ? inner + stride : inner - stride;
    if (outer > STEPS_MAX || outer < -STEPS_MAX) return null;
    if (holds(outer) === upwards) {
      const [below, above] = upwards ? [inner, outer] : [outer, inner];
      return between(below, above, holds);
    }
    inner = outer;
    stride *= 2n;
  }
}

/** `below` does not hold and `above` does: halves until they are neighbours. */
function between(below: bigint, above: bigint, holds: (n: bigint) => boolean): bigint {
  let [low, high] = [below, above];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const DOUBLINGS = 90n;

/**
 * The largest count from 1 to 2^90 that is good while the next one is not, looked for above the
 * greatest good count among the powers of two and `hints`. 0 when none of those is good, null when
 * 2^90 itself is.
 */
export function greatestWhere(
  hints: readonly bigint[],
  isGood: (n: bigint) => boolean,
): bigint | null {
  const doublings = Array.from({ length: Number(DOUBLINGS) + 1 }, (_, k) => 1n << BigInt(k));
  const probes = [...doublings, ...hints.filter((n) => n > 0n && n < 1n << DOUBLINGS)];
  const descending = probes.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  let bad: bigint | null = null;
  for (const probe of descending) {
    if (isGood(probe)) return bad === null ? null : between(probe, bad, (n) => !isGood(n)) - 1n;
    bad = probe;
  }
  return 0n;
}
