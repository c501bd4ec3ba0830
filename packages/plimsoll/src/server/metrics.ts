/** What an operator watches, in a registry of our own, as Prometheus reads it. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineEvent } from '@plimsoll/core/engine';
import type { Commit } from '../journal/index.ts';
import { CLASSES, type CommandClass } from './load-limits.ts';
import type { Counts, Levels, Readings } from './readings.ts';

export interface Metrics {
  readonly countEvents: (events: readonly EngineEvent[]) => void;
  readonly countRefusal: (code: string) => void;
  /** Somebody was turned away because too much waits. */
  readonly countShed: (own: CommandClass | 'reads') => void;
  readonly observeDurable: (seconds: number) => void;
  readonly observeCommit: (commit: Commit) => void;
  readonly observeEpoch: (seconds: number) => void;
  readonly observeLag: (seconds: number) => void;
  readonly countViolations: (count: number) => void;
  readonly countMissedBreach: () => void;
  readonly observeRequest: (labels: RequestLabels, seconds: number) => void;
  /** The text that `/metrics` answers. */
  readonly text: (readings: Readings) => Promise<string>;
}

export interface RequestLabels {
  readonly method: string;
  readonly route: string;
  readonly status: string;
}

const LEVELS: Readonly<Record<keyof Levels, string>> = {
  sequence: 'Commands applied',
  durable: 'Commands on disk',
  inFlight: 'Commands applied that wait for the disk',
  readsWaiting: 'Reads that wait until what they have seen is on disk',
  accounts: 'Accounts open',
  accountsHot: 'Accounts that every epoch looks at',
  accountsCold: 'Accounts that a certificate keeps out of an epoch',
  certificateSlack:
    'Least distance from a mark to a bound of a cold account, as a share of the mark',
  called: 'Accounts under a margin call',
  liquidating: 'Accounts in liquidation',
  fund: 'Equity of the insurance fund in the settlement asset',
  subscribers: 'Subscribers of the feed',
  historyLag: 'Commands that the history lacks',
  followerLag: 'Durable commands that the follower lacks; NaN without one',
  epochWorstSeconds: 'Longest time that marks took since the start',
  marksNotFresh: 'Markets whose mark is stale, jumping, disputed or invalid',
  sourcesLeftOut: 'Sources of marks that are silent, missing or too far from the median',
  halted: '1 when the engine has halted',
};

const COUNTS: Readonly<Record<keyof Counts, string>> = {
  indexEpochs: 'Epochs that the index has decided',
  indexStorms: 'Epochs in which looking at everybody was less work',
  accountsHeated: 'Times an account became hot',
  accountsCooled: 'Times an account became cold',
  marksSuperseded: 'Epochs of marks passed over for newer ones of their source',
  feedRestarts: 'Subscribers of the feed told to start again',
};

const FAST = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

const SIZES = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

/** Metrics of one server. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const events = counter(registers, 'events_total', 'Events by kind', ['kind']);
  const counts = new Map<string, number>();
  const refresh = makeReadings(registers);
  return {
    // Counted by hand until they are asked for: a labelled counter costs a microsecond an event.
    countEvents: (happened) => {
      for (const { kind } of happened) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    ...makeCounters(registers),
    ...makeTimes(registers),
    text: (readings) => {
      refresh(readings);
      for (const [kind, count] of counts) events.inc({ kind }, count);
      counts.clear();
      return registry.metrics();
    },
  };
}

type CounterKeys = 'countRefusal' | 'countShed' | 'countViolations' | 'countMissedBreach';

function makeCounters(registers: Registry[]): Pick<Metrics, CounterKeys> {
  const refusals = counter(registers, 'refusals_total', 'Refusals by code', ['code']);
  const shed = counter(registers, 'shed_total', 'Turned away because too much waits', ['class']);
  for (const own of ['reads', ...CLASSES]) shed.inc({ class: own }, 0);
  const broken = counter(registers, 'invariant_violations_total', 'Broken invariants found');
  const missed = counter(
    registers,
    'sweep_violations_total',
    'Accounts below a line that the index counted as above it',
  );
  return {
    countRefusal: (code) => refusals.inc({ code }),
    countShed: (own) => shed.inc({ class: own }),
    countViolations: (count) => broken.inc(count),
    countMissedBreach: () => missed.inc(),
  };
}

type TimeKeys =
  'observeDurable' | 'observeCommit' | 'observeEpoch' | 'observeLag' | 'observeRequest';

function makeTimes(registers: Registry[]): Pick<Metrics, TimeKeys> {
  const durable = histogram(registers, 'durable_seconds', 'From a command to the disk');
  const sync = histogram(registers, 'sync_seconds', 'Time that a sync of the journal takes');
  const commit = histogram(registers, 'commit_commands', 'Commands in a sync', SIZES);
  const epoch = histogram(registers, 'epoch_seconds', 'Time that marks take');
  const lag = histogram(registers, 'loop_lag_seconds', 'How late the event loop is');
  const http = new Histogram({
    name: 'plimsoll_http_seconds',
    help: 'Requests',
    labelNames: ['method', 'route', 'status'],
    buckets: FAST,
    registers,
  });
  return {
    observeDurable: (seconds) => durable.observe(seconds),
    observeCommit: ({ entries, syncMs }) => {
      sync.observe(syncMs / 1_000);
      commit.observe(entries);
    },
    observeEpoch: (seconds) => epoch.observe(seconds),
    observeLag: (seconds) => lag.observe(seconds),
    observeRequest: (labels, seconds) => http.observe({ ...labels }, seconds),
  };
}

/** What is read when it is asked for. */
function makeReadings(registers: Registry[]): (readings: Readings) => void {
  const levels = keysOf(LEVELS).map((key) => [key, gauge(registers, key, LEVELS[key])] as const);
  const counts = keysOf(COUNTS).map((key) => {
    return [key, counter(registers, `${snake(key)}_total`, COUNTS[key])] as const;
  });
  const waiting = gauge(registers, 'waiting', 'Commands that wait before the engine', ['class']);
  return (readings) => {
    for (const [key, one] of levels) one.set(readings.levels[key]);
    for (const own of CLASSES) waiting.set({ class: own }, readings.waiting[own]);
    for (const [key, one] of counts) {
      one.reset();
      one.inc(readings.counts[key]);
    }
  };
}

function counter(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: string[] = [],
): Counter {
  return new Counter({ name: `plimsoll_${name}`, help, labelNames, registers });
}

function gauge(registers: Registry[], key: string, help: string, labelNames: string[] = []): Gauge {
  return new Gauge({ name: `plimsoll_${snake(key)}`, help, labelNames, registers });
}

function histogram(
  registers: Registry[],
  name: string,
  help: string,
  buckets: number[] = FAST,
): Histogram {
  return new Histogram({ name: `plimsoll_${name}`, help, buckets, registers });
}

function keysOf<K extends string>(record: Readonly<Record<K, string>>): K[] {
  return Object.keys(record) as K[];
}

function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
