/** The index of certificates against the sweep: whoever is due is hot, wherever the marks go. */
import { describe, expect, test } from 'vitest';
import {
  findSuspects,
  isCold,
  makeIndex,
  TUNING,
  type BreachIndex,
  type IndexTuning,
} from './breach-index.ts';
import { Weigher } from './certificate.ts';
import { Dice } from './kit/dice.ts';
import { indexFaults, roomOfAccount } from './kit/index-audit.ts';
import { Rehearsal } from './kit/rehearsal.ts';
import { maintenance, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';
import { apply } from './reducer.ts';
import { indexView, verifyCold } from './verify-cold.ts';
import { decodeState, encodeState } from './snapshot.ts';
import { createEngine, DUST, type Engine } from './state.ts';
import { sweep } from './sweep.ts';

/** Never a storm, so that the index does all the work; and the other extremes. */
const TUNINGS: readonly IndexTuning[] = [
  { ...TUNING, storm: Infinity },
  { ...TUNING, storm: Infinity, patience: 0, blocks: 0, blocksLeast: 2 },
  { ...TUNING, storm: 0.5, cooledLeast: 1 },
  TUNING,
];

describe('whoever the sweep would report is hot', () => {
  test('after every command of a life, under every policy and schedule', () => {
    let cold = 0;
    for (let seed = 1; seed <= 32; seed += 1) {
      const rehearsal = new Rehearsal(seed + 4_000);
      const engine = createEngine();
      const opening = rehearsal.opening();
      for (let step = 0; step < 160; step += 1) {
        apply(engine, opening[step] ?? rehearsal.next(engine));
        if (step === 0) makeIndex(engine, TUNINGS[seed % TUNINGS.length] ?? TUNING);
        expect(indexFaults(engine), `seed ${seed}, step ${step}`).toEqual([]);
        cold += (indexView(engine)?.cold ?? 0) > 0 ? 1 : 0;
      }
    }
    expect(cold).toBeGreaterThan(1_000);
  });

  test('with and without the index an engine comes to the same state', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const rehearsal = new Rehearsal(seed + 9_000);
      const indexed = createEngine();
      const swept = createEngine();
      const opening = rehearsal.opening();
      for (let step = 0; step < 200; step += 1) {
        const command = opening[step] ?? rehearsal.next(indexed);
        const one = apply(indexed, command);
        if (step === 0) makeIndex(indexed, TUNINGS[0] ?? TUNING);
        const other = apply(swept, command);
        // Weighing nothing, it is all storm.
        swept.index = null;
        expect(other).toEqual(one);
      }
      expect(Buffer.compare(encodeState(indexed), encodeState(swept))).toBe(0);
    }
  });
});

const MARKETS = ['A', 'B', 'C', 'D'];
const SCHEDULES = [
  maintenance('0.05'),
  {
    ...maintenance('0'),
    schedule: {
      kind: 'brackets' as const,
      levels: [
        { from: '0', rate: '0.01' },
        { from: '150000', rate: '0.05' },
        { from: '400000', rate: '0.3' },
      ],
    },
  },
  {
    ...maintenance('0'),
    schedule: {
      kind: 'steps' as const,
      levels: [
        { from: '0', rate: '0.02' },
        { from: '200000', rate: '0.09' },
        { from: '450000', rate: '0.04' },
      ],
    },
  },
  { ...maintenance('0.03'), closingFeeRate: '0.001' },
];

/** A hundred accounts with a few positions each, longs against shorts, none of them called yet. */
function crowd(seed: number, callAt: string | null): Engine {
  const dice = new Dice(seed);
  const policy = { marginCallAt: callAt, marginCallClearAt: null, call: null };
  const scene = new Scene(plainConfig({ policy }));
  MARKETS.forEach((market, k) => {
    const one = SCHEDULES[k] ?? maintenance('0.05');
    scene.accept({ kind: 'open-market', market, rules: plainRules({ maintenance: one }) });
  });
  scene.mark(Object.fromEntries(MARKETS.map((market) => [market, 10_000])));
  const names = Array.from({ length: 100 }, (_, k) => `a${k}`);
  for (const account of ['house', ...names]) {
    scene.accept({ kind: 'open-account', account });
    const amountAtoms = account === 'house' ? 1e12 : dice.between(30_000, 900_000);
    scene.accept({ kind: 'deposit', account, amountAtoms });
  }
  for (const account of names) {
    for (let k = dice.between(1, 4); k > 0; k -= 1) openOne(scene, dice, account);
  }
  return scene.engine;
}

