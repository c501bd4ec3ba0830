/** From a mark to a call, to a liquidation, down the waterfall: the last column is the verdict. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import type { EngineConfig } from './config.ts';
import { violations } from './invariants.ts';
import { eventOf, eventsOf, kinds, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';

interface World {
  readonly config?: Partial<EngineConfig>;
  readonly fund?: number;
  readonly bob?: number;
  readonly liquidationFee?: string;
  readonly isolated?: boolean;
}

/** Ann long 50 at 100 with 1,000: called below 87, on her line at 88.9, bankrupt below 80. */
function world(how: World = {}): Scene {
  const scene = new Scene(plainConfig(how.config));
  scene.open('A', plainRules({ liquidationFee: how.liquidationFee ?? '0' }), 100);
  scene.fund({ ann: 1000, bob: how.bob ?? 5000, house: 10_000, fund: how.fund ?? 0 });
  for (const account of ['ann', 'bob', 'house']) {
    scene.choose(account, 'A', 10, how.isolated === true && account === 'ann');
  }
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  return scene;
}

const none: EngineConfig['policy'] = { marginCallAt: null, marginCallClearAt: null, call: null };
const broker = (
  liquidateBelow: string | null,
  restoreTo: 'initial' | 'maintenance' = 'initial',
) => ({
  policy: {
    marginCallAt: null,
    marginCallClearAt: null,
    call: { restoreTo, deadlineHours: '1', liquidateBelow },
  },
});
const liquidation = (changes: Partial<EngineConfig['liquidation']>): Partial<EngineConfig> => ({
  liquidation: { ...plainConfig().liquidation, ...changes },
});

describe('equity 1,000 − 50 × the fall, maintenance 10 % of 50 × the mark', () => {
  test.each([
    [92, 'maintenance 460 < 0.8 × 600', 'healthy'],
    [91, 'maintenance 455 ≥ 0.8 × 550', 'called'],
    [89, 'maintenance 445 < equity 450', 'called'],
    [88, 'maintenance 440 > equity 400', 'liquidating'],
    [10, 'equity far below zero', 'liquidating'],
  ])('marked at %i: %s', (mark, _why, state) => {
    const scene = world();
    scene.mark({ A: mark });
    expect(accountView(scene.engine, 'ann')?.state).toBe(state);
    expect(violations(scene.engine)).toEqual([]);
  });

  test.each([
    ['below', 100, 'called'],
    ['at-or-below', 100, 'liquidating'],
  ] as const)('equity = maintenance, trigger %s', (trigger, mark, state) => {
    const scene = new Scene();
    scene.open('A', plainRules({ trigger }), mark);
    scene.fund({ ann: 1000, bob: 5000 });
    for (const account of ['ann', 'bob']) scene.choose(account, 'A', 20);
    scene.accept(tradeOf('A', ['ann', 'bob'], [90, 100]));
    scene.accept({ kind: 'settle-funding', market: 'A', rateE9: 11_111_111, intervalEndMs: 1 });
    expect(accountView(scene.engine, 'ann')).toMatchObject({ equityAtoms: 900, state });
  });
});

describe('margin calls', () => {
  test('healthy, called, still called inside the hysteresis, cleared', () => {
    const scene = world();
    expect(kinds(scene.mark({ A: 91 }))).toEqual(['marked', 'margin-called']);
    expect(kinds(scene.mark({ A: 92 }))).toEqual(['marked']);
    expect(kinds(scene.mark({ A: 93 }))).toEqual(['marked', 'call-cleared']);
  });

  test('from healthy below the line in one epoch: called and liquidated, marked as a gap', () => {
    const events = world().mark({ A: 88 });
    expect(eventOf(events, 'margin-called').gap).toBe(true);
    expect(eventOf(events, 'liquidation-started').gap).toBe(true);
  });

  test('without margin calls: liquidated at once, no gap', () => {
    const events = world({ config: { policy: none } }).mark({ A: 88 });
    expect(kinds(events)).not.toContain('margin-called');
    expect(eventOf(events, 'liquidation-started').gap).toBe(false);
  });

  test.each([
    ['before the deadline', { below: null, mark: 88, wait: 3_599_999 }, 'called'],
    ['at the deadline', { below: null, mark: 88, wait: 3_600_000 }, 'liquidating'],
    ['equity 400 < 1 × maintenance 440', { below: '1', mark: 88, wait: 0 }, 'liquidating'],
    ['equity 400 ≥ 0.5 × maintenance 440', { below: '0.5', mark: 88, wait: 0 }, 'called'],
    ['equity below zero', { below: null, mark: 79, wait: 0 }, 'liquidating'],
  ] as const)('a call with a deadline: %s', (_what, how, state) => {
    const scene = world({ config: broker(how.below) });
    scene.mark({ A: how.mark });
    scene.wait(how.wait);
    expect(accountView(scene.engine, 'ann')?.state).toBe(state);
  });

  test.each([
    ['maintenance', 89, 'healthy'],
    ['initial', 99, 'called'],
    ['initial', 100, 'healthy'],
  ] as const)('restored to %s at %i', (restoreTo, mark, state) => {
    const scene = world({ config: broker(null, restoreTo) });
    const place = { account: 'ann', market: 'A' };
    scene.accept({ kind: 'set-leverage', ...place, leverageHundredths: 500 });
    scene.mark({ A: 88 });
    scene.mark({ A: mark });
    expect(accountView(scene.engine, 'ann')?.state).toBe(state);
  });
});

