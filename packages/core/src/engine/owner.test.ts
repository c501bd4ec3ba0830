/** Accounts of one owner: caps and tiers on both sides of their edges, and the law of splitting. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import { indexFaults } from './kit/index-audit.ts';
import { violations } from './invariants.ts';
import { Dice } from './kit/dice.ts';
import { eventsOf, plainConfig, plainRules, Scene, tradeOf, type Draft } from './kit/scene.ts';
import { MOST_ACCOUNTS } from './owner.ts';
import { apply } from './reducer.ts';
import { decodeState, encodeBook, encodeState } from './snapshot.ts';
import { createEngine } from './state.ts';

const TIERS: MarketRules['initial'] = {
  schedule: {
    kind: 'steps',
    levels: [
      { from: '0', rate: '0.1' },
      { from: '1000', rate: '0.2' },
    ],
  },
};

/** Mark 100; `a` and `b` are the desk's, `c` is nobody's; each has a house to trade with. */
function desk(rules: Partial<MarketRules>, money: Readonly<Record<string, number>> = {}): Scene {
  const scene = new Scene();
  scene.open('A', plainRules(rules), 100);
  for (const account of ['a', 'b']) scene.accept({ kind: 'open-account', account, owner: 'desk' });
  const paid = { a: 10_000, b: 10_000, ...money };
  for (const [account, amountAtoms] of Object.entries(paid))
    scene.accept({ kind: 'deposit', account, amountAtoms });
  scene.fund({ c: 10_000 });
  for (const account of ['a', 'b', 'c']) {
    scene.choose(account, 'A', 100);
    scene.fund({ [`house-${account}`]: 1_000_000 });
    scene.choose(`house-${account}`, 'A', 100);
  }
  return scene;
}

function long(account: string, lots: number): Draft {
  return tradeOf('A', [account, `house-${account}`], [lots, 100]);
}

function short(account: string, lots: number): Draft {
  return tradeOf('A', [`house-${account}`, account], [lots, 100]);
}

function order(account: string, sizeLots: number, side: 'buy' | 'sell' = 'buy'): Draft {
  const place = { account, order: 'o', market: 'A', priceTicks: 100, reduceOnly: false };
  return { kind: 'place-order', ...place, side, sizeLots };
}

function owned(account: string, owner: string | null): Draft {
  return { kind: 'set-owner', account, owner };
}

function initialOf(scene: Scene, account: string): number {
  return accountView(scene.engine, account)?.initialMarginAtoms ?? Number.NaN;
}

describe('a position cap of 10 lots', () => {
  const rules = { caps: { openInterest: null, position: '1000' } };
  const cases: readonly (readonly [string, readonly Draft[], Draft, string])[] = [
    ['one account at the cap', [], long('a', 10), 'accepted'],
    ['one account above it', [], long('a', 11), 'position-cap'],
    ['both together at the cap', [long('a', 6)], long('b', 4), 'accepted'],
    ['both together above it', [long('a', 6)], long('b', 5), 'position-cap'],
    ['nobody’s account beside them', [long('a', 6)], long('c', 10), 'accepted'],
    ['the other side has a cap of its own', [long('a', 10)], short('b', 10), 'accepted'],
    ['and not more', [long('a', 10)], short('b', 11), 'position-cap'],
    ['a hedge makes no room', [long('a', 10), short('b', 10)], long('b', 11), 'position-cap'],
    ['closing is never asked', [long('a', 10)], short('a', 10), 'accepted'],
    [
      'turning round counts the other side',
      [long('a', 6), short('b', 5)],
      short('a', 12),
      'position-cap',
    ],
    ['turned round up to it', [long('a', 6), short('b', 5)], short('a', 11), 'accepted'],
    [
      'handed from one to the other at the cap',
      [long('a', 10)],
      tradeOf('A', ['b', 'a'], [10, 100]),
      'accepted',
    ],
    ['an order counts', [order('a', 6)], order('b', 5), 'position-cap'],
    ['an order up to it', [order('a', 6)], order('b', 4), 'accepted'],
    ['an order beside a position', [long('a', 6)], order('b', 5), 'position-cap'],
    ['orders of the other side do not', [order('a', 10, 'sell')], order('b', 10), 'accepted'],
    ['once it is another owner’s', [long('a', 6), owned('a', 'other')], long('b', 10), 'accepted'],
    ['once it is nobody’s', [long('a', 6), owned('a', null)], long('b', 10), 'accepted'],
    ['once a third has joined', [long('c', 6), owned('c', 'desk')], long('b', 5), 'position-cap'],
  ];
  test.each(cases)('%s', (_what, before, draft, verdict) => {
    const scene = desk(rules);
    for (const one of before) scene.accept(one);
    expect(scene.verdict(draft)).toBe(verdict);
    expect(violations(scene.engine)).toEqual([]);
  });

  test('an account that joins above the cap keeps what it has, and adds nothing', () => {
    const scene = desk(rules);
    for (const one of [long('a', 8), long('c', 8), owned('c', 'desk')]) scene.accept(one);
    expect(scene.verdict(long('b', 1))).toBe('position-cap');
    expect(scene.verdict(short('a', 3))).toBe('accepted');
  });

  test('the counterparty of a liquidation is held to it too', () => {
    const scene = desk(rules);
    scene.accept({ kind: 'set-leverage', account: 'c', market: 'A', leverageHundredths: 1000 });
    scene.accept({ kind: 'withdraw', account: 'c', amountAtoms: 9_850 });
    for (const one of [long('c', 10), long('a', 6)]) scene.accept(one);
    scene.mark({ A: 94 });
    const fill = { kind: 'fill-liquidation', liquidation: 1, priceTicks: 94 } as const;
    expect(scene.verdict({ ...fill, sizeLots: 5, counterparty: 'b' })).toBe('position-cap');
    expect(scene.verdict({ ...fill, sizeLots: 4, counterparty: 'b' })).toBe('accepted');
  });
});