function openOne(scene: Scene, dice: Dice, account: string): void {
  const market = dice.pick(MARKETS);
  if (dice.chance(25))
    scene.send({ kind: 'set-margin-mode', account, market, marginMode: 'isolated' });
  scene.send({ kind: 'set-leverage', account, market, leverageHundredths: 5000 });
  const deal = [dice.between(1, 60), 10_000] as const;
  const parties = dice.chance(60) ? ([account, 'house'] as const) : (['house', account] as const);
  scene.send(tradeOf(market, parties, deal));
}

/** Marks somewhere within the rooms of an account; often at their very edges. */
function within(engine: Engine, account: number, dice: Dice): void {
  for (const [row, [from, below]] of roomOfAccount(engine, account)) {
    const market = engine.markets[row];
    if (market === undefined) continue;
    const last = Number.isFinite(below) ? below - 1 : market.markTicks * 3;
    market.markTicks = dice.pick([from, last, dice.between(from, last + 1)]);
  }
}

describe('a certificate holds wherever marks stay within its bounds', () => {
  test.each(['0.8', null])('marginCallAt %s', (callAt) => {
    let tried = 0;
    for (let seed = 1; seed <= 6; seed += 1) {
      const engine = crowd(seed, callAt);
      makeIndex(engine, { ...TUNING, storm: Infinity, patience: 0 });
      const dice = new Dice(seed);
      for (let round = 0; round < 6; round += 1) {
        moveMarks(engine, dice);
        tried += tryRooms(engine, dice);
      }
    }
    expect(tried).toBeGreaterThan(2_000);
  });
});

/** An epoch a few percent away, reviewed as the engine would. */
function moveMarks(engine: Engine, dice: Dice): void {
  const prices = engine.markets.map(({ id, markTicks }) => ({
    market: id,
    priceTicks: Math.max(100, Math.floor((markTicks * dice.between(94, 106)) / 100)),
  }));
  const sourceSequence = (engine.sources.get('index') ?? 0) + 1;
  const id = `step-${sourceSequence}`;
  const envelope = { client: 'prices', id, timeMs: engine.timeMs + 1 };
  apply(engine, { kind: 'marks', source: 'index', sourceSequence, prices, ...envelope });
}

function tryRooms(engine: Engine, dice: Dice): number {
  const marks = engine.markets.map(({ markTicks }) => markTicks);
  let tried = 0;
  for (let account = DUST + 1; account < engine.accounts.count; account += 1) {
    if (engine.index === null || !isCold(engine.index, account)) continue;
    for (let k = 0; k < 3; k += 1) {
      within(engine, account, dice);
      const found = new Set<number>();
      sweep(engine, found);
      expect(found.has(account), engine.accounts.ids[account]).toBe(false);
      tried += 1;
      engine.markets.forEach((market, row) => (market.markTicks = marks[row] ?? 0));
    }
  }
  return tried;
}

describe('the shadow', () => {
  test('finds nothing while the index is right', () => {
    const engine = crowd(3, '0.8');
    findSuspects(engine, new Set());
    for (let part = 0; part < 130; part += 1) verifyCold(engine);
    expect(indexView(engine)?.cold).toBeGreaterThan(50);
  });

  test('stops the engine within sixty parts when a cold account is below its line', () => {
    const engine = crowd(3, '0.8');
    findSuspects(engine, new Set());
    const row = engine.accounts.first.findIndex(
      (first, account) => first >= 0 && engine.index !== null && isCold(engine.index, account),
    );
    engine.accounts.balance[row] = -1_000_000;
    const look = (): void => {
      for (let part = 0; part < 60; part += 1) verifyCold(engine);
    };
    expect(look).toThrow(`the index missed account ${engine.accounts.ids[row]}`);
  });
});

