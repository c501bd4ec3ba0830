/** Thousands of seeded commands: after each, every law holds, and the past can be told again. */
import { describe, expect, test } from 'vitest';
import { createWatch, violations } from './invariants.ts';
import { apply } from './reducer.ts';
import { Dice } from './kit/dice.ts';
import { Rehearsal } from './kit/rehearsal.ts';
import { decodeState, encodeBook, encodeState } from './snapshot.ts';
import { createEngine, type Engine } from './state.ts';
import type { Command } from './command.ts';

/** `ENGINE_SEEDS=20000 npx vitest run packages/core/src/engine/simulation` for a long run. */
const SEEDS = Number(process.env['ENGINE_SEEDS'] ?? 300);
const FIRST = Number(process.env['ENGINE_FIRST_SEED'] ?? 1);
const COMMANDS = 300;

/** Two states are the same when their bytes are. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function replay(engine: Engine, log: readonly Command[]): Uint8Array {
  for (const command of log) apply(engine, command);
  return encodeState(engine);
}

function rehearse(seed: number): string[] {
  const rehearsal = new Rehearsal(seed);
  const dice = new Dice(seed ^ 0x5eed);
  const engine = createEngine();
  const { policy } = rehearsal.rules.config;
  const watch = createWatch(policy.call !== null || policy.marginCallAt !== null);
  const log: Command[] = [];
  let snapshot = encodeState(engine);
  let snapshotAt = 0;
  let book = encodeBook(engine);
  const opening = rehearsal.opening();
  for (let step = 0; step < COMMANDS; step += 1) {
    const command = opening[step] ?? rehearsal.next(engine);
    log.push(command);
    const applied = apply(engine, command);
    const found = [...violations(engine), ...watch.observe(command, applied)];
    const after = encodeBook(engine);
    const kept = applied.answer.status === 'refused' || !applied.recorded;
    if (kept && !sameBytes(book, after)) found.push('a refused command changed the book');
    if (found.length > 0) return [`step ${step}: ${JSON.stringify(command)}`, ...found];
    book = after;
    if (dice.chance(2)) [snapshot, snapshotAt] = [encodeState(engine), log.length];
  }
  const state = encodeState(engine);
  const found: string[] = [];
  if (!sameBytes(encodeState(decodeState(state)), state)) found.push('a snapshot is not canonical');
  if (!sameBytes(replay(createEngine(), log), state)) found.push('replay differs from live');
  if (!sameBytes(replay(decodeState(snapshot), log.slice(snapshotAt)), state)) {
    found.push(`snapshot at ${snapshotAt} and tail differ from live`);
  }
  return found;
}

describe('a seeded life of an engine breaks no law', () => {
  test(`${SEEDS} seeds of ${COMMANDS} commands`, { timeout: 3_600_000 }, () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      let found: string[];
      try {
        found = rehearse(seed);
      } catch (error) {
        throw new Error(`seed ${seed} throws`, { cause: error });
      }
      expect(found, `seed ${seed}`).toEqual([]);
    }
  });
});
