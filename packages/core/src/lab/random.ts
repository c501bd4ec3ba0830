/**
 * Seeded randomness without state: a draw is a function of the seed and of what it is for, so that
 * drawing one thing more changes nothing else, and a restart needs no memory of what was drawn.
 */

/** A whole number from 0 to 2^32 − 1, well mixed from the seed and up to a few keys. */
export function draw(seed: number, ...keys: readonly number[]): number {
  let hash = mix((seed >>> 0) ^ 0x9e3779b9);
  hash = mix(hash ^ highBits(seed));
  for (const key of keys) {
    hash = mix((hash ^ (key >>> 0)) + 0x9e3779b9);
    hash = mix(hash ^ highBits(key));
  }
  return hash >>> 0;
}

function highBits(value: number): number {
  return Math.floor(value / 0x100000000) >>> 0;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A whole number from 0 to `below` − 1 (`below` from 1 to 2^21). */
export function pick(below: number, seed: number, ...keys: readonly number[]): number {
  return Math.floor((draw(seed, ...keys) * below) / 0x100000000);
}

/** An entry of a table of weights, by index: entry i comes up weights[i] times in their sum. */
export function pickWeighted(
  weights: readonly number[],
  seed: number,
  ...keys: readonly number[]
): number {
  let left = pick(
    weights.reduce((sum, weight) => sum + weight, 0),
    seed,
    ...keys,
  );
  for (const [index, weight] of weights.entries()) {
    if (left < weight) return index;
    left -= weight;
  }
  return weights.length - 1;
}

/** A name as a number to draw with. */
export function keyOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
