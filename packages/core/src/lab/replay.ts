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
  fundInventory,
  marketView,
  moneyDifference,
  openLiquidations,
  statusView,
  totalsView,
  violations,
  type AccountRow,
  type Command,
  type Engine,
  type EngineConfig,
  type EngineEvent,
  type MarketRules,
  type TotalsView,
} from '../engine/index.ts';
import { missedBreaches } from './audit.ts';
import { simulatedExecution, type Execution } from './execution.ts';
import { openingCommands, type Opening } from './opening.ts';
import { mergePaths, type PathEpoch, type PathPoint } from './path.ts';
import type { Member } from './population.ts';

export interface ReplayMarket {
  readonly id: string;
  readonly rules: MarketRules;
  readonly path: readonly PathPoint[];
  /** Settlements in time order. */
  readonly funding: readonly { readonly timeMs: number; readonly rateE9: number }[];
  /** What the execution port offers at each step, lots. */
  readonly depthLots: number;
}

export interface ReplayPlan {
  readonly config: EngineConfig;
  readonly markets: readonly ReplayMarket[];
  readonly members: readonly Member[];
  readonly seed: number;
  /** Value of the population's median position, atoms. */
  readonly medianValueAtoms: number;
  /** What the insurance fund starts with, in millionths of the population's position value. */
  readonly fundMillionths: number;
  readonly slippageMillionths: number;
  readonly delayMsMax: number;
}

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
  readonly port: Execution;
  readonly watch: ReturnType<typeof createWatch>;
  readonly calledAtMs: Map<string, number>;
  readonly leadsMs: number[];
  readonly found: string[];
  readonly tradeTicks: Map<string, number>;
  nextId: number;
  nextFunding: number[];
  missed: number;
  refusedFills: number;
}

/** How many violations are kept as sentences. */
const MOST_FOUND = 100;
/** The invariants that look at the whole book are asked every so many epochs, and at the end. */
const EPOCHS_BETWEEN_CHECKS = 64;

/** Runs a plan, yielding after each epoch; the report comes at the end. */
export function* replay(plan: ReplayPlan): Generator<ReplaySample, ReplayReport> {
  const epochs = epochsOf(plan);
  const run = startRun(plan);
  const first = epochs[0];
  if (first === undefined) throw new Error('there is no time at which every market has a price');
  const opening = openBook(run, first);
  for (const [index, epoch] of epochs.entries()) {
    runEpoch(run, epoch, index + 2);
    inspect(run, index);
    yield sampleOf(run, epoch, { index, count: epochs.length });
  }
  inspect(run, 0);
  return reportOf(run, epochs, opening);
}

/** From the first time at which all markets have a price. */
function epochsOf(plan: ReplayPlan): PathEpoch[] {
  const startMs = Math.max(...plan.markets.map((market) => market.path[0]?.timeMs ?? Infinity));
  const paths = plan.markets.map(({ id, path }) => {
    const before = path.findLast((point) => point.timeMs <= startMs);
    const rest = path.filter((point) => point.timeMs > startMs);
    return [id, before === undefined ? rest : [{ ...before, timeMs: startMs }, ...rest]] as const;
  });
  return mergePaths(new Map(paths)).filter((epoch) => Number.isFinite(epoch.timeMs));
}

function startRun(plan: ReplayPlan): Run {
  const { seed, slippageMillionths, delayMsMax, markets } = plan;
  const depthLots = Object.fromEntries(markets.map(({ id, depthLots: lots }) => [id, lots]));
  const counterparty = 'house';
  return {
    plan,
    engine: createEngine(),
    port: simulatedExecution({ seed, depthLots, slippageMillionths, delayMsMax, counterparty }),
    watch: createWatch(
      plan.config.policy.marginCallAt !== null || plan.config.policy.call !== null,
    ),
    calledAtMs: new Map(),
    leadsMs: [],
    found: [],
    tradeTicks: new Map(),
    nextId: 1,
    nextFunding: markets.map(() => 0),
    missed: 0,
    refusedFills: 0,
  };
}

type Body<C> = C extends Command ? Omit<C, 'client' | 'id' | 'timeMs'> : never;

/** A command without its envelope. */
export type CommandBody = Body<Command>;

/** Applies a command at a time; answers whether it was accepted. */
function send(run: Run, body: CommandBody, timeMs: number): boolean {
  const command = { ...body, client: 'replay', id: String(run.nextId), timeMs } as Command;
  run.nextId += 1;
  const applied = apply(run.engine, command);
  note(run, run.watch.observe(command, applied));
  for (const event of applied.events) follow(run, event);
  return applied.answer.status === 'accepted';
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

function openBook(run: Run, first: PathEpoch): Opening {
  const { plan } = run;
  const { timeMs } = first;
  send(run, { kind: 'configure', config: plan.config }, timeMs);
  for (const { id, rules } of plan.markets)
    send(run, { kind: 'open-market', market: id, rules }, timeMs);
  mark(run, first, 1);
  skipPastFunding(run, timeMs);
  return openingCommands(plan, run.engine, (body) => send(run, body, timeMs));
}

function mark(run: Run, epoch: PathEpoch, sourceSequence: number): void {
  const prices = epoch.points.map(({ market, point }) => ({ market, priceTicks: point.markTicks }));
  for (const { market, point } of epoch.points) run.tradeTicks.set(market, point.tradeTicks);
  send(run, { kind: 'marks', source: 'replay', sourceSequence, prices }, epoch.timeMs);
}

function runEpoch(run: Run, epoch: PathEpoch, sourceSequence: number): void {
  settleDueFunding(run, epoch.timeMs);
  mark(run, epoch, sourceSequence);
  const { engine, tradeTicks } = run;
  const fills = run.port.step({
    nowMs: epoch.timeMs,
    liquidations: openLiquidations(engine),
    inventory: fundInventory(engine),
    tradeTicks,
  });
  for (const fill of fills) if (!send(run, fill, epoch.timeMs)) run.refusedFills += 1;
}

function settleDueFunding(run: Run, timeMs: number): void {
  run.plan.markets.forEach((market, index) => {
    let next = run.nextFunding[index] ?? 0;
    let due = market.funding[next];
    while (due !== undefined && due.timeMs <= timeMs) {
      const { rateE9, timeMs: intervalEndMs } = due;
      send(
        run,
        { kind: 'settle-funding', market: market.id, rateE9, intervalEndMs },
        intervalEndMs,
      );
      next += 1;
      due = market.funding[next];
    }
    run.nextFunding[index] = next;
  });
}

/** Intervals that ended before the book was opened concern nobody. */
function skipPastFunding(run: Run, timeMs: number): void {
  run.nextFunding = run.plan.markets.map(
    ({ funding }) => funding.filter((interval) => interval.timeMs <= timeMs).length,
  );
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
