/** What lies between two reports of one account: each figure that differs, before and after. */
import { formatDecimal, minus, parseDecimal } from '../units/index.ts';
import type { PositionReport, Report } from './check.ts';

/** One figure that differs. */
export interface FigureChange {
  /** As the reports print it; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  /** after − before of what is printed; null where one of them is no number. */
  readonly change: string | null;
}

/** The figures of one position that differ; one that came or went has no figures on one side. */
export interface PositionChange {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly marginMode: 'cross' | 'isolated';
  readonly figures: Readonly<Record<string, FigureChange>>;
}

export interface Difference {
  readonly account: Readonly<Record<string, FigureChange>>;
  readonly positions: readonly PositionChange[];
}

const ACCOUNT_KEYS = [
  'equity',
  'initialMargin',
  'maintenanceMargin',
  'marginRatio',
  'available',
  'state',
  'effectiveLeverage',
  'callAmount',
] as const satisfies readonly (keyof Report)[];

const POSITION_KEYS = [
  'value',
  'unrealizedPnl',
  'equity',
  'initialMargin',
  'maintenanceMargin',
  'marginRatio',
  'state',
  'liquidationPrice',
  'forcedPrice',
  'bankruptcyPrice',
  'distance',
] as const satisfies readonly (keyof PositionReport)[];

/** The figures that differ between two reports; positions are matched by what tells them apart. */
export function differenceOf(before: Report, after: Report): Difference {
  const pairs = pairsOf(before.positions, after.positions);
  return {
    account: changesOf(ACCOUNT_KEYS, before, after),
    positions: pairs.flatMap(([old, now]) => positionChange(old, now) ?? []),
  };
}

type Pair = readonly [PositionReport | undefined, PositionReport | undefined];

function pairsOf(before: readonly PositionReport[], after: readonly PositionReport[]): Pair[] {
  const now = new Map(after.map((each) => [keyOf(each), each]));
  const old = new Set(before.map(keyOf));
  const kept = before.map((each): Pair => [each, now.get(keyOf(each))]);
  return [
    ...kept,
    ...after.filter((each) => !old.has(keyOf(each))).map((e): Pair => [undefined, e]),
  ];
}

function keyOf({ market, side, marginMode }: PositionReport): string {
  return JSON.stringify([market, side, marginMode]);
}

function positionChange(
  before: PositionReport | undefined,
  after: PositionReport | undefined,
): PositionChange | null {
  const one = after ?? before;
  if (one === undefined) return null;
  const figures = changesOf(POSITION_KEYS, before, after);
  if (Object.keys(figures).length === 0) return null;
  return { market: one.market, side: one.side, marginMode: one.marginMode, figures };
}

function changesOf<Key extends string>(
  keys: readonly Key[],
  before: Partial<Record<Key, string | null>> | undefined,
  after: Partial<Record<Key, string | null>> | undefined,
): Readonly<Record<string, FigureChange>> {
  const found: Record<string, FigureChange> = {};
  for (const key of keys) {
    const [old, now] = [before?.[key] ?? null, after?.[key] ?? null];
    if (old !== now) found[key] = { before: old, after: now, change: gapOf(old, now) };
  }
  return found;
}

function gapOf(before: string | null, after: string | null): string | null {
  const [old, now] = [parseDecimal(before), parseDecimal(after)];
  return old === undefined || now === undefined ? null : formatDecimal(minus(now, old));
}
