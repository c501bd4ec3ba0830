/**
 * Accounts with their figures, and documents with their refusals: one row each, the verdict last.
 */
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check } from './index.ts';
import type { Outcome, Report } from './index.ts';

type Parts = Readonly<Record<string, unknown>>;

const flat = (rate: string): Parts => ({ kind: 'flat', rate });
const steps = (...levels: [string, string][]): Parts => ({
  kind: 'steps',
  levels: levels.map(([from, rate]) => ({ from, rate })),
});

interface Row {
  readonly position?: Parts;
  readonly market?: Parts;
  readonly maintenance?: Parts;
  readonly cash?: string;
  readonly collateral?: readonly Parts[];
  readonly more?: readonly Parts[];
  readonly orders?: readonly Parts[];
  readonly policy?: Parts;
}

/** One long of 1 from 50000 on 5000, and what the row changes. */
function documentOf(row: Row): Parts {
  const position = {
    market: 'M',
    side: 'long',
    size: '1',
    entryPrice: '50000',
    markPrice: '50000',
    marginMode: 'cross',
    leverage: '10',
    ...row.position,
  };
  return {
    venue: 'custom',
    collateral: [{ asset: 'USD', amount: row.cash ?? '5000' }, ...(row.collateral ?? [])],
    positions: [position, ...(row.more ?? [])],
    orders: row.orders ?? [],
    markets: {
      M: { maintenance: { schedule: flat('0.05'), ...row.maintenance }, ...row.market },
      N: { maintenance: { schedule: flat('0.1') } },
    },
    ...(row.policy === undefined ? {} : { policy: row.policy }),
  };
}

function figureAt(outcome: Outcome, path: string): unknown {
  const keys = path.split('.');
  const root: unknown = keys[0] === 'p' ? (outcome as Report).positions[0] : outcome;
  return (keys[0] === 'p' ? keys.slice(1) : keys).reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    root,
  );
}

const inverse = { contract: 'inverse', face: '1' };
const isolated = (margin: string): Parts => ({ marginMode: 'isolated', isolatedMargin: margin });
const short = { side: 'short' };
const LINE = 'p.liquidationPrice';

