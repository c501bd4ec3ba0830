/** Each venue's configuration, walked through the sequence that the venue describes. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import type { EngineEvent } from './event.ts';
import { violations } from './invariants.ts';
import { liquidationPresets, type PresetVenue } from './liquidation-presets.ts';
import { eventOf, eventsOf, kinds, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';

interface World {
  readonly lots: number;
  readonly money: number;
  readonly fund?: number;
  readonly rules?: Partial<MarketRules>;
}

/** Ann long `lots` at 1,000 with so much money, bob against her, house to fill. */
function world(venue: PresetVenue, how: World): Scene {
  const { liquidation, market } = liquidationPresets[venue];
  const policy = { marginCallAt: null, marginCallClearAt: null, call: null };
  const scene = new Scene(plainConfig({ policy, liquidation }));
  scene.open('A', plainRules({ ...market, ...how.rules }), 1000);
  scene.fund({ ann: 1_000_000, bob: 1_000_000, house: 10_000_000, fund: how.fund ?? 0 });
  for (const account of ['ann', 'bob', 'house']) scene.choose(account, 'A', 100);
  scene.accept(tradeOf('A', ['ann', 'bob'], [how.lots, 1000]));
  scene.leave('ann', how.money);
  return scene;
}

function fill(scene: Scene, sizeLots: number, priceTicks: number): readonly EngineEvent[] {
  const counterparty = 'house';
  return scene.accept({
    kind: 'fill-liquidation',
    liquidation: 1,
    sizeLots,
    priceTicks,
    counterparty,
  });
}

const lotsLeft = (scene: Scene): number =>
  accountView(scene.engine, 'ann')?.positions[0]?.sizeLots ?? 0;
const state = (scene: Scene): string | undefined => accountView(scene.engine, 'ann')?.state;

describe('Binance: one large order, the fund at the bankruptcy price, ADL', () => {
  test('at the line exactly it begins, with the whole position', () => {
    const scene = world('binance', { lots: 100, money: 10_000, fund: 10_000 });
    expect(eventOf(scene.mark({ A: 1000 }), 'liquidation-ordered')).toMatchObject({
      sizeLots: 100,
      limitTicks: 900,
    });
  });

  test('a part of the order lifts the account above its line: the rest stays with it', () => {
    const scene = world('binance', { lots: 100, money: 12_000 });
    scene.mark({ A: 970 });
    expect(eventOf(fill(scene, 20, 970), 'liquidation-ended').reason).toBe('recovered');
    expect(lotsLeft(scene)).toBe(80);
  });

  test('after a second the fund takes over at the bankruptcy price, and ADL takes the rest', () => {
    const scene = world('binance', { lots: 100, money: 10_000, fund: 5_000 });
    scene.mark({ A: 990 });
    const events = scene.wait(1000);
    const taken = eventOf(events, 'liquidation-taken-over');
    const closed = eventOf(events, 'deleveraged');
    expect([taken.sizeLots, taken.priceTicks]).toEqual([50, 900]);
    expect([closed.sizeLots, closed.priceTicks]).toEqual([50, 900]);
    expect(violations(scene.engine)).toEqual([]);
  });
});

describe('OKX: two tiers at a time from tier 3, else the whole', () => {
  const schedule: MarketRules['maintenance']['schedule'] = {
    kind: 'steps',
    by: 'size',
    levels: [
      { from: '0', rate: '0.01' },
      { from: '10', rate: '0.02' },
      { from: '20', rate: '0.03' },
      { from: '30', rate: '0.04' },
    ],
  };
  const maintenance = { ...plainRules().maintenance, schedule };

  test.each([
    [40, 1_600, 'tier 4 to tier 2', 20],
    [31, 1_240, 'tier 4, just', 11],
    [30, 900, 'tier 3 to tier 1, at its upper edge', 20],
    [21, 630, 'tier 3, just', 11],
    [20, 400, 'tier 2: the whole', 20],
    [5, 50, 'tier 1: the whole', 5],
  ])('%i lots on their line of %i: %s', (lots, money, _what, ordered) => {
    const scene = world('okx', { lots, money, rules: { maintenance } });
    expect(eventOf(scene.mark({ A: 1000 }), 'liquidation-ordered').sizeLots).toBe(ordered);
  });

  test('one step after another, each at the bankruptcy price at worst, until it holds', () => {
    const scene = world('okx', { lots: 40, money: 1_000, rules: { maintenance } });
    const first = eventOf(scene.mark({ A: 999 }), 'liquidation-ordered');
    expect([first.sizeLots, first.limitTicks]).toEqual([20, 975]);
    const ended = fill(scene, 20, 990);
    expect(eventOf(ended, 'liquidation-ended').reason).toBe('recovered');
    expect([lotsLeft(scene), state(scene)]).toEqual([20, 'healthy']);
  });
});

