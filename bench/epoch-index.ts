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
import { alone, type Benchmark, type Figure } from './harness.ts';

type Finder = (engine: Engine, found: Set<number>) => void;

interface Times {
  readonly mean: number;
  readonly worst: number;
}

/** A book small enough to warm up on: the compiler sees a crash before one is measured. */
const WARM_UP: BookSize = { ...FULL_BOOK, accounts: 50_000, positions: 170_000 };

async function run(): Promise<readonly Figure[]> {
  passThrough(WARM_UP, findSuspects);
  passThrough(WARM_UP, sweep);
  const indexed = passThrough(FULL_BOOK, findSuspects);
  const swept = passThrough(FULL_BOOK, sweep);
  if (indexed.liquidated !== swept.liquidated) throw new Error('the index missed somebody');
  return [
    beside('epoch-calm', indexed.calm.mean, swept.calm.mean, '≥ 2,000 × faster'),
    beside('epoch-crash-worst', indexed.crash.worst, swept.crash.worst, '≤ 1.0 ×'),
    beside('epoch-crash-mean', indexed.crash.mean, swept.crash.mean, '≤ 0.7 ×'),
    alone({
      name: 'epoch-crash-liquidated',
      value: indexed.liquidated,
      unit: 'accounts',
      goal: 'as many as the sweep finds',
    }),
  ];
}

function beside(name: string, value: number, peer: number, goal: string): Figure {
  return { name, value, unit: 'ms', ratio: value / peer, against: 'the sweep', goal };
}

interface Passage {
  readonly calm: Times;
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
  const times: Record<Phase['name'], number[]> = { warm: [], calm: [], down: [], up: [] };
  let liquidated = 0;
  for (const phase of PHASES) {
    for (let epoch = 0; epoch < phase.epochs; epoch += 1) {
      const marks = path.next(phase);
      for (const [row, market] of engine.markets.entries()) market.markTicks = marks[row] ?? 0;
      const found = new Set<number>();
      const started = performance.now();
      find(engine, found);
      times[phase.name].push(performance.now() - started);
      liquidated += decide(engine, found);
    }
  }
  return { calm: timesOf(times.calm), crash: timesOf([...times.down, ...times.up]), liquidated };
}

function timesOf(times: readonly number[]): Times {
  const sum = times.reduce((total, time) => total + time, 0);
  return { mean: sum / times.length, worst: Math.max(...times) };
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
  run,
};
