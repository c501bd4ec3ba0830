/**
 * Which candle files belong together: those that differ in their market alone are one reel, and a
 * market's mark prices and funding rates of the same time go with its candles.
 *
 * Names say it: `BTCUSDT-5m-last-2025-12_2026-01.csv.gz` is a market, an interval, a kind and a
 * time; the words `mark` and `funding` name the kinds that go with others.
 */
import { basename } from 'node:path';

/** Paths that are played together, in the order of their markets. */
export interface Reel {
  /** What readers choose it by; never a path, which is nobody else's business. */
  readonly file: string;
  readonly candles: readonly string[];
  /** Of each of `candles`; null where there is none. */
  readonly marks: readonly (string | null)[];
  readonly funding: readonly (string | null)[];
}

interface Named {
  readonly path: string;
  readonly market: string;
  /** All behind the market. */
  readonly rest: string;
  /** Market and time: what candles, marks and rates of one file set share. */
  readonly set: string;
  readonly isMark: boolean;
  readonly isFunding: boolean;
}

const FILE = /\.csv(\.gz)?$/i;
const MARK = /[-_]mark(?=[-_.])/i;
const FUNDING = /[-_]funding(?=[-_.])/i;
/** What says nothing of the time: intervals and kinds. */
const ELSE = /[-_](\d+(s|m|h|d|w|mo)|mark|last|trades?|index|funding)(?=[-_.]|$)/gi;

/** The reels of these paths, in their order; marks without candles are played as candles. */
export function reelsOf(paths: readonly string[]): readonly Reel[] {
  const all = [...new Set(paths)].map(named);
  const funding = bySet(all.filter((one) => one.isFunding));
  const prices = all.filter((one) => !one.isFunding);
  const traded = new Set(prices.filter((one) => !one.isMark).map(({ set }) => set));
  const marks = bySet(prices.filter((one) => one.isMark && traded.has(one.set)));
  const groups = new Map<string, Named[]>();
  for (const one of prices) {
    if (one.isMark && traded.has(one.set)) continue;
    groups.set(one.rest, [...(groups.get(one.rest) ?? []), one]);
  }
  return [...groups].map(([rest, group]) => ({
    file: `${group.map(({ market }) => market).join('+')}${rest}`,
    candles: group.map(({ path }) => path),
    marks: group.map(({ set }) => marks.get(set) ?? null),
    funding: group.map(({ set }) => funding.get(set) ?? null),
  }));
}

/** Whether a file holds rates and no prices. */
export function isFundingFile(path: string): boolean {
  return FUNDING.test(basename(path));
}

function named(path: string): Named {
  const name = basename(path);
  const rest = name.replace(/^[^-_.]*/, '');
  const market = name.slice(0, name.length - rest.length);
  const bare = rest.replace(FILE, '.').replace(ELSE, '');
  return {
    path,
    market,
    rest,
    set: `${market}${bare}`,
    isMark: MARK.test(rest),
    isFunding: FUNDING.test(rest),
  };
}

/** The first path of each set. */
function bySet(files: readonly Named[]): ReadonlyMap<string, string> {
  return new Map(files.toReversed().map(({ set, path }) => [set, path]));
}
