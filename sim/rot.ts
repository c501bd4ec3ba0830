/**
 * Bit rot: a copy of the disk with one bit flipped is started beside the real one. It must halt, or
 * come to the very state, or say that it has cut the last frame and come to the state before it.
 */
import { encodeState } from '@plimsoll/core/engine';
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';
import { FaultyStorage, readJournal, type Frame } from '../packages/plimsoll/src/journal/index.ts';
import { Desk, ServerError } from '../packages/plimsoll/src/server/index.ts';
import type { Disk } from './disk.ts';
import type { HistoryFile } from './history.ts';
import { Model } from './model.ts';
import type { RunOptions } from './options.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

export interface RotParts {
  readonly world: World;
  readonly dice: Dice;
  readonly disk: Disk;
  readonly history: HistoryFile;
  readonly options: RunOptions;
  readonly directory: string;
  readonly tally: Tally;
  readonly report: (violation: string) => void;
}

export async function startSpoilt(parts: RotParts): Promise<void> {
  const { disk, directory, dice, tally, report } = parts;
  const folder = `${directory}/journal`;
  const files = disk.copy(folder);
  const frames = framesOf(disk, folder);
  if (frames.length === 0) return;
  const place = flipBit(files, dice);
  tally.count('bit-rot');
  const lines: string[] = [];
  try {
    const desk = await openCopy(parts, files, lines);
    judge({ desk, frames, lines }, (what) => report(`with ${place}: ${what}`));
    parts.world.kill(parts.world.host);
  } catch (cause) {
    if (!(cause instanceof ServerError && cause.code === 'damaged'))
      report(`with ${place} the start fails with ${String(cause)}`);
  }
}

function framesOf(disk: Disk, folder: string): Frame[] {
  try {
    return [...readJournal(folder, disk.storage).reader.frames()];
  } catch {
    // The very first start: there is no journal yet.
    return [];
  }
}

/** Flips one bit of one file, mostly where it holds something, and says where. */
function flipBit(files: ReadonlyMap<string, Uint8Array>, dice: Dice): string {
  const [path, bytes] = dice.pick([...files].filter(([, content]) => content.length > 0));
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const at = dice.below(dice.chance(90) ? Math.max(1, used) : bytes.length);
  const bit = dice.below(8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return `bit ${bit} of byte ${at} of ${path.split('/').at(-1) ?? ''} flipped`;
}

async function openCopy(
  { world, dice, options, directory, history }: RotParts,
  files: ReadonlyMap<string, Uint8Array>,
  lines: string[],
): Promise<Desk> {
  const storage = new FaultyStorage(dice.below(1_000));
  for (const [path, bytes] of files) storage.plant(path, bytes);
  const past = history.copy();
  world.host = { alive: true };
  const { limits, snapshotEvery, checkEvery, ringEvents, segmentBytes } = options;
  return Desk.open({
    directory,
    clock: () => 0,
    limits,
    snapshotEvery,
    checkEvery,
    isFollowed: false,
    ringEvents,
    log: (line) => lines.push(line),
    onHalt: (error) => lines.push(error.message),
    journal: { storage, segmentBytes },
    openHistory: (_file, { lastSequenceMax = Infinity } = {}) =>
      Promise.resolve(past.open(world.host, lastSequenceMax)),
  });
}

interface Found {
  readonly desk: Desk;
  /** Those of the journal before it was spoilt. */
  readonly frames: readonly Frame[];
  readonly lines: readonly string[];
}

function judge({ desk, frames, lines }: Found, report: (what: string) => void): void {
  const last = frames.at(-1);
  const { sequence } = desk.engine;
  const isWhole = sequence === last?.lastSequence;
  const isCut = sequence + 1 === last?.firstSequence;
  if (!isWhole && !isCut) report(`it comes to entry ${sequence} of ${last?.lastSequence ?? 0}`);
  if (isCut && !lines.some((line) => line.includes('was damaged and cut')))
    report('it cut the last frame and did not say so');
  const entries = frames.flatMap((frame) => frame.entries).slice(0, sequence);
  const expected = Model.replay(entries);
  if (Buffer.compare(encodeState(desk.engine), encodeState(expected)) !== 0)
    report('it comes to another state than the entries that it kept');
}