const rows: [string, Row, Readonly<Record<string, string | null>>][] = [
  [
    'long, maintenance at the mark',
    {},
    {
      [LINE]: '47368.4210526',
      maintenanceMargin: '2500',
      state: 'healthy',
      'p.bankruptcyPrice': '45000',
      'p.distance': '0.0526315789474',
      effectiveLeverage: '10',
      available: '0',
    },
  ],
  [
    'long, maintenance at the entry',
    { maintenance: { basis: 'entry' } },
    { [LINE]: '47500', 'p.distance': '0.05' },
  ],
  [
    'short of 40000, maintenance at the entry',
    {
      cash: '4000',
      position: { ...short, entryPrice: '40000', markPrice: '40000' },
      maintenance: { basis: 'entry' },
    },
    { [LINE]: '42000', 'p.bankruptcyPrice': '44000', maintenanceMargin: '2000' },
  ],
  [
    'short of 40000, maintenance at the mark',
    { cash: '4000', position: { ...short, entryPrice: '40000', markPrice: '40000' } },
    { [LINE]: '41904.7619048' },
  ],
  [
    'fully paid long: no price above 0',
    { cash: '50000' },
    { [LINE]: null, 'p.distance': null, 'p.bankruptcyPrice': null },
  ],
  [
    'equity equals requirement, below',
    { cash: '2500' },
    { state: 'healthy', marginRatio: '1', [LINE]: '50000' },
  ],
  [
    'equity equals requirement, at or below',
    { cash: '2500', market: { trigger: 'at-or-below' } },
    { state: 'liquidation', [LINE]: '50000', 'p.distance': '0' },
  ],
  [
    'already below: the mark, not rounded',
    {
      cash: '1000',
      position: { markPrice: '50000.03' },
      market: { tick: '10', liquidationPriceRounding: 'up' },
    },
    { [LINE]: '50000.03', state: 'liquidation' },
  ],
  [
    'equity 0',
    { cash: '0' },
    { marginRatio: 'Infinity', effectiveLeverage: 'Infinity', state: 'liquidation' },
  ],
  [
    'equity below 0',
    { cash: '-1' },
    { state: 'bankrupt', available: '0', 'p.bankruptcyPrice': '50001' },
  ],
  [
    'margin call on its edge',
    { cash: '3125', policy: { marginCallAt: '0.8' } },
    { state: 'margin-call', marginRatio: '0.8' },
  ],
  [
    'just short of a margin call',
    { cash: '3125.01', policy: { marginCallAt: '0.8' } },
    { state: 'healthy', callAmount: '0' },
  ],
  [
    'step: a value on the edge pays the lower rate',
    { maintenance: { schedule: steps(['0', '0.004'], ['50000', '0.005']) } },
    { maintenanceMargin: '200' },
  ],
  [
    'step by size: a size on the edge pays the lower rate',
    { maintenance: { schedule: { ...steps(['0', '0.004'], ['1', '0.005']), by: 'size' } } },
    { maintenanceMargin: '200' },
  ],
  [
    'short into a cliff: the edge',
    {
      cash: '20000',
      position: short,
      maintenance: { schedule: steps(['0', '0.01'], ['60000', '0.5']) },
    },
    { [LINE]: '60000' },
  ],
  [
    'long down into a dearer step: the edge',
    { cash: '15000', maintenance: { schedule: steps(['0', '0.5'], ['40000', '0.01']) } },
    { [LINE]: '40000' },
  ],
  [
    'meets the upper level only on its edge: goes on',
    {
      position: isolated('10500'),
      cash: '0',
      maintenance: { schedule: steps(['0', '0.005'], ['40000', '0.0125']) },
    },
    { [LINE]: '39698.4924623' },
  ],
  [
    'mark on an edge, short: the dearer level begins at once',
    {
      cash: '400',
      position: short,
      maintenance: { schedule: steps(['0', '0.004'], ['50000', '0.05']) },
    },
    { [LINE]: '50000', state: 'healthy', maintenanceMargin: '200' },
  ],
  [
    'bracket below the mark applies at the price',
    {
      cash: '0',
      position: { ...isolated('60000'), size: '21' },
      maintenance: {
        schedule: {
          kind: 'brackets',
          levels: [
            { from: '0', rate: '0.004' },
            { from: '50000', rate: '0.005' },
            { from: '250000', rate: '0.01' },
            { from: '1000000', rate: '0.025' },
          ],
        },
      },
    },
    { [LINE]: '47556.5175565' },
  ],
  [
    'brackets by size',
    {
      maintenance: {
        schedule: {
          kind: 'brackets',
          by: 'size',
          levels: [
            { from: 0, rate: 0.02 },
            { from: 0.5, rate: 0.04 },
          ],
        },
      },
    },
    { maintenanceMargin: '1500' },
  ],
  [
    'linear by size',
    {
      position: { size: '25', entryPrice: '100000', markPrice: '100000' },
      cash: '125000',
      maintenance: { schedule: { kind: 'linear', base: '0.01', perUnit: '0.00005' } },
    },
    { [LINE]: '96080.9102402', maintenanceMargin: '28125' },
  ],
  [
    'inverse, linear by value, long',
    {
      cash: '5',
      market: inverse,
      position: { size: '10000000', entryPrice: '100000', markPrice: '100000' },
      maintenance: { schedule: { kind: 'linear', by: 'value', base: '0.01', perUnit: '0.00005' } },
    },
    { [LINE]: '96683.0037884', 'p.value': '100' },
  ],
  [
    'inverse long, flat',
    {
      cash: '0.01',
      market: inverse,
      position: { size: '1000', entryPrice: '8000', markPrice: '8000' },
      maintenance: { schedule: flat('0.01') },
    },
    { [LINE]: '7481.48148148', 'p.bankruptcyPrice': '7407.40740741' },
  ],
  [
    'inverse short paid by coin: no price above 0',
    {
      cash: '1',
      market: inverse,
      position: { ...short, size: '10000', entryPrice: '10000', markPrice: '10000' },
    },
    { [LINE]: null },
  ],
  [
    'per unit: the call of a future',
    {
      cash: '4000',
      position: { entryPrice: '1050', markPrice: '1030', leverage: '1000' },
      market: { multiplier: '50', initial: { schedule: { kind: 'per-unit', amount: '4000' } } },
      maintenance: { schedule: { kind: 'per-unit', amount: '3200' } },
      policy: { call: { restoreTo: 'initial', deadlineHours: '24', liquidateBelow: '0.5' } },
    },
    {
      state: 'margin-call',
      callAmount: '1000',
      [LINE]: '1030',
      'p.forcedPrice': '1002',
      initialMargin: '4000',
    },
  ],
  [
    'a call without a forced close',
    { policy: { call: { restoreTo: 'initial', deadlineHours: '24' } } },
    { [LINE]: '47368.4210526', 'p.forcedPrice': null, callAmount: '0' },
  ],
  [
    'bankrupt: no call can be met any more',
    { cash: '-100', policy: { call: { restoreTo: 'initial', deadlineHours: '24' } } },
    { state: 'bankrupt', callAmount: '0' },
  ],
  [
    'forced close below half',
    { cash: '1000', policy: { call: { restoreTo: 'initial', liquidateBelow: '0.5' } } },
    { state: 'liquidation', callAmount: '0', 'p.forcedPrice': '50000' },
  ],
  [
    'stock short at 30 %',
    {
      cash: '25',
      position: { ...short, entryPrice: '50', markPrice: '50' },
      maintenance: {
        schedule: { kind: 'max', of: [flat('0.3'), { kind: 'per-unit', amount: '5' }] },
      },
    },
    { [LINE]: '57.6923076923' },
  ],
  [
    'stock short at 5 a share',
    {
      cash: '6',
      position: { ...short, entryPrice: '9', markPrice: '9' },
      maintenance: {
        schedule: { kind: 'max', of: [flat('0.3'), { kind: 'per-unit', amount: '5' }] },
      },
    },
    { [LINE]: '10' },
  ],
  [
    'power at its exponent 1 is quadratic',
    {
      cash: '10000',
      position: short,
      maintenance: { schedule: { kind: 'power', base: '0', factor: '0.000001', exponent: '1' } },
    },
    { maintenanceMargin: '2500', [LINE]: '56776.436283' },
  ],
  [
    'coin collateral falls with the long',
    {
      cash: '0',
      collateral: [{ asset: 'BTC', amount: '0.1', price: '50000', market: 'M' }],
      maintenance: { schedule: flat('0') },
    },
    { [LINE]: '45454.5454545', equity: '5000' },
  ],
  [
    'the same coin held still',
    {
      cash: '0',
      collateral: [{ asset: 'BTC', amount: '0.1', price: '50000' }],
      maintenance: { schedule: flat('0') },
    },
    { [LINE]: '45000', 'fixedPrices.0': 'BTC' },
  ],
  [
    'a debt gets no haircut',
    {
      collateral: [
        { asset: 'EUR', amount: '-1000', price: '1.1', weight: '0.5' },
        { asset: 'BTC', amount: '0.1', price: '50000', weight: '0.9' },
      ],
    },
    { equity: '8400' },
  ],
  [
    'weight 0',
    { collateral: [{ asset: 'BTC', amount: '9', price: '50000', weight: '0' }] },
    { equity: '5000' },
  ],
  [
    'hedged exactly: the way in which the requirement grows',
    {
      cash: '6000',
      more: [
        {
          market: 'M',
          side: 'short',
          size: '1',
          entryPrice: '50000',
          markPrice: '50000',
          marginMode: 'cross',
        },
      ],
    },
    { [LINE]: '60000', maintenanceMargin: '5000' },
  ],
  [
    'hedge, net long',
    {
      cash: '6000',
      more: [
        {
          market: 'M',
          side: 'short',
          size: '0.5',
          entryPrice: '50000',
          markPrice: '50000',
          marginMode: 'cross',
        },
      ],
    },
    { [LINE]: '44705.8823529' },
  ],
  [
    'other markets keep their requirement',
    {
      cash: '8000',
      more: [
        {
          market: 'N',
          side: 'short',
          size: '10',
          entryPrice: '1000',
          markPrice: '1100',
          marginMode: 'cross',
        },
      ],
    },
    { [LINE]: '46421.0526316', maintenanceMargin: '3600', equity: '7000' },
  ],
  [
    'isolated moves alone beside a cross twin',
    {
      cash: '5000',
      more: [
        {
          market: 'M',
          side: 'long',
          size: '1',
          entryPrice: '50000',
          markPrice: '50000',
          marginMode: 'isolated',
          isolatedMargin: '50000',
        },
      ],
    },
    { [LINE]: '47368.4210526', equity: '5000', maintenanceMargin: '2500' },
  ],
  [
    'isolated on less than nothing',
    { position: { ...isolated('-100'), markPrice: '60000' } },
    { [LINE]: '52736.8421053', 'p.equity': '9900', equity: '5000', marginRatio: null },
  ],
  [
    'unpaid funding moves equity',
    { position: { unpaidFunding: '1000' } },
    { equity: '4000', [LINE]: '48421.0526316', maintenanceMargin: '2500' },
  ],
  ['funding receivable', { position: { unpaidFunding: '-1000' } }, { equity: '6000' }],
  [
    'closing fee at the mark',
    { maintenance: { closingFeeRate: '0.01' } },
    { maintenanceMargin: '3000', [LINE]: '47872.3404255', 'p.bankruptcyPrice': '45000' },
  ],
  [
    'closing fee at the mark with basis entry',
    { maintenance: { basis: 'entry', closingFeeRate: '0.01' } },
    { maintenanceMargin: '3000', [LINE]: '47979.7979798' },
  ],
  [
    'closing fee at the bankruptcy price',
    { maintenance: { closingFeeRate: '0.01', closingFeeAt: 'bankruptcy' } },
    {
      'p.bankruptcyPrice': '45454.5454545',
      maintenanceMargin: '2954.54545455',
      [LINE]: '47846.8899522',
    },
  ],
  [
    'closing fee at leverage',
    { maintenance: { closingFeeRate: '0.01', closingFeeAt: 'leverage' } },
    { maintenanceMargin: '2950' },
  ],
  [
    'closing fee at leverage of a half: no such price, no fee',
    {
      position: { leverage: '0.5' },
      maintenance: { closingFeeRate: '0.01', closingFeeAt: 'leverage' },
    },
    { maintenanceMargin: '2500' },
  ],
  [
    'nearest, half up',
    {
      maintenance: { basis: 'entry' },
      cash: '4995',
      market: { tick: '10', liquidationPriceRounding: 'nearest' },
    },
    { [LINE]: '47510' },
  ],
  [
    'toward entry, below it',
    { market: { tick: '0.5', liquidationPriceRounding: 'toward-entry' } },
    { [LINE]: '47368.5' },
  ],
  [
    'toward entry, above it',
    { position: short, market: { tick: '0.5', liquidationPriceRounding: 'toward-entry' } },
    { [LINE]: '52380.5' },
  ],
  ['down', { market: { tick: '0.5', liquidationPriceRounding: 'down' } }, { [LINE]: '47368' }],
  [
    'on a tick it stays',
    { maintenance: { basis: 'entry' }, market: { tick: '0.1', liquidationPriceRounding: 'up' } },
    { [LINE]: '47500' },
  ],
  [
    'rounded to 0 is no price',
    {
      cash: '49999',
      maintenance: { schedule: flat('0') },
      market: { tick: '10', liquidationPriceRounding: 'down' },
    },
    { [LINE]: null },
  ],
  [
    'an order adds its value by leverage',
    { orders: [{ market: 'M', side: 'buy', size: '1', price: '40000' }] },
    { initialMargin: '9000' },
  ],
  [
    'a reduce-only order is free',
    { orders: [{ market: 'M', side: 'sell', size: '1', price: '40000', reduceOnly: true }] },
    { initialMargin: '5000' },
  ],
  [
    'an order without a position or a schedule: in full',
    { orders: [{ market: 'N', side: 'buy', size: '2', price: '100' }] },
    { initialMargin: '5200' },
  ],
  [
    'an order under an initial schedule',
    {
      market: { initial: { schedule: flat('0.2') } },
      orders: [{ market: 'M', side: 'buy', size: '1', price: '40000' }],
    },
    { initialMargin: '18000' },
  ],
  ['size 1e-30', { position: { size: '1e-30' }, cash: '5e-27' }, { [LINE]: '47368.4210526' }],
  [
    'size 1e30',
    { position: { size: '1e30' }, cash: '5000e30' },
    { [LINE]: '47368.4210526', maintenanceMargin: '2500000000000000000000000000000000' },
  ],
];

