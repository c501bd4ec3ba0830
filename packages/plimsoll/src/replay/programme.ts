/**
 * Candle files that a server can play: found where the operator says, each with its population on
 * an engine of its own. Files that differ in their market alone are played together.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Programme, Score, Unplayable } from '../server/index.ts';
import { prepareReplay } from './plan.ts';
import { ReplayError } from './replay-error.ts';
import { ReplayedPlay } from './replayed-play.ts';

export interface ProgrammeOptions {
  /** Candle files, and folders of them. */
  readonly paths: readonly string[];
  readonly accounts: number;
  readonly seed: number;
}

const CANDLES = /\.csv(\.gz)?$/i;
/** Rates lie beside prices, in files of the same shape. */
const RATES = /funding/i;

/** Reads the folders, not the files. Throws a ReplayError when there is nothing to play. */
export function makeProgramme(options: ProgrammeOptions): Programme {
  const reels = reelsOf(options.paths.flatMap(candleFiles));
  if (reels.size === 0)
    throw new ReplayError(`${options.paths.join(', ')}: there is no candle file (.csv, .csv.gz)`);
  return {
    files: [...reels.keys()],
    load: (file) => load({ file, candles: reels.get(file) ?? [] }, options),
  };
}

function candleFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ReplayError(`${path} cannot be read: is there such a file?`);
  if (!found.isDirectory()) return [path];
  const names = readdirSync(path).toSorted((a, b) => a.localeCompare(b));
  return names
    .filter((name) => CANDLES.test(name) && !RATES.test(name))
    .map((name) => join(path, name));
}

/** Paths by the name that readers choose by; never a path, which is nobody else's business. */
function reelsOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    const rest = basename(path).replace(/^[^-_.]*/, '');
    groups.set(rest, [...(groups.get(rest) ?? []), path]);
  }
  return new Map(
    [...groups].map(([rest, group]) => {
      const markets = group.map((path) => basename(path).slice(0, -rest.length));
      return [`${markets.join('+')}${rest}`, group];
    }),
  );
}

interface Reel {
  readonly file: string;
  readonly candles: readonly string[];
}

async function load(
  { file, candles }: Reel,
  { accounts, seed }: ProgrammeOptions,
): Promise<Score | Unplayable> {
  const input = { candles, marks: [], funding: [], accounts, seed, markets: null, allowGaps: true };
  try {
    const { plan } = await prepareReplay(input);
    return { open: (desk, clock) => ReplayedPlay.open({ plan, file, desk, clock }) };
  } catch (cause) {
    if (cause instanceof ReplayError) return { refusal: withoutFolders(cause.message, candles) };
    throw cause;
  }
}

/** Where the operator keeps files is not for everyone who may choose among them. */
function withoutFolders(message: string, paths: readonly string[]): string {
  return paths.reduce((text, path) => text.replaceAll(path, basename(path)), message);
}
