/**
 * The engine beside the exact definition in `margin` where both could round to another side: at the
 * edges of levels, at fractions of an atom, and at the line itself, to the atom.
 */
import { describe, expect, test } from 'vitest';
import { check, type Report } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { ceiling, decimal } from '../units/index.ts';
import { accountView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import { toDocument } from './document.ts';
import { maintenance, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';
import type { Engine } from './state.ts';

type Schedule = MarketRules['maintenance']['schedule'];

const LEVELS = [
  { from: '0', rate: '0.0123' },
  { from: '20000', rate: '0.0507' },
  { from: '70000', rate: '0.2111' },
];
const SIZES = [
  { from: '0', rate: '0.0301' },
  { from: '50', rate: '0.1003' },
  { from: '70', rate: '0.3001' },
];
const SCHEDULES: readonly (readonly [name: string, schedule: Schedule])[] = [
  ['flat', { kind: 'flat', rate: '0.0507' }],
  ['brackets by value', { kind: 'brackets', levels: LEVELS }],
  ['brackets by size', { kind: 'brackets', by: 'size', levels: SIZES }],
  ['steps by value', { kind: 'steps', levels: LEVELS }],
  ['steps by size', { kind: 'steps', by: 'size', levels: SIZES }],
  ['linear', { kind: 'linear', base: '0.0203', perUnit: '0.00003' }],
  ['per unit', { kind: 'per-unit', amount: '7.3' }],
  [
    'the larger of two',
    {
      kind: 'max',
      of: [
        { kind: 'flat', rate: '0.0301' },
        { kind: 'per-unit', amount: '21.7' },
      ],
    },
  ],
];

/** Around every edge, in value and in size; the rest lies between them. */
const LOTS = [1, 7, 49, 50, 51, 69, 70, 71];
const VALUES = [19_999, 20_000, 20_001, 69_999, 70_000, 70_001];
const PLACES = LOTS.flatMap((lots) => [
  [lots, 1_000] as const,
  ...VALUES.filter((value) => value % lots === 0).map((value) => [lots, value / lots] as const),
]);

/** Ann long of bob in one market, with money that no mark here can bring to an end. */
function holding(rules: MarketRules, [lots, ticks]: readonly [number, number]): Scene {
  const scene = new Scene(plainConfig({ policy: POLICY }));
  scene.open('A', rules, ticks);
  scene.fund({ ann: 100_000_000, bob: 100_000_000 });
  scene.accept(tradeOf('A', ['ann', 'bob'], [lots, ticks]));
  return scene;
}

const POLICY = { marginCallAt: null, marginCallClearAt: null, call: null };

/** What `margin` says of ann, exactly; nothing of it is the engine's arithmetic. */
function reported(engine: Engine): Report {
  const report = check(toDocument(engine, 'ann'), rulebooks);
  if ('error' in report) throw new Error(report.error.message);
  return report;
}

describe('maintenance is the exact requirement, rounded up to an atom and never further', () => {
  test.each(SCHEDULES)('%s', (_name, schedule) => {
    const rules = plainRules({ maintenance: { ...maintenance('0'), schedule } });
    for (const place of PLACES) {
      const { engine } = holding(rules, place);
      const exact = decimal(reported(engine).maintenanceMargin);
      const held = accountView(engine, 'ann')?.maintenanceMarginAtoms ?? -1;
      expect(held, `${place[0]} lots at ${place[1]}`).toBe(Number(ceiling(exact)));
    }
  });
});

describe('an epoch liquidates at the line, not an atom before or after it', () => {
  const ROWS = (['below', 'at-or-below'] as const).flatMap((trigger) =>
    ['cross', 'isolated'].map((mode) => [trigger, mode] as const),
  );

  test.each(ROWS)('%s, %s', (trigger, mode) => {
    const verdicts = [-1, 0, 1].map((off) => verdictAt(trigger, mode === 'isolated', off));
    expect(verdicts).toEqual([true, trigger === 'at-or-below', false]);
  });
});

/** Whether ann is liquidated so many atoms off maintenance, as `check` must say too. */
function verdictAt(trigger: MarketRules['trigger'], isolated: boolean, off: number): boolean {
  const scene = new Scene(plainConfig({ policy: POLICY }));
  scene.open('A', plainRules({ trigger }), 100);
  scene.fund({ ann: 2_000, bob: 10_000 });
  scene.choose('ann', 'A', 8, isolated);
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  // From 100 down to 90 is a loss of 500, and then a tenth of 4,500 is to be held.
  const money = 500 + 450 + off;
  if (isolated) {
    const amountAtoms = money - (scene.engine.positions.margin[0] ?? 0);
    scene.accept({ kind: 'add-margin', account: 'ann', market: 'A', amountAtoms });
  } else scene.leave('ann', money);
  scene.mark({ A: 90 });
  const [position] = reported(scene.engine).positions;
  const isLiquidated = scene.engine.liquidations.size > 0;
  expect(['liquidation', 'bankrupt'].includes(position?.state ?? '')).toBe(isLiquidated);
  return isLiquidated;
}