describe('figures', () => {
  for (const [name, row, expected] of rows) {
    test(name, () => {
      const outcome = check(documentOf(row), rulebooks);
      expect(outcome).not.toHaveProperty('error');
      const found = Object.fromEntries(
        Object.keys(expected).map((path) => [path, figureAt(outcome, path)]),
      );
      expect(found).toEqual(expected);
    });
  }
});

const deep = (): unknown => {
  let value: unknown = {};
  for (let k = 0; k < 100_000; k += 1) value = { of: [value] };
  return value;
};
const nestedMax = (depth: number): Parts =>
  depth === 0 ? flat('0.1') : { kind: 'max', of: [nestedMax(depth - 1)] };
const level = (from: unknown, rate: unknown = '0.1'): Parts => ({ from, rate });
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const throwing = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error('never seen');
    },
  },
);

/** A document with one place changed: `positions.0.size`; undefined removes the key. */
function changed(path: string, value: unknown): unknown {
  const document = structuredClone(
    documentOf({ orders: [{ market: 'M', side: 'buy', size: '1', price: '1' }] }),
  );
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce<Record<string, unknown>>(
    (at, key) => (at[key] ??= {}) as Record<string, unknown>,
    document as Record<string, unknown>,
  );
  if (value === undefined) delete parent[last];
  else Object.defineProperty(parent, last, { value, enumerable: true, configurable: true });
  return document;
}

