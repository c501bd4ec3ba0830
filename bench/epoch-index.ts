/**
 * `epoch-index`: hot and cold accounts against the sweep, on the same book and the same prices, in
 * calm and through a crash. Times are of finding whoever is due; what is decided of them then is
 * the same for both and happens between the epochs.
 */
import { findSuspects, heat } from '../packages/core/src/engine/breach-index.ts';
import { at, CALLED, HEALTHY, NONE, type Engine } from '../packages/core/src/engine/state.ts';
import { sweep } from '../packages/core/src/engine/sweep.ts';
import { isAtRatio, isTriggered, poolStanding } from '../packages/core/src/engine/valuation.ts';
import { buildBook, FULL_BOOK, type BookSize } from './book.ts';
import { CrashPath, PHASES, type Phase } from './crash-path.ts';
import type { Benchmark, Figure } from './harness.ts';

type Finder = (engine: Engine, found: Set<number>) => void;

/** Milliseconds by the clock, and of the processor with all threads. */
interface Time {
  readonly clock: number;
  readonly processor: number;
}

interface Times {
  readonly mean: Time;
  readonly worst: Time;
}

/** A book small enough to warm up on: the compiler sees a crash before one is measured. */
const WARM_UP: BookSize = { ...FULL_BOOK, accounts: 50_000, positions: 170_000 };

const FIGURES = [
  'epoch-calm',
  'epoch-calm-later',
  'epoch-crash-worst',
  'epoch-crash-mean',
] as const;

async function run(): Promise<readonly Figure[]> {
  passThrough(WARM_UP, findSuspects);
  passThrough(WARM_UP, sweep);
  const swept = passThrough(FULL_BOOK, sweep);
  const indexed = passThrough(FULL_BOOK, findSuspects);
  if (indexed.liquidated !== swept.liquidated) throw new Error('the index missed somebody');
  const [calm, later, worst, mean] = FIGURES;
  return [
    beside(calm, indexed.calm.mean, swept.calm.mean, '≤ 0.0005 ×'),
    beside(later, indexed.later.mean, swept.later.mean, 'as measured'),
    beside(worst, indexed.crash.worst, swept.crash.worst, '≤ 1.0 ×'),
    beside(mean, indexed.crash.mean, swept.crash.mean, '≤ 0.7 ×'),
  ];
}

/** `ratio` is this figure over the sweep's: below 1 the index is the faster one. */
function beside(name: string, value: Time, peer: Time, goal: string): Figure {
  const ratio = value.clock / peer.clock;
  const own = value.processor / peer.processor;
  return {
    name,
    value: value.clock,
    processor: value.processor,
    unit: 'ms',
    ratio,
    against: `the sweep's ${peer.clock.toFixed(1)} ms (${own.toFixed(4)} × by processor time)`,
    goal,
  };
}

interface Passage {
  readonly calm: Times;
  readonly later: Times;
  readonly crash: Times;
  readonly liquidated: number;
}

/** One engine through all phases, looked at by one finder. */
function passThrough(size: BookSize, find: Finder): Passage {
  const engine = buildBook(size);
  const path = new CrashPath(
    engine.markets.map(({ markTicks }) => markTicks),
    size.seed,
  );
  const times: Record<Phase['name'], Time[]> = {
    warm: [],
    calm: [],
    later: [],
    down: [],
    up: [],
  };
  let liquidated = 0;
  for (const phase of PHASES) {
    for (let epoch = 0; epoch < phase.epochs; epoch += 1) {
      const marks = path.next(phase);
      for (const [row, market] of engine.markets.entries()) market.markTicks = marks[row] ?? 0;
      const found = new Set<number>();
      times[phase.name].push(timed(() => find(engine, found)));
      liquidated += decide(engine, found);
    }
  }
  const crash = timesOf([...times.down, ...times.up]);
  return { calm: timesOf(times.calm), later: timesOf(times.later), crash, liquidated };
}

function timed(work: () => void): Time {
  const before = process.cpuUsage();
  const started = performance.now();
  work();
  const clock = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { clock, processor: (user + system) / 1000 };
}

function timesOf(times: readonly Time[]): Times {
  const mean = (each: (time: Time) => number): number =>
    times.reduce((total, time) => total + each(time), 0) / times.length;
  const worst = (each: (time: Time) => number): number => Math.max(...times.map(each));
  const both = (of: typeof mean): Time => ({
    clock: of((time) => time.clock),
    processor: of((time) => time.processor),
  });
  return { mean: both(mean), worst: both(worst) };
}

/** Calls, clears and closes whoever is due, and says how many were closed. */
function decide(engine: Engine, found: ReadonlySet<number>): number {
  const { accounts } = engine;
  let closed = 0;
  for (const account of found) {
    const standing = poolStanding(engine, account);
    const { callAt = 0, clearAt = 0 } = engine.policy ?? {};
    const { equity, maintenance } = standing;
    if (isTriggered(standing)) {
      close(engine, account);
      closed += 1;
    } else if (at(accounts.standing, account) === HEALTHY) {
      if (isAtRatio(equity, maintenance, callAt)) accounts.standing[account] = CALLED;
    } else if (!isAtRatio(equity, maintenance, clearAt)) accounts.standing[account] = HEALTHY;
    heat(engine, account);
  }
  return closed;
}

function close({ accounts, positions }: Engine, account: number): void {
  accounts.standing[account] = HEALTHY;
  for (let row = at(accounts.first, account); row !== NONE; row = at(positions.next, row)) {
    positions.lots[row] = 0;
    positions.cost[row] = 0;
  }
}

export const epochIndex: Benchmark = {
  name: 'epoch-index',
  about: '1,000,000 accounts, 3.4 M positions, 30 markets: calm minutes and a crash of 15 %',
  figures: FIGURES,
  run,
};
