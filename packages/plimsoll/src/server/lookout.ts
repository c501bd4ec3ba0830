/** Whoever looks at everybody: a follower in a thread of its own, or without one the engine. */
import type { Engine } from '@plimsoll/core/engine';
import { Follower, FollowerGone, type FollowerOptions, type KeptState } from './follower.ts';
import {
  Overview,
  type OverviewAnswer,
  type OverviewKind,
  type OverviewQuestion,
} from './overview.ts';

export interface LookoutOptions extends Pick<FollowerOptions, 'checkEvery' | 'onChecked'> {
  readonly isFollowed: boolean;
  readonly log: (line: string) => void;
  /** Gives what `read` sees once all of it is durable. */
  readonly view: <T>(read: () => T) => Promise<T>;
}

/** On the engine's own thread, passes over everybody may take this part of its time. */
const SHARE = 10;

export class Lookout {
  readonly #options: LookoutOptions;
  readonly #overview: Overview;
  readonly #follower: Follower | null;

  constructor(engine: Engine, options: LookoutOptions) {
    const { isFollowed, checkEvery, onChecked, log } = options;
    this.#options = options;
    this.#overview = new Overview(engine, SHARE);
    const onGone = (reason: string): void =>
      log(`nothing follows the engine any more, which does that work itself: ${reason}`);
    this.#follower = isFollowed ? new Follower(engine, { checkEvery, onChecked, onGone }) : null;
  }

  /** Null without a follower, and once its thread has ended. */
  get follower(): Follower | null {
    return this.#follower?.isGone === false ? this.#follower : null;
  }

  /**
   * Answers as of what the engine was told before, and a little older when it was asked often.
   * Rejects with a `ProblemError`.
   */
  async ask<Kind extends OverviewKind>(
    question: OverviewQuestion<Kind>,
  ): Promise<OverviewAnswer<Kind>> {
    const { view } = this.#options;
    const itself = (): Promise<OverviewAnswer<Kind>> => view(() => this.#overview.answer(question));
    const { follower } = this;
    if (follower === null) return itself();
    // It knows what is durable, and whoever asks may have seen more.
    await view(() => undefined);
    try {
      return await follower.ask(question);
    } catch (cause) {
      if (cause instanceof FollowerGone) return itself();
      throw cause;
    }
  }

  /** A durable command in the bytes of the journal. */
  take(bytes: Uint8Array): void {
    this.#follower?.take(bytes);
  }

  /** The state after a command that was not taken yet or is the last; null without a follower. */
  stateAt(sequence: number): Promise<KeptState | null> {
    return this.follower?.stateAt(sequence) ?? Promise.resolve(null);
  }

  async close(): Promise<void> {
    await this.#follower?.close();
  }
}
