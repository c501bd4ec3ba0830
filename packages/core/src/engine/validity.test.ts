/** What a doubtful mark allows: every cell of the table, and the attacks that it answers. */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import type { MarkPrice } from './command.ts';
import type { MarketRules, PriceRules } from './config.ts';
import { violations } from './invariants.ts';
import {
  eventOf,
  kinds,
  plainConfig,
  plainPrices,
  plainRules,
  Scene,
  tradeOf,
  type Draft,
} from './kit/scene.ts';
import { apply } from './reducer.ts';
import type { RefusalCode } from './refusal.ts';
import { decodeState, encodeState, STATE_FORMAT } from './snapshot.ts';
import { VALIDITIES, type Validity } from './validity.ts';
import { isValidityDue, marketView } from './view.ts';

const AGES = { staleAfterMs: 10_000, invalidAfterMs: 100_000 };

/** A market at 100 by three sources; ann long 50 of bob with 1,000: liquidated below 88.9. */
function world(
  prices: Partial<PriceRules> = {},
  rules: Partial<MarketRules> = {},
  fund = 5000,
): Scene {
  const liquidation = { ...plainConfig().liquidation, timeoutMs: 5_000 };
  const scene = new Scene(plainConfig({ liquidation }));
  const merged = plainRules({ ...AGES, prices: plainPrices(prices), ...rules });
  scene.accept({ kind: 'open-market', market: 'A', rules: merged });
  scene.fund({ ann: 1000, bob: 5000, house: 10_000, fund });
  for (const source of ['a', 'b', 'c']) scene.quote(source, { A: 100 });
  for (const account of ['ann', 'bob', 'house']) scene.choose(account, 'A', 10);
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  return scene;
}

/** Brings the mark of 100 into a validity. */
const BRING: Readonly<Record<Exclude<Validity, 'unmarked'>, (scene: Scene) => unknown>> = {
  fresh: () => null,
  stale: (scene) => scene.wait(10_001),
  jumping: (scene) => [scene.quote('a', { A: 80 }), scene.quote('b', { A: 80 })],
  disputed: (scene) => [scene.quote('a', { A: 50 }), scene.quote('b', { A: 150 })],
  invalid: (scene) => scene.wait(100_001),
};

const validity = (scene: Scene): Validity | undefined => marketView(scene.engine, 'A')?.validity;

type Verdict = RefusalCode | 'accepted';
type Cell = (scene: Scene) => Verdict | boolean;

function order(account: string, side: 'buy' | 'sell', reduceOnly: boolean): Draft {
  const size = { sizeLots: 1, priceTicks: 100 };
  return { kind: 'place-order', account, order: 'o', market: 'A', side, ...size, reduceOnly };
}

/** Ann owes funding of a fifth of her position's value: equity 0 at the mark of 100. */
const sink = (scene: Scene) =>
  scene.accept({
    kind: 'settle-funding',
    market: 'A',
    rateE9: 200_000_000,
    intervalEndMs: scene.timeMs,
  });

const CELLS = {
  order: (scene) => scene.verdict(order('house', 'buy', false)),
  trade: (scene) => scene.verdict(tradeOf('A', ['house', 'bob'], [1, 100])),
  'order that reduces': (scene) => scene.verdict(order('ann', 'sell', true)),
  'trade that reduces': (scene) => scene.verdict(tradeOf('A', ['bob', 'ann'], [1, 100])),
  withdrawal: (scene) => scene.verdict({ kind: 'withdraw', account: 'ann', amountAtoms: 1 }),
  funding: (scene) => kinds(sink(scene)).includes('funding-settled'),
  'margin call': (scene) => kinds(sink(scene)).includes('margin-called'),
  liquidation: (scene) => kinds(sink(scene)).includes('liquidation-started'),
} as const satisfies Readonly<Record<string, Cell>>;

type Row = Readonly<Record<keyof typeof CELLS, Verdict | boolean>>;

const reducing = {
  'order that reduces': 'accepted',
  'trade that reduces': 'accepted',
  funding: true,
  'margin call': true,
} as const;
const held = (code: RefusalCode, liquidation: boolean): Row => {
  return { order: code, trade: code, withdrawal: code, liquidation, ...reducing };
};

const TABLE: Readonly<Record<Exclude<Validity, 'unmarked'>, Row>> = {
  fresh: {
    order: 'accepted',
    trade: 'accepted',
    withdrawal: 'accepted',
    liquidation: true,
    ...reducing,
  },
  stale: held('stale-mark', true),
  jumping: held('jumping-mark', false),
  disputed: held('disputed-mark', false),
  invalid: held('stale-mark', false),
};

