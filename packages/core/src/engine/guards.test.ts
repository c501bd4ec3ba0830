/** Caps, bands and the liquidation breaker, on both sides of every boundary. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import { eventOf, eventsOf, kinds, plainConfig, plainRules } from './kit/scene.ts';
import { Scene, tradeOf, type Draft } from './kit/scene.ts';
import { violations } from './invariants.ts';
import { decodeState, encodeState } from './snapshot.ts';

/** Mark 100, 10 % maintenance; everyone with 10,000 at leverage 10. */
function market(rules: Partial<MarketRules>): Scene {
  const scene = new Scene();
  scene.open('A', plainRules(rules), 100);
  scene.fund({ ann: 10_000, bob: 10_000, cem: 10_000, fund: 5000 });
  for (const account of ['ann', 'bob', 'cem']) scene.choose(account, 'A', 10);
  return scene;
}

function order(sizeLots: number, priceTicks = 100, id = 'o'): Draft {
  const place = { account: 'ann', order: id, market: 'A', side: 'buy' } as const;
  return { kind: 'place-order', ...place, sizeLots, priceTicks, reduceOnly: false };
}

function initialOf(scene: Scene, account: string): number {
  return accountView(scene.engine, account)?.initialMarginAtoms ?? Number.NaN;
}

function held(scene: Scene): Scene {
  scene.accept(tradeOf('A', ['ann', 'bob'], [10, 100]));
  return scene;
}

function leverage(leverageHundredths: number): Draft {
  return { kind: 'set-leverage', account: 'cem', market: 'A', leverageHundredths };
}

/** Three accounts that fall below their line together at 94, each long 10 at 100. */
function crowd(rules: Partial<MarketRules>): Scene {
  const liquidation = { ...plainConfig().liquidation, timeoutMs: 3_600_000 };
  const scene = new Scene(plainConfig({ liquidation }));
  scene.open('A', plainRules(rules), 100);
  scene.fund({ x: 150, y: 150, z: 150, house: 100_000 });
  for (const account of ['x', 'y', 'z', 'house']) scene.choose(account, 'A', 10);
  for (const id of ['x', 'y', 'z']) scene.accept(tradeOf('A', [id, 'house'], [10, 100]));
  return scene;
}

function started(events: Parameters<typeof eventsOf>[0]): string[] {
  return eventsOf(events, 'liquidation-started').map((event) => event.account);
}

describe('caps', () => {
  const position = { caps: { openInterest: null, position: '1000' } };
  const interest = { caps: { openInterest: '1000', position: null } };
  test.each([
    ['a position at its cap', () => market(position), [10, 'ann', 'bob'], 'accepted'],
    ['a lot above it', () => market(position), [11, 'ann', 'bob'], 'position-cap'],
    ['reduced at the cap', () => held(market(position)), [10, 'bob', 'ann'], 'accepted'],
    ['turned round beyond it', () => held(market(position)), [21, 'bob', 'ann'], 'position-cap'],
    ['open interest at its cap', () => market(interest), [10, 'ann', 'bob'], 'accepted'],
    ['a lot above it', () => market(interest), [11, 'ann', 'bob'], 'open-interest-cap'],
    ['handed on at the cap', () => held(market(interest)), [10, 'cem', 'ann'], 'accepted'],
    ['more at the cap', () => held(market(interest)), [1, 'cem', 'ann'], 'accepted'],
    ['opened at the cap', () => held(market(interest)), [1, 'cem', 'bob'], 'open-interest-cap'],
  ] as const)('%s', (_what, make, [lots, buyer, seller], verdict) => {
    expect(make().verdict(tradeOf('A', [buyer, seller], [lots, 100]))).toBe(verdict);
  });

  test('orders count together with the position', () => {
    const scene = market(position);
    scene.accept(tradeOf('A', ['ann', 'bob'], [4, 100]));
    scene.accept(order(3));
    expect(scene.verdict(order(4, 100, 'p'))).toBe('position-cap');
    expect(scene.verdict(order(3, 100, 'p'))).toBe('accepted');
  });

  test('a refusal says which figures decided', () => {
    const { answer } = market(interest).send(tradeOf('A', ['ann', 'bob'], [11, 100]));
    expect(answer).toMatchObject({
      refusal: { figures: { market: 'A', openInterestAtoms: 1100, mostAtoms: 1000 } },
    });
  });
});

describe('initial margin by open interest', () => {
  // dYdX v4, tier "Mid-Cap": base 5 %, 40 M to 100 M; at 70 M the rate is 52.5 %.
  const scale = { base: '0.05', lower: '400', upper: '1000' };
  test.each([
    [4, 40],
    [7, 368],
    [10, 1000],
    [12, 1200],
  ])('%i lots open: initial margin %i', (lots, expected) => {
    const scene = market({ initialByOpenInterest: scale });
    scene.accept(tradeOf('A', ['ann', 'bob'], [lots, 100]));
    expect(initialOf(scene, 'ann')).toBe(expected);
    expect(accountView(scene.engine, 'ann')?.maintenanceMarginAtoms).toBe(lots * 10);
  });
});

