/**
 * Candle files that a server can play: found where the operator says or brought by a reader, each
 * with its population on an engine of its own.
 */
import { readdirSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../journal/index.ts';
import type { Programme, Score, Unplayable } from '../server/index.ts';
import { readFunding } from './candle-file.ts';
import type { ReplayInput } from './plan.ts';
import { readPlan } from './plan-thread.ts';
import { isFundingFile, reelsOf, type Reel } from './reels.ts';
import { ReplayError } from './replay-error.ts';
import { ReplayedPlay } from './replayed-play.ts';

export interface ProgrammeOptions {
  /** Candle files, and folders of them. */
  readonly paths: readonly string[];
  /** Where files are kept that readers bring; made with the first of them. */
  readonly folder: string;
  readonly accounts: number;
  readonly seed: number;
}

const CANDLES = /\.csv(\.gz)?$/i;
/** What a file may be called that comes from outside. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.csv(\.gz)?$/;
/** Checked before it takes its name; no candle file ends so. */
const UNCHECKED = '.part';

/** Reads the folders, not the files. Throws a ReplayError for what is not there. */
export function makeProgramme(options: ProgrammeOptions): Programme {
  const given = options.paths.flatMap(candleFiles);
  const names = new Set(given.map((path) => basename(path)));
  const brought = (): string[] =>
    broughtFiles(options.folder).filter((path) => !names.has(basename(path)));
  const reels = (): readonly Reel[] => reelsOf([...given, ...brought()]);
  if (options.paths.length > 0 && reelsOf(given).length === 0)
    throw new ReplayError(`${options.paths.join(', ')}: there is no candle file (.csv, .csv.gz)`);
  return {
    get files() {
      return reels().map(({ file }) => file);
    },
    load: (file) =>
      load(
        reels().find((reel) => reel.file === file),
        options,
      ),
    add: async (name, bytes) => {
      const isTaken = names.has(name);
      const refusal = isTaken
        ? 'there is a file of this name here already; give it another'
        : await keep({ name, bytes, folder: options.folder });
      if (refusal !== null) return { refusal };
      return { file: reels().find((reel) => isIn(reel, join(options.folder, name)))?.file ?? null };
    },
  };
}

function candleFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ReplayError(`${path} cannot be read: is there such a file?`);
  return found.isDirectory() ? filesIn(path) : [path];
}

function broughtFiles(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : filesIn(folder);
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder).toSorted((a, b) => a.localeCompare(b));
  return names.filter((name) => CANDLES.test(name)).map((name) => join(folder, name));
}

async function load(
  reel: Reel | undefined,
  { accounts, seed }: ProgrammeOptions,
): Promise<Score | Unplayable> {
  if (reel === undefined) return { refusal: 'the file is gone' };
  const { file, candles, marks, funding } = reel;
  try {
    const input = { candles, marks, funding, accounts, seed, markets: null, allowGaps: true };
    const plan = await readPlan(input);
    return { open: (desk, clock) => ReplayedPlay.open({ plan, file, desk, clock }) };
  } catch (cause) {
    return { refusal: refusalOf(cause, pathsOf(reel)) };
  }
}

interface Brought {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly folder: string;
}

/** Keeps a file that can be read. What is wrong with it, or null. */
async function keep({ name, bytes, folder }: Brought): Promise<string | null> {
  if (!NAME.test(name))
    return 'a candle file is called like BTCUSDT-1m-2025.csv or .csv.gz: letters, digits, dots and dashes';
  makeFolder(folder, 0o700);
  const path = join(folder, name);
  const unchecked = `${path}${UNCHECKED}`;
  await writeFile(unchecked, bytes);
  try {
    await readAlone(unchecked, name);
    await rename(unchecked, path);
    return null;
  } catch (cause) {
    await rm(unchecked, { force: true });
    return refusalOf(cause, [unchecked]).replaceAll(basename(unchecked), name);
  }
}

async function readAlone(path: string, name: string): Promise<void> {
  if (isFundingFile(name)) {
    await readFunding(path);
    return;
  }
  const alone: ReplayInput = {
    candles: [path],
    marks: [],
    funding: [],
    accounts: 1,
    seed: 1,
    markets: null,
    allowGaps: true,
  };
  await readPlan(alone);
}

function isIn(reel: Reel, path: string): boolean {
  return pathsOf(reel).includes(path);
}

function pathsOf({ candles, marks, funding }: Reel): readonly string[] {
  return [...candles, ...marks, ...funding].filter((path) => path !== null);
}

/** Where the operator keeps files is not for everyone who may choose among them. */
function refusalOf(cause: unknown, paths: readonly string[]): string {
  if (!(cause instanceof ReplayError)) throw cause;
  return paths.reduce((text, path) => text.replaceAll(path, basename(path)), cause.message);
}
