/**
 * The one way into the engine: gives each command its time and id, applies it, makes it durable,
 * and only then answers and lets anyone see what happened.
 *
 *   execute ─► apply ─► append ─► (disk) ─► answer
 *      │         ▲                   └────► published to history, feed, candles, metrics
 *      └► waits ─┘ while the disk is behind: prices, liquidations, what reduces risk, the rest
 */
import {
  apply,
  encodeState,
  violations,
  type Answer,
  type Applied,
  type Command,
  type Engine,
  type EngineEvent,
} from '@plimsoll/core/engine';
import type { Journal } from '../journal/index.ts';
import { hashState } from './code-version.ts';
import type { KeptState } from './follower.ts';
import { keepInput } from './kept-input.ts';
import { classOf, overloaded, type CommandClass, type LoadLimits } from './load-limits.ts';
import { ProblemError } from './problem.ts';
import { reasonOf, ServerError } from './server-error.ts';
import type { EpochTimes } from './totals.ts';
import { WaitingRoom } from './waiting-room.ts';

type Unsent<C> = C extends Command ? Omit<C, 'client' | 'id' | 'timeMs'> : never;
/** A command that has no sender and no time yet. */
export type Draft = Unsent<Command>;

/** Who sends a command; without an id it gets one that is never repeated. */
export interface Sender {
  readonly client: string;
  readonly id?: string;
}

/** A durable command with what it caused. */
export interface Executed {
  readonly command: Command;
  readonly answer: Answer;
  readonly events: readonly EngineEvent[];
}

/** Told a durable command, and its bytes in the journal. */
export type Publish = (executed: Executed, bytes: Uint8Array) => void;

export interface SequencerOptions {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly directory: string;
  readonly codeVersion: string;
  /** Milliseconds since 1970; may stand still or jump back, commands never do. */
  readonly clock: () => number;
  readonly limits: LoadLimits;
  /** The reducer; whoever checks beside it wraps it and sees each command as it is taken. */
  readonly reduce?: typeof apply;
  readonly snapshotEvery: number;
  readonly checkEvery: number;
  /** Whether somebody else checks the invariants now. */
  readonly isFollowed: () => boolean;
  /** Told the broken invariants of a check, none included. */
  readonly checked: (violations: number) => void;
  /** Told the class of each command that was turned away because too much waits. */
  readonly shed: (own: CommandClass) => void;
  readonly publish: Publish;
  /** Called before a snapshot is kept: whatever lags behind must reach `sequence` first. */
  readonly beforeSnapshot: (sequence: number) => Promise<void>;
  /**
   * The state after the command `sequence` as whoever follows comes to it; null when that is
   * nobody any more.
   */
  readonly followedState: (sequence: number) => Promise<KeptState | null>;
  /** Told once when nothing more can be done. */
  readonly onHalt: (error: ServerError) => void;
}

/** Bytes on the way to the disk that close the window; twice of them fit the journal's limit. */
const WINDOW_BYTES = 24 << 20;

export type SequencerState = 'running' | 'draining' | 'halted';