describe('an index', () => {
  test('is no part of the state', () => {
    const engine = crowd(5, '0.8');
    const bytes = encodeState(engine);
    findSuspects(engine, new Set());
    expect(Buffer.compare(encodeState(engine), bytes)).toBe(0);
    expect(decodeState(bytes).index).toBeNull();
  });

  test('follows a mark off its ladder, both ways', () => {
    const engine = crowd(7, null);
    findSuspects(engine, new Set());
    for (const factor of [3, 3, 1 / 9, 1 / 9, 1 / 9]) {
      for (const market of engine.markets) market.markTicks = Math.ceil(market.markTicks * factor);
      const found = new Set<number>();
      const due = new Set<number>();
      findSuspects(engine, found);
      sweep(engine, due);
      expect([...due].filter((row) => !found.has(row))).toEqual([]);
    }
  });
});

/**
 * `SMALL_WORLD_MOVES=6 npx vitest run packages/core/src/engine/breach-index` for all ways of six:
 * 64 million of them come together in 100,000 states, since what an index has become is all that
 * decides what it finds next.
 */
const MOVES = Number(process.env['SMALL_WORLD_MOVES'] ?? 4);

describe('in a small world', () => {
  test(`every way of ${MOVES} moves finds what the sweep finds`, { timeout: 3_600_000 }, () => {
    const levels = [6_000, 8_000, 9_000, 9_500, 9_990, 10_000, 10_010, 10_500, 11_000, 14_000];
    const moves = [0, 1].flatMap((market) => levels.map((ticks) => [market, ticks] as const));
    const engine = smallWorld();
    const seen = new Set<string>();
    let reached = [makeIndex(engine, { ...TUNING, storm: Infinity, patience: 0 })];
    for (let move = 0; move < MOVES; move += 1) {
      const before = reached;
      reached = [];
      for (const index of before) {
        for (const [market, ticks] of moves) {
          bring(engine, index);
          compareAt(engine, market, ticks);
          const state = stateOf(indexOf(engine));
          if (seen.has(state)) continue;
          seen.add(state);
          reached.push(indexOf(engine));
        }
      }
    }
    expect(seen.size).toBeGreaterThan(5_000);
  });
});

/** The index that an engine has. */
function indexOf({ index }: Engine): BreachIndex {
  if (index === null) throw new Error('there is no index');
  return index;
}

/** Puts the engine where an index was left, with a copy: others will start from it too. */
function bring(engine: Engine, left: BreachIndex): void {
  engine.markets.forEach((market, row) => (market.markTicks = left.marks[row] ?? 0));
  const { weigher: _weigher, ...rest } = left;
  engine.index = { ...structuredClone(rest), weigher: new Weigher(engine) };
}

/** All of an index that can decide what it finds next; without patience its pace does not. */
function stateOf({ marks, ladders, hot }: BreachIndex): string {
  const { links, width, highest, lowest } = ladders;
  const rows = hot.rows.subarray(0, hot.count);
  return [marks, rows, hot.blocks, links, width, highest, lowest].join('|');
}

function smallWorld(): Engine {
  const scene = new Scene(plainConfig());
  for (const market of ['A', 'B']) {
    scene.accept({ kind: 'open-market', market, rules: plainRules() });
  }
  scene.mark({ A: 10_000, B: 10_000 });
  for (const account of ['ann', 'bob']) {
    scene.accept({ kind: 'open-account', account });
    scene.accept({ kind: 'deposit', account, amountAtoms: 30_000 });
    scene.send({ kind: 'set-leverage', account, market: 'A', leverageHundredths: 2000 });
    scene.send({ kind: 'set-leverage', account, market: 'B', leverageHundredths: 2000 });
  }
  scene.accept(tradeOf('A', ['ann', 'bob'], [10, 10_000]));
  scene.accept(tradeOf('B', ['ann', 'bob'], [8, 10_000]));
  return scene.engine;
}

function compareAt(engine: Engine, row: number, ticks: number): void {
  const market = engine.markets[row];
  if (market === undefined) throw new Error(`no market ${row}`);
  market.markTicks = ticks;
  const found = new Set<number>();
  const due = new Set<number>();
  findSuspects(engine, found);
  sweep(engine, due);
  for (const one of due) if (!found.has(one)) throw new Error(`row ${one} missed at ${ticks}`);
}
