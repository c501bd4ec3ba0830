/**
 * `epoch-10m`: ten million accounts in one engine: how long the index takes to be made, what a calm
 * epoch costs, and what the process occupies.
 */
import { findSuspects, makeIndex, TUNING } from '../packages/core/src/engine/breach-index.ts';
import { buildBook, FULL_BOOK } from './book.ts';
import { CrashPath, PHASES, type Phase } from './crash-path.ts';
import { alone, type Benchmark, type Figure } from './harness.ts';

const SCALE = 10;
const LARGE = {
  ...FULL_BOOK,
  accounts: FULL_BOOK.accounts * SCALE,
  positions: FULL_BOOK.positions * SCALE,
};

async function run(): Promise<readonly Figure[]> {
  const engine = buildBook(LARGE);
  const began = performance.now();
  makeIndex(engine, TUNING);
  const built = (performance.now() - began) / 1000;
  const path = new CrashPath(
    engine.markets.map(({ markTicks }) => markTicks),
    LARGE.seed,
  );
  const means: Partial<Record<Phase['name'], number>> = {};
  for (const phase of PHASES.filter(({ volatility }) => volatility === PHASES[0]?.volatility)) {
    let total = 0;
    for (let epoch = 0; epoch < phase.epochs; epoch += 1) {
      const marks = path.next(phase);
      for (const [row, market] of engine.markets.entries()) market.markTicks = marks[row] ?? 0;
      const started = performance.now();
      findSuspects(engine, new Set());
      total += performance.now() - started;
    }
    means[phase.name] = (total / phase.epochs) * 1000;
  }
  const resident = process.memoryUsage().rss / 2 ** 30;
  return [
    alone({ name: 'epoch-10m', value: means.calm ?? 0, unit: 'µs', goal: '≤ 200, mean' }),
    alone({ name: 'epoch-10m-later', value: means.later ?? 0, unit: 'µs', goal: 'as measured' }),
    alone({ name: 'epoch-10m-build', value: built, unit: 's', goal: '≤ 60' }),
    alone({ name: 'epoch-10m-memory', value: resident, unit: 'GiB', goal: '≤ 16' }),
  ];
}

export const epochLarge: Benchmark = {
  name: 'epoch-10m',
  about: '10,000,000 accounts, 34 M positions, 30 markets: the index made, and calm epochs',
  figures: ['epoch-10m-later', 'epoch-10m-build', 'epoch-10m-memory'],
  run,
};
