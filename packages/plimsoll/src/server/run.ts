/** Keeps a server running until a signal asks it to stop or it has to, and gives the exit code. */
import type { RunningServer } from './serve.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** 0 when it was asked to stop, 1 when it had to; the reason goes to `log`. */
export async function runUntilStopped(
  server: RunningServer,
  log: (line: string) => void = console.error,
): Promise<0 | 1> {
  const stop = (): void => {
    void server.close();
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  const reason = await server.stopped;
  for (const signal of SIGNALS) process.off(signal, stop);
  if (reason !== null) log(reason.message);
  return reason === null ? 0 : 1;
}
