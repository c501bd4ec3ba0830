/**
 * Measuring: warm-up, several rounds, the median, by the clock and by the processor's time; peers
 * are measured in the same run, in turns.
 */

/** One measured figure. `ratio` and `against` compare it with a peer measured beside it. */
export interface Figure {
  readonly name: string;
  /** By the clock. */
  readonly value: number;
  /** By the processor's time; absent where other processes do a part of the work. */
  readonly processor?: number;
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
  /** Where it measures several figures: their names, any of which can be asked for alone. */
  readonly figures?: readonly string[];
  /** Measures the figures that are wanted. */
  readonly run: (isWanted: (figure: string) => boolean) => Promise<readonly Figure[]>;
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

interface Rounds {
  readonly warmUp: number;
  readonly measured: number;
}

/** By the clock, and by the processor time of this process with all its threads. */
type Measure = Required<Pick<Figure, 'value' | 'processor'>>;

/** Milliseconds that one thing takes: the median over the rounds, for each work in turns. */
export async function measureTimes(
  works: readonly Work[],
  rounds: Rounds,
): Promise<readonly Measure[]> {
  const samples = works.map((): Measure[] => []);
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    for (const [k, work] of works.entries()) {
      const sample = await timed(work);
      if (round >= rounds.warmUp) samples[k]?.push(sample);
    }
  }
  return samples.map((each) => ({
    value: median(each.map(({ value }) => value)),
    processor: median(each.map(({ processor }) => processor)),
  }));
}

async function timed(work: Work): Promise<Measure> {
  const before = process.cpuUsage();
  const started = performance.now();
  const count = await work();
  const value = (performance.now() - started) / count;
  const { user, system } = process.cpuUsage(before);
  return { value, processor: (user + system) / 1000 / count };
}

/** How often a second one thing can be done, for each work in turns. */
export async function measureRates(
  works: readonly Work[],
  rounds: Rounds,
): Promise<readonly Measure[]> {
  const times = await measureTimes(works, rounds);
  return times.map(({ value, processor }) => ({
    value: 1000 / value,
    processor: 1000 / processor,
  }));
}

/** The milliseconds of `measureTimes` by the clock alone. */
export async function millisecondsEach(
  works: readonly Work[],
  rounds: Rounds,
): Promise<readonly number[]> {
  return (await measureTimes(works, rounds)).map(({ value }) => value);
}

/** The rates of `measureRates` by the clock alone. */
export async function ratesOf(works: readonly Work[], rounds: Rounds): Promise<readonly number[]> {
  return (await measureRates(works, rounds)).map(({ value }) => value);
}

/** A rate to be measured, and how its work is made ready. */
export interface RateCase {
  readonly name: string;
  readonly goal: string;
  readonly makeWork: () => Work;
}

/** The rates of these cases, each a second, in turns. */
export async function rateFigures(
  cases: readonly RateCase[],
  rounds: Rounds,
): Promise<readonly Figure[]> {
  const works = cases.map(({ makeWork }) => makeWork());
  const rates = await measureRates(works, rounds);
  return cases.flatMap(({ name, goal }, k) => {
    const rate = rates[k];
    return rate === undefined ? [] : [alone({ name, goal, unit: '1/s', ...rate })];
  });
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
