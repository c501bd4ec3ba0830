/** The tiles that a reader sees first. */
import { expect, test } from 'vitest';
import type { Totals } from './api.ts';
import { tilesOf } from './tiles.ts';

const totals: Totals = {
  sequence: 9,
  time: '2026-01-01T00:00:00.000Z',
  accounts: 1_000_000,
  withPositions: 990_000,
  healthy: 980_000,
  called: 9_214,
  liquidating: 14,
  equity: '4210000000',
  maintenanceMargin: '1070000000',
  initialMargin: '2000000000',
  positionValue: '42100000000',
  openInterest: {},
  fund: { balance: '38400000', equity: '38400000', lowest: '31200000' },
  fees: '0',
  marginCalls: 20_001,
  gaps: 3,
  liquidations: 18_904,
  bankruptcies: 12,
  deleveraged: 40,
  epoch: 7,
  epochMs: 0.012,
  epochMsWorst: 90.4,
};

test.each([
  ['accounts', '1,000,000', '990,000 with positions'],
  ['equity', '4.210\u202fB', 'positions 42.10\u202fB'],
  ['maintenance', '1.070\u202fB', '25.4 % of equity'],
  ['called now', '9,214', '20,001 calls so far'],
  ['liquidated', '18,904', '14 under way'],
  ['bankrupt', '12', '40 deleveraged'],
  ['fund', '38.40\u202fM', 'lowest 31.20\u202fM'],
  ['last epoch', '12 µs', 'worst 90.4 ms'],
])('%s is %s, %s', (label, value, note) => {
  expect(tilesOf(totals, 'USDT').find((tile) => tile.label === label)).toMatchObject({
    value,
    note,
  });
});

test('no equity is no share', () => {
  const empty = { ...totals, equity: '0', maintenanceMargin: '0' };
  expect(tilesOf(empty, 'USDT')[2]?.note).toBe('– of equity');
});

test('what has not happened has no colour, in whatever digits', () => {
  const calm = { ...totals, called: 0, liquidations: 0, bankruptcies: 0 };
  expect(tilesOf(calm, 'USDT').every(({ tone }) => tone === 'plain')).toBe(true);
  expect(tilesOf(totals, 'USDT').filter(({ tone }) => tone !== 'plain')).toHaveLength(3);
});