const twin = (parts: Parts): Parts[] => {
  const one = {
    market: 'M',
    side: 'long',
    size: '1',
    entryPrice: '50000',
    markPrice: '50000',
    marginMode: 'cross',
  };
  return [one, { ...one, ...parts }];
};

const refusals: [string, unknown, string][] = [
  ['venue', undefined, 'venue'],
  ['venue', 'nowhere', 'venue'],
  ['venue', 7, 'venue'],
  ['asOf', 'yesterday', 'asOf'],
  ['asOf', '2026-02-30', 'asOf'],
  ['surprise', 1, 'surprise'],
  ['__proto__', {}, '__proto__'],
  ['positions', undefined, 'positions'],
  ['positions', {}, 'positions'],
  ['positions', null, 'positions'],
  ['positions.0', null, 'positions[0]'],
  ['positions.0.market', undefined, 'positions[0].market'],
  ['positions.0.market', 'X', 'positions[0].market'],
  ['positions.0.market', '__proto__', 'positions[0].market'],
  ['positions.0.market', 'toString', 'positions[0].market'],
  ['positions.0.side', undefined, 'positions[0].side'],
  ['positions.0.side', 'LONG', 'positions[0].side'],
  ['positions.0.size', undefined, 'positions[0].size'],
  ['positions.0.size', '0', 'positions[0].size'],
  ['positions.0.size', '-1', 'positions[0].size'],
  ['positions.0.size', '+1', 'positions[0].size'],
  ['positions.0.size', ' 1', 'positions[0].size'],
  ['positions.0.size', '1/3', 'positions[0].size'],
  ['positions.0.size', '1e31', 'positions[0].size'],
  ['positions.0.size', Number.NaN, 'positions[0].size'],
  ['positions.0.size', Number.POSITIVE_INFINITY, 'positions[0].size'],
  ['positions.0.size', 'Infinity', 'positions[0].size'],
  ['positions.0.size', true, 'positions[0].size'],
  ['positions.0.size', 1n, 'positions[0].size'],
  ['positions.0.size', ['1'], 'positions[0].size'],
  ['positions.0.size', '', 'positions[0].size'],
  ['positions.0.size', '.', 'positions[0].size'],
  ['positions.0.entryPrice', undefined, 'positions[0].entryPrice'],
  ['positions.0.entryPrice', '0', 'positions[0].entryPrice'],
  ['positions.0.markPrice', undefined, 'positions[0].markPrice'],
  ['positions.0.markPrice', '-0', 'positions[0].markPrice'],
  ['positions.0.marginMode', undefined, 'positions[0].marginMode'],
  ['positions.0.marginMode', 'isolated', 'positions[0].isolatedMargin'],
  ['positions.0.isolatedMargin', '5', 'positions[0].isolatedMargin'],
  ['positions.0.leverage', '0', 'positions[0].leverage'],
  ['positions.0.leverage', null, 'positions[0].leverage'],
  ['positions.0.liquidationPrice', '1', 'positions[0].liquidationPrice'],
  ['positions', twin({}), 'positions[1]'],
  ['positions', twin({ side: 'short', markPrice: '50001' }), 'positions[1].markPrice'],
  ['collateral.0.asset', undefined, 'collateral[0].asset'],
  ['collateral.0.amount', undefined, 'collateral[0].amount'],
  ['collateral.0.price', '0', 'collateral[0].price'],
  ['collateral.0.weight', '-0.1', 'collateral[0].weight'],
  [
    'collateral',
    [
      { asset: 'A', amount: 1 },
      { asset: 'A', amount: 1 },
    ],
    'collateral[1].asset',
  ],
  ['orders.0.market', undefined, 'orders[0].market'],
  ['orders.0.side', 'long', 'orders[0].side'],
  ['orders.0.size', undefined, 'orders[0].size'],
  ['orders.0.price', undefined, 'orders[0].price'],
  ['orders.0.price', '0', 'orders[0].price'],
  ['orders.0.reduceOnly', 'yes', 'orders[0].reduceOnly'],
  ['markets', undefined, 'positions[0].market'],
  ['markets.M.maintenance', undefined, 'markets.M.maintenance.schedule'],
  ['markets.M.maintenance.schedule', undefined, 'markets.M.maintenance.schedule'],
  ['markets.M.maintenance.schedule.kind', 'tiers', 'markets.M.maintenance.schedule.kind'],
  ['markets.M.maintenance.schedule.rate', undefined, 'markets.M.maintenance.schedule.rate'],
  ['markets.M.maintenance.schedule.rate', '-0.01', 'markets.M.maintenance.schedule.rate'],
  ['markets.M.maintenance.schedule.levels', [], 'markets.M.maintenance.schedule.levels'],
  [
    'markets.M.maintenance.schedule',
    { kind: 'steps', levels: [] },
    'markets.M.maintenance.schedule.levels',
  ],
  [
    'markets.M.maintenance.schedule',
    { kind: 'steps', levels: [level(1)] },
    'markets.M.maintenance.schedule.levels[0].from',
  ],
  [
    'markets.M.maintenance.schedule',
    { kind: 'steps', levels: [level(0), level(5), level(5)] },
    'markets.M.maintenance.schedule.levels[2].from',
  ],
  [
    'markets.M.maintenance.schedule',
    { kind: 'steps', levels: [level(0, -1)] },
    'markets.M.maintenance.schedule.levels[0].rate',
  ],
  [
    'markets.M.maintenance.schedule',
    { kind: 'power', base: 0, factor: 1, exponent: 11 },
    'markets.M.maintenance.schedule.exponent',
  ],
  [
    'markets.M.maintenance.schedule',
    { kind: 'power', base: 0, factor: 1, exponent: '1e30' },
    'markets.M.maintenance.schedule.exponent',
  ],
  [
    'markets.M.maintenance.schedule',
    { kind: 'power', base: 0, factor: 1, exponent: '1e-30' },
    'markets.M.maintenance.schedule.exponent',
  ],
  ['markets.M.maintenance.schedule', { kind: 'max', of: [] }, 'markets.M.maintenance.schedule.of'],
  [
    'markets.M.maintenance.schedule',
    { kind: 'steps', levels: Array.from({ length: 2_000_000 }) },
    'markets.M.maintenance.schedule.levels',
  ],
  ['markets.M.maintenance.closingFeeRate', '-1', 'markets.M.maintenance.closingFeeRate'],
  ['markets.M.maintenance.closingFeeAt', 'entry', 'markets.M.maintenance.closingFeeAt'],
  ['markets.M.contract', 'inverse', 'markets.M.face'],
  ['markets.M.face', '1', 'markets.M.face'],
  ['markets.M.multiplier', '0', 'markets.M.multiplier'],
  [
    'markets.M',
    { contract: 'inverse', face: 1, multiplier: 1, maintenance: { schedule: flat('0') } },
    'markets.M.multiplier',
  ],
  ['markets.M.liquidationPriceRounding', 'up', 'markets.M.tick'],
  ['markets.M.tick', '0', 'markets.M.tick'],
  ['markets.M.funding', { rate: '0.0001', intervalHours: '0' }, 'markets.M.funding.intervalHours'],
  ['markets.a b', 1, 'markets["a b"]'],
  ['policy.marginCallAt', '0', 'policy.marginCallAt'],
  ['policy.call', { restoreTo: 'half' }, 'policy.call.restoreTo'],
  ['policy.call', { liquidateBelow: '2' }, 'policy.call.liquidateBelow'],
  ['policy', { marginCallAt: '0.8', call: {} }, 'policy'],
];