const names = Object.keys(TABLE) as (keyof typeof TABLE)[];
const cells = Object.keys(CELLS) as (keyof typeof CELLS)[];

describe('what a validity allows', () => {
  test.each(names.flatMap((name) => cells.map((cell) => [name, cell, TABLE[name][cell]] as const)))(
    '%s, %s: %s',
    (name, cell, verdict) => {
      const scene = world();
      BRING[name](scene);
      expect(validity(scene)).toBe(name);
      expect(CELLS[cell](scene)).toBe(verdict);
      expect(violations(scene.engine)).toEqual([]);
    },
  );

  const unfilled = [
    ['fresh', 5_000, true],
    ['stale', 10_001, true],
    ['jumping', 5_000, false],
    ['disputed', 5_000, false],
    ['invalid', 100_001, false],
  ] as const;

  const ways = [
    { kind: 'liquidation-taken-over', fund: 5000 },
    { kind: 'deleveraged', fund: 0 },
  ] as const;

  test.each(unfilled.flatMap((row) => ways.map((way) => [...row, way] as const)))(
    '%s after %i ms: %s that what is not filled is closed: $3.kind',
    (name, waitMs, isDone, { kind, fund }) => {
      const scene = world({}, {}, fund);
      sink(scene);
      if (name === 'jumping' || name === 'disputed') BRING[name](scene);
      expect(kinds(scene.wait(waitMs)).includes(kind)).toBe(isDone);
      expect(validity(scene)).toBe(name);
      expect(violations(scene.engine)).toEqual([]);
    },
  );

  test.each([
    ['order', 'no-mark'],
    ['trade', 'no-mark'],
    ['order that reduces', 'no-mark'],
    ['withdrawal', 'accepted'],
  ] as const)('unmarked, %s: %s', (cell, verdict) => {
    const scene = new Scene();
    scene.accept({
      kind: 'open-market',
      market: 'A',
      rules: plainRules({ prices: plainPrices() }),
    });
    scene.fund({ ann: 1000, bob: 1000, house: 1000 });
    scene.quote('a', { A: 100 });
    expect(validity(scene)).toBe('unmarked');
    expect(CELLS[cell](scene)).toBe(verdict);
    const settle = { market: 'A', rateE9: 1, intervalEndMs: 1 };
    expect(scene.verdict({ kind: 'settle-funding', ...settle })).toBe('no-mark');
  });

  test('every validity is in the table', () => {
    expect([...names, 'unmarked'].sort()).toEqual([...VALIDITIES].sort());
  });

  test('isolated margin is taken out on a fresh mark only', () => {
    const scene = world();
    scene.choose('house', 'A', 10, true);
    scene.accept(tradeOf('A', ['house', 'bob'], [1, 100]));
    const margin = { account: 'house', market: 'A', amountAtoms: 1 };
    scene.accept({ kind: 'add-margin', ...margin });
    BRING.disputed(scene);
    expect(scene.verdict({ kind: 'remove-margin', ...margin })).toBe('disputed-mark');
    expect(scene.verdict({ kind: 'add-margin', ...margin })).toBe('accepted');
  });
});

describe('age', () => {
  test.each([
    [10_000, 'fresh'],
    [10_001, 'stale'],
    [100_000, 'stale'],
    [100_001, 'invalid'],
  ] as const)('%i ms: %s', (ms, expected) => {
    const scene = world();
    scene.wait(ms);
    expect(validity(scene)).toBe(expected);
  });

  test.each([
    [30_000, 'fresh'],
    [30_001, 'stale'],
  ] as const)('%i ms, by the silence of the sources alone: %s', (ms, expected) => {
    const scene = world({}, { staleAfterMs: null, invalidAfterMs: null });
    scene.wait(ms);
    expect(validity(scene)).toBe(expected);
  });

  test.each([
    ['with event times that stand still', true, 'stale'],
    ['at its word', false, 'fresh'],
  ] as const)('a feed that goes on %s: %s', (_what, isFrozen, expected) => {
    const scene = world();
    const frozenMs = scene.timeMs;
    scene.timeMs += 10_001;
    for (const source of ['a', 'b', 'c'])
      scene.quote(source, { A: 100 }, isFrozen ? frozenMs : undefined);
    expect(validity(scene)).toBe(expected);
  });

  test('one source that goes on alone does not keep a mark fresh', () => {
    const scene = world();
    scene.timeMs += 10_001;
    scene.quote('a', { A: 100 });
    expect(validity(scene)).toBe('stale');
    scene.quote('b', { A: 100 });
    expect(validity(scene)).toBe('fresh');
  });

  test('an event time in the future is now', () => {
    const scene = world();
    for (const source of ['a', 'b', 'c']) scene.quote(source, { A: 100 }, scene.timeMs + 3_600_000);
    scene.wait(10_001);
    expect(validity(scene)).toBe('stale');
  });

  test('of a mark from a single source too: its own event time', () => {
    const scene = new Scene();
    scene.open('A', plainRules(AGES), 100);
    scene.timeMs += 20_000;
    scene.quote('index', { A: 101 }, scene.timeMs - 10_001);
    expect([validity(scene), marketView(scene.engine, 'A')?.markTicks]).toEqual(['stale', 101]);
  });
});

