/** Halting a market, each phase of its way back, and its end at a final price. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import { violations } from './invariants.ts';
import { eventOf, eventsOf, kinds, plainRules, Scene, tradeOf, type Draft } from './kit/scene.ts';
import { decodeState, encodeState } from './snapshot.ts';
import { marketView } from './view.ts';

const halt: Draft = { kind: 'halt-market', market: 'A' };
const resume = (changes: Partial<Extract<Draft, { kind: 'resume-market' }>> = {}): Draft => ({
  kind: 'resume-market',
  market: 'A',
  confirmations: 2,
  toleranceE9: 10_000_000,
  reduceOnlyMs: 1_000,
  liquidationsMs: 2_000,
  ...changes,
});
const setMode = (mode: 'open' | 'reduce-only' | 'liquidation-only'): Draft => {
  return { kind: 'set-market-mode', market: 'A', mode };
};
const delist = (priceTicks: number): Draft => {
  return { kind: 'delist-market', market: 'A', priceTicks, reason: 'expiry' };
};
const grow = tradeOf('A', ['ann', 'bob'], [1, 100]);
const shrink = tradeOf('A', ['bob', 'ann'], [1, 100]);

/** Mark 100, 10 % maintenance; ann long 50 against bob, each with 1,000 at leverage 10. */
function held(isolated = false): Scene {
  const scene = new Scene();
  scene.open('A', plainRules(), 100);
  scene.fund({ ann: 1000, bob: 1000, fund: 500 });
  scene.choose('ann', 'A', 10, isolated);
  scene.choose('bob', 'A', 10);
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  return scene;
}

function modeOf(scene: Scene): string {
  return marketView(scene.engine, 'A')?.mode ?? '';
}

function order(side: 'buy' | 'sell', reduceOnly: boolean): Draft {
  const place = { account: 'ann', order: 'o', market: 'A', sizeLots: 1, priceTicks: 100 };
  return { kind: 'place-order', ...place, side, reduceOnly };
}

function balances(scene: Scene): number[] {
  return ['ann', 'bob', 'fund', 'dust'].map((id) => {
    return accountView(scene.engine, id)?.balanceAtoms ?? Number.NaN;
  });
}

describe('what a mode lets happen', () => {
  const funding: Draft = {
    kind: 'settle-funding',
    market: 'A',
    rateE9: 0,
    intervalEndMs: 1_000,
  };
  const withdrawal: Draft = { kind: 'withdraw', account: 'ann', amountAtoms: 1 };
  const ok = 'accepted';
  const no = 'market-mode';
  test.each([
    ['open', [], [ok, ok, ok, ok, ok, ok]],
    ['reduce-only', [setMode('reduce-only')], [no, ok, no, ok, ok, ok]],
    ['liquidation-only', [setMode('liquidation-only')], [no, no, no, no, ok, ok]],
    ['halted', [halt], [no, no, no, no, no, no]],
    ['confirming', [halt, resume()], [no, no, no, no, no, no]],
    ['delisted', [halt, delist(100)], [no, no, no, no, no, ok]],
  ] as const)('%s', (mode, before, expected) => {
    const drafts = [grow, shrink, order('buy', false), order('sell', true), funding, withdrawal];
    const verdicts = drafts.map((draft) => {
      const scene = held();
      for (const one of before) scene.accept(one);
      expect(modeOf(scene)).toBe(mode);
      return scene.verdict(draft);
    });
    expect(verdicts).toEqual(expected);
  });

  test.each([
    ['halted, set open', [halt], setMode('open'), 'market-mode'],
    ['halted, halted again', [halt], halt, 'accepted'],
    ['open, resumed', [], resume(), 'market-mode'],
    ['reduce-only, resumed', [setMode('reduce-only')], resume(), 'market-mode'],
    ['confirming, resumed again', [halt, resume()], resume(), 'accepted'],
    ['confirming, set open', [halt, resume()], setMode('open'), 'market-mode'],
    ['open, delisted', [], delist(100), 'market-mode'],
    ['reduce-only, delisted', [setMode('reduce-only')], delist(100), 'accepted'],
    ['delisted, halted', [halt, delist(100)], halt, 'market-mode'],
    ['delisted at a price beyond exact numbers', [halt], delist(2 ** 50), 'too-large'],
  ] as const)('%s', (_what, before, draft, verdict) => {
    const scene = held();
    for (const one of before) scene.accept(one);
    expect(scene.verdict(draft)).toBe(verdict);
  });
});

