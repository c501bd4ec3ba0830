/**
 * The map against what it foretells: the exact check of every account, the engine when the price
 * gets there, and the open interest of which nothing may be missing.
 */
import { describe, expect, it } from 'vitest';
import { bookLiquidationPrices, liquidationMap } from '../lab/index.ts';
import { check } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { accountView, openInterest, toDocument } from './index.ts';
import { maintenance, plainRules, Scene, tradeOf } from './kit/scene.ts';

const SHAPE = { span: 0.5, fineness: 0.02 };
const TRADERS = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay'] as const;

/** Longs, shorts, a hedge of two markets, an isolated position, and old ones under old rules. */
function makeScene(): Scene {
  const scene = new Scene();
  scene.open('A', plainRules(), 1_000);
  scene.open('B', plainRules({ maintenance: maintenance('0.05') }), 500);
  scene.fund({ ann: 300, ben: 450, cid: 260, dan: 700, eve: 900, fay: 2_000, house: 1_000_000 });
  for (const account of TRADERS)
    for (const market of ['A', 'B'])
      scene.choose(account, market, account === 'dan' ? 5 : 20, account === 'dan');
  scene.accept(tradeOf('A', ['ann', 'house'], [1, 1_000]));
  scene.accept(tradeOf('A', ['house', 'ben'], [1, 1_000]));
  scene.accept(tradeOf('A', ['cid', 'house'], [1, 1_000]));
  scene.accept(tradeOf('B', ['house', 'cid'], [1, 500]));
  scene.accept(tradeOf('A', ['dan', 'house'], [2, 1_000]));
  scene.accept(tradeOf('A', ['eve', 'house'], [2, 1_000]));
  const rules = plainRules({ maintenance: maintenance('0.2') });
  scene.accept({ kind: 'update-market', market: 'A', rules, appliesTo: 'new', effectiveMs: null });
  scene.accept(tradeOf('A', ['house', 'fay'], [4, 1_000]));
  return scene;
}

function pricesOf(scene: Scene): NonNullable<ReturnType<typeof bookLiquidationPrices>> {
  const known = bookLiquidationPrices(scene.engine);
  if (known === null) throw new Error('the kernel does not know these rules');
  return known;
}

function mapOf(scene: Scene, market: string): NonNullable<ReturnType<typeof liquidationMap>> {
  const map = liquidationMap(scene.engine, pricesOf(scene), { market, shape: SHAPE });
  if (map === null) throw new Error('no map');
  return map;
}

describe('liquidation prices of a book', () => {
  it('are those of the exact check, for every position', () => {
    const scene = makeScene();
    const { book, prices } = pricesOf(scene);
    const bySet = ['A', 'B'];
    let compared = 0;
    for (const [unit, account] of book.account.entries()) {
      const report = check(toDocument(scene.engine, account), rulebooks);
      if ('error' in report) throw new Error(report.error.message);
      for (let row = book.first[unit] ?? 0; row < (book.first[unit + 1] ?? 0); row += 1) {
        const own = report.positions.find(({ market }) => market === bySet[book.market[row] ?? 0]);
        const expected = own?.liquidationPrice ?? null;
        if (expected === null) expect(prices[row]).toBeNaN();
        else expect(prices[row]).toBeCloseTo(Number(expected), 6);
        compared += 1;
      }
    }
    expect(compared).toBe(9);
  });
});

describe('the map', () => {
  it.each(['A', 'B'])('of %s holds all of the open interest, on both sides', (market) => {
    const scene = makeScene();
    const { rungs, beyond, never, underWay } = mapOf(scene, market);
    const all = [...rungs, ...beyond, ...never, ...underWay];
    for (const side of ['long', 'short'] as const) {
      const lots = all.filter((one) => one.side === side).reduce((sum, one) => sum + one.lots, 0);
      expect(lots).toBe(openInterest(scene.engine).get(market));
    }
  });

  it('has longs below the mark and shorts above it, on rungs that do not move with it', () => {
    const scene = makeScene();
    const before = mapOf(scene, 'A');
    expect(before.stepTicks).toBe(20);
    expect(before.rungs.every((one) => (one.side === 'long') === one.fromTicks < 1_000)).toBe(true);
    scene.mark({ A: 1_003 });
    expect(mapOf(scene, 'A').rungs).toEqual(before.rungs);
  });

  it.each([-1, 1])('says who is closed once the price gets there (%i)', (way) => {
    const scene = makeScene();
    const { rungs, stepTicks } = mapOf(scene, 'A');
    const ahead = rungs.filter((one) => (one.fromTicks - 1_000) * way > 0);
    const near = ahead.toSorted((a, b) => (a.fromTicks - b.fromTicks) * way)[0];
    if (near === undefined) throw new Error('nobody is near');
    const sinking = (): string[] =>
      TRADERS.filter((one) => accountView(scene.engine, one)?.state === 'liquidating');
    scene.mark({ A: way < 0 ? near.fromTicks + stepTicks : near.fromTicks });
    expect(sinking()).toEqual([]);
    scene.mark({ A: way < 0 ? near.fromTicks - 1 : near.fromTicks + stepTicks });
    expect(sinking()).toHaveLength(near.positions);
    expect(mapOf(scene, 'A').underWay).toMatchObject([{ lots: near.lots }]);
  });

  it('is not there without a market or its mark', () => {
    const scene = makeScene();
    const asked = { market: 'C', shape: SHAPE };
    expect(liquidationMap(scene.engine, pricesOf(scene), asked)).toBeNull();
  });
});
