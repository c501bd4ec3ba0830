/** Changes to an account: one row each with what it leaves behind, then the laws they all keep. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check } from './index.ts';
import type { Report } from './index.ts';
import { whatIf } from './what-if.ts';
import type { WhatIf } from './what-if.ts';
import type { Change } from './what-if-changes.ts';

type Parts = Readonly<Record<string, unknown>>;

const CROSS = {
  market: 'M',
  side: 'long',
  size: '2',
  entryPrice: '100',
  markPrice: '110',
  marginMode: 'cross',
  leverage: '10',
  unpaidFunding: '4',
};
const ISOLATED = { ...CROSS, marginMode: 'isolated', isolatedMargin: '20' };

const flat = (rate: string): Parts => ({ schedule: { kind: 'flat', rate } });

function documentOf(positions: readonly Parts[], more: Parts = {}): Parts {
  return {
    venue: 'custom',
    collateral: [
      { asset: 'USD', amount: '1000' },
      { asset: 'M', amount: '1', price: '110', weight: '0.5', market: 'M' },
    ],
    positions,
    markets: {
      M: { takerFee: '0.001', maintenance: flat('0.05') },
      N: { maintenance: flat('0.1') },
    },
    ...more,
  };
}

const long = documentOf([CROSS]);
const own = documentOf([ISOLATED]);
const both = documentOf([CROSS, { ...CROSS, side: 'short', size: '1' }]);
const fill = (change: Partial<Change> & Parts): Change =>
  ({ kind: 'fill', market: 'M', side: 'buy', size: '1', price: '110', ...change }) as Change;

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

describe('what is left', () => {
  test.each<[string, Parts, Change, string, unknown]>([
    ['a deposit', long, { kind: 'deposit', amount: 5 }, 'collateral.0.amount', '1005'],
    [
      'a deposit by name',
      long,
      { kind: 'deposit', amount: 1, asset: 'M' },
      'collateral.1.amount',
      '2',
    ],
    ['a new asset', long, { kind: 'deposit', amount: 1, asset: 'X' }, 'collateral.2.asset', 'X'],
    ['all taken out', long, { kind: 'withdrawal', amount: 1000 }, 'collateral.0.amount', '0'],
    ['a price', long, { kind: 'prices', prices: { M: '99' } }, 'positions.0.markPrice', '99'],
    ['a tied price', long, { kind: 'prices', prices: { M: '99' } }, 'collateral.1.price', '99'],
    ['funding', long, { kind: 'funding', amount: '-1' }, 'positions.0.unpaidFunding', '3'],
    ['margin', own, { kind: 'margin', amount: '2.5' }, 'positions.0.isolatedMargin', '22.5'],
    ['leverage of a pool', long, { kind: 'leverage', leverage: 5 }, 'positions.0.leverage', '5'],
    [
      'leverage of its own',
      own,
      { kind: 'leverage', leverage: 5 },
      'positions.0.isolatedMargin',
      '40',
    ],
    [
      'and what it takes from the pool',
      own,
      { kind: 'leverage', leverage: 5 },
      'collateral.0.amount',
      '980',
    ],
    [
      'to a margin of its own',
      long,
      { kind: 'margin-mode', marginMode: 'isolated' },
      'positions.0.isolatedMargin',
      '20',
    ],
    [
      'to the pool',
      own,
      { kind: 'margin-mode', marginMode: 'cross' },
      'collateral.0.amount',
      '1020',
    ],
    [
      'tiers',
      long,
      { kind: 'tiers', market: 'M', schedule: { kind: 'flat', rate: '0.1' } },
      'markets.M.maintenance.schedule.rate',
      '0.1',
    ],
    ['more, averaged', long, fill({ size: '2', price: '120' }), 'positions.0.entryPrice', '110'],
    ['its fee', long, fill({ size: '2', price: '120' }), 'collateral.0.amount', '999.76'],
    ['a fee of its own', long, fill({ feeRate: 0 }), 'collateral.0.amount', '1000'],
    ['a part closed', long, fill({ side: 'sell', price: '120' }), 'positions.0.size', '1'],
    ['its funding', long, fill({ side: 'sell', price: '120' }), 'positions.0.unpaidFunding', '2'],
    ['its gain', long, fill({ side: 'sell', price: '120' }), 'collateral.0.amount', '1017.88'],
    ['turned round', long, fill({ side: 'sell', size: '3' }), 'positions.0.side', 'short'],
    ['one closed', both, fill({ positionSide: 'short' }), 'positions.length', 1],
    ['own, more', own, fill({}), 'positions.0.isolatedMargin', '30.89'],
    ['own, with more margin', own, fill({ margin: 50 }), 'positions.0.isolatedMargin', '69.89'],
    [
      'own, a part closed',
      own,
      fill({ side: 'sell', feeRate: 0 }),
      'positions.0.isolatedMargin',
      '10',
    ],
    ['own, and paid out', own, fill({ side: 'sell', feeRate: 0 }), 'collateral.0.amount', '1018'],
    ['another market', long, fill({ market: 'N', price: '7' }), 'positions.1.markPrice', '7'],
    ['with its mark', long, fill({ market: 'N', markPrice: 8 }), 'positions.1.markPrice', '8'],
  ])('%s', (...[, given, change, path, verdict]) => {
    const answer = whatIf(given, [change], rulebooks);
    expect(at((answer as WhatIf).document, path)).toBe(verdict);
  });

  test('an order fills and leaves the list', () => {
    const order = { market: 'M', side: 'sell', size: '5', price: '110' };
    const reducing = { ...order, reduceOnly: true };
    const document = documentOf([CROSS], { orders: [order, reducing] });
    const left = (index: number): unknown => {
      const answer = whatIf(document, [{ kind: 'order', order: index }], rulebooks) as WhatIf;
      const { positions, orders } = answer.document as { positions: Parts[]; orders: Parts[] };
      return [positions.map(({ side, size }) => [side, size]), orders];
    };
    expect(left(0)).toEqual([[['short', '3']], [reducing]]);
    expect(left(1)).toEqual([[], [order]]);
  });

  test('an inverse entry is averaged in coin', () => {
    const document = {
      venue: 'custom',
      collateral: [{ asset: 'BTC', amount: '1' }],
      positions: [{ ...CROSS, unpaidFunding: '0', markPrice: '100' }],
      markets: {
        M: {
          contract: 'inverse',
          face: '1',
          maintenance: { schedule: { kind: 'flat', rate: '0.05' } },
        },
      },
    };
    const answer = whatIf(document, [fill({ size: '2', price: '300' })], rulebooks) as WhatIf;
    expect(at(answer.document, 'positions.0.entryPrice')).toBe('150');
  });
});

describe('what is refused', () => {
  test.each<[string, Parts, unknown, string]>([
    ['no change', long, { kind: 'prayer' }, 'changes[0].kind'],
    ['no list', long, null, 'changes[0]'],
    ['a key too many', long, { kind: 'deposit', amount: 1, size: 2 }, 'changes[0].size'],
    ['a deposit of nothing', long, { kind: 'deposit', amount: 0 }, 'changes[0].amount'],
    ['more than there is', long, { kind: 'withdrawal', amount: '1000.01' }, 'changes[0].amount'],
    [
      'of what is not there',
      long,
      { kind: 'withdrawal', amount: 1, asset: 'X' },
      'changes[0].amount',
    ],
    ['a size below 0', long, fill({ size: '-1' }), 'changes[0].size'],
    ['no such side', long, fill({ side: 'long' }), 'changes[0].side'],
    ['an unknown market', long, fill({ market: 'X' }), 'changes[0]'],
    ['which of two', both, fill({}), 'changes[0].positionSide'],
    [
      'more than is there to close',
      both,
      fill({ size: '2', positionSide: 'short' }),
      'changes[0].size',
    ],
    ['margin of a pool', long, { kind: 'margin', amount: 1 }, 'changes[0].position'],
    ['leverage 0', long, { kind: 'leverage', leverage: 0 }, 'changes[0].leverage'],
    ['margin that is not there', own, { kind: 'leverage', leverage: '0.1' }, 'changes[0].leverage'],
    [
      'the mode that it has',
      long,
      { kind: 'margin-mode', marginMode: 'cross' },
      'changes[0].marginMode',
    ],
    [
      'a price without a position',
      long,
      { kind: 'prices', prices: { N: 1 } },
      'changes[0].prices.N',
    ],
    ['a price of 0', long, { kind: 'prices', prices: { M: 0 } }, 'changes[0].prices.M'],
    [
      'tiers that are none',
      long,
      { kind: 'tiers', market: 'M', schedule: { kind: 'flat' } },
      'changes[0]',
    ],
    ['an order that is not there', long, { kind: 'order', order: 0 }, 'changes[0].order'],
    ['no such position', long, { kind: 'margin', position: 3, amount: 1 }, 'changes[0].position'],
  ])('%s', (_name, document, change, path) => {
    const answer = whatIf(document, [change as Change], rulebooks);
    expect('error' in answer && answer.error.path).toBe(path);
  });

  test('the document before its changes', () => {
    expect(whatIf({ venue: 'custom' }, [], rulebooks)).toMatchObject({
      error: { path: 'positions' },
    });
  });
});

const EXAMPLES = ['cross-markets', 'inverse-coin', 'textbook-long', 'futures-call'];
const documents = EXAMPLES.map(
  (name) =>
    JSON.parse(
      readFileSync(`${import.meta.dirname}/../../../../examples/${name}.json`, 'utf8'),
    ) as {
      readonly positions: readonly Parts[];
    },
);
const document = fc.constantFrom(...documents);
const amount = fc.integer({ min: 1, max: 1e9 }).map((n) => `${n}e-4`);

describe('laws', () => {
  test('a deposit and its withdrawal leave everything as it was', () => {
    fc.assert(
      fc.property(document, amount, (given, sum) => {
        const changes = ['deposit', 'withdrawal'].map((kind) => ({ kind, amount: sum }) as Change);
        const answer = whatIf(given, changes, rulebooks) as WhatIf;
        expect(answer.document).toEqual(given);
        expect(answer.difference).toEqual({ account: {}, positions: [] });
      }),
    );
  });

  test('a fill at the mark without a fee leaves equity as it was', () => {
    const sides = fc.constantFrom('buy', 'sell');
    const sizes = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(document, sides, sizes, (given, side, size) => {
        const { market, markPrice } = given.positions[0] ?? {};
        const change = fill({ market, side, size: size / 100, price: markPrice, feeRate: 0 });
        const { before, after } = whatIf(given, [change], rulebooks) as WhatIf;
        expect(Number(after.equity)).toBeCloseTo(Number(before.equity), 8);
      }),
    );
  });

  test('the document given is not touched, and the one answered says what is reported', () => {
    const text = JSON.stringify(long);
    const { document: after, after: report } = whatIf(long, [fill({})], rulebooks) as WhatIf;
    expect(JSON.stringify(long)).toBe(text);
    expect(check(after, rulebooks)).toEqual(report satisfies Report);
  });

  test('the difference is what lies between the reports', () => {
    const changes: Change[] = [{ kind: 'prices', prices: { M: '100' } }];
    const { difference } = whatIf(long, changes, rulebooks) as WhatIf;
    // The long loses 20, half of the coin's fall of 10 counts.
    expect(difference.account['equity']).toEqual({ before: '1071', after: '1046', change: '-25' });
    expect(difference.positions[0]?.figures['unrealizedPnl']?.change).toBe('-20');
  });
});