describe('refusals', () => {
  test.each(refusals)('%s %o is refused at %s', (path, value, place) => {
    expect(check(changed(path, value), rulebooks)).toMatchObject({ error: { path: place } });
  });

  test.each([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['an array', [], ''],
    ['text', '{}', ''],
    ['a function', () => 1, ''],
    ['a revoked proxy', revoked.proxy, ''],
    ['a proxy that throws', throwing, ''],
    ['deep nesting', deep(), 'of'],
    [
      'a long list of nothing',
      changed('positions', Array.from({ length: 1_000_000 })),
      'positions',
    ],
    ['a getter', Object.defineProperty({}, 'venue', { get: () => 'custom', enumerable: true }), ''],
    [
      'maximum of maximum of …',
      changed('markets.M.maintenance.schedule', nestedMax(50)),
      `markets.M.maintenance.schedule${'.of[0]'.repeat(4)}.of`,
    ],
  ])('%s is refused without a throw', (_, document, path) => {
    expect(check(document, rulebooks)).toMatchObject({ error: { path } });
  });

  test('a mix of linear and inverse contracts', () => {
    const other = {
      market: 'I',
      side: 'long',
      size: '1',
      entryPrice: '1',
      markPrice: '1',
      marginMode: 'cross',
    };
    const document = documentOf({ more: [other] });
    const markets = {
      ...(document['markets'] as object),
      I: { ...inverse, maintenance: { schedule: flat('0') } },
    };
    const outcome = check({ ...document, markets }, rulebooks);
    expect(outcome).toMatchObject({ error: { path: 'positions[1].market' } });
  });

  test('nothing leaks into prototypes', () => {
    check(JSON.parse('{"__proto__": {"polluted": 1}, "venue": "custom"}'), rulebooks);
    expect({}).not.toHaveProperty('polluted');
  });
});

test('the keys come in the order of the account document', () => {
  const outcome = check(documentOf({}), rulebooks) as Report;
  expect(Object.keys(outcome)).toEqual([
    'equity',
    'initialMargin',
    'maintenanceMargin',
    'marginRatio',
    'available',
    'state',
    'effectiveLeverage',
    'callAmount',
    'fixedPrices',
    'positions',
    'advice',
  ]);
  expect(Object.keys(outcome.positions.at(0)!)).toEqual([
    'market',
    'side',
    'marginMode',
    'value',
    'unrealizedPnl',
    'equity',
    'initialMargin',
    'maintenanceMargin',
    'marginRatio',
    'state',
    'liquidationPrice',
    'bankruptcyPrice',
    'distance',
  ]);
});
