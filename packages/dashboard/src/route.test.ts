/** The address says where the reader is, and back. */
import { expect, test } from 'vitest';
import { parseRoute, writeRoute } from './route.ts';

test.each([
  ['', { market: null, account: null }],
  ['#', { market: null, account: null }],
  ['#market=BTC-PERP', { market: 'BTC-PERP', account: null }],
  ['#market=A%26B&account=acct+1', { market: 'A&B', account: 'acct 1' }],
])('%s', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
  expect(parseRoute(writeRoute(route))).toEqual(route);
});
