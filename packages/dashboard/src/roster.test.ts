/** What the table asks for, and that rows stay under the reader's pointer. */
import { describe, expect, test } from 'vitest';
import type { AccountRow } from './api.ts';
import {
  accountsPath,
  covers,
  holdOrder,
  inOrder,
  NEAREST_FIRST,
  pageFor,
  sortBy,
} from './roster.ts';

function row(account: string, marginRatio: string): AccountRow {
  return {
    account,
    marginRatio,
    state: 'healthy',
    equity: '1',
    maintenanceMargin: '1',
    initialMargin: '1',
    available: '0',
    positionValue: '1',
    distance: null,
    nearestMarket: null,
    markets: [],
    deadline: null,
  };
}

describe('the question', () => {
  test('begins with the accounts nearest their line', () => {
    expect(accountsPath(NEAREST_FIRST, { offset: 0, limit: 60 })).toBe(
      '/v1/accounts?sort=-marginRatio&offset=0&limit=60',
    );
  });

  test('carries filters only when they are chosen', () => {
    const query = {
      ...NEAREST_FIRST,
      state: 'margin-call',
      market: 'BTC-PERP',
      search: 'a&b',
    } as const;
    expect(accountsPath(query, { offset: 100, limit: 60 })).toBe(
      '/v1/accounts?sort=-marginRatio&offset=100&limit=60&state=margin-call&market=BTC-PERP&search=a%26b',
    );
  });

  test('the same column again turns the order', () => {
    const turned = sortBy(NEAREST_FIRST, 'marginRatio');
    expect(turned.descending).toBe(false);
    expect(sortBy(turned, 'marginRatio').descending).toBe(true);
  });

  test('distance begins with the smallest, money with the largest', () => {
    expect(sortBy(NEAREST_FIRST, 'distance').descending).toBe(false);
    expect(sortBy(NEAREST_FIRST, 'equity').descending).toBe(true);
  });

  test.each([0, 7, 300, 999_980])('a page for row %i covers what is on the screen', (first) => {
    const page = pageFor(first, 20);
    expect(page.offset).toBeLessThanOrEqual(first);
    expect(page.offset + page.limit).toBeGreaterThanOrEqual(first + 20);
    expect(page.limit).toBeLessThanOrEqual(100);
  });
});

describe('covers', () => {
  const slice = { offset: 10, total: 12, rows: [row('a', '1'), row('b', '1')] };

  test('rows past the end need not be there', () => expect(covers(slice, 10, 20)).toBe(true));
  test('rows before the page are missing', () => expect(covers(slice, 9, 2)).toBe(false));
});

describe('holdOrder', () => {
  const shown = { offset: 0, total: 3, rows: [row('a', '0.9'), row('b', '0.8')] };

  test('figures move, rows do not', () => {
    const fresh = { offset: 0, total: 3, rows: [row('b', '0.95'), row('a', '0.91')] };
    const held = holdOrder(shown, fresh);
    expect(held.rows.map(({ account, marginRatio }) => [account, marginRatio])).toEqual([
      ['a', '0.91'],
      ['b', '0.95'],
    ]);
  });

  test('a row that left the page keeps its place and is named', () => {
    const fresh = { offset: 0, total: 3, rows: [row('c', '0.99'), row('a', '0.91')] };
    const held = holdOrder(shown, fresh);
    expect(held.rows.map(({ account }) => account)).toEqual(['a', 'b']);
    expect([...(held.gone ?? [])]).toEqual(['b']);
  });

  test('rows of which most have left are taken as they come', () => {
    const fresh = { offset: 0, total: 3, rows: [row('c', '0.99'), row('d', '0.91')] };
    expect(holdOrder(shown, fresh)).toBe(fresh);
  });

  test('an empty table takes what comes', () => {
    const fresh = { offset: 0, total: 1, rows: [row('c', '0.99')] };
    expect(holdOrder({ offset: 0, total: 0, rows: [] }, fresh)).toBe(fresh);
  });

  test('another page is taken as it is', () => {
    const fresh = { offset: 50, total: 3, rows: [row('c', '0.99')] };
    expect(holdOrder(shown, fresh)).toBe(fresh);
  });
});

test('a page is in the order of the figures it shows, and what has none comes last', () => {
  const idle = { ...row('idle', '0'), marginRatio: null };
  const rows = [row('a', '0.5'), idle, row('b', '0.9'), row('c', 'Infinity'), row('d', '0.9')];
  const names = inOrder(rows, NEAREST_FIRST).map(({ account }) => account);
  expect(names).toEqual(['c', 'b', 'd', 'a', 'idle']);
  const far = { ...row('far', '0.1'), distance: '0.2' };
  const near = { ...row('near', '0.1'), distance: '0.03' };
  const byDistance = { ...NEAREST_FIRST, field: 'distance', descending: false } as const;
  expect(inOrder([idle, far, near], byDistance)).toEqual([near, far, idle]);
});
