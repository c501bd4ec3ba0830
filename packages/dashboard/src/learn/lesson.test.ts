/** The lesson's figures are what its words say. */
import { expect, test } from 'vitest';
import { ENTRY, opened, paired } from './lesson.ts';

test('opening takes value / leverage, staying takes 5 %', () => {
  const { report, position } = opened({ leverage: 5, price: ENTRY });
  expect(report).toMatchObject({ equity: '10000', initialMargin: '10000' });
  expect(position).toMatchObject({ maintenanceMargin: '2500', bankruptcyPrice: '40000' });
  expect(position.liquidationPrice).toBe('42105.2631579');
});

test.each([
  [50_000, 'healthy'],
  [42_500, 'margin-call'],
  [42_100, 'liquidation'],
  [39_900, 'bankrupt'],
])('at %d it is %s', (price, state) => {
  expect(opened({ leverage: 5, price }).position.state).toBe(state);
});

function states(mode: 'cross' | 'isolated', price: number): readonly string[] {
  return paired(price, mode).map(({ state }) => state);
}

test('alone bitcoin is lost at once, in the pool later and with ether', () => {
  expect(states('isolated', 46_500)).toEqual(['liquidation', 'healthy']);
  expect(states('cross', 46_500)).toEqual(['healthy', 'healthy']);
  expect(states('cross', 43_600)).toEqual(['liquidation', 'liquidation']);
});
