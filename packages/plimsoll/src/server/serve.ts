/** Starts the server on a data folder, and stops it so that nothing acknowledged is lost. */
import { makeFolder } from '../journal/index.ts';
import { Access, isLoopback } from './access.ts';
import type { Desk } from './desk.ts';
import { keyFile } from './keys.ts';
import type { LoadLimits } from './load-limits.ts';
import { reasonOf, ServerError } from './server-error.ts';
import { Theatre, type Programme } from './theatre.ts';

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
  /** Candle files to replay, each on an engine of its own in the data folder. */
  readonly programme?: Programme;
  /** Default "Plimsoll". */
  readonly name?: string;
  /** Requests a second of one key or address; default 2,000. */
  readonly ratePerSecond?: number;
  /** Default 200,000 commands. */
  readonly snapshotEvery?: number;
  /** Invariants are checked every so many commands; default 10,000. */
  readonly checkEvery?: number;
  /**
   * Whether a thread of its own follows the engine for whatever costs a look at everybody, at the
   * price of as much memory again; default true.
   */
  readonly follower?: boolean;
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
  /** The engine that is shown now. */
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
  const halt: Halt = { listener: () => undefined };
  const onHalt = (error: ServerError): void => halt.listener(error);
  const theatre = new Theatre({ serve: options, access, log, onHalt });
  await theatre.open();
  return running(theatre, halt, options.drainMs ?? 10_000);
}

interface Halt {
  listener: (error: ServerError) => void;
}

function running(theatre: Theatre, halt: Halt, drainMs: number): RunningServer {
  let reason: ServerError | null = null;
  let closing: Promise<void> | undefined;
  const stop = deferred<ServerError | null>();
  const close = (): Promise<void> => {
    closing ??= theatre.close(drainMs).finally(() => stop.resolve(reason));
    return closing;
  };
  halt.listener = (error) => {
    reason ??= error;
    // Long enough for a health check to see why, before the process ends.
    setTimeout(() => void close(), HALTED_VISIBLE_MS);
  };
  const { address } = theatre;
  return {
    address,
    close,
    stopped: stop.promise,
    get desk() {
      return theatre.take.desk;
    },
  };
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
