/** The sweep against brute force: it may report too much, never too little. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { review } from './call.ts';
import { Dice } from './kit/dice.ts';
import type { EngineEvent } from './event.ts';
import { apply } from './reducer.ts';
import { Rehearsal } from './kit/rehearsal.ts';
import { maintenance, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';
import { decodeState, encodeBook, encodeState } from './snapshot.ts';
import { at, createEngine, DUST, type Engine } from './state.ts';
import { sweep } from './sweep.ts';
import type { Turn } from './turn.ts';
import { positionMaintenance, positionProfit } from './valuation.ts';

function swept(engine: Engine): Set<number> {
  const found = new Set<number>();
  sweep(engine, found);
  return found;
}

function turnOf(engine: Engine, events: EngineEvent[]): Turn {
  return {
    engine,
    cause: 'marks',
    emit: (body) => events.push({ sequence: 0, index: 0, timeMs: 0, ...body }),
    touched: new Set(),
    queues: null,
  };
}

/** Rows of the accounts that a review of nobody else would change. */
function reviewed(state: Uint8Array, setMarks: (engine: Engine) => void): number[] {
  const { count } = decodeState(state).accounts;
  const rows: number[] = [];
  for (let row = DUST + 1; row < count; row += 1) {
    const engine = decodeState(state);
    setMarks(engine);
    const before = encodeBook(engine);
    const events: EngineEvent[] = [];
    review(turnOf(engine, events), row);
    if (events.length > 0 || Buffer.compare(before, encodeBook(engine)) !== 0) rows.push(row);
  }
  return rows;
}

/** Moves every mark anywhere between a hundredth and ten times of what it is. */
function jump(engine: Engine, dice: Dice): void {
  for (const market of engine.markets) {
    const percent = dice.chance(50) ? dice.between(70, 140) : dice.between(1, 1000);
    market.markTicks = Math.max(50, Math.floor((market.markTicks * percent) / 100));
  }
}

/** Half a minute on a machine that does nothing else. */
const PATIENCE = { timeout: 300_000 };

describe('the sweep reports every account whose standing a review would change', () => {
  test('after any life, at any marks, under every policy and schedule', PATIENCE, () => {
    let changed = 0;
    for (let seed = 1; seed <= 24; seed += 1) {
      const rehearsal = new Rehearsal(seed);
      const engine = createEngine();
      const opening = rehearsal.opening();
      for (let step = 0; step < 150; step += 1)
        apply(engine, opening[step] ?? rehearsal.next(engine));
      const state = encodeState(engine);
      for (let round = 0; round < 8; round += 1) {
        const here = decodeState(state);
        jump(here, new Dice(seed * 100 + round));
        const found = swept(here);
        const due = reviewed(state, (copy) => jump(copy, new Dice(seed * 100 + round)));
        changed += due.length;
        for (const row of due) expect(found, `seed ${seed}, round ${round}`).toContain(row);
      }
    }
    expect(changed).toBeGreaterThan(100);
  });

  test('equity = maintenance, and maintenance = ratio × equity, to one atom', () => {
    const property = fc.property(AT_THE_LINE, (one) => {
      const scene = sceneWith(one.callAt, one.rate);
      const state = encodeState(scene.engine);
      const place = (engine: Engine): void => {
        putAtLine(engine, one);
      };
      const here = decodeState(state);
      place(here);
      const found = swept(here);
      for (const row of reviewed(state, place)) expect(found).toContain(row);
    });
    fc.assert(property, { numRuns: 400, seed: 11 });
  });
});

interface AtTheLine {
  readonly lots: number;
  readonly ticks: number;
  readonly rate: string;
  readonly callAt: string | null;
  readonly off: number;
}

const AT_THE_LINE: fc.Arbitrary<AtTheLine> = fc.record({
  lots: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).filter((n) => n !== 0),
  ticks: fc.integer({ min: 1, max: 1_000_000 }),
  rate: fc.integer({ min: 0, max: 10_000_000 }).map((n) => (n / 1e7).toFixed(7)),
  callAt: fc.constantFrom(null, '0.8', '0.3333333', '1'),
  off: fc.integer({ min: -1, max: 1 }),
});

function sceneWith(callAt: string | null, rate: string): Scene {
  const policy = { marginCallAt: callAt, marginCallClearAt: null, call: null };
  const scene = new Scene(plainConfig({ policy }));
  scene.open('A', plainRules({ maintenance: maintenance(rate) }), 10);
  scene.fund({ ann: 1_000_000, bob: 1_000_000 });
  scene.accept(tradeOf('A', ['ann', 'bob'], [1, 10]));
  return scene;
}

/** Puts the first account where maintenance is the called share of equity, give or take an atom. */
function putAtLine(engine: Engine, one: AtTheLine): void {
  const market = engine.markets[0];
  if (market === undefined) throw new Error('no market');
  market.markTicks = one.ticks;
  engine.positions.lots[0] = one.lots;
  engine.positions.cost[0] = one.lots * Math.max(1, one.ticks - 3);
  expect(at(engine.positions.account, 0)).toBe(DUST + 1);
  const needed = positionMaintenance(engine, 0);
  const line = Math.floor(needed / Number(one.callAt ?? '1'));
  engine.accounts.balance[DUST + 1] = line + one.off - positionProfit(engine, 0);
}
