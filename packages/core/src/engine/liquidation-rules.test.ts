/** The rules of liquidation one by one, at both sides of their thresholds. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import { adlRisks } from './adl-rank.ts';
import type { LiquidationPolicy } from './config.ts';
import type { EngineEvent } from './event.ts';
import { moneyDifference, violations } from './invariants.ts';
import {
  eventOf,
  eventsOf,
  kinds,
  maintenance,
  plainConfig,
  plainRules,
  Scene,
  tradeOf,
} from './kit/scene.ts';
import { openLiquidations } from './view.ts';

const policy = { marginCallAt: null, marginCallClearAt: null, call: null };

/** Markets A and B at 100 with 10 % maintenance; takers at leverage 100, nothing held yet. */
function venue(changes: Partial<LiquidationPolicy>, fund = 0, liquidationFee = '0'): Scene {
  const liquidation = { ...plainConfig().liquidation, ...changes };
  const scene = new Scene(plainConfig({ policy, liquidation }));
  for (const market of ['A', 'B']) scene.open(market, plainRules({ liquidationFee }), 100);
  const names = ['ann', 'bob', 'cem', 'dan', 'house'];
  scene.fund({ ...Object.fromEntries(names.map((name) => [name, 100_000])), fund });
  for (const name of names) {
    for (const market of ['A', 'B']) scene.choose(name, market, 100);
  }
  return scene;
}

/** Ann long so many of A against the house, with so much money. */
function long(scene: Scene, lots: number, money: number): Scene {
  scene.accept(tradeOf('A', ['ann', 'house'], [lots, 100]));
  scene.leave('ann', money);
  return scene;
}

function fill(scene: Scene, sizeLots: number, priceTicks: number): readonly EngineEvent[] {
  const to = { sizeLots, priceTicks, counterparty: 'house' };
  return scene.accept({ kind: 'fill-liquidation', liquidation: 1, ...to });
}

describe('which position of a pool is first', () => {
  test.each([
    ['largest-maintenance', '0', 'B'],
    ['largest-loss', '0', 'A'],
    ['most-relief', '0', 'B'],
    ['most-relief', '0.1', 'A'],
  ] as const)('%s with a fee of %s in B: %s', (order, liquidationFee, first) => {
    const scene = venue({ order });
    const rules = plainRules({ liquidationFee });
    const change = { market: 'B', rules, appliesTo: 'open', effectiveMs: null } as const;
    scene.accept({ kind: 'update-market', ...change });
    scene.accept(tradeOf('A', ['ann', 'house'], [50, 100]));
    scene.accept(tradeOf('B', ['ann', 'house'], [60, 100]));
    scene.leave('ann', 1_000);
    const ordered = eventOf(scene.mark({ A: 95, B: 100 }), 'liquidation-ordered');
    expect(ordered.market).toBe(first);
  });
});

describe('pieces with a pause', () => {
  const rules = { chunk: { maxValue: '2000', cooldownMs: 500 } };

  test('a filled piece, a pause of its length, the next piece', () => {
    const scene = long(venue({ rules }), 100, 850);
    expect(eventOf(scene.mark({ A: 100 }), 'liquidation-ordered').sizeLots).toBe(20);
    const paused = eventOf(fill(scene, 20, 95), 'liquidation-paused');
    expect(paused.untilMs).toBe(scene.timeMs + 500);
    expect(kinds(scene.wait(499))).toEqual([]);
    expect(eventOf(scene.wait(1), 'liquidation-ordered').sizeLots).toBe(20);
    expect(violations(scene.engine)).toEqual([]);
  });

  test.each([
    [{ maxValue: null, maxSize: '30' }, 30],
    [{ maxValue: '2000', maxSize: '30' }, 20],
    [{ maxValue: '2000', maxSize: '7.9' }, 7],
    [{ maxValue: '2000', maxSize: '0.5' }, 1],
    [{ maxValue: null, maxSize: '1000' }, 100],
  ])('of %j: %i lots', (most, lots) => {
    const scene = long(venue({ rules: { chunk: { ...most, cooldownMs: 500 } } }), 100, 850);
    expect(eventOf(scene.mark({ A: 100 }), 'liquidation-ordered').sizeLots).toBe(lots);
  });

  test('while it waits, a better mark saves it', () => {
    const scene = long(venue({ rules }), 100, 850);
    scene.mark({ A: 100 });
    fill(scene, 20, 95);
    expect(eventOf(scene.mark({ A: 101 }), 'liquidation-ended').reason).toBe('recovered');
  });

  test('what is not filled in time goes to the fund piece by piece', () => {
    const scene = long(venue({ rules }, 50_000), 100, 900);
    scene.mark({ A: 100 });
    const taken: number[] = [];
    for (let step = 0; step < 12; step += 1) {
      taken.push(...eventsOf(scene.wait(10_000), 'liquidation-taken-over').map((e) => e.sizeLots));
    }
    expect(taken).toEqual([20, 20, 20, 20, 20]);
    expect(violations(scene.engine)).toEqual([]);
  });
});

