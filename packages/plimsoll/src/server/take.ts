/**
 * A take: one engine in a folder of its own, what is played on it, and the HTTP side. A server has
 * one at a time; a replay that starts again is another take at the same address.
 */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Transport, type Play, type SceneClock } from '../demo/index.ts';
import type { Access } from './access.ts';
import { buildApp } from './app.ts';
import { Desk } from './desk.ts';
import type { Feed } from './feed.ts';
import { loadLimits } from './load-limits.ts';
import type { SceneLabel } from './route/route.ts';
import { SceneControl, type Takes, type TakeStart } from './scene-control.ts';
import type { ServeOptions } from './serve.ts';
import { reasonOf, ServerError, systemCode } from './server-error.ts';

/** How a played scene begins when nobody says otherwise: a minute of it a second. */
const SPEED = 60;

export interface TakeOptions {
  readonly serve: ServeOptions;
  readonly directory: string;
  readonly access: Access;
  readonly log: (line: string) => void;
  /** Told once when the engine or the disk cannot go on. */
  readonly onHalt: (error: ServerError) => void;
  /** Puts a scene on the desk; null for an engine that others feed. */
  readonly stage: (desk: Desk, clock: SceneClock) => Promise<Staged | null>;
  /** Null where there is no other take to begin. */
  readonly takes: Takes | null;
  /** How it begins; by default it plays from where it is. */
  readonly start?: Omit<TakeStart, 'file'>;
}

/** A scene, and whether it is played here or only known to be one. */
export interface Staged {
  readonly play: Play;
  readonly isPlayed: boolean;
}

export class Take {
  readonly directory: string;
  readonly desk: Desk;
  readonly control: SceneControl | null;
  readonly #app: FastifyInstance;
  readonly #feed: Feed;
  readonly #clock: NodeJS.Timeout;

  private constructor(options: TakeOptions, parts: Parts) {
    this.directory = options.directory;
    this.desk = parts.desk;
    this.control = parts.control;
    this.#app = parts.app;
    this.#feed = parts.feed;
    this.#clock = startClock(parts.desk, options.serve.clockMs ?? 1_000);
  }

  /** Opens the folder and sets the scene; nobody can reach it yet. Throws a `ServerError`. */
  static async open(options: TakeOptions): Promise<Take> {
    const clock: SceneClock = { clock: Date.now };
    const desk = await openDesk(options, clock);
    try {
      const staged = await options.stage(desk, clock);
      const control = controlOf(options, staged);
      const { access, serve } = options;
      const { ratePerSecond = 2_000, subscribersMax = 1_000 } = serve;
      const scene = labelOf(serve, staged);
      const surroundings = { desk, access, scene, control };
      const { app, feed } = await buildApp({ ...surroundings, ratePerSecond, subscribersMax });
      return new Take(options, { desk, control, app, feed });
    } catch (cause) {
      await desk.close();
      throw cause;
    }
  }

  /** Lets everybody in, and then time pass. The address, such as `http://127.0.0.1:4600`. */
  async listen(at: { readonly host: string; readonly port: number }): Promise<string> {
    const address = await listen(this.#app, at);
    this.control?.transport.run();
    return address;
  }

  /** Lets nobody in any more; finishes what was asked, within the deadline. */
  async shut(deadlineMs: number, isFollowed = false): Promise<void> {
    clearInterval(this.#clock);
    this.control?.transport.stop();
    this.#feed.close(isFollowed);
    const deadline = setTimeout(() => {
      this.#feed.terminate();
      this.#app.server.closeAllConnections();
    }, deadlineMs);
    try {
      await Promise.race([this.#app.close(), wait(deadlineMs)]);
    } finally {
      clearTimeout(deadline);
      this.#feed.terminate();
    }
  }
}

interface Parts {
  readonly desk: Desk;
  readonly control: SceneControl | null;
  readonly app: FastifyInstance;
  readonly feed: Feed;
}

function openDesk(
  { serve, directory, log, onHalt }: TakeOptions,
  clock: SceneClock,
): Promise<Desk> {
  return Desk.open({
    directory,
    clock: () => clock.clock(),
    limits: loadLimits(serve.limits),
    snapshotEvery: serve.snapshotEvery ?? 200_000,
    checkEvery: serve.checkEvery ?? 10_000,
    isFollowed: serve.follower ?? true,
    ringEvents: serve.ringEvents ?? 20_000,
    log,
    onHalt,
  });
}

function controlOf(options: TakeOptions, staged: Staged | null): SceneControl | null {
  if (staged === null || !staged.isPlayed) return null;
  const { log, takes, start = { speed: SPEED, playing: true, jump: null } } = options;
  const control = new SceneControl(new Transport(staged.play, { ...start, log }), takes);
  if (start.jump !== null) control.aim(start.jump);
  return control;
}

function labelOf({ name = 'Plimsoll' }: ServeOptions, staged: Staged | null): SceneLabel {
  return {
    name: staged?.play.name ?? name,
    kind: staged?.play.kind ?? 'live',
    simulated: staged !== null,
    startedAt: new Date().toISOString(),
  };
}

/**
 * Deadlines pass and liquidation orders expire also when nobody sends anything, and the engine
 * verifies its index; one tick waits for the disk at a time.
 */
function startClock(desk: Desk, everyMs: number): NodeJS.Timeout {
  let isWaiting = false;
  const done = (): void => {
    isWaiting = false;
  };
  const timer = setInterval(() => {
    if (isWaiting || !desk.awaitsTime()) return;
    isWaiting = true;
    desk.execute({ kind: 'clock' }, { client: 'clock' }).then(done, done);
  }, everyMs);
  timer.unref();
  return timer;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const message = `cannot listen on ${host}:${port}: ${listenReason(cause)}`;
    throw new ServerError('address', message, { cause });
  }
  const bound = app.server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return `http://${name}:${bound.port}`;
}

function listenReason(cause: unknown): string {
  if (systemCode(cause) === 'EADDRINUSE')
    return 'another program has it; choose another with --port';
  return `${reasonOf(cause)}; choose another with --host or --port`;
}
