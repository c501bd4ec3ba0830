/**
 * The engine with everything around it that a server needs: its journal, history, recent events,
 * candles and figures. Whatever leaves here is durable.
 */
import { join } from 'node:path';
import {
  encodeBook,
  isValidityDue,
  MissedBreachError,
  type Answer,
  type Engine,
  type EngineEvent,
} from '@plimsoll/core/engine';
import { Candles } from './candles.ts';
import { hashState, readCodeVersion } from './code-version.ts';
import { HistoryError, type History } from '../history/index.ts';
import { HistoryWriter } from './history-writer.ts';
import { LagMeter } from './lag-meter.ts';
import { overloaded, type LoadLimits } from './load-limits.ts';
import { scalesOf } from './market-scales.ts';
import { Lookout } from './lookout.ts';
import { MarksBoard } from './marks-board.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { present, timeText, type PlainObject, type Scales } from './present.ts';
import { ProblemError } from './problem.ts';
import { readingsOf, type FeedCounts } from './readings.ts';
import { recover, type Media, type Recovered } from './recovery.ts';
import { RefusalLog } from './refusal-log.ts';
import { Ring } from './ring.ts';
import {
  Sequencer,
  type Draft,
  type Executed,
  type Sender,
  type SequencerOptions,
} from './sequencer.ts';
import { reasonOf, ServerError } from './server-error.ts';
import { totalsOf, totalsPoint, type Sums } from './totals.ts';

export interface DeskOptions extends Media, Pick<SequencerOptions, 'reduce'> {
  readonly directory: string;
  readonly clock: () => number;
  readonly limits: LoadLimits;
  readonly snapshotEvery: number;
  readonly checkEvery: number;
  /** Whether a thread of its own follows the engine for whatever costs a look at everybody. */
  readonly isFollowed: boolean;
  /** Events kept in memory for the feed. */
  readonly ringEvents: number;
  readonly log: (line: string) => void;
  /** Told once when the engine or the disk cannot go on. */
  readonly onHalt: (error: ServerError) => void;
}

/** Clock commands in which the engine looks at every account. */
const TICKS_TO_LOOK = 60;
const POINT_ENGINE_MS = 30_000;
/** A scene that is jumped through leaves a curve too. */
const POINT_WALL_MS = 250;
/** How long the metrics wait for the disk. */
const TOLD_AFTER_MS = 1_000;

export class Desk {
  readonly engine: Engine;
  readonly scales: Scales;
  readonly sequencer: Sequencer;
  readonly ring: Ring;
  readonly candles: Candles;
  readonly marksBoard: MarksBoard;
  readonly metrics: Metrics;
  readonly refusals: RefusalLog = new RefusalLog();
  readonly writer: HistoryWriter;
  readonly codeVersion: string;
  readonly #recovered: Recovered;
  readonly #options: DeskOptions;
  /** Answers whatever costs a look at everybody. */
  readonly lookout: Lookout;
  readonly #listeners = new Set<() => void>();
  /** How many follow the feed, and how often one had to start again; set by whoever has one. */
  feedCounts: () => FeedCounts = () => ({ count: 0, restarts: 0 });
  readonly #lag: LagMeter;
  #readsWaiting = 0;
  #told: Sums | undefined;
  #ticksToLook = 0;
  #pointTime = 0;
  #pointWall = 0;

  private constructor(options: DeskOptions, parts: Parts) {
    const { recovered, ring, candles, writer, codeVersion } = parts;
    this.#options = options;
    this.#recovered = recovered;
    this.engine = recovered.engine;
    this.scales = scalesOf(this.engine);
    this.ring = ring;
    this.candles = candles;
    this.writer = writer;
    this.codeVersion = codeVersion;
    this.metrics = parts.metrics;
    this.#lag = new LagMeter((seconds) => this.metrics.observeLag(seconds));
    this.marksBoard = new MarksBoard(this.engine);
    this.lookout = new Lookout(this.engine, {
      ...options,
      onChecked: (sequence, broken) => this.#judge(sequence, broken),
      view: (read) => this.view(read),
    });
    this.sequencer = new Sequencer({
      ...options,
      engine: this.engine,
      journal: recovered.journal,
      codeVersion,
      publish: (executed, bytes) => this.#publish(executed, bytes),
      isFollowed: () => this.lookout.follower !== null,
      followedState: (sequence) => this.lookout.stateAt(sequence),
      checked: (count) => this.metrics.countViolations(count),
      shed: (own) => this.metrics.countShed(own),
      onHalt: (error) => this.#halt(error),
      beforeSnapshot: () => this.#catchUp(),
    });
    parts.failed.listener = (error) => this.sequencer.fail(error);
  }

