/** The accounts as a sorted, filtered list, a page at a time. */
import {
  toDocument,
  type AccountRow,
  type AccountView,
  type Engine,
  type StandingName,
} from '@plimsoll/core/engine';
import { check } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { decimal, formatDecimal } from '@plimsoll/core/units';
import { timeText, type PlainObject, type Scales } from './present.ts';
import { unitsToText } from './scale.ts';
import type { Standing } from './standing.ts';

export const SORT_FIELDS = [
  'marginRatio',
  'distance',
  'equity',
  'maintenanceMargin',
  'initialMargin',
  'available',
  'positionValue',
] as const;
type SortField = (typeof SORT_FIELDS)[number];

export type AccountState = 'healthy' | 'margin-call' | 'liquidation' | 'bankrupt';

export interface ListQuery {
  /** A field; `-` in front for the greatest first. */
  readonly sort: string;
  readonly state: AccountState | undefined;
  readonly market: string | undefined;
  readonly search: string | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Only these; null: all. */
  readonly allowed: ReadonlySet<string> | null;
}

/** An account's state in the words of the account document. */
export function stateOf(state: StandingName, equityAtoms: number): AccountState {
  if (equityAtoms < 0) return 'bankrupt';
  if (state === 'liquidating') return 'liquidation';
  return state === 'called' ? 'margin-call' : 'healthy';
}

/** A ratio as text: `null` with nothing to maintain. */
export function ratioText(ratio: number | null): string | null {
  if (ratio === null) return null;
  return Number.isFinite(ratio) ? formatDecimal(decimal(ratio)) : 'Infinity';
}

// Found and ordered by what one pass over the engine knew; what a page shows is read anew.
const KEYS: Readonly<Record<SortField, (row: AccountRow) => number>> = {
  marginRatio: (row) => row.marginRatio ?? -1,
  distance: (row) =>
    row.valueAtoms === 0
      ? Infinity
      : Math.max(0, row.equityAtoms - row.maintenanceMarginAtoms) / row.valueAtoms,
  equity: (row) => row.equityAtoms,
  maintenanceMargin: (row) => row.maintenanceMarginAtoms,
  initialMargin: (row) => row.initialMarginAtoms,
  available: (row) => row.equityAtoms - row.initialMarginAtoms,
  positionValue: (row) => row.valueAtoms,
};

function sortedRows(standing: Standing, sort: string): readonly AccountRow[] {
  const known = standing.sorted.get(sort);
  if (known !== undefined) return known;
  const key = KEYS[sort.replace('-', '') as SortField];
  const way = sort.startsWith('-') ? -1 : 1;
  const keyed = standing.rows.map((row) => ({ row, key: key(row) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key) * way || compareIds(a.row.account, b.row.account));
  const rows = keyed.map(({ row }) => row);
  standing.sorted.set(sort, rows);
  return rows;
}

/** Subtracting would make NaN of two infinities. */
function compareKeys(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** The accounts that match, in order, and how many there are in all. */
export function pageOf(
  standing: Standing,
  query: ListQuery,
): { total: number; accounts: readonly string[] } {
  const { state, market, allowed } = query;
  const search = query.search?.toLowerCase();
  const all = sortedRows(standing, query.sort);
  const matches = (row: AccountRow): boolean =>
    (state === undefined || stateOf(row.state, row.equityAtoms) === state) &&
    (market === undefined || row.markets.includes(market)) &&
    (search === undefined || row.account.toLowerCase().includes(search)) &&
    (allowed === null || allowed.has(row.account));
  const isOpen =
    state === undefined && market === undefined && search === undefined && allowed === null;
  const rows = isOpen ? all : all.filter(matches);
  const shown = rows.slice(query.offset, query.offset + query.limit);
  return { total: rows.length, accounts: shown.map((row) => row.account) };
}

export interface Nearest {
  readonly distance: string | null;
  readonly nearestMarket: string | null;
}

/** The market whose liquidation price is the fewest per cent away, exactly as `check` says. */
export function nearestOf(engine: Engine, account: string): Nearest {
  const document = toDocument(engine, account);
  const report = document === null ? null : check(document, rulebooks);
  if (report === null || 'error' in report) return { distance: null, nearestMarket: null };
  let nearest: Nearest = { distance: null, nearestMarket: null };
  for (const { distance, market } of report.positions) {
    if (distance === null) continue;
    if (nearest.distance === null || Number(distance) < Number(nearest.distance)) {
      nearest = { distance, nearestMarket: market };
    }
  }
  return nearest;
}

/**
 * One row as the API writes it: every figure from the engine as it stands, the pool and isolated
 * positions together.
 */
export function rowOf(engine: Engine, view: AccountView, scales: Scales): PlainObject {
  const isolated = view.positions.filter((one) => one.marginMode === 'isolated');
  const sum = (field: 'equityAtoms' | 'initialMarginAtoms' | 'maintenanceMarginAtoms'): number =>
    isolated.reduce((total, one) => total + one[field], view[field]);
  const money = (atoms: number): string => unitsToText(atoms, scales.atom);
  return {
    account: view.account,
    state: stateOf(view.state, sum('equityAtoms')),
    marginRatio: ratioText(view.worstRatio),
    equity: money(sum('equityAtoms')),
    maintenanceMargin: money(sum('maintenanceMarginAtoms')),
    initialMargin: money(sum('initialMarginAtoms')),
    available: money(view.availableAtoms),
    positionValue: money(view.valueAtoms),
    ...(view.valueAtoms === 0
      ? { distance: null, nearestMarket: null }
      : nearestOf(engine, view.account)),
    markets: view.positions.map(({ market }) => market),
    deadline: view.deadlineMs === null ? null : timeText(view.deadlineMs),
  };
}