describe('the way back after an outage', () => {
  test('a halted market liquidates nobody, whatever its marks say', () => {
    const scene = held();
    scene.accept(halt);
    expect(kinds(scene.mark({ A: 85 }))).not.toContain('liquidation-started');
    expect(violations(scene.engine)).toEqual([]);
  });

  test('prices agree, accounts reduce, then the rest is liquidated, then it opens', () => {
    const scene = held();
    scene.accept(halt);
    scene.accept(resume());
    scene.mark({ A: 85 });
    expect(modeOf(scene)).toBe('confirming');
    scene.mark({ A: 85 });
    expect(modeOf(scene)).toBe('recovering');
    scene.wait(999);
    expect([modeOf(scene), scene.verdict({ ...shrink, priceTicks: 85 })]).toEqual([
      'recovering',
      'accepted',
    ]);
    const events = scene.wait(1);
    expect(modeOf(scene)).toBe('reduce-only');
    expect(kinds(events)).toContain('liquidation-started');
    scene.wait(1_999);
    expect(modeOf(scene)).toBe('reduce-only');
    scene.wait(1);
    expect(modeOf(scene)).toBe('open');
  });

  test.each([
    ['within the tolerance', 101, 'recovering'],
    ['one tick beyond it', 102, 'confirming'],
  ])('a second mark %s', (_what, ticks, mode) => {
    const scene = held();
    scene.accept(halt);
    scene.accept(resume());
    scene.mark({ A: 100 });
    scene.mark({ A: ticks });
    expect(modeOf(scene)).toBe(mode);
  });

  test('a mark that disagrees begins the count anew', () => {
    const scene = held();
    scene.accept(halt);
    scene.accept(resume({ confirmations: 2 }));
    for (const ticks of [100, 90, 99]) scene.mark({ A: ticks });
    expect(modeOf(scene)).toBe('confirming');
    scene.mark({ A: 99 });
    expect(modeOf(scene)).toBe('recovering');
  });

  test('a phase of no length is passed at once', () => {
    const scene = held();
    scene.accept(halt);
    scene.accept(resume({ confirmations: 1, reduceOnlyMs: 0, liquidationsMs: 0 }));
    const changes = eventsOf(scene.mark({ A: 100 }), 'market-mode-changed');
    expect(changes.map((one) => one.mode)).toEqual(['recovering', 'reduce-only', 'open']);
  });

  test('a liquidation order that stood through a halt gets its whole time again', () => {
    const scene = held();
    const { expiresMs } = eventOf(scene.mark({ A: 85 }), 'liquidation-ordered');
    scene.accept(halt);
    scene.wait(60_000);
    expect(scene.engine.liquidations.size).toBe(1);
    scene.accept(resume({ confirmations: 1, reduceOnlyMs: 0 }));
    const again = eventOf(scene.mark({ A: 85 }), 'liquidation-ordered');
    expect(again.expiresMs).toBe(expiresMs + 60_000);
  });

  test('a recovery under way survives a snapshot', () => {
    const scene = held();
    scene.accept(halt);
    scene.accept(resume());
    scene.mark({ A: 100 });
    const restored = decodeState(encodeState(scene.engine));
    expect(restored.markets[0]?.recovery).toEqual(scene.engine.markets[0]?.recovery);
    expect(restored.markets[0]?.mode).toBe('confirming');
  });
});

describe('a final price', () => {
  test('closes every position exactly, and every order', () => {
    const scene = held();
    const place = { account: 'bob', order: 'o', market: 'A', side: 'sell' } as const;
    scene.accept({
      kind: 'place-order',
      ...place,
      sizeLots: 1,
      priceTicks: 120,
      reduceOnly: false,
    });
    scene.accept(halt);
    const events = scene.accept(delist(103));
    expect(eventOf(events, 'order-cancelled').reason).toBe('delisted');
    expect(eventsOf(events, 'position-settled')).toHaveLength(2);
    expect(eventOf(events, 'market-delisted')).toMatchObject({ longLots: 50, dustAtoms: 0 });
    expect(balances(scene)).toEqual([1150, 850, 500, 0]);
    expect(violations(scene.engine)).toEqual([]);
  });

  test.each([
    ['just not a debt', 80, [0, 2000, 500, 0], []],
    ['a debt that the fund pays', 79, [0, 2050, 450, 0], ['deficit-covered']],
    ['a debt beyond the fund', 69, [0, 2500, 0, 0], ['deficit-covered', 'loss-socialized']],
  ])('%s', (_what, priceTicks, expected, paid) => {
    const scene = held();
    scene.accept(halt);
    const events = scene.accept(delist(priceTicks));
    expect(balances(scene)).toEqual(expected);
    const ways = ['deficit-covered', 'loss-socialized'];
    expect([...new Set(kinds(events))].filter((kind) => ways.includes(kind))).toEqual(paid);
    expect(violations(scene.engine)).toEqual([]);
  });

  test('an isolated debt does not reach the pool', () => {
    const scene = held(true);
    scene.accept(halt);
    scene.accept(delist(85));
    expect(balances(scene)).toEqual([500, 1750, 250, 0]);
    expect(violations(scene.engine)).toEqual([]);
  });

  test('a liquidation in progress ends with its position', () => {
    const scene = held();
    scene.mark({ A: 88 });
    scene.accept(halt);
    const events = scene.accept(delist(88));
    expect(eventOf(events, 'liquidation-ended').reason).toBe('closed');
    expect(violations(scene.engine)).toEqual([]);
  });

  test('what inverse roundings leave over goes to the dust', () => {
    const scene = new Scene();
    scene.open('A', plainRules({ contract: 'inverse', face: '1000' }), 100);
    scene.fund({ ann: 1000, bob: 1000 });
    for (const account of ['ann', 'bob']) scene.choose(account, 'A', 10);
    scene.accept(tradeOf('A', ['ann', 'bob'], [7, 99]));
    scene.accept(halt);
    const { dustAtoms } = eventOf(scene.accept(delist(97)), 'market-delisted');
    expect(dustAtoms).toBe(1);
    expect(balances(scene).reduce((sum, one) => sum + one, 0)).toBe(2000);
    expect(violations(scene.engine)).toEqual([]);
  });

  test('a mark that still comes is passed over, and the others in its epoch are taken', () => {
    const scene = held();
    scene.open('B', plainRules(), 10);
    scene.accept(halt);
    scene.accept(delist(100));
    scene.mark({ A: 1, B: 11 });
    expect(marketView(scene.engine, 'A')?.markTicks).toBe(100);
    expect(marketView(scene.engine, 'B')?.markTicks).toBe(11);
  });
});
