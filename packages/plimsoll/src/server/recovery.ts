/**
 * Opens a data folder: the newest snapshot that this code wrote and the history has reached, then
 * every command after it. A first start is the same path with nothing to read.
 */
import { join } from 'node:path';
import {
  apply,
  createEngine,
  decodeState,
  violations,
  type Command,
  type Engine,
} from '@plimsoll/core/engine';
import { openHistory, type History } from '../history/index.ts';
import {
  openJournal,
  JournalError,
  type Commit,
  type Entry,
  type Journal,
  type JournalOptions,
} from '../journal/index.ts';
import { hashState } from './code-version.ts';
import { reasonOf, ServerError } from './server-error.ts';
import type { Executed } from './sequencer.ts';

/** What a data folder is made of; by default files and SQLite. */
export interface Media {
  readonly journal?: Omit<JournalOptions, 'onFailure' | 'onCommit'>;
  readonly openHistory?: typeof openHistory;
}

export interface RecoveryOptions extends Media {
  readonly directory: string;
  readonly codeVersion: string;
  readonly onFailure: (error: JournalError) => void;
  /** Told of every group commit of the journal. */
  readonly committed: (commit: Commit) => void;
  /** Every command after the snapshot, oldest first, with the engine as it left it. */
  readonly replayed: (executed: Executed, recovered: Recovered) => void;
  /** One line about what was found, for the log. */
  readonly log: (line: string) => void;
}

export interface Recovered {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly history: History;
  /** The sequence of the snapshot that it began with; 0 for none. */
  readonly startedFrom: number;
}

/** Throws a `ServerError` that says what is wrong with the folder and what to do. */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const journal = await openFolder(options);
  try {
    return await recoverFrom(options, journal);
  } catch (cause) {
    await journal.close();
    throw cause instanceof ServerError
      ? cause
      : new ServerError('damaged', reasonOf(cause), { cause });
  }
}

async function recoverFrom(options: RecoveryOptions, journal: Journal): Promise<Recovered> {
  const history = await openPast(options, journal);
  try {
    const recovered = { ...begin(options, journal, history), journal, history };
    await replay(options, recovered);
    checkState(recovered.engine);
    return recovered;
  } catch (cause) {
    // A history that fails as well must not hide why.
    await history.close().catch((also: unknown) => options.log(reasonOf(also)));
    throw cause;
  }
}

async function openFolder(options: RecoveryOptions): Promise<Journal> {
  const { directory, onFailure, committed, log } = options;
  try {
    const folder = join(directory, 'journal');
    const { journal, report } = await openJournal(folder, {
      ...options.journal,
      onFailure,
      onCommit: committed,
    });
    if (report.cut !== undefined)
      log(`the journal's last frame was damaged and cut: ${report.cut.why}`);
    for (const file of report.setAside)
      log(`a snapshot of entries that are gone was set aside: ${file}`);
    return journal;
  } catch (cause) {
    const damaged = cause instanceof JournalError && cause.code === 'damaged';
    throw new ServerError(damaged ? 'damaged' : 'folder', reasonOf(cause), { cause });
  }
}

async function openPast(options: RecoveryOptions, journal: Journal): Promise<History> {
  const file = join(options.directory, 'history.db');
  const { history, movedAside } = await (options.openHistory ?? openHistory)(file, {
    source: journal.id,
    lastSequenceMax: journal.lastSequence,
  });
  if (movedAside !== undefined)
    options.log('the history was moved aside and is rebuilt from the journal');
  return history;
}

function begin(
  options: RecoveryOptions,
  journal: Journal,
  history: History,
): Pick<Recovered, 'engine' | 'startedFrom'> {
  const choice = journal.newestSnapshot(
    ({ codeVersion, sequence }) =>
      codeVersion === options.codeVersion && sequence <= history.lastSequence,
  );
  for (const { file: name, why } of choice.skipped)
    options.log(`snapshot ${name} passed over: ${why}`);
  const { snapshot } = choice;
  if (snapshot === undefined) return { engine: createEngine(), startedFrom: 0 };
  if (hashState(snapshot.bytes) !== snapshot.stateHash) {
    options.log(
      `the snapshot at command ${snapshot.sequence} does not match its hash; reading everything`,
    );
    return { engine: createEngine(), startedFrom: 0 };
  }
  return { engine: decodeState(snapshot.bytes), startedFrom: snapshot.sequence };
}

const PIECE = 2_000;

async function replay(options: RecoveryOptions, recovered: Recovered): Promise<void> {
  let count = 0;
  for (const entry of recovered.journal.read(recovered.startedFrom + 1)) {
    options.replayed(replayEntry(recovered.engine, entry), recovered);
    count += 1;
    if (count % PIECE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Applies one entry of a journal again. Throws when it is not what the engine would have answered.
 */
export function replayEntry(engine: Engine, entry: Entry): Executed {
  const { buffer, byteOffset, length } = entry.bytes;
  const text = Buffer.from(buffer, byteOffset, length).toString('utf8');
  // Whatever it is: `apply` looks for itself, and to look twice would be felt in a long journal.
  const command = JSON.parse(text) as Command;
  const { answer, events, recorded } = apply(engine, command);
  if (!recorded && answer.status === 'refused') throw disagreement(entry, answer.refusal.message);
  if (answer.sequence !== entry.sequence) {
    throw disagreement(entry, `the engine counts it as command ${answer.sequence}`);
  }
  return { command, answer, events };
}

function disagreement(entry: Entry, why: string): ServerError {
  const message = `entry ${entry.sequence} of the journal cannot be applied by this version: ${why}. Start the version that wrote it`;
  return new ServerError('damaged', message);
}

function checkState(engine: Engine): void {
  const broken = violations(engine);
  if (broken.length === 0) return;
  throw new ServerError(
    'damaged',
    `the recovered state breaks its invariants: ${broken.join('; ')}`,
  );
}
