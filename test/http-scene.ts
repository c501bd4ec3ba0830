/** A server on a free port of this machine that is gone after its test, and what to ask it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  serve,
  type RunningServer,
  type ServeOptions,
} from '../packages/plimsoll/src/server/index.ts';

export * from './venue.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server that is closed after the test, in which time passes only when a test lets it. */
export async function startServer(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const server = await serve({
    data: temporaryFolder(),
    port: 0,
    clockMs: 3_600_000,
    log: () => undefined,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}
