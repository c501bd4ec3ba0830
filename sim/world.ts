/**
 * A world with its own time: every timer of the code under simulation is a task here, and the seed
 * says which comes first. The system's timers and clocks are replaced while it runs, so that what
 * the server schedules, now or after its next change, cannot escape.
 */
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';

/** A process of the world: what it has scheduled goes with it. */
export interface Host {
  alive: boolean;
}

interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly host: Host;
  readonly run: () => void;
  isGone: boolean;
}

/** What a timer function gives back; the server asks some not to keep it alive. */
interface Handle {
  readonly ref: () => Handle;
  readonly unref: () => Handle;
  readonly stop: () => void;
}

const realImmediate = globalThis.setImmediate;
/** What reading the clock of performance costs, so that work has a length. */
const READING_MS = 0.01;
const JITTER_MS = 0.5;
const STEPS_MOST = 3_000_000;

export class World {
  /** The process that the code under simulation runs as. */
  host: Host = { alive: true };
  /** Told every error that nobody caught. */
  onError: (error: unknown) => void = (error) => {
    throw error;
  };
  /** Told what the code under simulation writes to its log. */
  onLog: (line: string) => void = () => undefined;
  readonly #dice: Dice;
  #tasks: Task[] = [];
  #nowMs = 0;
  /** What the clock of performance said last. */
  #readMs = 0;
  #order = 0;
  #steps = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** A task of `host`, due in `delayMs`; tasks that are close come in any order. */
  schedule(host: Host, delayMs: number, run: () => void): Task {
    const jitter = (this.#dice.below(1_000) / 1_000) * JITTER_MS;
    const dueMs = this.#nowMs + Math.max(0, delayMs) + jitter;
    const task = { dueMs, order: (this.#order += 1), host, run, isGone: false };
    if (host.alive) this.#tasks.push(task);
    return task;
  }

  sleep(host: Host, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(host, delayMs, resolve);
    });
  }

  /** Ends a process: nothing that it scheduled will happen. */
  kill(host: Host): void {
    host.alive = false;
    this.#tasks = this.#tasks.filter((task) => task.host !== host);
  }

  /** Runs until `isDone`, or until nothing is left to happen. */
  async run(isDone: () => boolean): Promise<void> {
    await drained();
    while (!isDone()) {
      const task = this.#take();
      if (task === undefined) throw new Error('the world stands still: nobody waits for anything');
      this.#steps += 1;
      if (this.#steps > STEPS_MOST) throw new Error('the world does not come to an end');
      this.#nowMs = Math.max(this.#nowMs, task.dueMs);
      this.#perform(task);
      await drained();
    }
  }

  #perform(task: Task): void {
    try {
      task.run();
    } catch (error) {
      this.onError(error);
    }
  }

  #take(): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (first === undefined || isBefore(task, first)) first = task;
    }
    if (first !== undefined) this.#remove(first);
    return first;
  }

  #remove(task: Task): void {
    task.isGone = true;
    const at = this.#tasks.indexOf(task);
    const last = this.#tasks.pop();
    if (last !== undefined && last !== task) this.#tasks[at] = last;
  }

  #cancel(task: Task): void {
    if (!task.isGone && this.#tasks.includes(task)) this.#remove(task);
  }

  /** Replaces the system's timers and clocks; the answer puts them back. */
  install(): () => void {
    const kept = {
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      setInterval: globalThis.setInterval,
      clearInterval: globalThis.clearInterval,
      setImmediate: globalThis.setImmediate,
      clearImmediate: globalThis.clearImmediate,
    };
    const { error } = console;
    const onError = (cause: unknown): void => this.onError(cause);
    process.on('unhandledRejection', onError);
    Object.assign(globalThis, this.#timers());
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.#read() });
    console.error = (...words: unknown[]) => this.onLog(words.join(' '));
    return () => {
      Object.assign(globalThis, kept);
      Reflect.deleteProperty(performance, 'now');
      console.error = error;
      process.off('unhandledRejection', onError);
    };
  }

  #read(): number {
    this.#readMs = Math.max(this.#readMs + READING_MS, this.#nowMs);
    return this.#readMs;
  }

  #timers(): object {
    return {
      setTimeout: (run: () => void, delayMs = 0) => this.#once(run, delayMs),
      setImmediate: (run: () => void) => this.#once(run, 0),
      setInterval: (run: () => void, delayMs = 0) => this.#again(run, delayMs),
      clearTimeout: stopTimer,
      clearImmediate: stopTimer,
      clearInterval: stopTimer,
    };
  }

  #once(run: () => void, delayMs: number): Handle {
    const task = this.schedule(this.host, delayMs, run);
    return handleOf(() => this.#cancel(task));
  }

  #again(run: () => void, delayMs: number): Handle {
    const { host } = this;
    let task: Task;
    const arm = (): void => {
      task = this.schedule(host, delayMs, () => {
        arm();
        run();
      });
    };
    arm();
    return handleOf(() => this.#cancel(task));
  }
}

function stopTimer(handle: Handle | undefined): void {
  handle?.stop();
}

function handleOf(stop: () => void): Handle {
  const handle: Handle = { ref: () => handle, unref: () => handle, stop };
  return handle;
}

function isBefore(a: Task, b: Task): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** Resolves when all that follows from the last task, up to its next wait, has happened. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    realImmediate(resolve);
  });
}
