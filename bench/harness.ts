/** Measuring: warm-up, several rounds, the median; peers are measured in the same run, in turns. */

/** One measured figure. `ratio` and `against` compare it with a peer measured beside it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number | null;
  readonly against: string | null;
  /** What the figure should reach, for people. */
  readonly goal: string;
}

export interface Benchmark {
  readonly name: string;
  /** What is measured, in one sentence. */
  readonly about: string;
  readonly run: () => Promise<readonly Figure[]>;
}

/** One piece of work to be timed; resolves with how many times it did its thing. */
export type Work = () => number | Promise<number>;

/** The middle of several values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Milliseconds that one thing takes: the median over the rounds, for each work in turns. */
export async function millisecondsEach(
  works: readonly Work[],
  rounds: { readonly warmUp: number; readonly measured: number },
): Promise<readonly number[]> {
  const samples = works.map((): number[] => []);
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    for (const [k, work] of works.entries()) {
      const started = performance.now();
      const count = await work();
      if (round >= rounds.warmUp) samples[k]?.push((performance.now() - started) / count);
    }
  }
  return samples.map(median);
}

/** How often a second one thing can be done, for each work in turns. */
export async function ratesOf(
  works: readonly Work[],
  rounds: { readonly warmUp: number; readonly measured: number },
): Promise<readonly number[]> {
  return (await millisecondsEach(works, rounds)).map((milliseconds) => 1000 / milliseconds);
}

/** A figure that stands alone. */
export function alone(figure: Omit<Figure, 'ratio' | 'against'>): Figure {
  return { ...figure, ratio: null, against: null };
}

/** A seeded source of numbers from 0 to 1, so that every run measures the same work. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