describe('the waterfall', () => {
  test('filled better than the bankruptcy price: the fee, then the rest to the account', () => {
    const scene = world({ liquidationFee: '0.01' });
    const ordered = eventOf(scene.mark({ A: 88 }), 'liquidation-ordered');
    expect(ordered).toMatchObject({ side: 'sell', sizeLots: 50, limitTicks: 80 });
    const events = scene.accept({
      kind: 'fill-liquidation',
      liquidation: 1,
      sizeLots: 50,
      priceTicks: 86,
      counterparty: 'house',
    });
    const ended = { reason: 'closed', feeAtoms: 43, remainderAtoms: 257, remainderTo: 'account' };
    expect(eventOf(events, 'liquidation-ended')).toMatchObject(ended);
    expect(accountView(scene.engine, 'ann')?.balanceAtoms).toBe(257);
  });

  test('the remainder goes to the fund, by rule', () => {
    const scene = world({ config: liquidation({ remainderTo: 'fund' }) });
    scene.mark({ A: 88 });
    const fill = { liquidation: 1, sizeLots: 50, priceTicks: 86, counterparty: 'house' };
    const events = scene.accept({ kind: 'fill-liquidation', ...fill });
    expect(eventOf(events, 'liquidation-ended').fundBalanceAtoms).toBe(300);
    expect(accountView(scene.engine, 'ann')?.balanceAtoms).toBe(0);
  });

  test('a part filled lifts the account above its line: it keeps the rest', () => {
    const scene = world();
    scene.mark({ A: 88 });
    const fill = { liquidation: 1, sizeLots: 20, priceTicks: 88, counterparty: 'house' };
    const events = scene.accept({ kind: 'fill-liquidation', ...fill });
    expect(eventOf(events, 'liquidation-ended').reason).toBe('recovered');
    expect(accountView(scene.engine, 'ann')?.positions[0]?.sizeLots).toBe(30);
  });

  test('not filled in time: the fund takes over at the bankruptcy price, and sells', () => {
    const scene = world({ fund: 5000 });
    scene.mark({ A: 88 });
    const events = scene.wait(10_000);
    const taken = { priceTicks: 80, sizeLots: 50, counterparty: 'fund' };
    expect(eventOf(events, 'liquidation-taken-over')).toMatchObject(taken);
    expect(eventOf(events, 'inventory-ordered')).toMatchObject({ side: 'sell', sizeLots: 50 });
    const sale = { market: 'A', sizeLots: 50, priceTicks: 88, counterparty: 'house' };
    const sold = eventOf(scene.accept({ kind: 'fill-inventory', ...sale }), 'inventory-filled');
    expect(sold).toMatchObject({ realizedAtoms: 400, fundBalanceAtoms: 5400 });
  });

  test('the fund is too small: the rest is deleveraged at the bankruptcy price', () => {
    const scene = world({ fund: 88, config: liquidation({ fundLeverage: '10' }) });
    scene.mark({ A: 88 });
    const events = scene.wait(10_000);
    expect(eventOf(events, 'liquidation-taken-over').sizeLots).toBe(10);
    const closed = { sizeLots: 40, priceTicks: 80, counterparty: 'bob' };
    expect(eventOf(events, 'deleveraged')).toMatchObject(closed);
    expect(accountView(scene.engine, 'ann')?.balanceAtoms).toBe(0);
    expect(violations(scene.engine)).toEqual([]);
  });

  test('nobody survives that price: closed at the mark, and the deficit is shared out', () => {
    const scene = new Scene(plainConfig({ policy: none }));
    scene.open('A', plainRules(), 100);
    scene.fund({ ann: 1000, bob: 500, rich: 10_000 });
    for (const account of ['ann', 'bob']) scene.choose(account, 'A', 10);
    scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
    scene.accept({ kind: 'withdraw', account: 'rich', amountAtoms: 9_000 });
    scene.mark({ A: 70 });
    const events = scene.wait(10_000);
    expect(eventOf(events, 'deleveraged')).toMatchObject({ priceTicks: 80, counterparty: 'bob' });
    expect(violations(scene.engine)).toEqual([]);
  });

  test('a crash past everyone: at the mark, fund first, then in proportion to what is available', () => {
    const scene = new Scene(plainConfig({ policy: none }));
    const rules = plainRules({ profitWithdrawable: true });
    scene.open('A', rules, 100);
    scene.fund({ ann: 1000, bob: 500, rich: 1000, fund: 100 });
    for (const account of ['ann', 'bob']) scene.choose(account, 'A', 100);
    scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
    scene.mark({ A: 81 });
    scene.accept({ kind: 'withdraw', account: 'bob', amountAtoms: 1000 });
    scene.mark({ A: 75 });
    const events = scene.wait(10_000);
    expect(kinds(events)).toContain('deleveraged');
    expect(violations(scene.engine)).toEqual([]);
    for (const account of ['ann', 'bob', 'rich']) {
      expect(accountView(scene.engine, account)?.equityAtoms).toBeGreaterThanOrEqual(0);
    }
  });

  test('the queue: profit × leverage first, ties by account id', () => {
    const scene = new Scene(plainConfig({ policy: none }));
    scene.open('A', plainRules(), 100);
    scene.fund({ ann: 1000, zoe: 1000, bob: 1000, cem: 9000 });
    for (const account of ['ann', 'zoe', 'bob', 'cem']) scene.choose(account, 'A', 10);
    scene.accept(tradeOf('A', ['ann', 'cem'], [20, 100]));
    scene.accept(tradeOf('A', ['ann', 'zoe'], [20, 100]));
    scene.accept(tradeOf('A', ['ann', 'bob'], [20, 100]));
    scene.mark({ A: 88 });
    const closed = eventsOf(scene.wait(10_000), 'deleveraged');
    expect(closed.map((event) => event.counterparty)).toEqual(['bob', 'zoe', 'cem']);
  });

  test.each([
    [true, 'healthy'],
    [false, 'liquidating'],
  ])('a deposit cures a liquidation: %s', (depositCures, state) => {
    const scene = world({ config: liquidation({ depositCures }) });
    scene.mark({ A: 88 });
    scene.accept({ kind: 'deposit', account: 'ann', amountAtoms: 2000 });
    expect(accountView(scene.engine, 'ann')?.state).toBe(state);
  });

  test('an isolated position dies alone, and margin added may cure it', () => {
    const scene = world({ isolated: true });
    expect(accountView(scene.engine, 'ann')).toMatchObject({ balanceAtoms: 500 });
    expect(accountView(scene.engine, 'ann')?.positions[0]?.state).toBe('called');
    expect(eventOf(scene.mark({ A: 99 }), 'liquidation-started').market).toBe('A');
    const place = { account: 'ann', market: 'A', amountAtoms: 400 };
    const events = scene.accept({ kind: 'add-margin', ...place });
    expect(eventOf(events, 'liquidation-ended').reason).toBe('deposit');
  });

  test('liquidation cancels open orders first', () => {
    const scene = world();
    const order = { account: 'ann', order: 'o', market: 'A', reduceOnly: false } as const;
    const at = { side: 'buy', sizeLots: 1, priceTicks: 90 } as const;
    scene.accept({ kind: 'place-order', ...order, ...at });
    const events = kinds(scene.mark({ A: 88 }));
    expect(events.indexOf('order-cancelled')).toBeLessThan(events.indexOf('liquidation-ordered'));
  });

  test('an invalid mark liquidates nobody until a new one comes', () => {
    const scene = new Scene();
    scene.open('A', plainRules({ invalidAfterMs: 1000 }), 100);
    scene.open('B', plainRules(), 100);
    scene.fund({ ann: 1000, bob: 5000 });
    for (const account of ['ann', 'bob']) scene.choose(account, 'A', 10);
    scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
    scene.timeMs += 1001;
    scene.accept({ kind: 'settle-funding', market: 'A', rateE9: 200_000_000, intervalEndMs: 1 });
    expect(accountView(scene.engine, 'ann')).toMatchObject({ equityAtoms: 0, state: 'called' });
    expect(kinds(scene.mark({ A: 100 }))).toContain('liquidation-started');
  });
});
