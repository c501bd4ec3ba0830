/** Starts the server on a data folder, and stops it so that nothing acknowledged is lost. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { startDemo, type Demo } from '../demo/index.ts';
import { makeFolder } from '../journal/index.ts';
import { Access, isLoopback } from './access.ts';
import { buildApp } from './app.ts';
import { Desk } from './desk.ts';
import type { Feed } from './feed.ts';
import { keyFile } from './keys.ts';
import { loadLimits, type LoadLimits } from './load-limits.ts';
import { reasonOf, ServerError, systemCode } from './server-error.ts';

export interface ServeOptions {
  /** The data folder; made when it is not there. */
  readonly data: string;
  /** Default 127.0.0.1; anything beyond this machine needs keys. */
  readonly host?: string;
  /** Default 4600; 0 takes a free one. */
  readonly port?: number;
  /** Simulated markets and accounts, when the folder is empty or already holds them. */
  readonly demo?: boolean;
  /** What the demo is made from; default 1. */
  readonly seed?: number;
  /** Default "Plimsoll". */
  readonly name?: string;
  /** Requests a second of one key or address; default 2,000. */
  readonly ratePerSecond?: number;
  /** Default 200,000 commands. */
  readonly snapshotEvery?: number;
  /** Invariants are checked every so many commands; default 10,000. */
  readonly checkEvery?: number;
  /** How much may wait, by class; what is left out is as in `LOAD_LIMITS`. */
  readonly limits?: Partial<LoadLimits>;
  /** Milliseconds between two looks at whether time has to pass; default 1,000. */
  readonly clockMs?: number;
  /** Subscribers of the feed at most; default 1,000. */
  readonly subscribersMax?: number;
  /** Events kept for the feed; default 20,000. */
  readonly ringEvents?: number;
  /** Milliseconds that stopping may take; default 10,000. */
  readonly drainMs?: number;
  /** Lines for the log; default standard error. */
  readonly log?: (line: string) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:4600`. */
  readonly address: string;
  readonly desk: Desk;
  /** Finishes what was taken and lets everything go; the same promise for every caller. */
  close: () => Promise<void>;
  /**
   * Resolves when it has stopped: with the reason when it had to, with null when it was asked to.
   */
  readonly stopped: Promise<ServerError | null>;
}

/** Throws a `ServerError` that says what is in the way and what to do about it. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', log = console.error } = options;
  makeData(options.data);
  const access = new Access(options.data);
  refuseOpenDoor(host, access, options.data);
  const halt: { listener: (error: ServerError) => void } = { listener: () => undefined };
  const time = { clock: Date.now };
  const desk = await Desk.open({
    directory: options.data,
    clock: () => time.clock(),
    limits: loadLimits(options.limits),
    snapshotEvery: options.snapshotEvery ?? 200_000,
    checkEvery: options.checkEvery ?? 10_000,
    ringEvents: options.ringEvents ?? 20_000,
    log,
    onHalt: (error) => halt.listener(error),
  });
  return open({ options, host, log, access, desk, halt, time });
}

interface Opening {
  readonly options: ServeOptions;
  readonly host: string;
  readonly log: (line: string) => void;
  readonly access: Access;
  readonly desk: Desk;
  readonly halt: { listener: (error: ServerError) => void };
  readonly time: { clock: () => number };
}

async function open(opening: Opening): Promise<RunningServer> {
  const { options, host, access, desk, time } = opening;
  try {
    const demo = await startDemo(desk, {
      wanted: options.demo ?? false,
      seed: options.seed ?? 1,
      time,
      log: opening.log,
    });
    const scene = {
      name: demo === null ? (options.name ?? 'Plimsoll') : demo.name,
      simulated: demo !== null,
      startedAt: new Date().toISOString(),
    };
    const { ratePerSecond = 2_000, subscribersMax = 1_000 } = options;
    const { app, feed } = await buildApp({ desk, access, scene, ratePerSecond, subscribersMax });
    const address = await listen(app, host, options.port ?? 4600);
    demo?.run();
    return running(opening, { app, feed, demo, address });
  } catch (cause) {
    await desk.close();
    throw cause;
  }
}

interface Parts {
  readonly app: FastifyInstance;
  readonly feed: Feed;
  readonly demo: Demo | null;
  readonly address: string;
}

function running({ options, desk, halt }: Opening, parts: Parts): RunningServer {
  const clock = startClock(desk, options.clockMs ?? 1_000);
  let reason: ServerError | null = null;
  let closing: Promise<void> | undefined;
  const stop = deferred<ServerError | null>();
  const close = (): Promise<void> => {
    clearInterval(clock);
    closing ??= shutDown(desk, parts, options.drainMs ?? 10_000).finally(() =>
      stop.resolve(reason),
    );
    return closing;
  };
  halt.listener = (error) => {
    reason ??= error;
    // Long enough for a health check to see why, before the process ends.
    setTimeout(() => void close(), HALTED_VISIBLE_MS);
  };
  return { address: parts.address, desk, close, stopped: stop.promise };
}

const HALTED_VISIBLE_MS = 1_000;

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  const settle: { resolve?: (value: T) => void } = {};
  const promise = new Promise<T>((resolve) => {
    settle.resolve = resolve;
  });
  return { promise, resolve: (value) => settle.resolve?.(value) };
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

/** Refuse new work, finish what was taken, flush, snapshot, close: within the deadline. */
async function shutDown(desk: Desk, { app, feed, demo }: Parts, deadlineMs: number): Promise<void> {
  demo?.stop();
  feed.close();
  const deadline = setTimeout(() => {
    feed.terminate();
    app.server.closeAllConnections();
  }, deadlineMs);
  try {
    await Promise.race([app.close(), wait(deadlineMs)]);
    await desk.close();
  } finally {
    clearTimeout(deadline);
    feed.terminate();
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function makeData(directory: string): void {
  try {
    makeFolder(directory, 0o700);
  } catch (cause) {
    const message = `the data folder ${directory} cannot be made: ${reasonOf(cause)}; choose another with --data`;
    throw new ServerError('folder', message, { cause });
  }
}

function refuseOpenDoor(host: string, access: Access, directory: string): void {
  if (isLoopback(host) || access.needed) return;
  const message =
    `${host} can be reached from other machines and ${keyFile(directory)} does not exist: ` +
    'make a key first with plimsoll keys add, or listen on 127.0.0.1';
  throw new ServerError('unsafe', message);
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
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