  /** Opens the folder and recovers. Throws a `ServerError`. */
  static async open(options: DeskOptions): Promise<Desk> {
    const codeVersion = readCodeVersion();
    const failed: Failed = { listener: options.onHalt };
    const metrics = createMetrics();
    const parts: Partial<Projections> & Pick<Parts, 'failed' | 'metrics'> = { failed, metrics };
    const recovered = await recover({
      ...options,
      codeVersion,
      committed: (commit) => parts.metrics.observeCommit(commit),
      onFailure: (error) =>
        failed.listener(new ServerError('disk', reasonOf(error), { cause: error })),
      replayed: (executed, found) => {
        const { ring, candles, writer } = Object.assign(parts, partsOf(options, found, parts));
        ring.push(executed.answer.sequence, executed.events);
        for (const event of executed.events) candles.take(event);
        writer.take(executed);
      },
    });
    const { ring, candles, writer } = partsOf(options, recovered, parts);
    await writer.flush();
    return new Desk(options, { recovered, ring, candles, writer, codeVersion, failed, metrics });
  }

  /** Resolves with the answer when it is on disk; see `Sequencer.execute`. */
  async execute(draft: Draft, sender: Sender): Promise<Answer> {
    const begun = performance.now();
    const answer = await this.sequencer.execute(draft, sender);
    this.metrics.observeDurable((performance.now() - begun) / 1_000);
    if (answer.status === 'refused') this.metrics.countRefusal(answer.refusal.code);
    return answer;
  }

  /** What `read` sees, once all of it is durable. */
  async view<T>(read: (engine: Engine) => T): Promise<T> {
    const seen = read(this.engine);
    this.#readsWaiting += 1;
    try {
      await this.sequencer.settled();
    } finally {
      this.#readsWaiting -= 1;
    }
    return seen;
  }

