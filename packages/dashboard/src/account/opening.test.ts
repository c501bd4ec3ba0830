/** What is suggested for a new position, and the rules that the core is given for it. */
import { check } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { expect, test } from 'vitest';
import type { Market } from '../api.ts';
import type { Account } from './answers.ts';
import { openingIn, withRules } from './opening.ts';

const RULES = {
  tick: '0.1',
  lot: '0.001',
  maxLeverage: '100',
  contract: 'linear',
  multiplier: '1',
  maintenance: { basis: 'mark', schedule: { kind: 'flat', rate: '0.01' } },
  initial: null,
  takerFee: '0.0005',
  trigger: 'below',
  makerFee: '0.0002',
  liquidationFee: '0.001',
} as const;

function market(rules: object, mark = '50000'): Market {
  return { market: 'M', mark, rules: { ...RULES, ...rules } } as unknown as Market;
}

function account(available: string): Account {
  return { available } as Account;
}

test.each([
  ['half of what there is, with leverage', {}, '1000', ['0.1', '10']],
  ['on a lot, never above it', { lot: '0.03' }, '1000', ['0.09', '10']],
  ['no more leverage than there is', { maxLeverage: '5' }, '1000', ['0.05', '5']],
  ['contracts of many coins', { multiplier: '0.001', lot: '1' }, '1000', ['100', '10']],
  ['inverse contracts', { contract: 'inverse', face: '100', lot: '1' }, '2', ['5000', '10']],
  ['one lot for who has nothing', {}, '0', ['0.001', '10']],
])('suggests %s', (_name, rules, available, suggested) => {
  const { size, leverage } = openingIn(market(rules), account(available));
  expect([size, leverage]).toEqual(suggested);
});

test('the core takes the rules of a market that the document says nothing of', () => {
  const document = { venue: 'custom', positions: [], markets: {} };
  const held = { side: 'long', size: '1', entryPrice: '50000', markPrice: '50000' };
  const ruled = {
    ...withRules(document, market({ initial: { schedule: { kind: 'flat', rate: '0.2' } } })),
    positions: [{ ...held, market: 'M', marginMode: 'cross', leverage: '10' }],
  };
  expect(check(ruled, rulebooks)).toMatchObject({
    initialMargin: '10000',
    maintenanceMargin: '500',
  });
});

test('rules that the document has stay as they are', () => {
  const document = { markets: { M: {} } };
  expect(withRules(document, market({}))).toBe(document);
});
