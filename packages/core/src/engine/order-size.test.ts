/** How much one order closes, at both sides of every edge; and what a part must never do. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import { Dice } from './kit/dice.ts';
import { drawMarket } from './kit/rehearsal-rules.ts';
import { eventOf, eventsOf, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';
import type { LiquidationRules } from './liquidation-rules.ts';

const policy = { marginCallAt: null, marginCallClearAt: null, call: null };
const atMark = { kind: 'mark', within: '0', beyondBankruptcy: 'never' } as const;

interface World {
  readonly lots: number;
  readonly ticks: number;
  readonly money: number;
  readonly rules: Partial<MarketRules>;
}

/** Ann long so many lots at a price, her balance as said, bob against her. */
function world({ lots, ticks, money, rules }: World): Scene {
  const scene = new Scene(plainConfig({ policy }));
  scene.open('A', plainRules(rules), ticks);
  scene.fund({ ann: 2 ** 45, bob: 2 ** 45, house: 2 ** 45 });
  for (const account of ['ann', 'bob', 'house']) scene.choose(account, 'A', 100);
  scene.accept(tradeOf('A', ['ann', 'bob'], [lots, ticks]));
  scene.leave('ann', money);
  return scene;
}

function holding(schedule: MarketRules['maintenance']['schedule']): Partial<MarketRules> {
  return { maintenance: { ...plainRules().maintenance, schedule } };
}

/** Of 1,000,000 lots at 1,000: maintenance 1 %, equity 0.9 % of the value, a cost as said. */
function ordered(liquidationFee: string, buffer: string): number {
  const liquidation: LiquidationRules = { size: { kind: 'fraction' }, buffer, limit: atMark };
  const rules = { ...holding({ kind: 'flat', rate: '0.01' }), liquidationFee, liquidation };
  const scene = world({ lots: 1_000_000, ticks: 1_000, money: 9_000_000, rules });
  return eventOf(scene.mark({ A: 1_000 }), 'liquidation-ordered').sizeLots;
}

describe('the fraction x = ((1 + b) m N − E) / (N ((1 + b) m − s))', () => {
  test.each([
    ['0.004', '0.25', 'x = 0.411765, the published case', 411_765],
    ['0', '0.25', 'x = 0.28', 280_000],
    ['0', '0', 'x = 0.1', 100_000],
    ['0.0089', '0.25', 'x = 0.972222', 972_223],
    ['0.009', '0.25', 'x = 1: the cost of the whole is all there is', 1_000_000],
    ['0.0091', '0.25', 'x above 1: no part helps, the whole', 1_000_000],
    ['0.01', '0', 's = m: no part helps, the whole', 1_000_000],
    ['0.02', '0.25', 's above (1 + b) m: the whole', 1_000_000],
  ])('fee %s, buffer %s: %s', (fee, buffer, _why, lots) => {
    expect(ordered(fee, buffer)).toBe(lots);
  });

  test('one lot less would not have restored it', () => {
    const liquidation: LiquidationRules = {
      size: { kind: 'fraction' },
      buffer: '0.25',
      limit: atMark,
      fee: { charged: 'each-fill', on: 'mark', mostShare: '1', most: null },
    };
    const flat = holding({ kind: 'flat', rate: '0.01' });
    const rules = { ...flat, liquidationFee: '0.004', liquidation };
    const scene = world({ lots: 1_000_000, ticks: 1_000, money: 9_000_000, rules });
    const { sizeLots } = eventOf(scene.mark({ A: 1_000 }), 'liquidation-ordered');
    const fill = { kind: 'fill-liquidation', liquidation: 1, priceTicks: 1_000 } as const;
    scene.accept({ ...fill, sizeLots: sizeLots - 1, counterparty: 'house' });
    expect(accountView(scene.engine, 'ann')?.state).toBe('liquidating');
    scene.accept({ ...fill, sizeLots: 1, counterparty: 'house' });
    const { equityAtoms = 0, maintenanceMarginAtoms = 0 } = accountView(scene.engine, 'ann') ?? {};
    expect(equityAtoms / maintenanceMarginAtoms).toBeCloseTo(1.25, 6);
  });
});

