/** The thread of the history: batches and questions in, answers out in the order of asking. */
import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryQuestion, HistoryReply, HistoryStart } from './history-thread.ts';
import { HistoryError } from './history.ts';
import { openHistoryFile, type HistoryFile } from './sqlite-history.ts';

const { path, origin, done } = workerData as HistoryStart;
const batches = new Int32Array(done);
let file: HistoryFile | undefined;
/** Why a batch was lost, or there is no file: what came after it would leave a hole. */
let failure: string | undefined;

parentPort?.on('message', (question: HistoryQuestion) => {
  tell(() => answer(question));
  if (question.kind !== 'append') return;
  Atomics.add(batches, 0, 1);
  Atomics.notify(batches, 0);
});
tell(() => {
  const opened = openHistoryFile(path, origin);
  ({ file } = opened);
  return opened.movedAside;
});

function answer(question: HistoryQuestion): unknown {
  if (question.kind === 'close') return file?.close();
  if (failure !== undefined) throw new HistoryError(failure);
  if (question.kind === 'events') return file?.events(question.query);
  if (question.kind === 'totals') return file?.totals(question.query);
  try {
    return file?.append(question.batch);
  } catch (cause) {
    failure = reasonOf(cause);
    throw cause;
  }
}

function tell(work: () => unknown): void {
  parentPort?.postMessage(reply(work), []);
}

function reply(work: () => unknown): HistoryReply {
  try {
    const value = work();
    return { kind: 'done', value, lastSequence: file?.lastSequence ?? 0 };
  } catch (cause) {
    return { kind: 'failed', reason: reasonOf(cause) };
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof HistoryError) return cause.reason;
  return cause instanceof Error ? cause.message : String(cause);
}
