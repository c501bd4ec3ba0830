/**
 * The simulated venue on an engine: sets it up in an empty one, continues in one that it set up,
 * leaves any other alone. Whoever moves it through time decides how fast it goes.
 */
import {
  accountRows,
  accountView,
  fundInventory,
  marketView,
  openLiquidations,
  type AccountRow,
  type Engine,
} from '@plimsoll/core/engine';
import { simulatedExecution, type CommandBody } from '@plimsoll/core/lab';
import { answerCalls, arrivals, ordinaryDeed, type Moment } from './people.ts';
import { ACCOUNTS, CONFIG, dollars, HOUSE, MARKETS, SOURCE, STEP_MS } from './scene.ts';
import type { Play, Timeline } from './transport.ts';
import { CRASH, CYCLE_MS, fundingRateE9, nextTicks, WARM_UP, weatherAt } from './weather.ts';

/** The little that the simulation needs of a server. */
export interface DemoDesk {
  readonly engine: Engine;
  execute: (draft: CommandBody, sender: { readonly client: string }) => Promise<unknown>;
}

/** Where commands get their time from. */
export interface SceneClock {
  clock: () => number;
}

export interface DemoOptions {
  /** Whether to set one up; without it only one that is there is found. */
  readonly wanted: boolean;
  readonly seed: number;
  /** The simulation puts its own clock there. */
  readonly time: SceneClock;
  readonly log: (line: string) => void;
}

const NAME = 'Simulated venue: no real prices, money or people';
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Steps from one look at everybody to the next: three minutes of the scene. */
const LOOK_EVERY = 12;
/** Steps between waits for the disk. */
const SETTLE_EVERY = 20;
const HOUSE_MONEY = dollars(10_000_000);
const FUND_MONEY = dollars(600_000);

/** The simulation of this engine; null when it is about something else, or not wanted and empty. */
export async function startDemo(desk: DemoDesk, options: DemoOptions): Promise<Play | null> {
  const { engine } = desk;
  const isEmpty = engine.config === null;
  const isOurs = engine.sources.has(SOURCE);
  if (!isOurs && !(isEmpty && options.wanted)) {
    if (options.wanted)
      options.log('the data folder holds something else than the demo, which stays off');
    return null;
  }
  const simulation = new Simulation(desk, options);
  // Where it is played, time passes in its epochs alone.
  if (options.wanted) options.time.clock = () => engine.timeMs;
  if (isEmpty) await simulation.setUp(Math.floor(Date.now() / CYCLE_MS) * CYCLE_MS);
  return simulation;
}

export class Simulation implements Play {
  readonly kind: Play['kind'] = 'simulated';
  readonly name: string = NAME;
  readonly file: null = null;
  readonly #desk: DemoDesk;
  readonly #options: DemoOptions;
  #rows: readonly AccountRow[] = [];
  #promises: Promise<unknown>[] = [];

  constructor(desk: DemoDesk, options: DemoOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  /** The venue, its first accounts, and quiet that is over when the first visitor comes. */
  async setUp(cycle: number): Promise<void> {
    const start = cycle + WARM_UP.from * MINUTE_MS;
    const step = Math.floor(start / STEP_MS);
    this.#options.time.clock = () => start;
    this.#openVenue();
    this.#sendMarks(step);
    for (let i = 0; i < ACCOUNTS; i += 1) {
      this.#sendAll(arrivals(this.#moment(step), []));
      if (i % 200 === 0) await this.settle();
    }
    await this.playUntil(cycle + WARM_UP.until * MINUTE_MS);
  }

  #openVenue(): void {
    this.#send({ kind: 'configure', config: CONFIG });
    for (const { market, rules } of MARKETS) this.#send({ kind: 'open-market', market, rules });
    this.#send({ kind: 'open-account', account: HOUSE });
    this.#send({ kind: 'deposit', account: HOUSE, amountAtoms: HOUSE_MONEY });
    this.#send({ kind: 'deposit', account: 'fund', amountAtoms: FUND_MONEY });
    for (const { market } of MARKETS) {
      this.#send({ kind: 'set-leverage', account: HOUSE, market, leverageHundredths: 2_000 });
    }
  }

  get reachedMs(): number {
    return this.#desk.engine.timeMs;
  }

  /** There is always another: after twelve hours they begin anew. */
  get nextMs(): number {
    return (Math.floor(this.reachedMs / STEP_MS) + 1) * STEP_MS;
  }

