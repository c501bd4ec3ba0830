/** `plimsoll journal`: what a journal holds, and whether replay leads where its snapshots say. */
import { join } from 'node:path';
import { createEngine, encodeState, violations, type Engine } from '@plimsoll/core/engine';
import {
  describeJournal,
  JournalError,
  readJournal,
  type Entry,
  type JournalDescription,
  type JournalReader,
  type SnapshotDescription,
} from '../journal/index.ts';
import {
  hashState,
  journalFolder,
  readCodeVersion,
  replayEntry,
  ServerError,
} from '../server/index.ts';
import { Failure, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';
import { table } from './table.ts';

export interface JournalOptions {
  /** A data folder or the journal's own folder. */
  readonly directory: string;
  readonly json?: true;
}

/** What `journal verify` found. */
interface Verdict {
  readonly directory: string;
  readonly frames: number;
  readonly commands: number;
  /** Of the state after the last command that was replayed. */
  readonly stateHash: string;
  readonly snapshots: readonly SnapshotVerdict[];
  readonly problems: readonly string[];
}

interface SnapshotVerdict {
  readonly file: string;
  readonly sequence: number | null;
  readonly verdict: 'equal' | 'different' | 'damaged' | 'not compared';
  readonly why: string;
}

/** Replays from the first command and compares; 1 when anything is damaged or differs. */
export async function verifyCommand(options: JournalOptions): Promise<ExitCode> {
  const verdict = sentenced(() => verify(journalFolder(options.directory)));
  await printLine(options.json ? JSON.stringify(verdict, null, 2) : verdictText(verdict));
  for (const problem of verdict.problems) console.error(problem);
  return verdict.problems.length === 0 ? 0 : 1;
}

/** Prints what lies in the folder, without replaying it; 1 when it is damaged. */
export async function showCommand(options: JournalOptions): Promise<ExitCode> {
  const found = sentenced(() => describeJournal(journalFolder(options.directory)));
  await printLine(options.json ? JSON.stringify(found, null, 2) : descriptionText(found));
  if (found.damage === undefined) return 0;
  console.error(found.damage.message);
  return 1;
}

function sentenced<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof JournalError) throw new Failure(cause.message, 1, { cause });
    throw cause;
  }
}

function verify(directory: string): Verdict {
  const found = describeJournal(directory);
  const replayed = replayAll(readJournal(directory).reader, found.snapshots);
  const snapshots = found.snapshots.map((snapshot) => judge(snapshot, replayed.hashes));
  const damaged = found.damage === undefined ? [] : [found.damage.message];
  return {
    directory,
    frames: found.frames,
    commands: replayed.engine.sequence,
    stateHash: hashState(encodeState(replayed.engine)),
    snapshots,
    problems: [...damaged, ...replayed.problems, ...snapshots.flatMap(problemOf(directory))],
  };
}

interface Replayed {
  readonly engine: Engine;
  /** By sequence: the hash of the state at each snapshot. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly problems: readonly string[];
}

function replayAll(reader: JournalReader, snapshots: readonly SnapshotDescription[]): Replayed {
  const engine = createEngine();
  const wanted = new Set(snapshots.map(({ sequence }) => sequence));
  const hashes = new Map<number, string>();
  for (const entry of reader.read()) {
    const problem = replayProblem(engine, entry);
    if (problem !== undefined) return { engine, hashes, problems: [problem] };
    if (wanted.has(entry.sequence)) hashes.set(entry.sequence, hashState(encodeState(engine)));
  }
  return { engine, hashes, problems: violations(engine).map(invariantProblem) };
}

function replayProblem(engine: Engine, entry: Entry): string | undefined {
  try {
    replayEntry(engine, entry);
    return undefined;
  } catch (cause) {
    if (cause instanceof ServerError) return cause.message;
    throw cause;
  }
}

function invariantProblem(broken: string): string {
  return `the replayed state breaks an invariant: ${broken}; keep the folder and report it`;
}

function judge(
  snapshot: SnapshotDescription,
  hashes: ReadonlyMap<number, string>,
): SnapshotVerdict {
  const { file, sequence = null, stateHash, codeVersion, why } = snapshot;
  if (!snapshot.valid) return { file, sequence, verdict: 'damaged', why };
  const replayed = hashes.get(sequence ?? 0);
  if (replayed === undefined)
    return { file, sequence, verdict: 'not compared', why: 'its command was not replayed' };
  if (replayed === stateHash) return { file, sequence, verdict: 'equal', why: '' };
  if (codeVersion !== readCodeVersion())
    return { file, sequence, verdict: 'not compared', why: `it was written by ${codeVersion}` };
  return { file, sequence, verdict: 'different', why: `it says ${stateHash}, replay ${replayed}` };
}

function problemOf(directory: string): (snapshot: SnapshotVerdict) => readonly string[] {
  return ({ file, verdict, why }) => {
    const place = join(directory, file);
    if (verdict === 'damaged')
      return [`${place} ${why}: the server passes it over; it may be removed`];
    if (verdict === 'different') return [`${place} is not what its commands lead to: ${why}`];
    return [];
  };
}

function verdictText({ directory, frames, commands, stateHash, snapshots }: Verdict): string {
  const rows = [
    ['journal', directory],
    ['frames', String(frames)],
    ['commands', String(commands)],
    ['state hash', stateHash],
    ...snapshots.map(({ file, verdict, why }) => [
      file,
      why === '' ? verdict : `${verdict}: ${why}`,
    ]),
  ];
  return table(rows, ['left', 'left']);
}

function descriptionText({
  directory,
  frames,
  entries,
  bytes,
  segments,
  snapshots,
}: JournalDescription): string {
  const head = [
    ['journal', directory],
    ['frames', String(frames)],
    ['commands', String(entries)],
    ['bytes', String(bytes)],
  ];
  const parts = segments.map(({ file, firstSequence, lastSequence, frames: count }) => [
    file,
    count === 0 ? 'no frame yet' : `${count} frames, commands ${firstSequence} to ${lastSequence}`,
  ]);
  const states = snapshots.map(({ file, valid, why, sequence, codeVersion }) => [
    file,
    valid ? `after command ${sequence}, by ${codeVersion}` : why,
  ]);
  return table([...head, ...parts, ...states], ['left', 'left']);
}
