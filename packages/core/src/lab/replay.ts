/**
 * Real prices through the real engine: a seeded population trades at the open, then every point of
 * the path is an epoch, funding comes at its hours, and the execution port works on what is being
 * liquidated. The same plan gives the same state, byte for byte, on any machine.
 */
import {
  accountRows,
  apply,
  createEngine,
  createWatch,
  marketView,
  moneyDifference,
  statusView,
  totalsView,
  violations,
  type AccountRow,
  type Command,
  type Engine,
  type EngineEvent,
  type TotalsView,
} from '../engine/index.ts';
import { missedBreaches } from './audit.ts';
import type { Opening } from './opening.ts';
import type { PathEpoch } from './path.ts';
import { ReplayScript, type CommandBody, type ReplayPlan } from './script.ts';

/** How the book stands after an epoch. */
export interface ReplaySample {
  readonly epoch: number;
  readonly epochs: number;
  readonly timeMs: number;
  /** Mark of the first market, ticks. */
  readonly markTicks: number;
  readonly called: number;
  readonly liquidated: number;
  readonly fundAtoms: number;
}

export interface ReplayReport {
  readonly engine: Engine;
  readonly commands: number;
  readonly epochs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Accounts of the population; the house is one more. */
  readonly members: number;
  readonly opened: number;
  readonly callLeadSecondsMedian: number | null;
  readonly fundStartAtoms: number;
  readonly missedBreaches: number;
  /** Fills that the house could not afford, or that came too late for their order. */
  readonly refusedFills: number;
  /** Sentences from the invariants, the first hundred. */
  readonly violations: readonly string[];
  readonly moneyDifferenceAtoms: bigint;
  readonly totals: TotalsView;
  readonly belowZero: number;
}

interface Run {
  readonly plan: ReplayPlan;
  readonly engine: Engine;
  readonly watch: ReturnType<typeof createWatch>;
  readonly calledAtMs: Map<string, number>;
  readonly leadsMs: number[];
  readonly found: string[];
  nextId: number;
  missed: number;
  refusedFills: number;
}

/** How many violations are kept as sentences. */
const MOST_FOUND = 100;
/** The invariants that look at the whole book are asked every so many epochs, and at the end. */
const EPOCHS_BETWEEN_CHECKS = 64;

/** Runs a plan, yielding after each epoch; the report comes at the end. */
export function* replay(plan: ReplayPlan): Generator<ReplaySample, ReplayReport> {
  const run = startRun(plan);
  const script = new ReplayScript(plan, run.engine, (body, timeMs) => send(run, body, timeMs));
  const { epochs } = script;
  const opening = finished(script.open());
  for (const [index, epoch] of epochs.entries()) {
    script.runEpoch(index);
    inspect(run, index);
    yield sampleOf(run, epoch, { index, count: epochs.length });
  }
  inspect(run, 0);
  return reportOf(run, epochs, opening);
}

function finished<T>(pieces: Generator<unknown, T>): T {
  for (;;) {
    const piece = pieces.next();
    if (piece.done === true) return piece.value;
  }
}

function startRun(plan: ReplayPlan): Run {
  return {
    plan,
    engine: createEngine(),
    watch: createWatch(
      plan.config.policy.marginCallAt !== null || plan.config.policy.call !== null,
    ),
    calledAtMs: new Map(),
    leadsMs: [],
    found: [],
    nextId: 1,
    missed: 0,
    refusedFills: 0,
  };
}

function send(run: Run, body: CommandBody, timeMs: number): void {
  const command = { ...body, client: 'replay', id: String(run.nextId), timeMs } as Command;
  run.nextId += 1;
  const applied = apply(run.engine, command);
  note(run, run.watch.observe(command, applied));
  for (const event of applied.events) follow(run, event);
  if (applied.answer.status === 'refused' && isFill(body)) run.refusedFills += 1;
}

function isFill({ kind }: CommandBody): boolean {
  return kind === 'fill-liquidation' || kind === 'fill-inventory';
}

function note(run: Run, sentences: readonly string[]): void {
  for (const sentence of sentences) if (run.found.length < MOST_FOUND) run.found.push(sentence);
}

/** Measures how long before its liquidation a unit had been called. */
function follow(run: Run, event: EngineEvent): void {
  if (event.kind !== 'margin-called' && event.kind !== 'liquidation-started') return;
  const key = `${event.account}/${event.market ?? ''}`;
  if (event.kind === 'margin-called') {
    run.calledAtMs.set(key, event.timeMs);
    return;
  }
  const calledAtMs = run.calledAtMs.get(key);
  if (calledAtMs !== undefined && !event.gap) run.leadsMs.push(event.timeMs - calledAtMs);
}

function inspect(run: Run, index: number): void {
  run.missed += missedBreaches(run.engine).length;
  if (index % EPOCHS_BETWEEN_CHECKS === 0) note(run, violations(run.engine));
}

function sampleOf(
  run: Run,
  epoch: PathEpoch,
  place: { readonly index: number; readonly count: number },
): ReplaySample {
  const { counters, fundEquityAtoms } = statusView(run.engine);
  const markTicks = marketView(run.engine, run.plan.markets[0]?.id ?? '')?.markTicks ?? 0;
  return {
    epoch: place.index + 1,
    epochs: place.count,
    timeMs: epoch.timeMs,
    markTicks,
    called: counters.marginCalls,
    liquidated: counters.liquidations,
    fundAtoms: fundEquityAtoms,
  };
}

function reportOf(run: Run, epochs: readonly PathEpoch[], opening: Opening): ReplayReport {
  const { engine } = run;
  const rows = accountRows(engine);
  return {
    engine,
    commands: engine.sequence,
    epochs: epochs.length,
    fromMs: epochs[0]?.timeMs ?? 0,
    toMs: epochs.at(-1)?.timeMs ?? 0,
    members: run.plan.members.length,
    opened: opening.opened,
    callLeadSecondsMedian: median(run.leadsMs.map((ms) => ms / 1000)),
    fundStartAtoms: opening.fundAtoms,
    missedBreaches: run.missed,
    refusedFills: run.refusedFills,
    violations: run.found,
    moneyDifferenceAtoms: moneyDifference(engine),
    totals: totalsView(engine, rows),
    belowZero: belowZero(rows),
  };
}

/** Accounts that owe more than they have and are not being closed. */
function belowZero(rows: readonly AccountRow[]): number {
  return rows.filter((row) => row.equityAtoms < 0 && row.state !== 'liquidating').length;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
