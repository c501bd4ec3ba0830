/** Counts of several runs become one, and nothing is counted twice. */
import { expect, it } from 'vitest';
import type { Result } from './document.ts';
import { addUp, overlapOf } from './pieces.ts';

const sim = (first: number, seeds: number): Result => ({
  kind: 'sim',
  seeds,
  commands: 10 * seeds,
  faults: 3,
  faultsByKind: { kill: 2, burst: 1 },
  violations: 0,
  seconds: 5,
  command: `npm run sim -- --seeds ${first}..${first + seeds - 1} --commands 10`,
});

it('adds up what was counted of one kind, table by table', () => {
  const [whole, ...others] = addUp([sim(1, 20), sim(21, 5)]);
  expect(others).toEqual([]);
  expect(whole?.commands).toHaveLength(2);
  expect(whole?.result).toMatchObject({
    seeds: 25,
    commands: 250,
    faultsByKind: { kill: 4, burst: 2 },
    seconds: 10,
  });
});

it.each([
  [[sim(1, 20), sim(21, 5)], undefined],
  [[sim(1, 20), sim(20, 5)], 'counts again'],
])('%#: says when two counted the same', (results, complaint) => {
  const said = overlapOf(results);
  if (complaint === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(complaint);
});

const run = (names: readonly string[], caughtBy: string | null): Result => ({
  kind: 'mutants',
  planted: names.length,
  caught: caughtBy === null ? 0 : names.length,
  mutants: names.map((name) => ({
    name,
    file: 'f.ts',
    why: 'w',
    caughtBy,
    seed: null,
    reason: null,
  })),
  seconds: 1,
  command: names.join(' '),
});

it('counts a planted bug once, as it was found last', () => {
  const [whole] = addUp([run(['a', 'b'], null), run(['b'], 'b.test.ts')]);
  expect(whole?.result).toMatchObject({ planted: 2, caught: 1 });
  expect(overlapOf([run(['a', 'b'], null), run(['b'], 'b.test.ts')])).toBeUndefined();
});
