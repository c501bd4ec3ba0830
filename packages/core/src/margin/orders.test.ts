/** What open orders do to initial margin, to maintenance and to the liquidation price. */
import { describe, expect, test } from 'vitest';
import { check } from './check.ts';
import type { Report } from './check.ts';
import { explain } from './explain.ts';
import type { Rulebook, WrittenMarket } from './rulebook.ts';

const SOURCE = { source: 'a test', confidence: 'inferred' } as const;
const LEVELS = [
  { from: '0', rate: '0.01' },
  { from: '1000', rate: '0.02' },
];
const MARKET: WrittenMarket = {
  maintenance: {
    schedule: { kind: 'steps', by: 'value', levels: LEVELS },
    closingFeeRate: '0.001',
  },
};
const RULES: Readonly<Record<string, Partial<WrittenMarket>>> = {
  none: {},
  initial: { orders: { maintenance: 'initial' } },
  alone: { orders: { maintenance: 'alone' } },
  joint: { orders: { maintenance: 'with-position' } },
  worse: { orders: { count: 'worse-side' } },
  'worse-alone': { orders: { count: 'worse-side', maintenance: 'alone' } },
  'worse-joint': { orders: { count: 'worse-side', maintenance: 'with-position' } },
  'joint-sum': { hedge: 'sum', orders: { maintenance: 'with-position' } },
  inverse: { contract: 'inverse', face: '100', orders: { maintenance: 'alone' } },
};
const RULEBOOK: Rulebook = {
  id: 'venue',
  title: 'A venue',
  clauses: [{ about: 'orders', says: 'They count.', ...SOURCE }],
  markets: Object.fromEntries(
    Object.entries(RULES).map(([name, rules]) => [
      name,
      [{ from: '2024-01-01', market: { ...MARKET, ...rules }, ...SOURCE }],
    ]),
  ),
};

const SAME = { market: '', size: '8', entryPrice: '100', markPrice: '100', leverage: '10' };

/** Two orders that may add and a reduce-only one, the first on the position's side. */
function ordersOf(market: string, side: 'long' | 'short'): readonly object[] {
  const [own, other] = side === 'long' ? ['buy', 'sell'] : ['sell', 'buy'];
  return [
    { market, side: own, size: '4', price: '90' },
    { market, side: other, size: '2', price: '110' },
    { market, side: other, size: '5', price: '50', reduceOnly: true },
  ];
}

function held(market: string, side: 'long' | 'short', changes: object = {}): object {
  return {
    venue: 'venue',
    collateral: [{ asset: 'money', amount: '100' }],
    positions: [{ ...SAME, market, side, marginMode: 'cross' }],
    orders: ordersOf(market, side),
    ...changes,
  };
}

function reportOf(document: object): Report {
  const outcome = check(document, [RULEBOOK]);
  if ('error' in outcome) throw new Error(`${outcome.error.path} ${outcome.error.message}`);
  return outcome;
}

// The position: value 800, 8 and a fee of 0.8. The orders: 360 and 220 at their own prices.
const CASES = [
  ['none', '138', '8.8', '88.4732052578', '111.275964392'],
  ['initial', '138', '66.8', '95.8038422649', '104.104846686'],
  ['alone', '138', '15.18', '89.2795753286', '110.487141444'],
  ['joint', '138', '26.78', '90.7457027300', '109.052917903'],
  ['worse', '116', '8.8', '88.4732052578', '111.275964392'],
  ['worse-alone', '116', '12.76', '88.9737108190', '110.786350148'],
  ['worse-joint', '116', '24.36', '90.4398382204', '109.352126607'],
  ['joint-sum', '138', '28.98', '91.0237613751', '108.780909990'],
] as const;

describe.each(CASES)('%s', (market, initial, maintenance, ...prices) => {
  test.each(['long', 'short'] as const)('%s', (side) => {
    const report = reportOf(held(market, side));
    expect(report.initialMargin).toBe(initial);
    expect(report.maintenanceMargin).toBe(maintenance);
    expect(report.positions[0]?.maintenanceMargin).toBe('8.8');
    expect(Number(report.marginRatio)).toBeCloseTo(Number(maintenance) / 100, 12);
    const price = Number(prices[side === 'long' ? 0 : 1]);
    expect(Number(report.positions[0]?.liquidationPrice)).toBeCloseTo(price, 8);
  });

  test('without orders nothing is changed', () => {
    const report = reportOf(held(market, 'long', { orders: [] }));
    const { liquidationPrice } = report.positions[0] ?? {};
    expect([report.initialMargin, report.maintenanceMargin]).toEqual(['80', '8.8']);
    expect(liquidationPrice).toBe('88.4732052578');
  });
});

test('orders alone can bring the pool below its line, at the mark that it has', () => {
  const collateral = [{ asset: 'money', amount: '20' }];
  const report = reportOf(held('joint', 'long', { collateral }));
  expect(report.state).toBe('liquidation');
  expect(report.positions[0]?.liquidationPrice).toBe('100');
  expect(reportOf(held('none', 'long', { collateral })).state).toBe('healthy');
});

test('orders of an isolated position are in nobody’s maintenance', () => {
  const own = { ...SAME, market: 'joint', side: 'long', marginMode: 'isolated' };
  const positions = [{ ...own, isolatedMargin: '80' }];
  const report = reportOf(held('joint', 'long', { positions }));
  expect([report.maintenanceMargin, report.initialMargin]).toEqual(['0', '58']);
  expect(report.positions[0]?.maintenanceMargin).toBe('8.8');
});

test('with no position orders are as if filled: there is a requirement and nothing to close', () => {
  const collateral = [{ asset: 'money', amount: '5' }];
  const report = reportOf(held('alone', 'long', { positions: [], collateral }));
  expect(report).toMatchObject({ maintenanceMargin: '6.38', marginRatio: null, state: 'healthy' });
});

test('orders of one market weigh on the prices of the others', () => {
  const own = { ...SAME, side: 'long', marginMode: 'cross' };
  const positions = [{ ...own, market: 'none' }];
  const report = reportOf(held('alone', 'long', { positions }));
  expect(report.maintenanceMargin).toBe('15.18');
  expect(report.positions[0]?.liquidationPrice).toBe('89.2795753286');
});

test('in an inverse market an order has its value in coin', () => {
  const own = { ...SAME, market: 'inverse', side: 'short', marginMode: 'cross' };
  const report = reportOf(held('inverse', 'short', { positions: [own] }));
  // 8 at 100: 8 coins; 4 at 90 and 2 at 110: 40/9 and 20/11, each at 1.1 %.
  expect(Number(report.maintenanceMargin)).toBeCloseTo((8 + 40 / 9 + 20 / 11) * 0.011, 10);
});

test('the explanation has them as a step, and the sum of what stands still without them', () => {
  const outcome = explain(held('worse-joint', 'long'), 0, [RULEBOOK]);
  if ('error' in outcome) throw new Error(outcome.error.message);
  const orders = outcome.steps.find(({ title }) => title === 'orders');
  expect(orders?.text).toContain('must hold 15.56 of its 24.36');
  expect(orders?.text).toContain('only the worse side counts');
  const requirement = outcome.steps.find(({ title }) => title === 'requirement at the mark');
  expect(requirement?.text).toContain('0 of it for markets that stay');
  const without = explain(held('none', 'long'), 0, [RULEBOOK]);
  if ('error' in without) throw new Error(without.error.message);
  expect(without.steps.map(({ title }) => title)).not.toContain('orders');
});