export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #engine: Engine;
  #state: SequencerState = 'running';
  #durable: number;
  #epochs: EpochTimes = { last: 0, worst: 0 };
  #sinceSnapshot = 0;
  #bytes = 0;
  readonly #room = new WaitingRoom();
  #last: Promise<unknown> = Promise.resolve();
  #snapshot: Promise<void> = Promise.resolve();

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#durable = options.engine.sequence;
  }

  get state(): SequencerState {
    return this.#state;
  }

  /** The last command that is on disk: what everyone may know. */
  get durable(): number {
    return this.#durable;
  }

  /** How long marks take the engine. */
  get epochs(): EpochTimes {
    return this.#epochs;
  }

  get inFlight(): number {
    return this.#engine.sequence - this.#durable;
  }

  /** What waits before the engine. */
  get waiting(): Pick<WaitingRoom, 'size' | 'sizes' | 'superseded'> {
    return this.#room;
  }

  /** Commands that are not on disk yet, applied or not. */
  get load(): number {
    return this.inFlight + this.#room.size;
  }

  /**
   * Resolves with the engine's answer once it is on disk. Takes the draft over and completes it.
   * Rejects with a `ProblemError` (503) when too much waits already, when newer marks of the same
   * source took the place of these, or when the server is stopping; nothing was done then.
   */
  execute(draft: Draft, sender: Sender): Promise<Answer> {
    if (this.#state !== 'running') return Promise.reject(this.#unavailable());
    const { window, adding } = this.#options.limits;
    // What everybody takes who meets no load; the class of a trade costs a look at two accounts.
    if (this.load < window && this.load < adding && this.#bytes < WINDOW_BYTES)
      return this.#perform(draft, sender);
    const own = classOf(this.#engine, draft);
    const objection = this.#objection(own);
    if (objection !== undefined) {
      this.#options.shed(own);
      return Promise.reject(objection);
    }
    if (!this.#room.isAhead(own) && this.#mayGo(own)) return this.#perform(draft, sender);
    return new Promise((resolve, reject) => {
      this.#room.add(own, { draft, sender, resolve, reject });
    });
  }

  #perform(draft: Draft, sender: Sender): Promise<Answer> {
    const command = this.#stamp(draft, sender);
    try {
      const { answer, events, recorded } = this.#apply(command);
      if (!recorded) return this.settled().then(() => answer);
      this.#check();
      return this.#append({ command, answer, events });
    } catch (cause) {
      return Promise.reject(this.#halt(command, cause));
    }
  }

  /** Resolves when everything applied so far is on disk, so that what was read may be shown. */
  async settled(): Promise<void> {
    if (this.#state === 'halted') throw this.#unavailable();
    if (this.#durable < this.#engine.sequence) await this.#last;
  }

  /** Takes nothing more, waits for the disk, and keeps a last snapshot. */
  async drain(): Promise<void> {
    if (this.#state === 'running') this.#state = 'draining';
    this.#room.refuseAll(this.#unavailable());
    await this.#last.catch(() => undefined);
    await this.#snapshot;
    if (this.#state === 'draining' && this.#sinceSnapshot > 0) await this.#keepSnapshot(true);
  }

  /** The journal failed: what was not answered may or may not be on disk. */
  fail(error: ServerError): void {
    if (this.#state === 'halted') return;
    this.#stop(error);
  }

  #stop(error: ServerError): void {
    this.#state = 'halted';
    this.#room.refuseAll(this.#unavailable());
    this.#options.onHalt(error);
  }

  /** Why a command of this class is turned away now, if it is. Liquidations never are. */
  #objection(own: CommandClass): ProblemError | undefined {
    const { limits } = this.#options;
    if (own === 'liquidations') return undefined;
    if (own === 'prices') {
      if (this.#room.sizes.prices < limits.prices) return undefined;
      return overloaded(`${limits.prices} epochs of marks wait already`);
    }
    if (this.load < limits[own]) return undefined;
    const what = own === 'adding' ? 'commands that may add risk' : 'commands that reduce risk';
    return overloaded(`${this.load} commands wait for the disk, and ${what} are not taken then`);
  }

  /** Whether the engine may apply one more: twice as many of those that cannot wait. */
  #mayGo(own: CommandClass): boolean {
    const isUrgent = own === 'prices' || own === 'liquidations';
    const times = isUrgent ? 2 : 1;
    const { window } = this.#options.limits;
    // A lone command always may, however long it is.
    if (this.inFlight === 0) return true;
    return this.inFlight < window * times && this.#bytes < WINDOW_BYTES * times;
  }

  /** Lets in what waits, the most urgent first, as far as there is room again. */
  #letIn(): void {
    for (;;) {
      if (this.#state === 'halted') return;
      const next = this.#room.take((own) => this.#mayGo(own));
      if (next === undefined) return;
      this.#perform(next.draft, next.sender).then(next.resolve, next.reject);
    }
  }

  #unavailable(): ProblemError {
    const detail =
      this.#state === 'halted'
        ? 'the engine has halted; its operator must look at the log'
        : 'the server is stopping; nothing was done, try again when it is back';
    return new ProblemError(503, detail, { code: this.#state });
  }

  #stamp(draft: Draft, sender: Sender): Command {
    const timeMs = Math.max(this.#engine.timeMs, Math.floor(this.#options.clock()));
    const { client, id } = sender;
    // Written onto the draft itself: copying cost a quarter of all the time of a command.
    const command = draft as { -readonly [K in keyof Command]: Command[K] };
    command.client = id === undefined ? `${client}:` : client;
    // Sequences only rise, so an id made of the next one is new, also after a restart.
    command.id = id ?? String(this.#engine.sequence + 1);
    command.timeMs = timeMs;
    return command as Command;
  }

  #apply(command: Command): Applied {
    const { reduce = apply } = this.#options;
    if (command.kind !== 'marks') return reduce(this.#engine, command);
    const before = performance.now();
    const applied = reduce(this.#engine, command);
    const last = performance.now() - before;
    this.#epochs = { last, worst: Math.max(last, this.#epochs.worst) };
    return applied;
  }

  #append(executed: Executed): Promise<Answer> {
    const bytes = Buffer.from(JSON.stringify(executed.command));
    this.#bytes += bytes.length;
    const durable = this.#options.journal.append([bytes]).then(
      () => this.#publish(executed, bytes),
      (cause: unknown) => {
        throw this.#unknown(cause);
      },
    );
    this.#last = durable;
    this.#sinceSnapshot += 1;
    if (this.#sinceSnapshot >= this.#options.snapshotEvery) void this.#keepSnapshot();
    return durable;
  }

  #publish(executed: Executed, bytes: Uint8Array): Answer {
    this.#durable = executed.answer.sequence;
    this.#bytes -= bytes.length;
    this.#options.publish(executed, bytes);
    if (this.#room.size > 0) this.#letIn();
    return executed.answer;
  }

  #unknown(cause: unknown): ProblemError {
    const message = `the journal failed: ${reasonOf(cause)}`;
    this.fail(new ServerError('disk', message, { cause }));
    const detail =
      'the disk failed; it is unknown whether this command was kept. Ask again with the same Idempotency-Key';
    return new ProblemError(503, detail, { code: 'unknown-outcome' });
  }

  #check(): void {
    const { checkEvery, isFollowed } = this.#options;
    if (this.#engine.sequence % checkEvery !== 0 || isFollowed()) return;
    const broken = violations(this.#engine);
    this.#options.checked(broken.length);
    if (broken.length > 0) throw new Error(`broken invariants: ${broken.join('; ')}`);
  }

  #halt(command: Command, cause: unknown): ProblemError {
    const { sequence } = this.#engine;
    const file = keepInput(this.#options.directory, { sequence, command, cause });
    const message = `the engine halted at command ${sequence + 1}: ${reasonOf(cause)}. Its input is kept in ${file}; report it with that file`;
    this.#stop(new ServerError('halted', message, { cause }));
    return this.#unavailable();
  }

  /** The last one is made here at once: it does not hold up anybody. */
  #keepSnapshot(isLast = false): Promise<void> {
    this.#sinceSnapshot = 0;
    const { sequence } = this.#engine;
    const { isFollowed, followedState } = this.#options;
    const state = isFollowed() && !isLast ? followedState(sequence) : stateOf(this.#engine);
    const durable = this.#last;
    this.#snapshot = this.#snapshot
      .then(async () => {
        await durable;
        await this.#writeSnapshot(sequence, await state);
      })
      .catch((cause: unknown) => {
        // The journal alone is enough to recover, so a snapshot that fails stops nobody.
        console.error(`a snapshot at command ${sequence} could not be kept: ${reasonOf(cause)}`);
      });
    return this.#snapshot;
  }

  async #writeSnapshot(sequence: number, state: KeptState | null): Promise<void> {
    const { journal, codeVersion, beforeSnapshot } = this.#options;
    if (state === null) throw new Error('nobody follows the engine any more');
    await beforeSnapshot(sequence);
    await journal.writeSnapshot({ sequence, codeVersion, ...state });
  }
}

function stateOf(engine: Engine): KeptState {
  const bytes = encodeState(engine);
  return { bytes, stateHash: hashState(bytes) };
}
