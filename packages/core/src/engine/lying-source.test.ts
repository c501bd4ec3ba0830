/** One source among three that says anything at any time: it liquidates nobody. */
import { expect, test } from 'vitest';
import type { PriceRules } from './config.ts';
import type { EngineEvent } from './event.ts';
import { violations } from './invariants.ts';
import { Dice } from './kit/dice.ts';
import { eventsOf, plainConfig, plainPrices, plainRules, Scene, tradeOf } from './kit/scene.ts';

const JUMP = { threshold: '0.1', confirmations: 3 };

/** Accounts with every amount of money, each long 10 at 100; nothing is ever filled. */
function crowd(prices: Partial<PriceRules>): Scene {
  const policy = { marginCallAt: null, marginCallClearAt: null, call: null };
  const liquidation = { ...plainConfig().liquidation, timeoutMs: 3_600_000 };
  const scene = new Scene(plainConfig({ policy, liquidation }));
  const rules = plainRules({ prices: plainPrices({ ...prices, silentAfterMs: 1e9 }) });
  scene.accept({ kind: 'open-market', market: 'A', rules });
  const ids = Array.from({ length: 30 }, (_, k) => `p${k}`);
  scene.fund({ house: 1_000_000, ...Object.fromEntries(ids.map((id, k) => [id, 250 + k * 25])) });
  for (const source of prices.sources ?? []) scene.quote(source, { A: 100 });
  for (const id of ids) {
    scene.choose(id, 'A', 10);
    scene.accept(tradeOf('A', [id, 'house'], [10, 100]));
  }
  return scene;
}

function noteLiquidated(scene: Scene, into: Set<string>, events: readonly EngineEvent[]): void {
  for (const { account } of eventsOf(events, 'liquidation-started')) into.add(account);
  expect(violations(scene.engine)).toEqual([]);
}

/** Anything from the least price to one beyond belief, the truth and what is near it included. */
function lie(dice: Dice, truth: number): number {
  const near = Math.max(1, truth + dice.between(-9, 9));
  return dice.pick([1, Math.ceil(truth / 10), near, truth, near, truth * 2, 2 ** 30]);
}

/** How many are liquidated, all of them by the median of the two honest sources too. */
function lieTo(seed: number): number {
  const dice = new Dice(seed);
  const scene = crowd({ sources: ['a', 'b', 'liar'], jump: JUMP });
  const honest = crowd({ sources: ['a', 'b'], jump: null });
  const [seen, due] = [new Set<string>(), new Set<string>()];
  let truth = 100;
  const say = (source: string, ticks: number): void =>
    noteLiquidated(scene, seen, scene.quote(source, { A: ticks }));
  for (let step = 0; step < 25; step += 1) {
    truth = Math.max(20, Math.floor((truth * dice.between(90, 109)) / 100));
    scene.timeMs += 1_000;
    for (const source of ['a', 'b']) {
      if (dice.chance(70)) say('liar', lie(dice, truth));
      say(source, truth);
      noteLiquidated(honest, due, honest.quote(source, { A: truth }));
    }
    if (dice.chance(70)) say('liar', lie(dice, truth));
    expect([...seen].filter((account) => !due.has(account))).toEqual([]);
  }
  return seen.size;
}

/** How many are liquidated while two honest sources differ, none at a mark beyond both. */
function lieBetween(seed: number): number {
  const dice = new Dice(seed ^ 0xbad);
  const scene = crowd({ sources: ['a', 'b', 'liar'], jump: dice.pick([null, JUMP]) });
  const said = { a: 100, b: 100 };
  let count = 0;
  for (let step = 0; step < 80; step += 1) {
    scene.timeMs += dice.below(2_000);
    const source = dice.pick(['a', 'b', 'liar'] as const);
    if (source !== 'liar')
      said[source] = Math.max(20, Math.floor((said[source] * dice.between(88, 110)) / 100));
    const ticks = source === 'liar' ? lie(dice, said.a) : said[source];
    for (const { marks } of eventsOf(scene.quote(source, { A: ticks }), 'liquidation-started')) {
      count += 1;
      expect(marks[0]?.priceTicks).toBeGreaterThanOrEqual(Math.min(said.a, said.b));
      expect(marks[0]?.priceTicks).toBeLessThanOrEqual(Math.max(said.a, said.b));
    }
  }
  return count;
}

const SEEDS = Array.from({ length: 40 }, (_, k) => k + 1);

test('nobody is liquidated whom the median of the other two would not liquidate', () => {
  const counts = SEEDS.map(lieTo);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
});

test('where those two differ, nobody is liquidated at a mark beyond both', () => {
  const counts = SEEDS.map(lieBetween);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
});