describe('leverage by volatility', () => {
  const bands = [
    { from: '0.05', maxLeverage: '5' },
    { from: '0.1', maxLeverage: '2' },
  ];
  const scene = (): Scene => {
    const made = market({ leverageByVolatility: { windowMs: 60_000, bands } });
    made.accept(tradeOf('A', ['ann', 'bob'], [10, 100]));
    return made;
  };
  test.each([
    ['below the first band', 104, 104],
    ['at the first band', 105, 210],
    ['below the second', 109, 218],
    ['at the second', 110, 550],
  ])('a range %s', (_what, ticks, initial) => {
    const made = scene();
    made.mark({ A: ticks });
    expect(initialOf(made, 'ann')).toBe(initial);
  });

  test('a cut is said once, refuses more, and ends when its marks are two windows old', () => {
    const made = scene();
    const cut = eventOf(made.mark({ A: 105 }), 'leverage-cut');
    expect(cut).toMatchObject({ market: 'A', rangeE9: 50_000_000, mostHundredths: 500 });
    expect(kinds(made.mark({ A: 105 }))).not.toContain('leverage-cut');
    expect(made.verdict(leverage(501))).toBe('leverage-too-high');
    expect(made.verdict(leverage(500))).toBe('accepted');
    made.timeMs += 60_000;
    expect(kinds(made.mark({ A: 105 }))).not.toContain('leverage-cut');
    made.timeMs += 59_999;
    expect(kinds(made.mark({ A: 105 }))).not.toContain('leverage-cut');
    made.timeMs += 1;
    expect(eventOf(made.mark({ A: 105 }), 'leverage-cut').mostHundredths).toBeNull();
  });

  test('the jump into a new window counts', () => {
    const made = scene();
    made.timeMs += 1_000_000;
    expect(eventOf(made.mark({ A: 110 }), 'leverage-cut').mostHundredths).toBe(200);
  });
});

test.each([
  [108, 'accepted'],
  [109, 'outside-band'],
  [92, 'accepted'],
  [91, 'outside-band'],
])('an order at %i with a band of 8 %%', (priceTicks, verdict) => {
  expect(market({ orderBand: '0.08' }).verdict(order(1, priceTicks))).toBe(verdict);
});

describe('the breaker', () => {
  const breaker = { windowMs: 60_000, volume: '1000', move: null, everyMs: 10_000 };

  test.each([
    ['a volume at the limit', '1880', ['x', 'y', 'z']],
    ['a volume above it', '1879', ['x', 'y']],
  ])('%s', (_what, volume, expected) => {
    expect(started(crowd({ breaker: { ...breaker, volume } }).mark({ A: 94 }))).toEqual(expected);
  });

  test('trips, lets one through at a time, and clears after its window', () => {
    const scene = crowd({ breaker: { ...breaker, volume: '900' } });
    const first = scene.mark({ A: 94 });
    expect(started(first)).toEqual(['x']);
    expect(eventOf(first, 'breaker-tripped')).toMatchObject({
      reason: 'volume',
      longAtoms: 940,
      shortAtoms: 0,
      everyMs: 10_000,
      untilMs: scene.timeMs + 60_000,
    });
    expect(violations(scene.engine)).toEqual([]);
    expect(started(scene.wait(9_999))).toEqual([]);
    expect(started(scene.wait(1))).toEqual(['y']);
    expect(started(scene.wait(9_999))).toEqual([]);
    const restored = decodeState(encodeState(scene.engine));
    expect(restored.markets[0]?.breaker).toEqual(scene.engine.markets[0]?.breaker);
    expect(started(scene.wait(1))).toEqual(['z']);
    expect(kinds(scene.wait(39_999))).not.toContain('breaker-cleared');
    expect(kinds(scene.wait(1))).toContain('breaker-cleared');
  });

  test('lets those go first who are most at risk', () => {
    const scene = crowd({ breaker: { ...breaker, volume: '900' } });
    scene.leave('y', 140);
    scene.leave('z', 120);
    expect(started(scene.mark({ A: 94 }))).toEqual(['z']);
    expect(started(scene.wait(10_000))).toEqual(['y']);
    expect(started(scene.wait(10_000))).toEqual(['x']);
  });

  test('whoever is bankrupt goes on', () => {
    const scene = crowd({ breaker: { ...breaker, volume: '900' } });
    scene.mark({ A: 94 });
    expect(started(scene.mark({ A: 85 }))).toEqual([]);
    expect(started(scene.mark({ A: 84 }))).toEqual(['y', 'z']);
  });

  test.each([
    ['just within the band', 76, false],
    ['just beyond it', 75, true],
    ['as far, against the liquidations', 114, false],
  ])('a move %s', (_what, ticks, trips) => {
    const scene = crowd({ breaker: { ...breaker, volume: null, move: '0.2' } });
    scene.mark({ A: 95 });
    scene.mark({ A: 94 });
    expect(scene.engine.markets[0]?.breaker?.referenceTicks).toBe(94);
    expect(kinds(scene.mark({ A: ticks })).includes('breaker-tripped')).toBe(trips);
  });
});

describe('guards that are refused', () => {
  const bad: readonly (readonly [string, Partial<MarketRules>])[] = [
    ['a cap below zero', { caps: { openInterest: '-1', position: null } }],
    ['half an atom', { caps: { openInterest: '0.5', position: null } }],
    ['upper = lower', { initialByOpenInterest: { base: '0.1', lower: '5', upper: '5' } }],
    ['no bands', { leverageByVolatility: { windowMs: 1, bands: [] } }],
    ['a window of nothing', { breaker: { windowMs: 0, volume: null, move: null, everyMs: 1 } }],
    ['an unknown field', { caps: { openInterest: null, position: null, more: 1 } as never }],
    ['a missing field', { caps: { openInterest: null } as never }],
  ];
  test.each(bad)('%s', (_what, rules) => {
    const scene = market({});
    const draft: Draft = { kind: 'open-market', market: 'B', rules: plainRules(rules) };
    expect(scene.verdict(draft)).toBe('bad-rules');
  });
});
