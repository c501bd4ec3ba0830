/**
 * Reads a replay's files in a thread of its own: years of candles take seconds, and whoever looks
 * at the scene before does not wait for them.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ReplayPlan } from '@plimsoll/core/lab';
import type { ReplayInput } from './plan.ts';
import { ReplayError } from './replay-error.ts';

/** What the thread says at the end. */
export type PlanReply = { readonly plan: ReplayPlan } | { readonly refusal: string };

/** Where the build puts the thread, seen from the sources as from the build. */
const THREAD = fileURLToPath(new URL('../../dist/replay/plan-worker.js', import.meta.url));

/** The plan of `prepareReplay`. Rejects with a `ReplayError` that names the place. */
export async function readPlan(input: ReplayInput): Promise<ReplayPlan> {
  const worker = new Worker(THREAD, { execArgv: [], workerData: input });
  try {
    const reply = await replyOf(worker);
    if ('refusal' in reply) throw new ReplayError(reply.refusal);
    return reply.plan;
  } finally {
    await worker.terminate();
  }
}

function replyOf(worker: Worker): Promise<PlanReply> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (cause) => {
      const names = 'the candle files are more than this machine can read';
      reject(new ReplayError(`${names}: ${cause.message}`, cause));
    });
  });
}
