/** The thread that reads a replay's files: an input in, a plan or a refusal out. */
import { parentPort, workerData } from 'node:worker_threads';
import { prepareReplay, type ReplayInput } from './plan.ts';
import type { PlanReply } from './plan-thread.ts';
import { ReplayError } from './replay-error.ts';

parentPort?.postMessage(await reply(workerData as ReplayInput), []);

async function reply(input: ReplayInput): Promise<PlanReply> {
  try {
    const { plan } = await prepareReplay(input);
    return { plan };
  } catch (cause) {
    if (cause instanceof ReplayError) return { refusal: cause.message };
    throw cause;
  }
}
