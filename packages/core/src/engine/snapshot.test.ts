/** A snapshot leaves nothing out: what is read back is the engine, field by field. */
import { describe, expect, test } from 'vitest';
import { Rehearsal } from './kit/rehearsal.ts';
import { plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';
import { apply } from './reducer.ts';
import { decodeState, encodeState } from './snapshot.ts';
import { createEngine, type Engine } from './state.ts';

type Columns = Readonly<Record<string, unknown>>;

/** A table without the room that its columns keep for later rows. */
function rowsOf(table: { readonly count: number }): Columns {
  const { count } = table;
  const filled = Object.entries(table).map(([name, column]: [string, unknown]) => [
    name,
    ArrayBuffer.isView(column) ? [...(column as Float64Array).subarray(0, count)] : column,
  ]);
  return Object.fromEntries(filled) as Columns;
}

/** All of an engine but its index, which follows from the rest. */
function fieldsOf({ index: _index, accounts, positions, ...rest }: Engine): object {
  return { ...rest, accounts: rowsOf(accounts), positions: rowsOf(positions) };
}

function hasDeadline({ accounts, positions }: Engine): boolean {
  return [...accounts.deadline, ...positions.deadline].some((due) => due > 0);
}

describe('what is read back from a snapshot', () => {
  test('is the engine, at every point of a life', () => {
    const seen = { deadlines: 0, liquidations: 0, orders: 0 };
    for (let seed = 1; seed <= 24; seed += 1) {
      const rehearsal = new Rehearsal(seed + 2_000);
      const engine = createEngine();
      const opening = rehearsal.opening();
      for (let step = 0; step < 260; step += 1) {
        apply(engine, opening[step] ?? rehearsal.next(engine));
        if (step % 20 !== 19 && !hasDeadline(engine)) continue;
        const restored = decodeState(encodeState(engine));
        expect(fieldsOf(restored), `seed ${seed}, step ${step}`).toEqual(fieldsOf(engine));
        seen.deadlines += hasDeadline(engine) ? 1 : 0;
        seen.liquidations += engine.liquidations.size;
        seen.orders += engine.orders.size;
      }
    }
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(10);
  });

  test('is the engine, while a pool and an isolated position have a deadline', () => {
    const call = { restoreTo: 'initial', deadlineHours: '24', liquidateBelow: null } as const;
    const policy = { marginCallAt: null, marginCallClearAt: null, call };
    const scene = new Scene(plainConfig({ policy }));
    scene.open('A', plainRules(), 100);
    scene.fund({ ann: 600, bob: 600, house: 100_000 });
    for (const account of ['ann', 'bob']) {
      scene.choose(account, 'A', 10, account === 'bob');
      scene.accept(tradeOf('A', [account, 'house'], [50, 100]));
    }
    scene.mark({ A: 95 });
    const { engine } = scene;
    expect(engine.accounts.deadline.some((due) => due > 0)).toBe(true);
    expect(engine.positions.deadline.some((due) => due > 0)).toBe(true);
    expect(fieldsOf(decodeState(encodeState(engine)))).toEqual(fieldsOf(engine));
  });
});