describe('attacks and failures', () => {
  test('one source at −90 %: zero liquidations, and the mark stays fresh', () => {
    const scene = world();
    for (let round = 0; round < 20; round += 1) {
      scene.timeMs += 1_000;
      const events = [...scene.quote('a', { A: 10 }), ...scene.quote('b', { A: 100 })];
      expect(kinds([...events, ...scene.quote('c', { A: 100 })])).not.toContain('margin-called');
      expect([validity(scene), scene.engine.counters.liquidations]).toEqual(['fresh', 0]);
    }
    expect(marketView(scene.engine, 'A')?.sources).toMatchObject([
      { source: 'a', state: 'deviating', priceTicks: 10 },
      { source: 'b', state: 'counted', priceTicks: 100 },
      { source: 'c', state: 'counted', priceTicks: 100 },
    ]);
  });

  test('all at −20 %: liquidations within that epoch, with the marks that decided', () => {
    const scene = world();
    scene.timeMs += 1_000;
    expect(kinds(scene.quote('a', { A: 80 }))).toEqual(['quoted', 'marked']);
    const waiting = scene.quote('b', { A: 80 });
    expect(kinds(waiting)).toEqual(['quoted', 'validity-changed']);
    expect(eventOf(waiting, 'validity-changed')).toMatchObject({
      before: 'fresh',
      validity: 'jumping',
      markTicks: 100,
      awaitedTicks: 80,
    });
    const events = scene.quote('c', { A: 80 });
    expect(eventOf(events, 'marked').prices).toEqual([{ market: 'A', priceTicks: 80 }]);
    expect(eventOf(events, 'liquidation-started').marks).toEqual([
      { market: 'A', priceTicks: 80, validity: 'fresh' },
    ]);
    expect(accountView(scene.engine, 'ann')?.state).toBe('liquidating');
  });

  test('a frozen feed: no liquidation from the freeze, an alert within one clock tick', () => {
    const scene = world();
    const told = [9_999, 1, 1, 89_999, 1, 3_600_000].map((ms) => scene.wait(ms));
    expect(told.map(kinds)).toEqual([[], [], ['validity-changed'], [], ['validity-changed'], []]);
    expect(told.flat()).toMatchObject([
      { market: 'A', before: 'fresh', validity: 'stale', ageMs: 10_001, awaitedTicks: null },
      { market: 'A', before: 'stale', validity: 'invalid', ageMs: 100_001 },
    ]);
    expect(scene.engine.counters.liquidations).toBe(0);
    for (const source of ['a', 'b']) scene.quote(source, { A: 100 });
    expect(validity(scene)).toBe('fresh');
  });

  test('whoever sank while the mark could not be trusted is liquidated when it can be again', () => {
    const scene = world();
    BRING.disputed(scene);
    sink(scene);
    expect(accountView(scene.engine, 'ann')?.state).toBe('called');
    expect(kinds(scene.quote('a', { A: 100 }))).toContain('liquidation-started');
  });

  test('new rules that trust the mark again liquidate on it at once', () => {
    const scene = world();
    BRING.invalid(scene);
    sink(scene);
    const rules = plainRules({ prices: plainPrices() });
    const change = { market: 'A', rules, appliesTo: 'open', effectiveMs: null } as const;
    const events = scene.accept({ kind: 'update-market', ...change });
    expect(kinds(events)).toContain('liquidation-started');
  });

  test('a pool depends on every mark that it holds', () => {
    const scene = world();
    scene.accept({ kind: 'open-market', market: 'B', rules: plainRules() });
    scene.mark({ B: 100 });
    scene.accept(tradeOf('B', ['ann', 'bob'], [1, 100]));
    BRING.disputed(scene);
    expect(kinds(scene.mark({ B: 1 }))).not.toContain('liquidation-started');
    sink(scene);
    expect(accountView(scene.engine, 'ann')?.state).toBe('called');
    const withdrawal = { kind: 'withdraw', account: 'ann', amountAtoms: 1 } as const;
    expect(scene.verdict(withdrawal)).toBe('disputed-mark');
  });

  test.each([
    ['fresh', true],
    ['disputed', false],
  ] as const)('%s: the fund deleverages what sinks it: %s', (name, isDone) => {
    const scene = world();
    sink(scene);
    expect(kinds(scene.wait(5_000))).toContain('liquidation-taken-over');
    BRING[name](scene);
    const events = [1, 0].flatMap((before) => {
      const owed = { rateE9: 1_000_000_000, intervalEndMs: scene.timeMs - before };
      return scene.accept({ kind: 'settle-funding', market: 'A', ...owed });
    });
    expect(kinds(events).includes('deleveraged')).toBe(isDone);
    expect(violations(scene.engine)).toEqual([]);
    for (const source of ['a', 'b', 'c']) scene.quote(source, { A: 100 });
    expect(accountView(scene.engine, 'fund')?.equityAtoms).toBeGreaterThanOrEqual(0);
  });

  test('a clock is due exactly when there is something to tell', () => {
    const scene = world();
    const { engine, timeMs } = scene;
    expect([timeMs, timeMs + 10_000].map((ms) => isValidityDue(engine, ms))).toEqual([
      false,
      false,
    ]);
    expect(isValidityDue(engine, timeMs + 10_001)).toBe(true);
    scene.wait(10_001);
    expect(isValidityDue(engine, scene.timeMs)).toBe(false);
  });
});