describe('a cap that rises with open interest', () => {
  const rules = { caps: { openInterest: null, position: '1000', share: '0.2' } };
  test.each([
    ['below the fixed cap', 40, 10, 'accepted'],
    ['above the fixed cap and the share', 40, 11, 'position-cap'],
    ['at the share', 100, 20, 'accepted'],
    ['above the share', 100, 21, 'position-cap'],
  ])('%s', (_what, others, lots, verdict) => {
    const scene = desk(rules);
    scene.accept({ kind: 'open-account', account: 'crowd' });
    scene.accept({ kind: 'deposit', account: 'crowd', amountAtoms: 1_000_000 });
    const caps = { openInterest: null, position: '1000000' };
    const change = {
      kind: 'update-market',
      market: 'A',
      appliesTo: 'open',
      effectiveMs: null,
    } as const;
    scene.accept({ ...change, rules: plainRules({ caps }) });
    scene.accept(tradeOf('A', ['crowd', 'house-c'], [others, 100]));
    scene.accept({ ...change, rules: plainRules(rules) });
    expect(scene.verdict(tradeOf('A', ['a', 'crowd'], [lots, 100]))).toBe(verdict);
  });

  test.each([
    { openInterest: null, position: null, share: '0.2' },
    { openInterest: null, position: '1', share: '2' },
  ])('is refused as %j', (caps) => {
    const draft: Draft = { kind: 'open-market', market: 'B', rules: plainRules({ caps }) };
    expect(desk({}).verdict(draft)).toBe('bad-rules');
  });
});

