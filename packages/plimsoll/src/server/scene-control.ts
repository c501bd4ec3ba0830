/**
 * What can be done to a scene that is played: play, pause, speed, a jump, another candle file.
 * Going back is a new take: the same file from its beginning, on an engine of its own.
 */
import type { Play, Transport } from '../demo/index.ts';
import { timeOf } from './draft.ts';
import { timeText, type PlainObject } from './present.ts';
import { malformed, ProblemError } from './problem.ts';

/** What somebody wants of a scene; what is left out stays. */
export interface SceneWish {
  readonly playing?: boolean;
  readonly speed?: number;
  /** A time, or `crash`: shortly before the largest fall. */
  readonly jump?: string;
  readonly restart?: boolean;
  readonly file?: string;
}

/** How a take begins. */
export interface TakeStart {
  readonly file: string;
  readonly speed: number;
  readonly playing: boolean;
  /** Runs ahead to there at once; null begins at the beginning. */
  readonly jump: string | null;
}

/** What the made prices are called among the candle files; none of them is called so. */
export const SIMULATION = 'simulated market';

/** Whoever can begin another take. */
export interface Takes {
  /** What can be played now. */
  readonly files: readonly string[];
  /** Gives the status of the new take. Throws a `ProblemError` for a file that cannot be played. */
  readonly begin: (start: TakeStart) => Promise<PlainObject>;
  /** Keeps a candle file: what it is played in, and all that can be played then. */
  readonly add: (name: string, bytes: Uint8Array) => Promise<PlainObject>;
}

/** Engine time of a jump; null without one. */
type Target = number | 'nowhere' | null;

/** How long before the fall a jump to it ends, so that the fall is seen. */
const LEAD_MS = 120_000;

export class SceneControl {
  readonly #transport: Transport;
  readonly #takes: Takes | null;

  /** Without `takes` the scene goes forward only. */
  constructor(transport: Transport, takes: Takes | null) {
    this.#transport = transport;
    this.#takes = takes;
  }

  get transport(): Transport {
    return this.#transport;
  }

  /** Rises with every change but that of time. */
  get version(): number {
    return this.#transport.version;
  }

  /** Whether candle files can be brought to it. */
  get takesFiles(): boolean {
    return this.#takes !== null;
  }

  status(): PlainObject {
    const { play, state, speed, timeMs, untilMs } = this.#transport;
    const { fromMs, toMs, crash } = play.timeline;
    return {
      state,
      speed,
      time: timeText(timeMs),
      from: timeText(fromMs),
      to: timeText(toMs),
      until: untilMs === null ? null : timeText(untilMs),
      crash: crash === null ? null : crashOf(crash),
      file: this.#file,
      files: this.#takes?.files ?? [],
      canGoBack: play.file !== null && this.#takes !== null,
    };
  }

  /**
   * Does what is wished, and says how the scene then stands. Throws a `ProblemError`, 400 for what
   * makes no sense and 422 for what this scene cannot do; nothing has changed then.
   */
  async change(wish: SceneWish): Promise<PlainObject> {
    if (Object.keys(wish).length === 0)
      throw malformed('body', 'say at least one of playing, speed, jump, restart, file');
    const isOther = this.#isOther(wish);
    const target = wish.jump === undefined ? null : this.#timeOf(wish.jump);
    if (target === 'nowhere' && !isOther) throw noCrash();
    if (isOther || this.#isBehind(wish, target)) return this.#begin(wish);
    const transport = this.#transport;
    if (wish.speed !== undefined) transport.setSpeed(wish.speed);
    if (wish.playing !== undefined) transport.setPlaying(wish.playing);
    if (typeof target === 'number') transport.jumpTo(target);
    return this.status();
  }

  /** Runs ahead to there once time passes; a price that never falls is played from here. */
  aim(jump: string): void {
    const target = this.#timeOf(jump);
    if (typeof target === 'number') this.#transport.jumpTo(target);
  }

  /** Keeps a candle file that can be played from then on. Throws a `ProblemError`. */
  async add(name: string, bytes: Uint8Array): Promise<PlainObject> {
    if (this.#takes === null) throw forwardOnly(this.#transport.play);
    return this.#takes.add(name, bytes);
  }

  /** What is played, by its name among the files. */
  get #file(): string | null {
    return this.#transport.play.file ?? (this.#takes === null ? null : SIMULATION);
  }

  /** Whether another take is asked for; the simulation goes on when it is asked for again. */
  #isOther({ file, restart = false }: SceneWish): boolean {
    return restart || (file !== undefined && (file !== SIMULATION || file !== this.#file));
  }

  /** Whether what is wished has been already, so that only another take can show it. */
  #isBehind({ playing }: SceneWish, target: Target): boolean {
    const { play, state } = this.#transport;
    if (typeof target === 'number') return target < play.reachedMs;
    return playing === true && state === 'ended';
  }

  async #begin(wish: SceneWish): Promise<PlainObject> {
    const { play, speed, state } = this.#transport;
    const file = wish.file ?? play.file;
    const isHere = file === SIMULATION && file === this.#file;
    if (this.#takes === null || file === null || isHere) throw forwardOnly(play);
    return this.#takes.begin({
      file: this.#knownFile(file),
      speed: wish.speed ?? speed,
      playing: wish.playing ?? (state === 'playing' || state === 'jumping'),
      jump: wish.jump ?? null,
    });
  }

  #knownFile(file: string): string {
    const files = this.#takes?.files ?? [];
    if (files.includes(file)) return file;
    const detail = `there is no ${file} here; there are ${files.join(', ')}`;
    throw new ProblemError(422, detail, { code: 'unknown-file', path: 'file' });
  }

  #timeOf(jump: string): Target {
    const { fromMs, crash, toMs } = this.#transport.play.timeline;
    if (jump !== 'crash') return Math.min(toMs, Math.max(fromMs, timeOf('jump', jump)));
    return crash === null ? 'nowhere' : Math.max(fromMs, crash.fromMs - LEAD_MS);
  }
}

function crashOf(crash: NonNullable<Play['timeline']['crash']>): PlainObject {
  return {
    from: timeText(crash.fromMs),
    to: timeText(crash.toMs),
    fall: crash.fraction === null ? null : crash.fraction.toFixed(4),
    market: crash.market,
  };
}

function noCrash(): ProblemError {
  return new ProblemError(422, 'the price never falls in this file', { code: 'no-crash' });
}

function forwardOnly({ kind }: Play): ProblemError {
  const detail = `a ${kind} scene only goes forward; jump to a later time, or choose a candle file`;
  return new ProblemError(422, detail, { code: 'forward-only' });
}
