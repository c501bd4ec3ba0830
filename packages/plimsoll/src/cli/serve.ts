/** `plimsoll serve`: the server, until a signal or a fault stops it. */
import { join } from 'node:path';
import { makeProgramme, ReplayError } from '../replay/index.ts';
import { runUntilStopped, serve, ServerError, type ServeOptions } from '../server/index.ts';
import { Failure, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';

export interface ServeCommandOptions extends Omit<ServeOptions, 'programme'> {
  /** Candle files, and folders of them, to be played. */
  readonly replay?: readonly string[];
  /** How many accounts a replay has. */
  readonly accounts: number;
  readonly seed: number;
}

/** Where candle files are kept in the data folder that readers of the page bring. */
const BROUGHT = 'candles';

/** Serves until stopped; 0 when it was asked to stop, 1 when it had to. */
export async function serveCommand(options: ServeCommandOptions): Promise<ExitCode> {
  try {
    const server = await serve(serveOptions(options));
    await printLine(
      `Plimsoll is at ${server.address}, its data in ${options.data}; Ctrl-C stops it`,
    );
    return await runUntilStopped(server);
  } catch (cause) {
    const isExpected = cause instanceof ServerError || cause instanceof ReplayError;
    if (isExpected) throw new Failure(cause.message, 1, { cause });
    throw cause;
  }
}

function serveOptions({ replay, accounts, ...options }: ServeCommandOptions): ServeOptions {
  const { demo = false, data, seed } = options;
  if (demo && replay !== undefined)
    throw new Failure('--demo and --replay are two scenes: give one of them', 2);
  if (!demo && replay === undefined) return options;
  const folder = join(data, BROUGHT);
  return { ...options, programme: makeProgramme({ paths: replay ?? [], folder, accounts, seed }) };
}