const price = (market: string): MarkPrice => ({ market, priceTicks: 50 });

describe('sources', () => {
  const epoch = { kind: 'marks', source: 'x', sourceSequence: 1 } as const;

  test('nobody who is not listed is heard, and is told so', () => {
    const scene = world();
    const { answer } = scene.send({ ...epoch, prices: [price('A')] });
    expect(answer).toMatchObject({ refusal: { code: 'unknown-source' } });
    expect(marketView(scene.engine, 'A')?.markTicks).toBe(100);
  });

  test('among several markets those that do not list the source are left out', () => {
    const scene = world();
    scene.accept({ kind: 'open-market', market: 'B', rules: plainRules() });
    const events = scene.accept({ ...epoch, prices: [price('A'), price('B')] });
    expect(eventOf(events, 'marked').prices).toEqual([price('B')]);
    expect(marketView(scene.engine, 'A')?.markTicks).toBe(100);
  });

  test('other rules: the mark is held until enough of the new sources agree', () => {
    const scene = world();
    const prices = plainPrices({ sources: ['c', 'x', 'y'] });
    const change = { appliesTo: 'open', effectiveMs: null } as const;
    const rules = plainRules({ ...AGES, prices });
    scene.accept({ kind: 'update-market', market: 'A', rules, ...change });
    expect(marketView(scene.engine, 'A')).toMatchObject({ markTicks: 100, validity: 'fresh' });
    expect(kinds(scene.quote('x', { A: 102 }))).toContain('marked');
  });

  test.each(names)('%s: a snapshot goes on as if nothing had been', (name) => {
    const scene = world();
    BRING[name](scene);
    const copy = decodeState(encodeState(scene.engine));
    expect(marketView(copy, 'A')).toEqual(marketView(scene.engine, 'A'));
    scene.timeMs += 1;
    scene.quote('a', { A: 80 });
    const [last] = scene.log.slice(-1);
    if (last !== undefined) apply(copy, last);
    expect(marketView(copy, 'A')).toEqual(marketView(scene.engine, 'A'));
    expect(Buffer.compare(encodeState(copy), encodeState(scene.engine))).toBe(0);
  });

  test('a snapshot of another format is refused with both numbers', () => {
    const bytes = encodeState(world().engine);
    new DataView(bytes.buffer).setUint32(4, 1, true);
    expect(() => decodeState(bytes)).toThrow(`state format 1; this is ${STATE_FORMAT}`);
  });
});
