/** What the engine once did wrong, a test each. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import { violations } from './invariants.ts';
import {
  eventOf,
  kinds,
  maintenance,
  plainConfig,
  plainRules,
  Scene,
  tradeOf,
} from './kit/scene.ts';
import { encodeBook } from './snapshot.ts';

const policy = { marginCallAt: null, marginCallClearAt: null, call: null };

describe('commands that threw', () => {
  test('an order that is due although deleveraging another has closed its position', () => {
    const scene = new Scene(plainConfig({ policy }));
    scene.open('A', plainRules({ trigger: 'at-or-below' }), 100);
    scene.fund({ ann: 1000, bob: 1000 });
    for (const account of ['ann', 'bob']) scene.choose(account, 'A', 20);
    scene.accept(tradeOf('A', ['ann', 'bob'], [90, 100]));
    const rules = plainRules({ maintenance: maintenance('0.9') });
    const change = { market: 'A', rules, appliesTo: 'open', effectiveMs: null } as const;
    scene.accept({ kind: 'update-market', ...change });
    expect(kinds(scene.wait(10_000)).filter((kind) => kind === 'liquidation-ended')).toHaveLength(
      2,
    );
    expect(violations(scene.engine)).toEqual([]);
  });

  test.each([
    ['linear', 2 ** 50, 2 ** 50],
    ['inverse', 2 ** 50, 1],
  ] as const)('a trade in a %s market of %i lots at %i', (contract, sizeLots, priceTicks) => {
    const scene = new Scene();
    scene.open(
      'A',
      plainRules({ contract, ...(contract === 'inverse' ? { face: '997' } : {}) }),
      100,
    );
    scene.fund({ ann: 1000, bob: 1000 });
    expect(scene.verdict(tradeOf('A', ['ann', 'bob'], [sizeLots, priceTicks]))).toBe('too-large');
  });

  test('a trade beyond exact numbers in an inverse market with a position cap', () => {
    const scene = new Scene();
    const caps = { openInterest: null, position: '1000' };
    scene.open('A', plainRules({ contract: 'inverse', face: '997', caps }), 100);
    scene.fund({ ann: 1000, bob: 1000 });
    expect(scene.verdict(tradeOf('A', ['ann', 'bob'], [2 ** 50, 100]))).toBe('too-large');
  });

  test('an inverse mark so low that values leave exact numbers', () => {
    const scene = new Scene(plainConfig({ asset: { symbol: 'BTC', decimals: 8 } }));
    scene.open('A', plainRules({ contract: 'inverse', face: '100' }), 2 ** 30);
    scene.fund({ ann: 2 ** 50, bob: 2 ** 50 });
    scene.accept(tradeOf('A', ['ann', 'bob'], [2 ** 20, 2 ** 30]));
    const prices = [{ market: 'A', priceTicks: 1 }];
    const marks = { kind: 'marks', source: 'other', sourceSequence: 1, prices } as const;
    expect(scene.verdict(marks)).toBe('too-large');
  });

  test('leverage of a hundredth on a large position', () => {
    const scene = new Scene();
    scene.open('A', plainRules(), 2 ** 20);
    scene.fund({ ann: 2 ** 50, bob: 2 ** 50 });
    scene.accept(tradeOf('A', ['ann', 'bob'], [2 ** 29, 2 ** 20]));
    const place = { account: 'ann', market: 'A', leverageHundredths: 1 };
    expect(scene.verdict({ kind: 'set-leverage', ...place })).toBe('insufficient-margin');
  });
});

test('a refused change of leverage leaves what orders hold as it was, also after the mark has moved', () => {
  const scene = new Scene();
  scene.open('A', plainRules(), 100);
  scene.fund({ ann: 1000, bob: 1000 });
  scene.choose('ann', 'A', 10);
  const order = { account: 'ann', order: 'o', market: 'A', side: 'buy' } as const;
  scene.accept({ kind: 'place-order', ...order, sizeLots: 50, priceTicks: 100, reduceOnly: false });
  scene.mark({ A: 95 });
  const before = encodeBook(scene.engine);
  const place = { account: 'ann', market: 'A', leverageHundredths: 100 };
  expect(scene.verdict({ kind: 'set-leverage', ...place })).toBe('insufficient-margin');
  expect(Buffer.compare(before, encodeBook(scene.engine))).toBe(0);
});

test('a unit without maintenance and without equity is found by the sweep', () => {
  const scene = new Scene(plainConfig({ policy }));
  scene.open('A', plainRules({ maintenance: maintenance('0') }), 100);
  scene.fund({ ann: 100, bob: 1000 });
  for (const account of ['ann', 'bob']) scene.choose(account, 'A', 100);
  scene.accept(tradeOf('A', ['ann', 'bob'], [10, 100]));
  expect(kinds(scene.mark({ A: 90 }))).not.toContain('liquidation-started');
  expect(kinds(scene.mark({ A: 89 }))).toContain('liquidation-started');
});

test('the fund gains when it takes over an inverse long below the mark, so solvency is no limit', () => {
  const asset = { symbol: 'BTC', decimals: 8 };
  const scene = new Scene(plainConfig({ policy, asset }));
  const rules = plainRules({ contract: 'inverse', face: '100', maintenance: maintenance('0.3') });
  scene.open('A', rules, 1000);
  const coin = 100_000_000;
  scene.fund({ ann: 5 * coin, bob: 50 * coin, fund: coin });
  for (const account of ['ann', 'bob']) scene.choose(account, 'A', 4);
  scene.accept(tradeOf('A', ['ann', 'bob'], [160, 1000]));
  scene.mark({ A: 970 });
  scene.accept({ kind: 'deposit', account: 'fund', amountAtoms: coin });
  const taken = eventOf(scene.wait(10_000), 'liquidation-taken-over');
  expect(taken.priceTicks).toBeLessThan(970);
  expect(taken.sizeLots).toBe(160);
});

test('a pool in liquidation can neither fund an isolated position nor order one', () => {
  const scene = new Scene(plainConfig({ policy }));
  scene.open('A', plainRules(), 100);
  scene.open('B', plainRules(), 100);
  scene.fund({ ann: 1000, bob: 5000 });
  for (const account of ['ann', 'bob']) scene.choose(account, 'A', 100);
  scene.choose('ann', 'B', 100, true);
  scene.accept(tradeOf('A', ['ann', 'bob'], [90, 100]));
  scene.mark({ A: 98 });
  expect(accountView(scene.engine, 'ann')?.state).toBe('liquidating');
  expect(accountView(scene.engine, 'ann')?.availableAtoms).toBeGreaterThan(0);
  expect(scene.verdict(tradeOf('B', ['ann', 'bob'], [1, 100]))).toBe('in-liquidation');
});

test('two orders in turn with the same size and limit are both announced', () => {
  const scene = new Scene(plainConfig({ policy }));
  scene.open('A', plainRules(), 100);
  scene.open('B', plainRules(), 100);
  scene.fund({ ann: 1000, bob: 9000, house: 9000 });
  for (const id of ['A', 'B']) for (const who of ['ann', 'bob', 'house']) scene.choose(who, id, 10);
  scene.accept(tradeOf('A', ['ann', 'bob'], [40, 100]));
  scene.accept(tradeOf('B', ['ann', 'bob'], [40, 100]));
  scene.mark({ A: 89, B: 89 });
  const fill = { liquidation: 1, sizeLots: 40, priceTicks: 89, counterparty: 'house' };
  const ordered = eventOf(
    scene.accept({ kind: 'fill-liquidation', ...fill }),
    'liquidation-ordered',
  );
  expect(ordered).toMatchObject({ market: 'B', sizeLots: 40, limitTicks: 86 });
});
