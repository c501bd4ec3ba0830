/** The address says where the reader is, and back. */
import { expect, test } from 'vitest';
import { moved, parseRoute, writeRoute } from './route.ts';

const FRONT = { view: '', item: null, settings: {} };

test.each([
  ['', FRONT],
  ['#', FRONT],
  ['#/', FRONT],
  ['#/?market=BTC-PERP', { ...FRONT, settings: { market: 'BTC-PERP' } }],
  ['#/calculator', { ...FRONT, view: 'calculator' }],
  [
    '#/account/a%2F1+%3F?market=A%26B',
    { view: 'account', item: 'a/1+?', settings: { market: 'A&B' } },
  ],
  ['#/account/', { ...FRONT, view: 'account' }],
  ['#/account/100%', { ...FRONT, view: 'account', item: '100%' }],
])('%s', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
  expect(parseRoute(writeRoute(route))).toEqual(route);
});

test.each([
  [{ item: 'a2' }, '#/account/a2?market=ETH'],
  [{ view: '' }, '#/?market=ETH'],
  [{ settings: { market: null } }, '#/account/a1'],
  [{ view: 'learn', settings: { market: null } }, '#/learn'],
])('%j', (move, hash) => {
  expect(writeRoute(moved(parseRoute('#/account/a1?market=ETH'), move))).toBe(hash);
});