describe('down by tiers', () => {
  const byValue = {
    kind: 'brackets',
    levels: [
      { from: '0', rate: '0.01' },
      { from: '10000', rate: '0.02' },
      { from: '20000', rate: '0.05' },
    ],
  } as const;

  test.each([
    [31, 1, 'from level 3 to the upper edge of level 2', 11],
    [21, 1, 'one lot into level 3', 1],
    [20, 1, 'the upper edge of level 2 to that of level 1', 10],
    [10, 1, 'the lowest level: the whole', 10],
    [31, 2, 'two levels', 21],
    [20, 2, 'two levels from level 2: the whole', 20],
  ])('%i lots at 1,000, %i levels: %s', (lots, levels, _why, size) => {
    const liquidation: LiquidationRules = { size: { kind: 'step-down', levels } };
    const rules = { ...holding(byValue), liquidation };
    const scene = world({ lots, ticks: 1_000, money: 50, rules });
    expect(eventOf(scene.mark({ A: 1_000 }), 'liquidation-ordered').sizeLots).toBe(size);
  });

  test('a schedule without levels: the whole', () => {
    const liquidation: LiquidationRules = { size: { kind: 'step-down', levels: 1 } };
    const scene = world({ lots: 30, ticks: 1_000, money: 50, rules: { liquidation } });
    expect(eventOf(scene.mark({ A: 1_000 }), 'liquidation-ordered').sizeLots).toBe(30);
  });
});

describe('pieces', () => {
  test.each([
    ['10999', 10],
    ['11000', 11],
    ['999', 1],
    ['100000', 30],
  ])('at most %s at the mark of 1,000: %i lots, at least one', (maxValue, size) => {
    const liquidation: LiquidationRules = { chunk: { maxValue, cooldownMs: 1 } };
    const scene = world({ lots: 30, ticks: 1_000, money: 50, rules: { liquidation } });
    expect(eventOf(scene.mark({ A: 1_000 }), 'liquidation-ordered').sizeLots).toBe(size);
  });
});

interface Drawn {
  readonly scene: Scene;
  readonly buffer: number;
}

/** Any schedule, fee, contract and side, just below the line. */
function draw(seed: number): Drawn {
  const dice = new Dice(seed);
  const buffer = dice.pick(['0', '0.25', '1']);
  const within = dice.pick(['0', '0.001', '0.02']);
  const drawn = drawMarket(dice, dice.chance(40));
  const { contract, face, maintenance, trigger, liquidationFee } = drawn;
  const liquidation: LiquidationRules = {
    size: { kind: 'fraction' },
    buffer,
    limit: { kind: 'mark', within, beyondBankruptcy: 'never' },
    takeover: false,
    fee: {
      charged: dice.pick(['at-end', 'each-fill'] as const),
      on: dice.pick(['fill', 'mark'] as const),
      mostShare: '1',
      most: null,
    },
  };
  const lots = dice.between(1, 400);
  const terms = { maintenance, trigger, liquidationFee, liquidation };
  const rules = { contract, ...(face === undefined ? {} : { face }), ...terms };
  const scene = world({ lots, ticks: 1_000, money: 2 ** 45, rules });
  const needed = accountView(scene.engine, 'ann')?.maintenanceMarginAtoms ?? 0;
  scene.leave('ann', Math.floor((needed * dice.between(20, 99)) / 100));
  return { scene, buffer: Number(buffer) };
}

test('a part, filled at its limit, always restores the buffer, and the whole when none does', () => {
  let parts = 0;
  for (let seed = 1; seed <= 600; seed += 1) {
    const { scene, buffer } = draw(seed);
    const before = ratioOf(scene);
    const part = closePart(scene);
    if (part === null) continue;
    parts += 1;
    expect(ratioOf(scene), `seed ${seed}`).toBeGreaterThanOrEqual(Math.max(before, 1 + buffer));
    expect(part.map(({ reason }) => reason)).toEqual(['recovered']);
  }
  expect(parts).toBeGreaterThan(100);
});

/** Equity in multiples of maintenance; Infinity where nothing is to be maintained. */
function ratioOf(scene: Scene): number {
  const { equityAtoms = 0, maintenanceMarginAtoms = 0 } = accountView(scene.engine, 'ann') ?? {};
  return maintenanceMarginAtoms === 0 ? Infinity : equityAtoms / maintenanceMarginAtoms;
}

/** The ends of the liquidation once its first order is filled at its limit; null if no part. */
function closePart(scene: Scene): { readonly reason: string }[] | null {
  const held = accountView(scene.engine, 'ann')?.positions[0]?.sizeLots;
  const [order] = eventsOf(scene.mark({ A: 1_000 }), 'liquidation-ordered');
  if (order === undefined || order.sizeLots === held) return null;
  const { sizeLots, limitTicks: priceTicks } = order;
  const fill = { liquidation: 1, sizeLots, priceTicks, counterparty: 'house' };
  return eventsOf(scene.accept({ kind: 'fill-liquidation', ...fill }), 'liquidation-ended');
}
