/**
 * Commands that wait before the engine while the disk is behind. The more urgent class goes first;
 * within a class the clients take turns, so that who sends much delays nobody but himself. Of one
 * source of marks only epochs that still have the newest price of some market wait.
 */
import type { Answer } from '@plimsoll/core/engine';
import { CLASSES, type CommandClass } from './load-limits.ts';
import { ProblemError } from './problem.ts';
import type { Draft, Sender } from './sequencer.ts';

/** A command that nothing was done of yet, and who is to be told. */
export interface Waiting {
  readonly draft: Draft;
  readonly sender: Sender;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

type Marks = Extract<Draft, { readonly kind: 'marks' }>;

export class WaitingRoom {
  /** By class, then by client or source of marks; a queue that is empty is not there. */
  readonly #queues: Readonly<Record<CommandClass, Map<string, Waiting[]>>> = {
    prices: new Map(),
    liquidations: new Map(),
    reducing: new Map(),
    adding: new Map(),
  };
  readonly #sizes: Record<CommandClass, number> = {
    prices: 0,
    liquidations: 0,
    reducing: 0,
    adding: 0,
  };
  #superseded = 0;

  /** How many wait, by class. */
  get sizes(): Readonly<Record<CommandClass, number>> {
    return this.#sizes;
  }

  get size(): number {
    const { prices, liquidations, reducing, adding } = this.#sizes;
    return prices + liquidations + reducing + adding;
  }

  /** Epochs that were passed over for newer ones since the start. */
  get superseded(): number {
    return this.#superseded;
  }

  /** Whether a command of this class would have others before it. */
  isAhead(before: CommandClass): boolean {
    for (const one of CLASSES) {
      if (this.#sizes[one] > 0) return true;
      if (one === before) return false;
    }
    return false;
  }

  /** Lets a command wait. Marks may be refused, or have older ones refused, as superseded. */
  add(own: CommandClass, waiting: Waiting): void {
    const { draft } = waiting;
    const name = draft.kind === 'marks' ? draft.source : waiting.sender.client;
    const queue = this.#queues[own].get(name) ?? [];
    if (draft.kind === 'marks' && !this.#takesPlace(queue, draft)) {
      waiting.reject(superseded(draft, newestOf(queue)));
      return;
    }
    queue.push(waiting);
    this.#sizes[own] += 1;
    this.#queues[own].set(name, queue);
  }

  /** The next command of the most urgent class that `may` go now, or nothing. */
  take(may: (own: CommandClass) => boolean): Waiting | undefined {
    const own = CLASSES.find((one) => this.#sizes[one] > 0);
    return own === undefined || !may(own) ? undefined : this.#takeOf(own);
  }

  /** Tells everybody who waits why nothing will be done. */
  refuseAll(reason: Error): void {
    for (let next = this.take(() => true); next !== undefined; next = this.take(() => true)) {
      next.reject(reason);
    }
  }

  #takeOf(own: CommandClass): Waiting | undefined {
    const queues = this.#queues[own];
    const [first] = queues;
    if (first === undefined) return undefined;
    const [name, queue] = first;
    const next = queue.shift();
    this.#sizes[own] -= 1;
    // Whoever had a turn goes behind the others.
    queues.delete(name);
    if (queue.length > 0) queues.set(name, queue);
    return next;
  }

  /**
   * Passes over the epochs all of whose markets have a newer price in the queue once `marks` is in
   * it. The engine never sees them, so a later copy of one is older than what it knows. False when
   * `marks` itself is no newer than what waits.
   */
  #takesPlace(queue: Waiting[], marks: Marks): boolean {
    if (queue.length > 0 && newestOf(queue) >= marks.sourceSequence) return false;
    const newer = new Set(marks.prices.map(({ market }) => market));
    for (let k = queue.length - 1; k >= 0; k -= 1) {
      const older = queue[k];
      if (older?.draft.kind !== 'marks') continue;
      const before = newer.size;
      for (const { market } of older.draft.prices) newer.add(market);
      if (newer.size > before) continue;
      queue.splice(k, 1);
      this.#sizes.prices -= 1;
      this.#superseded += 1;
      older.reject(superseded(older.draft, marks.sourceSequence));
    }
    return true;
  }
}

function newestOf(queue: readonly Waiting[]): number {
  const draft = queue.at(-1)?.draft;
  return draft?.kind === 'marks' ? draft.sourceSequence : 0;
}

function superseded({ source, sourceSequence }: Marks, newest: number): ProblemError {
  const detail =
    `marks ${sourceSequence} of ${source} were not applied: marks ${newest} of this source ` +
    'came before they could be; send only the newest';
  return new ProblemError(503, detail, { code: 'superseded' });
}
