/** What lies between two sets of tier tables, market by market and level by level. */
import type { TierLevel, TierTable } from './tiers-table.ts';

/** What happened to a level. `rate`: same start, another rate; `boundary`: same rate, moved. */
export type LevelChangeKind = 'rate' | 'leverage' | 'boundary' | 'added' | 'removed';

/** One level that differs. */
export interface LevelChange {
  readonly change: LevelChangeKind;
  /** Null for one that was added. */
  readonly before: TierLevel | null;
  /** Null for one that was removed. */
  readonly after: TierLevel | null;
}

/** One market whose table differs. */
export interface TableChange {
  readonly market: string;
  readonly levels: readonly LevelChange[];
  /** Kind and measure, where they differ: `steps by value` … */
  readonly form: Turn | null;
  /** Where the last level ends, where both sets say it and differ. */
  readonly cap: Turn | null;
}

/** One word that differs. */
interface Turn {
  readonly before: string;
  readonly after: string;
}

export interface TierChanges {
  /** Markets that only the second set has. */
  readonly added: readonly string[];
  /** Markets that only the first set has. */
  readonly removed: readonly string[];
  readonly changed: readonly TableChange[];
  /** Markets with the same table in both. */
  readonly same: number;
}

/** The changes from one set to another. Printed deductions follow from the levels: not compared. */
export function tierChanges(
  before: readonly TierTable[],
  after: readonly TierTable[],
): TierChanges {
  const [old, now] = [byMarket(before), byMarket(after)];
  const pairs = after.flatMap((table) => {
    const one = old.get(table.market);
    return one === undefined ? [] : [changeOf(one, table)];
  });
  const changed = pairs.filter(
    ({ levels, form, cap }) => levels.length > 0 || form !== null || cap !== null,
  );
  return {
    added: after.map(({ market }) => market).filter((market) => !old.has(market)),
    removed: before.map(({ market }) => market).filter((market) => !now.has(market)),
    changed,
    same: pairs.length - changed.length,
  };
}

function byMarket(tables: readonly TierTable[]): ReadonlyMap<string, TierTable> {
  return new Map(tables.map((table) => [table.market, table]));
}

function changeOf(before: TierTable, after: TierTable): TableChange {
  return {
    market: after.market,
    levels: levelChanges(before.levels, after.levels),
    form: turnOf(formOf(before), formOf(after)),
    cap: turnOf(before.cap, after.cap),
  };
}

function turnOf(before: string | null, after: string | null): Turn | null {
  return before === null || after === null || before === after ? null : { before, after };
}

function formOf({ kind, by }: TierTable): string {
  return `${kind} by ${by}`;
}

type Alike = (before: TierLevel, after: TierLevel) => boolean;

/** In this order: what is unchanged first, so that it is not taken for a moved neighbour. */
const MATCHES: readonly Alike[] = [
  (before, after) => before.from === after.from,
  (before, after) => before.rate === after.rate,
];

function levelChanges(
  before: readonly TierLevel[],
  after: readonly TierLevel[],
): readonly LevelChange[] {
  const pairs = new Map<TierLevel, TierLevel>();
  for (const isAlike of MATCHES) pairUp(pairs, { before, after, isAlike });
  const matched = new Set(pairs.values());
  const found = [
    ...[...pairs].flatMap(([old, now]) => pairChange(old, now)),
    ...before.filter((level) => !pairs.has(level)).map(removal),
    ...after.filter((level) => !matched.has(level)).map(addition),
  ];
  return found.toSorted((one, other) => startOf(one) - startOf(other));
}

interface Matching {
  readonly before: readonly TierLevel[];
  readonly after: readonly TierLevel[];
  readonly isAlike: Alike;
}

function pairUp(pairs: Map<TierLevel, TierLevel>, { before, after, isAlike }: Matching): void {
  const taken = new Set(pairs.values());
  for (const old of before) {
    if (pairs.has(old)) continue;
    const now = after.find((level) => !taken.has(level) && isAlike(old, level));
    if (now === undefined) continue;
    taken.add(now);
    pairs.set(old, now);
  }
}

function pairChange(before: TierLevel, after: TierLevel): readonly LevelChange[] {
  if (before.from !== after.from) return [{ change: 'boundary', before, after }];
  if (before.rate !== after.rate) return [{ change: 'rate', before, after }];
  const hasBoth = before.maxLeverage !== null && after.maxLeverage !== null;
  if (!hasBoth || before.maxLeverage === after.maxLeverage) return [];
  return [{ change: 'leverage', before, after }];
}

function removal(before: TierLevel): LevelChange {
  return { change: 'removed', before, after: null };
}

function addition(after: TierLevel): LevelChange {
  return { change: 'added', before: null, after };
}

/** For the order only: doubles are enough. */
function startOf({ before, after }: LevelChange): number {
  return Number((after ?? before)?.from ?? 0);
}