describe('what is left of an isolated position', () => {
  test.each([
    ['as the venue says', undefined, true, 'fund'],
    ['as the market says', 'account', true, 'account'],
    ['of a pool it is the venue that says', 'account', false, 'fund'],
  ] as const)('%s', (_what, remainderTo, isolated, to) => {
    const scene = venue({ remainderTo: 'fund' });
    const liquidation = remainderTo === undefined ? {} : { remainderTo };
    const change = { market: 'A', appliesTo: 'open', effectiveMs: null } as const;
    scene.accept({ kind: 'update-market', ...change, rules: plainRules({ liquidation }) });
    if (isolated) scene.choose('ann', 'A', 10, true);
    long(scene, 10, 150);
    if (isolated) scene.leave('ann', 10_000);
    scene.mark({ A: 94 });
    expect(eventOf(fill(scene, 10, 94), 'liquidation-ended').remainderTo).toBe(to);
  });
});

describe('the backstop below half of maintenance', () => {
  test.each([
    [95, 'equity 475 ≥ half of 950', 0],
    [94, 'equity 375 < half of 940', 100],
  ])('marked at %i: %s', (mark, _why, taken) => {
    const scene = long(venue({ rules: { backstopBelow: '0.5' } }, 50_000), 100, 975);
    const events = eventsOf(scene.mark({ A: mark }), 'liquidation-taken-over');
    expect(events.reduce((sum, { sizeLots }) => sum + sizeLots, 0)).toBe(taken);
    expect(moneyDifference(scene.engine)).toBe(0n);
  });
});

describe('the fee', () => {
  test.each([
    [{ charged: 'at-end', on: 'fill', mostShare: '1', most: null }, 98],
    [{ charged: 'at-end', on: 'mark', mostShare: '1', most: null }, 100],
    [{ charged: 'at-end', on: 'fill', mostShare: '0.1', most: null }, 60],
    [{ charged: 'at-end', on: 'fill', mostShare: '1', most: '50' }, 50],
    [{ charged: 'each-fill', on: 'fill', mostShare: '1', most: null }, 98],
    [{ charged: 'each-fill', on: 'fill', mostShare: '0', most: null }, 0],
  ] as const)('%o, filled in two halves: %i', (fee, charged) => {
    const scene = long(venue({ rules: { fee, buffer: '1' } }, 0, '0.01'), 100, 900);
    scene.mark({ A: 100 });
    fill(scene, 50, 97);
    const ended = eventOf(fill(scene, 50, 97), 'liquidation-ended');
    expect(ended.feeAtoms).toBe(charged);
    expect(accountView(scene.engine, 'fund')?.balanceAtoms).toBe(charged);
    expect(violations(scene.engine)).toEqual([]);
  });
});

describe('what the fund may take on in one epoch', () => {
  test.each([
    [{ takeoverValue: '3000', loss: null }, 30],
    [{ takeoverValue: '0', loss: null }, 0],
    [{ takeoverValue: null, loss: '50' }, 10],
    [{ takeoverValue: null, loss: null }, 100],
  ])('%o: of 100 lots at 100 it takes %i, at a loss of 5 each', (fundPerEpoch, taken) => {
    const rules = { adl: { by: 'queue', when: 'bankrupt' } } as const;
    const scene = long(venue({ fundPerEpoch, rules }, 50_000), 100, 500);
    scene.mark({ A: 90 });
    const events = eventsOf(scene.wait(10_000), 'liquidation-taken-over');
    const lots = events.reduce((sum, { sizeLots }) => sum + sizeLots, 0);
    expect(lots).toBe(fundPerEpoch.takeoverValue === '3000' ? 33 : taken);
  });

  test('the next epoch allows as much again', () => {
    const fundPerEpoch = { takeoverValue: '3000', loss: null };
    const rules = { adl: { by: 'queue', when: 'bankrupt' } } as const;
    const scene = long(venue({ fundPerEpoch, rules }, 50_000), 100, 900);
    scene.mark({ A: 100 });
    const taken = (): number[] =>
      eventsOf(scene.wait(10_000), 'liquidation-taken-over').map(({ sizeLots }) => sizeLots);
    expect([taken(), taken()]).toEqual([[30], []]);
    scene.mark({ A: 100 });
    expect(taken()).toEqual([30]);
  });
});

