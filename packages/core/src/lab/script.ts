/**
 * A replay as a script: which commands come when, for whoever sends them to an engine. The same
 * plan on a fresh engine gives the same book, however fast it is played.
 */
import {
  fundInventory,
  openLiquidations,
  type Command,
  type Engine,
  type EngineConfig,
  type MarketRules,
} from '../engine/index.ts';
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

type Body<C> = C extends Command ? Omit<C, 'client' | 'id' | 'timeMs'> : never;

/** A command without its envelope. */
export type CommandBody = Body<Command>;

/** Puts a command to the engine at a time; the engine decides at once. */
export type SendAt = (body: CommandBody, timeMs: number) => void;

export class ReplayScript {
  /** Every moment at which some market has a price, from the first at which all have one. */
  readonly epochs: readonly PathEpoch[];
  readonly #plan: ReplayPlan;
  readonly #engine: Engine;
  readonly #send: SendAt;
  readonly #port: Execution;
  readonly #tradeTicks = new Map<string, number>();
  #nextFunding: number[];

  /** Throws when there is no time at which every market has a price. */
  constructor(plan: ReplayPlan, engine: Engine, send: SendAt) {
    this.#plan = plan;
    this.#engine = engine;
    this.#send = send;
    this.#port = portOf(plan);
    this.#nextFunding = plan.markets.map(() => 0);
    this.epochs = epochsOf(plan);
    if (this.epochs.length === 0)
      throw new Error('there is no time at which every market has a price');
  }

  /** Opens venue and book; stops after each position, so that a live server can breathe. */
  *open(): Generator<undefined, Opening> {
    const [first] = this.epochs;
    if (first === undefined) throw new Error('a script has an epoch');
    const { timeMs } = first;
    this.#send({ kind: 'configure', config: this.#plan.config }, timeMs);
    for (const { id, rules } of this.#plan.markets)
      this.#send({ kind: 'open-market', market: id, rules }, timeMs);
    this.#mark(first, 1);
    this.#skipPastFunding(timeMs);
    return yield* openingCommands(this.#plan, this.#engine, (body) => this.#send(body, timeMs));
  }

  /** Funding that is due, the marks, and what the simulated market takes of liquidations. */
  runEpoch(index: number): void {
    const epoch = this.epochs[index];
    if (epoch === undefined) throw new Error(`there is no epoch ${index}`);
    const { timeMs } = epoch;
    this.#settleDueFunding(timeMs);
    this.#mark(epoch, index + 2);
    const fills = this.#port.step({
      nowMs: timeMs,
      liquidations: openLiquidations(this.#engine),
      inventory: fundInventory(this.#engine),
      tradeTicks: this.#tradeTicks,
    });
    for (const fill of fills) this.#send(fill, timeMs);
  }

  #mark(epoch: PathEpoch, sourceSequence: number): void {
    const { timeMs, points } = epoch;
    const prices = points.map(({ market, point }) => ({ market, priceTicks: point.markTicks }));
    for (const { market, point } of points) this.#tradeTicks.set(market, point.tradeTicks);
    this.#send({ kind: 'marks', source: 'replay', sourceSequence, prices }, timeMs);
  }

  #settleDueFunding(timeMs: number): void {
    this.#plan.markets.forEach((market, index) => {
      let next = this.#nextFunding[index] ?? 0;
      let due = market.funding[next];
      while (due !== undefined && due.timeMs <= timeMs) {
        const { rateE9, timeMs: intervalEndMs } = due;
        const body = { kind: 'settle-funding', market: market.id, rateE9, intervalEndMs } as const;
        this.#send(body, intervalEndMs);
        next += 1;
        due = market.funding[next];
      }
      this.#nextFunding[index] = next;
    });
  }

  /** Intervals that ended before the book was opened concern nobody. */
  #skipPastFunding(timeMs: number): void {
    this.#nextFunding = this.#plan.markets.map(
      ({ funding }) => funding.filter((interval) => interval.timeMs <= timeMs).length,
    );
  }
}

function portOf({ seed, slippageMillionths, delayMsMax, markets }: ReplayPlan): Execution {
  const depthLots = Object.fromEntries(markets.map(({ id, depthLots: lots }) => [id, lots]));
  return simulatedExecution({
    seed,
    depthLots,
    slippageMillionths,
    delayMsMax,
    counterparty: 'house',
  });
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
