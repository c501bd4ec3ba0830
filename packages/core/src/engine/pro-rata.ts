/** Shares in whole numbers: in proportion, and together exactly what is to be shared. */

/**
 * `total` in proportion to `weights`, by largest remainder: each share is its exact part rounded
 * down, and what is left over goes one by one to the largest remainders, the first of equals first.
 * No share exceeds its weight when `total` does not exceed their sum; weights of 0 get nothing.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (sum === 0n) return weights.map(() => 0);
  const parts = weights.map((weight, index) => {
    const exact = BigInt(total) * BigInt(weight);
    return { index, share: exact / sum, remainder: exact % sum };
  });
  const left = BigInt(total) - parts.reduce((all, { share }) => all + share, 0n);
  const shares = parts.map(({ share }) => Number(share));
  parts.sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index);
  for (const { index } of parts.slice(0, Number(left))) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
