/**
 * The columns of the table of accounts, and what each of its cells says on hover and on focus: the
 * exact figure with its unit, then what it means.
 */
import type { AccountRow } from './api.ts';
import { fixed, MISSING, percent, stateName } from './format.ts';
import { meaningOf, type Term } from './glossary.ts';
import type { SortField } from './roster.ts';

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly term: Term;
  readonly field?: SortField;
  /** Exactly, with its unit. */
  readonly exact: (row: AccountRow, asset: string) => string;
}

export const COLUMNS: readonly Column[] = [
  { id: 'account', label: 'account', term: 'account', exact: ({ account }) => account },
  { id: 'state', label: 'state', term: 'state', exact: ({ state }) => stateName(state) },
  {
    id: 'ratio',
    label: 'margin ratio',
    term: 'marginRatio',
    field: 'marginRatio',
    exact: ({ marginRatio }) =>
      marginRatio === 'Infinity' ? '∞: no equity is left' : fixed(marginRatio, 6),
  },
  {
    id: 'distance',
    label: 'distance',
    term: 'distance',
    field: 'distance',
    exact: ({ distance, nearestMarket }) =>
      distance === null ? MISSING : `${percent(distance, 4)} of ${nearestMarket ?? 'the mark'}`,
  },
  {
    id: 'equity',
    label: 'equity',
    term: 'accountEquity',
    field: 'equity',
    exact: ({ equity }, asset) => `${fixed(equity, 2)} ${asset}`,
  },
  {
    id: 'maintenance',
    label: 'maint.',
    term: 'maintenance',
    field: 'maintenanceMargin',
    exact: ({ maintenanceMargin }, asset) => `${fixed(maintenanceMargin, 2)} ${asset}`,
  },
  {
    id: 'markets',
    label: 'markets',
    term: 'markets',
    exact: ({ markets }) => (markets.length === 0 ? MISSING : markets.join(', ')),
  },
];

export function tipOf({ term, exact }: Column, row: AccountRow, asset: string): string {
  return meaningOf(term, exact(row, asset));
}
