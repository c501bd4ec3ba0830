/**
 * What the table of accounts asks the server for, and what it shows while a reader points at it:
 * figures keep moving, but rows stay where they are until the reader lets go.
 */
import type { AccountRow, AccountState } from './api.ts';

export type SortField =
  | 'marginRatio'
  | 'distance'
  | 'equity'
  | 'maintenanceMargin'
  | 'initialMargin'
  | 'available'
  | 'positionValue';

export interface Query {
  readonly field: SortField;
  readonly descending: boolean;
  readonly state: AccountState | '';
  readonly market: string;
  readonly search: string;
}

export interface Slice {
  readonly offset: number;
  readonly total: number;
  readonly rows: readonly AccountRow[];
  /** Accounts that only keep a place, while the order is held; see `holdOrder`. */
  readonly gone?: ReadonlySet<string>;
}

export const NEAREST_FIRST: Query = {
  field: 'marginRatio',
  descending: true,
  state: '',
  market: '',
  search: '',
};

/** The same column again turns the order; a new one starts with what is nearest its line. */
export function sortBy(query: Query, field: SortField): Query {
  if (query.field === field) return { ...query, descending: !query.descending };
  return { ...query, field, descending: field !== 'distance' };
}

const PAGE = 50;

/**
 * A page that holds the rows on the screen with room on both sides, so that small scrolls ask
 * nothing.
 */
export function pageFor(first: number, rows: number): { offset: number; limit: number } {
  const offset = Math.max(0, Math.floor((first - PAGE / 4) / 10) * 10);
  return { offset, limit: Math.min(200, first - offset + rows + PAGE) };
}

export function covers(slice: Slice, first: number, rows: number): boolean {
  const last = Math.min(slice.total, first + rows);
  return first >= slice.offset && last <= slice.offset + slice.rows.length;
}

export function accountsPath(query: Query, page: { offset: number; limit: number }): string {
  const parameters = new URLSearchParams({
    sort: (query.descending ? '-' : '') + query.field,
    offset: String(page.offset),
    limit: String(page.limit),
  });
  if (query.state) parameters.set('state', query.state);
  if (query.market) parameters.set('market', query.market);
  if (query.search) parameters.set('search', query.search);
  return `/v1/accounts?${parameters.toString()}`;
}

/** What has no figure is the furthest from its line. */
function keyOf(row: AccountRow, field: SortField): number {
  const figure = row[field];
  if (figure === null) return field === 'distance' ? Infinity : -1;
  return Number(figure);
}

/**
 * A page in the order of the figures that it shows: the server found it by those of a moment ago,
 * and they have moved since. Equal ones stay as they came.
 */
export function inOrder(
  rows: readonly AccountRow[],
  { field, descending }: Query,
): readonly AccountRow[] {
  const way = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [one, other] = [keyOf(a, field), keyOf(b, field)];
    return one === other ? 0 : (one < other ? -1 : 1) * way;
  });
}

/**
 * Fresh figures in the order that is on the screen; rows that moved elsewhere keep their place and
 * are named in `gone`, since what was last known of them is true no more. Once most of them have
 * moved, there is no order left to hold.
 */
export function holdOrder(shown: Slice, fresh: Slice): Slice {
  if (shown.offset !== fresh.offset || shown.rows.length === 0) return fresh;
  const byAccount = new Map(fresh.rows.map((row) => [row.account, row]));
  const rows = shown.rows.map((row) => byAccount.get(row.account) ?? row);
  const gone = new Set(rows.map(({ account }) => account).filter((id) => !byAccount.has(id)));
  if (gone.size * 2 > rows.length) return fresh;
  const total = Math.max(fresh.total, shown.offset + rows.length);
  return { offset: shown.offset, total, rows, gone };
}