describe('Hyperliquid: a fifth first, the whole in the 30 seconds after, the vault below 2/3', () => {
  const rules = { maintenance: { ...plainRules().maintenance, schedule: flat('0.02') } };

  test.each([
    [100, 'up to 100,000 the whole', 100],
    [101, 'above it a fifth, rounded up', 21],
    [500, 'of 500,000 a fifth', 100],
  ])('%i lots at 1,000: %s', (lots, _what, ordered) => {
    const scene = world('hyperliquid', { lots, money: lots * 19, rules });
    expect(eventOf(scene.mark({ A: 1000 }), 'liquidation-ordered').sizeLots).toBe(ordered);
  });

  test('within 30 seconds of the first part the next order is for all that is left', () => {
    const scene = world('hyperliquid', { lots: 500, money: 7_500, rules });
    scene.mark({ A: 1000 });
    scene.timeMs += 29_999;
    expect(eventOf(fill(scene, 100, 995), 'liquidation-ordered').sizeLots).toBe(400);
  });

  test('after 30 seconds it is a fifth again', () => {
    const scene = world('hyperliquid', { lots: 500, money: 7_500, rules });
    scene.mark({ A: 1000 });
    scene.timeMs += 30_000;
    expect(eventOf(fill(scene, 100, 995), 'liquidation-ordered').sizeLots).toBe(80);
  });

  test.each([
    [987, 'equity 6,734 > 2/3 of 9,870', 'liquidation-ordered'],
    [
      986,
      'equity 6,234 < 2/3 of 9,860: at once, and no margin comes back',
      'liquidation-taken-over',
    ],
  ] as const)('at %i: %s', (mark, _what, last) => {
    const scene = world('hyperliquid', { lots: 500, money: 13_234, fund: 1_000_000, rules });
    const events = kinds(scene.mark({ A: mark }));
    expect(events.includes('liquidation-taken-over')).toBe(last === 'liquidation-taken-over');
    expect(events).toContain(last);
    if (last === 'liquidation-taken-over') {
      expect(accountView(scene.engine, 'ann')?.balanceAtoms).toBeLessThan(500);
    }
  });

  test('nobody is deleveraged before the account is below zero', () => {
    const scene = world('hyperliquid', { lots: 500, money: 9_000, rules });
    scene.mark({ A: 990 });
    expect(kinds(scene.wait(5_000))).toEqual(['liquidation-ordered']);
    scene.mark({ A: 980 });
    expect(eventsOf(scene.wait(5_000), 'deleveraged')[0]?.counterparty).toBe('bob');
    expect(violations(scene.engine)).toEqual([]);
  });
});

describe('dYdX: a tenth and 5,000 a block, ever further from the mark, a fee from what is left', () => {
  test('piece after piece, a block apart', () => {
    const scene = world('dydx', { lots: 100, money: 9_990 });
    const ordered = eventOf(scene.mark({ A: 1000 }), 'liquidation-ordered');
    expect([ordered.sizeLots, ordered.limitTicks]).toEqual([5, 1000]);
    const events = fill(scene, 5, 1000);
    // Of a gain of 499 above the bankruptcy price, 0.5 % of 5,000.
    expect(eventOf(events, 'liquidation-filled').feeAtoms).toBe(25);
    expect(kinds(events).at(-1)).toBe('liquidation-ended');
    expect(lotsLeft(scene)).toBe(95);
  });

  test('the next piece waits for its block', () => {
    const scene = world('dydx', { lots: 100, money: 8_000 });
    scene.mark({ A: 1000 });
    expect(kinds(fill(scene, 5, 1000))).toEqual(['liquidation-filled', 'liquidation-paused']);
    expect(kinds(scene.wait(999))).toEqual([]);
    expect(eventOf(scene.wait(1), 'liquidation-ordered').sizeLots).toBe(5);
  });

  test('the less equity, the further the limit: a tenth of maintenance when there is none', () => {
    const scene = world('dydx', { lots: 100, money: 10_000 });
    const limits = [980, 940, 910, 800].map(
      (mark) => [mark, eventOf(scene.mark({ A: mark }), 'liquidation-ordered').limitTicks] as const,
    );
    expect(limits).toEqual([
      [980, 979],
      [940, 935],
      [910, 902],
      [800, 792],
    ]);
  });
});

describe('Drift: the least that restores maintenance and its buffer', () => {
  const rules = { maintenance: { ...plainRules().maintenance, schedule: flat('0.05') } };

  test('closed at the limit, the account stands at 7 % and no lot further', () => {
    const scene = world('drift', { lots: 200, money: 5_000, fund: 1_000, rules });
    const ordered = eventOf(scene.mark({ A: 1000 }), 'liquidation-ordered');
    // (14,000 − 5,000) / (0.07 − 0.02) of 1,000.
    expect([ordered.sizeLots, ordered.limitTicks]).toEqual([180, 990]);
    const ended = eventOf(fill(scene, 180, 990), 'liquidation-ended');
    expect(ended).toMatchObject({ reason: 'recovered', feeAtoms: 1_800 });
    const { equityAtoms, valueAtoms } = accountView(scene.engine, 'ann') ?? {};
    expect([equityAtoms, valueAtoms]).toEqual([1_400, 20_000]);
  });

  test('above maintenance and below the buffer it goes on', () => {
    const scene = world('drift', { lots: 200, money: 5_000, rules });
    scene.mark({ A: 1000 });
    fill(scene, 60, 990);
    expect(state(scene)).toBe('liquidating');
  });
});

function flat(rate: string): MarketRules['maintenance']['schedule'] {
  return { kind: 'flat', rate };
}