/** Ann long 100 of A against bob 50, cem 30 and dan 20, all in profit at 90. */
function book(by: 'queue' | 'pro-rata'): Scene {
  const scene = venue({ rules: { adl: { by, when: 'unfilled' } } });
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  scene.accept(tradeOf('A', ['ann', 'cem'], [30, 100]));
  scene.accept(tradeOf('A', ['ann', 'dan'], [20, 100]));
  scene.accept(tradeOf('A', ['house', 'dan'], [100, 100]));
  return scene;
}

const shares = (events: readonly EngineEvent[]): Record<string, number> =>
  Object.fromEntries(
    eventsOf(events, 'deleveraged').map((event) => [event.counterparty, event.sizeLots]),
  );

const risk = (scene: Scene): (number | undefined)[] => {
  scene.mark({ A: 98 });
  scene.leave('bob', 10);
  return ['bob', 'cem', 'dan'].map((id) => adlRisks(scene.engine, id).get('A'));
};

describe('ADL in proportion', () => {
  test('each in profit bears a share by size: 50, 30 and 120 of 200', () => {
    const scene = book('pro-rata');
    scene.leave('ann', 1_500);
    scene.mark({ A: 90 });
    expect(shares(scene.wait(10_000))).toEqual({ bob: 25, cem: 15, dan: 60 });
    expect(violations(scene.engine)).toEqual([]);
  });

  test('whoever the price would sink bears nothing, and the others more', () => {
    const scene = book('pro-rata');
    const rules = plainRules({ maintenance: maintenance('0.01') });
    const change = { market: 'A', rules, appliesTo: 'open', effectiveMs: null } as const;
    scene.accept({ kind: 'update-market', ...change });
    scene.leave('ann', 500);
    scene.leave('dan', -1_000);
    scene.mark({ A: 90 });
    // At 95 a share of 60 costs dan 300 of his 200; the last 20 cost him 100.
    expect(shares(scene.wait(10_000))).toEqual({ bob: 50, cem: 30, dan: 20 });
    expect(violations(scene.engine)).toEqual([]);
  });

  test('the risk of it: by place in the queue, or one place for all who share', () => {
    expect(risk(book('queue'))).toEqual([5, 2, 4]);
    expect(risk(book('pro-rata'))).toEqual([5, 5, 5]);
    expect(adlRisks(book('queue').engine, 'fund').size).toBe(0);
  });
});

describe('a limit that rises with time', () => {
  // Within 1 % of the mark of 1,000; after 10 s half a percent a second, up to 4 %.
  const rising = { most: '0.04', afterMs: 10_000, perSecond: '0.005' };
  const limit = { kind: 'mark', within: '0.01', beyondBankruptcy: 'fund-pays', rising } as const;
  test.each([
    ['at once', 0, 990],
    ['as long as it is to stay', 10_000, 990],
    ['not a whole tick more', 10_199, 990],
    ['by the millisecond', 10_200, 989],
    ['after two seconds', 12_000, 980],
    ['just before the most', 15_999, 961],
    ['the most', 16_000, 960],
    ['and no more', 3_600_000, 960],
  ])('%s', (_what, afterMs, ticks) => {
    const liquidation = { limit, takeover: false, adl: { by: 'queue', when: 'never' } } as const;
    const scene = new Scene(plainConfig({ policy }));
    scene.open('A', plainRules({ liquidation }), 1_000);
    scene.fund({ ann: 100_000, house: 100_000 });
    for (const name of ['ann', 'house']) scene.choose(name, 'A', 100);
    scene.accept(tradeOf('A', ['ann', 'house'], [10, 1_000]));
    scene.leave('ann', 900);
    scene.mark({ A: 1_000 });
    scene.timeMs += afterMs;
    scene.mark({ A: 1_000 });
    expect(openLiquidations(scene.engine)).toMatchObject([{ limitTicks: ticks }]);
  });
});

