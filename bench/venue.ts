/**
 * What benchmarks of a server share: a data folder on a real disk, and many commands at once.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from '@plimsoll/core/engine';
import { serve, type Desk, type RunningServer } from '../packages/plimsoll/dist/server/index.js';
import type { Draft } from './load.ts';

// Not the system's folder for temporary files: it may be memory, where a sync costs nothing.
const DATA = fileURLToPath(new URL('../data', import.meta.url));
/** Commands at once: below what the server turns away. */
const TOGETHER = 2_000;

export function makeFolder(): string {
  mkdirSync(DATA, { recursive: true });
  return mkdtempSync(join(DATA, 'bench-'));
}

export function insist(answer: Answer): void {
  if (answer.status === 'accepted') return;
  throw new Error(`the engine refused a command of the benchmark: ${answer.refusal.message}`);
}

export async function execute(desk: Desk, draft: Draft): Promise<void> {
  insist(await desk.execute(draft, { client: 'bench' }));
}

/** All of them in order, many at a time. */
export async function executeAll(desk: Desk, drafts: Iterable<Draft>): Promise<void> {
  let together: Promise<void>[] = [];
  for (const draft of drafts) {
    together.push(execute(desk, draft));
    if (together.length < TOGETHER) continue;
    await Promise.all(together);
    together = [];
  }
  await Promise.all(together);
}

/** A server on a new folder, both gone afterwards. */
export async function withServer<T>(use: (server: RunningServer) => Promise<T>): Promise<T> {
  const folder = makeFolder();
  const server = await serve({ data: folder, port: 0, ratePerSecond: 1e9, log: () => undefined });
  try {
    return await use(server);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}