  /** Reads are the first to be turned away: throws a 503 when commands or the loop are behind. */
  admitRead(): void {
    const { reads, lagMs } = this.#options.limits;
    const ahead = this.sequencer.load + this.#readsWaiting;
    const isBehind = ahead >= reads;
    if (!isBehind && this.#lag.lagMs < lagMs) return;
    this.metrics.countShed('reads');
    throw overloaded(
      isBehind
        ? `${ahead} commands and reads wait for the disk, and reads are not taken then`
        : `requests wait ${Math.round(this.#lag.lagMs)} ms, and reads are not taken then`,
    );
  }

  /**
   * What `/metrics` answers, also when the disk hangs or the engine has halted: the figures of
   * accounts are then those that were told last.
   */
  async metricsText(): Promise<string> {
    const latest = this.sums().catch(() => this.#told);
    const late = wait(TOLD_AFTER_MS).then(() => this.#told);
    const sums = await Promise.race([latest, late]);
    return this.metrics.text(readingsOf(this, sums?.totals));
  }

  /** Sums over all accounts, at most a fraction of a second old. */
  async sums(): Promise<Sums> {
    const sums = await this.lookout.ask({ kind: 'sums' });
    this.#told = sums;
    return sums;
  }

  async totals(): Promise<PlainObject> {
    return totalsOf(await this.sums(), this.scales, this.sequencer.epochs);
  }

  /** An event as the API says it. */
  tell(event: EngineEvent): PlainObject {
    const { sequence, index, timeMs, kind, ...body } = event;
    return { sequence, index, time: timeText(timeMs), kind, ...present(body, this.scales) };
  }

  /** The durable marks of all markets, and a number that rises when one changes. */
  marks(): { readonly version: number; readonly message: object } {
    return { version: this.marksBoard.version, message: this.marksBoard.message(this.scales) };
  }

  /** Asks the history, which has reached the present first. Rejects with a 503 when it failed. */
  async past<T>(ask: (history: History) => Promise<T>): Promise<T> {
    await this.writer.send();
    if (this.writer.failure !== undefined) throw pastUnavailable();
    try {
      return await ask(this.#recovered.history);
    } catch (cause) {
      if (!(cause instanceof HistoryError)) throw cause;
      this.#options.log(cause.message);
      throw pastUnavailable();
    }
  }

  /** Reads that wait until what they have seen is on disk. */
  get readsWaiting(): number {
    return this.#readsWaiting;
  }

  /** Hash of accounts, positions, markets, orders and fund, without sequence and memory of ids. */
  bookHash(): string {
    return hashState(encodeBook(this.engine));
  }

  /**
   * Whether a clock command is wanted: something will happen by the passing of time alone, or has
   * and is not told yet; or there were marks, and the engine has not looked at every account since.
   */
  awaitsTime(): boolean {
    const { engine } = this;
    if (engine.config === null) return false;
    if (this.#ticksToLook > 0) return true;
    // In a scene that is paused nothing comes due.
    if (this.#options.clock() <= engine.timeMs) return false;
    if (isValidityDue(engine, this.#options.clock())) return true;
    const hasDeadlines = engine.config.policy.call !== null;
    return (
      hasDeadlines ||
      engine.liquidations.size > 0 ||
      engine.markets.some((m) => m.pending.length > 0)
    );
  }

  /** Calls `listener` whenever something new is durable. */
  onPublish(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Finishes what was taken, keeps a snapshot and lets the folder go. */
  async close(): Promise<void> {
    this.#lag.close();
    await this.sequencer.drain();
    await this.lookout.close();
    await this.#catchUp();
    try {
      await this.#recovered.journal.close();
    } finally {
      await this.#closeHistory();
    }
  }

  /** The journal has everything: a history that cannot be finished is rebuilt at the next start. */
  async #closeHistory(): Promise<void> {
    try {
      await this.#recovered.history.close();
    } catch (cause) {
      this.#options.log(reasonOf(cause));
    }
  }

  #halt(error: ServerError): void {
    if (error.cause instanceof MissedBreachError) this.metrics.countMissedBreach();
    this.#options.onHalt(error);
  }

  #judge(sequence: number, broken: readonly string[]): void {
    this.metrics.countViolations(broken.length);
    if (broken.length === 0) return;
    const message = `broken invariants at command ${sequence}: ${broken.join('; ')}`;
    this.sequencer.fail(new ServerError('halted', message));
  }

  #publish(executed: Executed, bytes: Uint8Array): void {
    this.lookout.take(bytes);
    this.ring.push(executed.answer.sequence, executed.events);
    this.writer.take(executed);
    this.refusals.take(executed);
    this.metrics.countEvents(executed.events);
    for (const event of executed.events) {
      this.candles.take(event);
      this.marksBoard.take(event);
    }
    if (executed.command.kind === 'marks') this.#afterMarks();
    if (executed.command.kind === 'clock') this.#ticksToLook -= 1;
    for (const listener of this.#listeners) listener();
  }

  #afterMarks(): void {
    this.#ticksToLook = TICKS_TO_LOOK;
    this.metrics.observeEpoch(this.sequencer.epochs.last / 1_000);
    const { timeMs } = this.engine;
    const wall = performance.now();
    if (timeMs - this.#pointTime < POINT_ENGINE_MS || wall - this.#pointWall < POINT_WALL_MS)
      return;
    this.#pointTime = timeMs;
    this.#pointWall = wall;
    // A server that halts or stops has no point to add.
    this.sums().then(
      (sums) => this.writer.takeTotals(totalsPoint(sums, this.scales)),
      () => undefined,
    );
  }

  async #catchUp(): Promise<void> {
    await this.writer.flush();
    try {
      this.candles.save(candleFile(this.#options.directory));
    } catch (cause) {
      this.#options.log(`the candles could not be kept: ${reasonOf(cause)}`);
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function pastUnavailable(): ProblemError {
  return new ProblemError(
    503,
    'the past cannot be read now; the engine goes on. Restart to rebuild it',
  );
}

interface Failed {
  listener: (error: ServerError) => void;
}

interface Parts {
  readonly recovered: Recovered;
  readonly ring: Ring;
  readonly candles: Candles;
  readonly writer: HistoryWriter;
  readonly codeVersion: string;
  readonly failed: Failed;
  readonly metrics: Metrics;
}

type Projections = Pick<Parts, 'ring' | 'candles' | 'writer'>;

/** What follows the events, made when it is known where they begin. */
function partsOf(options: DeskOptions, found: Recovered, made: Partial<Projections>): Projections {
  const { ring, candles, writer } = made;
  if (ring !== undefined && candles !== undefined && writer !== undefined)
    return { ring, candles, writer };
  const fresh = {
    ring: new Ring(options.ringEvents, found.startedFrom),
    candles: new Candles(),
    writer: new HistoryWriter(found.history),
  };
  fresh.candles.load(candleFile(options.directory), found.journal.lastSequence);
  return fresh;
}

function candleFile(directory: string): string {
  return join(directory, 'candles.json');
}
