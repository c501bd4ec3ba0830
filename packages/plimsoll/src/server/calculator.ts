/**
 * Calculates in a thread of its own, one body after the other, so that a hard one never holds up
 * marks and liquidations: what takes too long or too much memory is ended and refused.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CalculationName } from './calculation.ts';
import { malformed, ProblemError } from './problem.ts';
import { systemCode } from './server-error.ts';

/** What the thread is asked: a body as JSON text, which keeps numbers as they were written. */
export interface CalculatorQuestion {
  readonly name: CalculationName;
  readonly text: string;
  readonly position?: string | undefined;
  readonly venues?: string | undefined;
}

/** What the thread says, `ready` once before anything else. */
export type CalculatorAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'refused'; readonly path: string; readonly message: string };

interface Job {
  readonly question: CalculatorQuestion;
  readonly resolve: (text: string) => void;
  readonly reject: (reason: Error) => void;
}

/** Where the build puts the thread, seen from the sources as from the build. */
const THREAD = fileURLToPath(new URL('../../dist/server/calculator-worker.js', import.meta.url));
const SECONDS_MAX = 5;
const MEBIBYTES_MAX = 256;
const WAITING_MAX = 16;

export class Calculator {
  #worker: Worker | null = null;
  #isReady = false;
  #running: Job | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting: Job[] = [];

  /**
   * The answer as JSON text. Rejects with a 400 that names the place in the body, a 422 when it
   * takes more than 5 seconds or 256 MiB, and a 503 when 16 bodies wait already.
   */
  ask(question: CalculatorQuestion): Promise<string> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread; what was not answered is refused with a 503. */
  async close(): Promise<void> {
    const jobs = [this.#running, ...this.#waiting.splice(0)];
    for (const job of jobs) job?.reject(new ProblemError(503, 'the server is stopping'));
    await this.#stop();
  }

  #next(): void {
    if (this.#running !== null || this.#waiting.length === 0) return;
    this.#worker ??= this.#start();
    if (!this.#isReady) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running = job;
    this.#timer = setTimeout(() => this.#abandon(tooHard()), SECONDS_MAX * 1_000);
    this.#worker.postMessage(job.question, []);
  }

  #start(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: MEBIBYTES_MAX };
    const worker = new Worker(THREAD, { execArgv: [], resourceLimits });
    worker.unref();
    // A thread that is being ended may still have something to say.
    worker.on('message', (answer: CalculatorAnswer) => {
      if (worker === this.#worker) this.#settle(answer);
    });
    worker.on('error', (cause) => {
      if (worker === this.#worker) this.#abandon(reasonToStop(cause));
    });
    return worker;
  }

  #settle(answer: CalculatorAnswer): void {
    if (answer.kind === 'ready') this.#isReady = true;
    else this.#release(answer);
    this.#next();
  }

  #release(answer: Exclude<CalculatorAnswer, { kind: 'ready' }>): void {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = null;
    if (answer.kind === 'answered') job?.resolve(answer.text);
    else job?.reject(malformed(answer.path, answer.message));
  }

  /** Gives up what runs, or what waits first when the thread did not even start. */
  #abandon(reason: Error): void {
    const job = this.#running ?? this.#waiting.shift();
    job?.reject(reason);
    void this.#stop();
    this.#next();
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = null;
    this.#isReady = false;
    this.#running = null;
    await worker?.terminate();
  }
}

function overloaded(): ProblemError {
  const detail = `${WAITING_MAX} bodies wait to be calculated already; try again`;
  return new ProblemError(503, detail, { code: 'overloaded', headers: { 'retry-after': '1' } });
}

function tooHard(): ProblemError {
  const detail =
    `this takes more than ${SECONDS_MAX} seconds or ${MEBIBYTES_MAX} MiB; send fewer positions, ` +
    'changes, days or betas, or use the command line, which takes its time';
  return new ProblemError(422, detail, { code: 'too-hard' });
}

function reasonToStop(cause: unknown): Error {
  if (systemCode(cause) === 'ERR_WORKER_OUT_OF_MEMORY') return tooHard();
  return cause instanceof Error ? cause : new Error('the calculator failed', { cause });
}