  /** The twelve hours that it is in, and on to the next crash when theirs is over. */
  get timeline(): Timeline {
    const fromMs = Math.floor(this.reachedMs / CYCLE_MS) * CYCLE_MS;
    const isOver = this.reachedMs >= fromMs + CRASH.until * MINUTE_MS;
    const cycleMs = isOver ? fromMs + CYCLE_MS : fromMs;
    const crashMs = {
      fromMs: cycleMs + CRASH.from * MINUTE_MS,
      toMs: cycleMs + CRASH.until * MINUTE_MS,
    };
    const toMs = Math.max(fromMs + CYCLE_MS, crashMs.toMs);
    return { fromMs, toMs, crash: { ...crashMs, fraction: null, market: null } };
  }

  /** Plays from the engine's time on as fast as it goes. */
  async playUntil(endMs: number): Promise<void> {
    for (let count = 1; this.nextMs <= endMs; count += 1) {
      this.step();
      if (count % SETTLE_EVERY === 0) await this.settle();
    }
    await this.settle();
  }

  step(): void {
    const now = this.nextMs;
    this.#options.time.clock = () => now;
    const step = now / STEP_MS;
    const moment = this.#moment(step);
    this.#settleFunding(now);
    this.#sendMarks(step);
    this.#sendAll(this.#executions(now));
    // Looking at everybody costs more than the rest of a step.
    if (step % LOOK_EVERY === 0 || this.#rows.length === 0)
      this.#rows = accountRows(this.#desk.engine);
    this.#sendAll(arrivals(moment, this.#rows));
    if (step % LOOK_EVERY === 0) this.#sendAll(answerCalls(moment, this.#rows));
    for (let turn = 0; turn < 3; turn += 1) this.#sendAll(ordinaryDeed(moment, turn));
    if (step % 240 === 0) this.#refill();
  }

  #moment(step: number): Moment {
    return { engine: this.#desk.engine, seed: this.#options.seed, step };
  }

  #sendMarks(step: number): void {
    const { engine } = this.#desk;
    const prices = MARKETS.map((market) => {
      const before = marketView(engine, market.market)?.markTicks ?? 0;
      const ticks = before === 0 ? market.anchorTicks : before;
      return {
        market: market.market,
        priceTicks: nextTicks(this.#options.seed, step, market, ticks),
      };
    });
    this.#send({ kind: 'marks', source: SOURCE, sourceSequence: step, prices });
  }

  /** What the simulated book takes of liquidation orders and of the fund's inventory. */
  #executions(nowMs: number): CommandBody[] {
    const { engine } = this.#desk;
    const liquidations = openLiquidations(engine);
    const inventory = fundInventory(engine);
    if (liquidations.length === 0 && inventory.length === 0) return [];
    const { depth } = weatherAt(nowMs);
    const execution = simulatedExecution({
      seed: this.#options.seed,
      depthLots: Object.fromEntries(
        MARKETS.map(({ market, depthLots }) => [market, Math.ceil((depthLots * depth) / 100)]),
      ),
      slippageMillionths: 8_000,
      delayMsMax: 2 * STEP_MS,
      counterparty: HOUSE,
    });
    const tradeTicks = new Map(
      MARKETS.map(({ market }) => [market, marketView(engine, market)?.markTicks ?? 0]),
    );
    return execution.step({ nowMs, liquidations, inventory, tradeTicks });
  }

  /** At every full hour of simulated time, once. */
  #settleFunding(now: number): void {
    const intervalEndMs = Math.floor(now / HOUR_MS) * HOUR_MS;
    for (const market of MARKETS) {
      const view = marketView(this.#desk.engine, market.market);
      if (view === null || view.fundedUntilMs >= intervalEndMs) continue;
      const rateE9 = fundingRateE9(market, view.markTicks);
      this.#send({ kind: 'settle-funding', market: market.market, rateE9, intervalEndMs });
    }
  }

  /** The operator keeps the house and the fund able to go on, in quiet hours. */
  #refill(): void {
    const { engine } = this.#desk;
    if (weatherAt(engine.timeMs).depth < 90) return;
    const fund = accountView(engine, 'fund')?.equityAtoms ?? 0;
    if (fund < FUND_MONEY / 2)
      this.#send({ kind: 'deposit', account: 'fund', amountAtoms: FUND_MONEY / 2 });
    const house = accountView(engine, HOUSE)?.equityAtoms ?? 0;
    if (house < HOUSE_MONEY / 2)
      this.#send({ kind: 'deposit', account: HOUSE, amountAtoms: HOUSE_MONEY / 2 });
  }

  #sendAll(commands: readonly CommandBody[]): void {
    for (const command of commands) this.#send(command);
  }

  /** The engine decides at once; the disk is waited for at the end of a step. */
  #send(command: CommandBody): void {
    this.#promises.push(this.#desk.execute(command, { client: 'demo' }));
  }

  /**
   * A server that is stopping takes nothing more, and the simulation has nothing to say about it.
   */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#promises.splice(0));
  }
}