describe('tiers of initial margin: 10 % up to 1,000, then 20 %', () => {
  test.each([
    ['one alone, at the edge', [long('a', 10)], [100, 0]],
    ['one alone, above it', [long('a', 11)], [220, 0]],
    ['together at the edge', [long('a', 6), long('b', 4)], [60, 40]],
    ['together above it', [long('a', 6), long('b', 5)], [120, 100]],
    ['long and short never add up', [long('a', 10), short('b', 10)], [100, 100]],
    ['apart again', [long('a', 6), long('b', 5), owned('b', null)], [60, 50]],
    ['an order is looked up with it', [long('a', 6), order('b', 5)], [60, 100]],
  ] as const)('%s', (_what, drafts, [a, b]) => {
    const scene = desk({ initial: TIERS });
    for (const draft of drafts) scene.accept(draft);
    expect([initialOf(scene, 'a'), initialOf(scene, 'b')]).toEqual([a, b]);
    const maintenance = accountView(scene.engine, 'a')?.maintenanceMarginAtoms;
    expect(maintenance).toBe(10 * (accountView(scene.engine, 'a')?.positions[0]?.sizeLots ?? 0));
  });

  test.each([
    ['the sibling can hold its part', 121, 'accepted'],
    ['just so', 120, 'accepted'],
    ['the sibling cannot', 119, 'insufficient-margin'],
  ])('%s', (_what, money, verdict) => {
    const scene = desk({ initial: TIERS }, { a: money });
    scene.accept(long('a', 6));
    const { answer } = scene.send(long('b', 5));
    expect(answer.status === 'accepted' ? 'accepted' : answer.refusal.code).toBe(verdict);
    if (answer.status === 'refused') expect(answer.refusal.figures['account']).toBe('a');
  });

  test('a sibling that was short before blocks nothing that asks no more of it', () => {
    const scene = desk({ initial: TIERS }, { a: 65 });
    scene.accept(long('a', 6));
    scene.mark({ A: 99 });
    expect(scene.verdict(tradeOf('A', ['b', 'house-b'], [4, 99]))).toBe('accepted');
  });

  test('an isolated sibling must hold its part by its own margin', () => {
    const scene = desk({ initial: TIERS });
    scene.choose('a', 'A', 100, true);
    scene.accept(long('a', 6));
    expect(scene.verdict(long('b', 5))).toBe('insufficient-margin');
    scene.accept({ kind: 'add-margin', account: 'a', market: 'A', amountAtoms: 60 });
    expect(scene.verdict(long('b', 5))).toBe('accepted');
  });
});

describe('who owns', () => {
  test('is said in events, shown, kept through a snapshot, and can change', () => {
    const scene = desk({ initial: TIERS });
    scene.accept(long('a', 6));
    const events = scene.accept(owned('c', 'desk'));
    expect(eventsOf(events, 'owner-set')).toMatchObject([
      { account: 'c', owner: 'desk', before: null },
    ]);
    expect(accountView(scene.engine, 'c')?.owner).toBe('desk');
    const restored = decodeState(encodeState(scene.engine));
    expect(Buffer.compare(encodeState(restored), encodeState(scene.engine))).toBe(0);
    const next = { ...long('c', 5), client: 'x', id: '1', timeMs: 1 } as const;
    for (const engine of [restored, scene.engine]) apply(engine, next);
    expect(Buffer.compare(encodeState(restored), encodeState(scene.engine))).toBe(0);
    expect(accountView(restored, 'c')?.initialMarginAtoms).toBe(100);
  });

  test.each([
    ['an account that there is not', owned('nobody', 'desk'), 'unknown-account'],
    ['an account of the engine', owned('fund', 'desk'), 'reserved-account'],
    ['no name', owned('a', ''), 'malformed'],
    ['the same again', owned('a', 'desk'), 'accepted'],
  ])('%s', (_what, draft, verdict) => {
    expect(desk({}).verdict(draft)).toBe(verdict);
  });

  test('an owner has room for so many accounts', () => {
    const scene = new Scene();
    for (let k = 0; k < MOST_ACCOUNTS; k += 1)
      scene.accept({ kind: 'open-account', account: `n${k}`, owner: 'desk' });
    expect(scene.verdict({ kind: 'open-account', account: 'last', owner: 'desk' })).toBe(
      'too-large',
    );
    expect(scene.engine.accounts.rows.has('last')).toBe(false);
    scene.accept({ kind: 'open-account', account: 'last' });
    expect(scene.verdict(owned('last', 'desk'))).toBe('too-large');
    scene.accept(owned('n0', null));
    expect(scene.verdict(owned('last', 'desk'))).toBe('accepted');
  });

  test('a call that ends at initial margin ends when a sibling closes', () => {
    const call = { restoreTo: 'initial', deadlineHours: '24', liquidateBelow: '0.5' } as const;
    const scene = new Scene(
      plainConfig({ policy: { marginCallAt: null, marginCallClearAt: null, call } }),
    );
    scene.open('A', plainRules({ initial: TIERS }), 100);
    for (const account of ['a', 'b'])
      scene.accept({ kind: 'open-account', account, owner: 'desk' });
    scene.accept({ kind: 'deposit', account: 'a', amountAtoms: 200 });
    scene.accept({ kind: 'deposit', account: 'b', amountAtoms: 10_000 });
    scene.fund({ 'house-a': 100_000, 'house-b': 100_000 });
    for (const account of ['a', 'b']) scene.choose(account, 'A', 100);
    for (const one of [long('a', 8), long('b', 7)]) scene.accept(one);
    const called = scene.mark({ A: 83 });
    expect(eventsOf(called, 'margin-called').map(({ account }) => account)).toEqual(['a']);
    expect(eventsOf(scene.mark({ A: 88 }), 'call-cleared')).toEqual([]);
    const closed = scene.accept(tradeOf('A', ['house-b', 'b'], [7, 88]));
    expect(eventsOf(closed, 'call-cleared').map(({ account }) => account)).toEqual(['a']);
    expect(indexFaults(scene.engine)).toEqual([]);
  });
});