/** Dan owes 1,000 and is filled at the mark; ann long 6 and bob short 2, cem short 4, eve none. */
function owing(losses: 'by-available' | 'by-size', money: Readonly<Record<string, number>>): Scene {
  const liquidation = { ...plainConfig().liquidation, losses };
  const scene = new Scene(plainConfig({ policy, liquidation }));
  const limit = { kind: 'mark', within: '0', beyondBankruptcy: 'all-pay' } as const;
  scene.open('A', plainRules({ liquidation: { limit } }), 100);
  const names = ['ann', 'bob', 'cem', 'dan', 'eve', 'house'];
  scene.fund(Object.fromEntries(names.map((name) => [name, 10_000])));
  for (const name of names) scene.choose(name, 'A', 100);
  scene.accept(tradeOf('A', ['ann', 'bob'], [2, 100]));
  scene.accept(tradeOf('A', ['ann', 'cem'], [4, 100]));
  scene.accept(tradeOf('A', ['dan', 'house'], [1, 100]));
  scene.leave('dan', -1_000);
  for (const [name, atoms] of Object.entries(money)) scene.leave(name, atoms);
  scene.mark({ A: 100 });
  return scene;
}

describe('a loss beyond the fund', () => {
  test.each([
    [
      'by what is available, each rounded up while something is left',
      'by-available',
      {},
      { ann: 200, bob: 201, cem: 200, eve: 201, house: 198 },
    ],
    ['by size', 'by-size', {}, { ann: 500, bob: 167, cem: 333 }],
    ['by size, no more than equity, then what is available', 'by-size', { bob: 100 }, { bob: 100 }],
  ] as const)('%s', (_what, losses, money, expected) => {
    const scene = owing(losses, money);
    const events = fill(scene, 1, 100);
    const shared: Record<string, number> = {};
    for (const { account, amountAtoms } of eventsOf(events, 'loss-socialized'))
      shared[account] = (shared[account] ?? 0) + amountAtoms;
    expect(Object.values(shared).reduce((sum, atoms) => sum + atoms, 0)).toBe(1_000);
    expect(shared).toMatchObject(expected);
    const outside = losses === 'by-available' || 'bob' in money;
    expect('eve' in shared).toBe(outside);
    expect(moneyDifference(scene.engine)).toBe(0n);
  });
});

test('nobody is deleveraged where the rules do not want it: the order stands', () => {
  const scene = venue({ rules: { takeover: false, adl: { by: 'queue', when: 'never' } } });
  long(scene, 10, -100);
  scene.mark({ A: 100 });
  const events = scene.wait(10_000);
  expect(kinds(events)).toEqual(['liquidation-ordered']);
  expect(openLiquidations(scene.engine)).toHaveLength(1);
  expect(violations(scene.engine)).toEqual([]);
});

const MARKED = { kind: 'mark', within: '0.01', beyondBankruptcy: 'never' } as const;

test.each([
  [{ buffer: '1.1' }, 'buffer must be from 0 to 1'],
  [{ size: { kind: 'portion', share: '0.001', above: '0', wholeWithinMs: 0 } }, 'at least 0.01'],
  [{ chunk: { maxValue: '0', cooldownMs: 1 } }, 'chunk.maxValue'],
  [{ chunk: { maxValue: null, cooldownMs: 1 } }, 'chunk needs a maxValue or a maxSize'],
  [{ chunk: { maxValue: null, maxSize: '0', cooldownMs: 1 } }, 'chunk.maxSize'],
  [{ remainderTo: 'me' }, "a market's rules"],
  [{ limit: { kind: 'mark', within: '2', beyondBankruptcy: 'never' } }, 'limit.within'],
  [
    { limit: { ...MARKED, rising: { most: '0.005', afterMs: 0, perSecond: '0' } } },
    'limit.rising.most must be at least',
  ],
  [{ limit: { ...MARKED, rising: { most: '1', afterMs: 0, perSecond: '2' } } }, 'rising.perSecond'],
  [
    { limit: { ...MARKED, rising: { most: '1', afterMs: -1, perSecond: '1' } } },
    "a market's rules",
  ],
  [{ chunk: { maxValue: '1', cooldownMs: 0 } }, "a market's rules"],
  [{ size: { kind: 'some' } }, "a market's rules"],
])('%j is refused: %s', (liquidation, message) => {
  const rules = plainRules({ liquidation: liquidation as never });
  const { answer } = venue({}).send({ kind: 'open-market', market: 'C', rules });
  expect(JSON.stringify(answer)).toContain(message);
});
