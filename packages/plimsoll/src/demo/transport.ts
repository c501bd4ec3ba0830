/**
 * Moves a scene through its time: plays at a speed, pauses, runs ahead to a moment. The clock on
 * the wall decides only when an epoch comes, never what happens in it, so that a scene that was
 * jumped through stands where one that was watched does.
 */
export interface Timeline {
  /** Engine times between which the scene can be moved now. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The fall that readers come for; null when there is none ahead or behind. */
  readonly crash: Crash | null;
}

export interface Crash {
  readonly fromMs: number;
  readonly toMs: number;
  /** How far the price falls, as a fraction; null where nobody can know yet. */
  readonly fraction: number | null;
  readonly market: string | null;
}

/** A scene as epochs, one after another. */
export interface Play {
  readonly kind: 'simulated' | 'replayed';
  /** What the page calls it. */
  readonly name: string;
  /** The candle file that it plays; null when the prices are made. */
  readonly file: string | null;
  /** Engine time that the scene has reached. */
  readonly reachedMs: number;
  /** When the next epoch is; null at the end. */
  readonly nextMs: number | null;
  readonly timeline: Timeline;
  /** Runs the next epoch. */
  step(): void;
  /** Resolves when all of it is on disk. */
  settle(): Promise<void>;
}

export type TransportState = 'playing' | 'paused' | 'jumping' | 'ended';

export const SPEED_MAX = 86_400;
const TICK_MS = 50;
/** Epochs from one look at the disk and at everybody else's work to the next. */
const STEPS_AT_ONCE = 20;

export interface TransportOptions {
  /** Engine seconds a second on the wall, 1 to `SPEED_MAX`. */
  readonly speed: number;
  readonly playing: boolean;
  readonly log: (line: string) => void;
}

export class Transport {
  readonly play: Play;
  readonly #log: (line: string) => void;
  #speed: number;
  #isPlaying: boolean;
  #untilMs: number | null = null;
  /** Where the scene stood at a time on the wall: what a speed is reckoned from. */
  #anchor: { readonly sceneMs: number; readonly wallMs: number } = { sceneMs: 0, wallMs: 0 };
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #version = 0;

  constructor(play: Play, { speed, playing, log }: TransportOptions) {
    this.play = play;
    this.#speed = speed;
    this.#isPlaying = playing;
    this.#log = log;
    this.#anchorAt(play.reachedMs);
  }

  get state(): TransportState {
    if (this.#untilMs !== null) return 'jumping';
    if (this.play.nextMs === null) return 'ended';
    return this.#isPlaying ? 'playing' : 'paused';
  }

  get speed(): number {
    return this.#speed;
  }

  /** Where a jump under way leads; null when there is none. */
  get untilMs(): number | null {
    return this.#untilMs;
  }

  /** Rises with every change of state or speed. */
  get version(): number {
    return this.#version;
  }

  /** Scene time: between two epochs it goes on while the scene plays, never past the next. */
  get timeMs(): number {
    const { reachedMs, nextMs } = this.play;
    const sceneMs = this.state === 'playing' ? this.#sceneNow() : this.#anchor.sceneMs;
    return Math.max(reachedMs, Math.min(nextMs ?? reachedMs, sceneMs));
  }

  /** Lets time pass from now on. */
  run(): void {
    this.#anchorAt(this.timeMs);
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#untilMs = null;
  }

  /** Plays or pauses; a jump under way ends where it is. */
  setPlaying(playing: boolean): void {
    this.#anchorAt(this.timeMs);
    this.#isPlaying = playing;
    this.#untilMs = null;
    this.#version += 1;
  }

  /** From 1 to `SPEED_MAX`; what the engine cannot follow is held back. */
  setSpeed(speed: number): void {
    this.#anchorAt(this.timeMs);
    this.#speed = speed;
    this.#version += 1;
  }

  /** Runs everything up to this engine time, as fast as it goes, and then plays on or pauses. */
  jumpTo(timeMs: number): void {
    this.#untilMs = timeMs;
    this.#version += 1;
  }

  #anchorAt(sceneMs: number): void {
    this.#anchor = { sceneMs, wallMs: performance.now() };
  }

  #sceneNow(): number {
    const { sceneMs, wallMs } = this.#anchor;
    return sceneMs + Math.floor((performance.now() - wallMs) * this.#speed);
  }

  async #tick(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#untilMs !== null) await this.#runAhead(this.#untilMs);
      if (this.#isPlaying) await this.#follow();
    } catch (cause) {
      this.stop();
      this.#isPlaying = false;
      this.#log(`the scene has stopped, the server goes on: ${String(cause)}`);
    }
    this.#isBusy = false;
  }

  async #runAhead(untilMs: number): Promise<void> {
    const isThere = !this.#stepUntil(untilMs);
    await this.play.settle();
    // The disk may have been waited for by nobody: let requests in all the same.
    await new Promise((resolve) => setImmediate(resolve));
    if (!isThere || this.#untilMs !== untilMs) return;
    this.#untilMs = null;
    this.#anchorAt(this.play.reachedMs);
    this.#version += 1;
  }

  async #follow(): Promise<void> {
    const isBehind = this.#stepUntil(this.#sceneNow());
    await this.play.settle();
    if (isBehind) this.#anchorAt(this.play.reachedMs);
    if (this.play.nextMs === null) this.setPlaying(false);
  }

  /** Runs epochs up to a time, no more than a few; whether there are more up to it. */
  #stepUntil(timeMs: number): boolean {
    for (let steps = 0; steps < STEPS_AT_ONCE; steps += 1) {
      const { nextMs } = this.play;
      if (nextMs === null || nextMs > timeMs) return false;
      this.play.step();
    }
    return true;
  }
}
