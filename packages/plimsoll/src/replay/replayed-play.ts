/**
 * A replay on the engine of a live server: the same commands at the same engine times as
 * `plimsoll replay` sends, epoch by epoch, as fast as somebody wants to see them.
 */
import { largestFall, ReplayScript, type ReplayMarket, type ReplayPlan } from '@plimsoll/core/lab';
import type { Crash, DemoDesk, Play, SceneClock, Timeline } from '../demo/index.ts';

export interface ReplayScene {
  readonly plan: ReplayPlan;
  /** What readers know the candles by. */
  readonly file: string;
  readonly desk: DemoDesk;
  readonly clock: SceneClock;
}

const HOUR_MS = 3_600_000;
/** Prices that a candle becomes. */
const POINTS_A_CANDLE = 4;
/** Positions opened between waits for the disk. */
const SETTLE_EVERY = 100;

export class ReplayedPlay implements Play {
  readonly kind: Play['kind'] = 'replayed';
  readonly name: string = 'Prices that have been; invented traders, no real money';
  readonly file: string;
  readonly timeline: Timeline;
  readonly #script: ReplayScript;
  readonly #scene: ReplayScene;
  #index = 0;
  #promises: Promise<unknown>[] = [];

  private constructor(scene: ReplayScene) {
    const { plan, file, desk } = scene;
    this.file = file;
    this.#scene = scene;
    this.#script = new ReplayScript(plan, desk.engine, (body, timeMs) => {
      scene.clock.clock = () => timeMs;
      this.#promises.push(desk.execute(body, { client: 'replay' }));
    });
    const { epochs } = this.#script;
    const [fromMs, toMs] = [epochs[0]?.timeMs ?? 0, epochs.at(-1)?.timeMs ?? 0];
    this.timeline = { fromMs, toMs, crash: crashOf(plan.markets, fromMs) };
  }

  /** Opens venue and book on an empty engine, at the time of the first price. */
  static async open(scene: ReplayScene): Promise<ReplayedPlay> {
    const play = new ReplayedPlay(scene);
    let count = 0;
    for (const pieces = play.#script.open(); pieces.next().done !== true; count += 1)
      if (count % SETTLE_EVERY === 0) await play.settle();
    await play.settle();
    return play;
  }

  get reachedMs(): number {
    return this.#scene.desk.engine.timeMs;
  }

  get nextMs(): number | null {
    return this.#script.epochs[this.#index]?.timeMs ?? null;
  }

  step(): void {
    this.#script.runEpoch(this.#index);
    this.#index += 1;
  }

  /** A server that is stopping takes nothing more, and the replay has nothing to say about it. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#promises.splice(0));
  }
}

/** The largest fall of any market within an hour, or within a candle where these are longer. */
function crashOf(markets: readonly ReplayMarket[], fromMs: number): Crash | null {
  let crash: Crash | null = null;
  for (const { id, path } of markets) {
    const seen = path.filter(({ timeMs }) => timeMs >= fromMs);
    const [first, second] = seen;
    const stepMs = (second?.timeMs ?? 0) - (first?.timeMs ?? 0);
    const fall = largestFall(seen, Math.max(HOUR_MS, POINTS_A_CANDLE * stepMs));
    if (fall !== null && fall.fraction > (crash?.fraction ?? 0)) crash = { ...fall, market: id };
  }
  return crash;
}
