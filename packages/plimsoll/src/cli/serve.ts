/** `plimsoll serve`: the server, until a signal or a fault stops it. */
import { runUntilStopped, serve, ServerError, type ServeOptions } from '../server/index.ts';
import { Failure, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';

/** Serves until stopped; 0 when it was asked to stop, 1 when it had to. */
export async function serveCommand(options: ServeOptions): Promise<ExitCode> {
  try {
    const server = await serve(options);
    await printLine(
      `Plimsoll is at ${server.address}, its data in ${options.data}; Ctrl-C stops it`,
    );
    return await runUntilStopped(server);
  } catch (cause) {
    if (cause instanceof ServerError) throw new Failure(cause.message, 1, { cause });
    throw cause;
  }
}
