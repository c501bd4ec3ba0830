/**
 * What a run is like, drawn from its seed: each kind of fault is absent from about half of the
 * runs, since too many at once hide what a few would show.
 */
import { TUNING, type IndexTuning } from '../packages/core/src/engine/breach-index.ts';
import { Dice } from '../packages/core/src/engine/kit/dice.ts';
import { loadLimits, type LoadLimits } from '../packages/plimsoll/src/server/index.ts';

/** Percentages for each message, and milliseconds. */
export interface NetworkOptions {
  readonly drop: number;
  readonly duplicate: number;
  readonly delayMs: number;
}

export interface DiskOptions {
  /** Chances from 0 to 1 for each call. */
  readonly shortWrite: number;
  readonly failedSync: number;
  readonly latencyMs: number;
}

/** For each command that is sent, in thousandths. */
export interface Rates {
  readonly kill: number;
  readonly powerLoss: number;
  readonly cut: number;
  readonly stop: number;
  readonly fullDisk: number;
  readonly clockJump: number;
  readonly frozenClock: number;
  readonly frozenFeed: number;
  readonly crossedFeed: number;
  readonly jumpingFeed: number;
  readonly lyingSource: number;
  readonly slowConsumer: number;
  readonly brokenConnection: number;
  readonly burst: number;
}

export interface RunOptions {
  readonly commands: number;
  /** Commands on their way at once. */
  readonly window: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly rates: Rates;
  /** Percent of the starts beside which a spoiled copy is started. */
  readonly bitRot: number;
  readonly snapshotEvery: number;
  readonly checkEvery: number;
  readonly ringEvents: number;
  readonly limits: LoadLimits;
  readonly segmentBytes: number;
  readonly tuning: IndexTuning;
}

/** Never a storm, so that certificates do all the work; and the other extremes. */
const TUNINGS: readonly IndexTuning[] = [
  { ...TUNING, storm: Infinity },
  { ...TUNING, storm: Infinity, patience: 0, blocks: 0, blocksLeast: 2 },
  { ...TUNING, storm: 0.5, cooledLeast: 1 },
  TUNING,
];

export function drawOptions(seed: number, commands: number): RunOptions {
  const dice = new Dice(seed ^ 0x0b7105);
  const maybe = (...values: number[]): number => (dice.chance(50) ? dice.pick(values) : 0);
  return {
    commands,
    window: dice.pick([1, 4, 16]),
    network: { drop: maybe(1, 10), duplicate: maybe(2, 20), delayMs: dice.pick([1, 5, 40]) },
    disk: {
      shortWrite: maybe(0.05, 0.5),
      failedSync: maybe(0.001, 0.01),
      latencyMs: dice.pick([0, 2, 8]),
    },
    rates: {
      kill: maybe(3, 15),
      powerLoss: maybe(3, 15),
      cut: maybe(3, 20),
      stop: maybe(2),
      fullDisk: maybe(2, 8),
      clockJump: maybe(5),
      frozenClock: maybe(5),
      frozenFeed: maybe(4, 20),
      crossedFeed: maybe(4, 20),
      jumpingFeed: maybe(4, 20),
      lyingSource: maybe(4, 20),
      slowConsumer: maybe(10, 40),
      brokenConnection: maybe(5, 20),
      burst: maybe(5, 20),
    },
    bitRot: maybe(10, 40),
    snapshotEvery: dice.pick([7, 25, 100, 1_000]),
    checkEvery: dice.pick([1, 10, 1_000]),
    ringEvents: dice.pick([5, 60, 5_000]),
    limits: drawLimits(dice),
    segmentBytes: dice.pick([3_000, 20_000, 200_000]),
    tuning: dice.pick(TUNINGS),
  };
}

/** From a disk that is behind with the second command to one that never is. */
function drawLimits(dice: Dice): LoadLimits {
  const window = dice.pick([1, 2, 5, 1_000]);
  const reads = window + dice.pick([0, 3]);
  const adding = reads + dice.pick([0, 2, 10]);
  const reducing = adding + dice.pick([0, 3, 20]);
  return loadLimits({ window, reads, adding, reducing, prices: dice.pick([1, 2, 100]) });
}