const SCHEDULES: readonly MarketRules['initial'][] = [
  TIERS,
  {
    schedule: {
      kind: 'brackets',
      levels: [
        { from: '0', rate: '0.05' },
        { from: '700', rate: '0.3' },
      ],
    },
  },
  { schedule: { kind: 'power', base: '0.02', factor: '0.003', exponent: '0.5', by: 'size' } },
  { schedule: { kind: 'linear', base: '0.01', perUnit: '0.002' } },
  { schedule: { kind: 'per-unit', amount: '7' } },
];

/** The most lots of one side that `accounts` come to hold when they try these sizes in turn. */
function reached(split: Scene, accounts: readonly string[], sizes: readonly number[]): number {
  sizes.forEach((lots, k) => split.send(long(accounts[k % accounts.length] ?? '', lots)));
  return accounts.reduce(
    (sum, id) => sum + (accountView(split.engine, id)?.positions[0]?.sizeLots ?? 0),
    0,
  );
}

/** The same money in one account, or divided; the same market. */
function funded(accounts: readonly string[], money: number, rules: MarketRules): Scene {
  const scene = new Scene();
  scene.open('A', rules, 100);
  for (const account of accounts) {
    scene.accept({ kind: 'open-account', account, owner: 'desk' });
    scene.accept({ kind: 'deposit', account, amountAtoms: Math.floor(money / accounts.length) });
  }
  for (const account of accounts) {
    scene.fund({ [`house-${account}`]: 2 ** 40 });
    scene.choose(account, 'A', 100);
  }
  return scene;
}

describe('splitting a position over accounts of one owner', () => {
  test('never gets more leverage or a larger cap than one account', () => {
    const dice = new Dice(4711);
    let refused = 0;
    for (let round = 0; round < 300; round += 1) {
      const position = dice.pick([null, '500', '1500', '4000']);
      const rules = plainRules({
        initial: dice.pick(SCHEDULES),
        caps: { openInterest: null, position },
      });
      const names = ['a', 'b', 'c', 'd'].slice(0, dice.between(2, 4));
      const money = dice.between(50, 2_000);
      const sizes = Array.from({ length: 12 }, () => dice.between(1, 12));
      const total = reached(funded(names, money, rules), names, sizes);
      if (total === 0) continue;
      const whole = funded(['one'], money, rules);
      expect(whole.verdict(long('one', total)), `${round}: ${total} lots`).toBe('accepted');
      refused += total < sizes.reduce((sum, lots) => sum + lots, 0) ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(150);
  });

  test('one account of an owner is like an account without one', () => {
    const scene = desk({ initial: TIERS, caps: { openInterest: null, position: '3000' } });
    scene.accept(owned('b', null));
    for (const account of ['a', 'c']) {
      for (const draft of [long(account, 12), order(account, 14)]) scene.accept(draft);
    }
    expect(initialOf(scene, 'a')).toBe(initialOf(scene, 'c'));
    expect(scene.verdict(long('a', 19))).toBe(scene.verdict(long('c', 19)));
    const before = encodeBook(scene.engine);
    expect(scene.verdict(long('a', 2 ** 49))).toBe('too-large');
    expect(Buffer.compare(before, encodeBook(scene.engine))).toBe(0);
  });

  test('a replay comes to the same state', () => {
    const scene = desk({ initial: TIERS });
    for (const draft of [long('a', 6), long('b', 5), owned('a', 'other'), short('b', 9)])
      scene.send(draft);
    const engine = createEngine();
    for (const command of scene.log) apply(engine, command);
    expect(Buffer.compare(encodeState(engine), encodeState(scene.engine))).toBe(0);
  });
});
