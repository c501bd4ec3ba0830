/** What an operator watches, in a registry of our own, as Prometheus reads it. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineEvent } from '@plimsoll/core/engine';

/** Figures that are read when they are asked for. */
export interface Readings {
  readonly sequence: number;
  readonly durable: number;
  readonly inFlight: number;
  readonly accounts: number;
  readonly called: number;
  readonly liquidating: number;
  readonly fund: number;
  readonly subscribers: number;
  readonly historyLag: number;
  readonly epochWorstSeconds: number;
  readonly marksNotFresh: number;
  readonly sourcesLeftOut: number;
}

export interface Metrics {
  readonly countEvents: (events: readonly EngineEvent[]) => void;
  readonly countRefusal: (code: string) => void;
  readonly observeSync: (seconds: number) => void;
  readonly observeEpoch: (seconds: number) => void;
  readonly countViolations: (count: number) => void;
  readonly observeRequest: (labels: RequestLabels, seconds: number) => void;
  /** The text that `/metrics` answers. */
  readonly text: (readings: Readings) => Promise<string>;
}

export interface RequestLabels {
  readonly method: string;
  readonly route: string;
  readonly status: string;
}

const GAUGES: Readonly<Record<keyof Readings, string>> = {
  sequence: 'Commands applied',
  durable: 'Commands on disk',
  inFlight: 'Commands applied that wait for the disk',
  accounts: 'Accounts open',
  called: 'Accounts under a margin call',
  liquidating: 'Accounts in liquidation',
  fund: 'Equity of the insurance fund in the settlement asset',
  subscribers: 'Subscribers of the feed',
  historyLag: 'Commands that the history lacks',
  epochWorstSeconds: 'Longest time that marks took since the start',
  marksNotFresh: 'Markets whose mark is stale, jumping, disputed or invalid',
  sourcesLeftOut: 'Sources of marks that are silent, missing or too far from the median',
};

const FAST = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

/** Metrics of one server. */
export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const registry = registers[0] ?? new Registry();
  collectDefaultMetrics({ register: registry });
  const events = new Counter({
    name: 'plimsoll_events_total',
    help: 'Events by kind',
    labelNames: ['kind'],
    registers,
  });
  const refusals = new Counter({
    name: 'plimsoll_refusals_total',
    help: 'Refusals by code',
    labelNames: ['code'],
    registers,
  });
  const violations = new Counter({
    name: 'plimsoll_invariant_violations_total',
    help: 'Broken invariants found',
    registers,
  });
  const sync = new Histogram({
    name: 'plimsoll_durable_seconds',
    help: 'From a command to the disk',
    buckets: FAST,
    registers,
  });
  const epoch = new Histogram({
    name: 'plimsoll_epoch_seconds',
    help: 'Time that marks take',
    buckets: FAST,
    registers,
  });
  const http = new Histogram({
    name: 'plimsoll_http_seconds',
    help: 'Requests',
    labelNames: ['method', 'route', 'status'],
    buckets: FAST,
    registers,
  });
  const gauges = makeGauges(registers);
  // Counted by hand until they are asked for: a labelled counter costs a microsecond an event.
  const counts = new Map<string, number>();
  return {
    countEvents: (happened) => {
      for (const { kind } of happened) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    countRefusal: (code) => refusals.inc({ code }),
    observeSync: (seconds) => sync.observe(seconds),
    observeEpoch: (seconds) => epoch.observe(seconds),
    countViolations: (count) => violations.inc(count),
    observeRequest: (labels, seconds) => http.observe({ ...labels }, seconds),
    text: (readings) => {
      for (const [name, gauge] of gauges) gauge.set(readings[name]);
      for (const [kind, count] of counts) events.inc({ kind }, count);
      counts.clear();
      return registry.metrics();
    },
  };
}

function makeGauges(registers: Registry[]): [keyof Readings, Gauge][] {
  return (Object.keys(GAUGES) as (keyof Readings)[]).map((key) => {
    const name = `plimsoll_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    return [key, new Gauge({ name, help: GAUGES[key], registers })];
  });
}
