/** The memory of answers against a plain map, whatever order the ids come in. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerMemory, wholeNumber, type RememberedAnswer } from './answer-memory.ts';
import { refuse } from './refusal.ts';

/** Rising numbers with gaps, late ones, other spellings of numbers, and names. */
const ids = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ step: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constantFrom('0', '007', '7', 'a-1', '1e3', '-1', '9'.repeat(16)) },
    { weight: 1, arbitrary: fc.nat(200).map(String) },
  ),
  { maxLength: 300 },
);

function textsOf(drawn: readonly (string | { readonly step: number })[]): string[] {
  let number = 0;
  return drawn.map((one) => {
    if (typeof one === 'string') return one;
    number += one.step;
    return String(number);
  });
}

function answerOf(sequence: number): RememberedAnswer {
  const refusal = sequence % 5 === 0 ? refuse('no-mark', `at ${sequence}`) : null;
  return { fingerprint: sequence * 0x1_0000_0001, sequence, timeMs: 7 * sequence, refusal };
}

it('remembers the latest of each kind, answers as a map would, and never forgets too much', () => {
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 40 }), (drawn, kept) => {
      const memory = new AnswerMemory();
      const all = new Map<string, RememberedAnswer>();
      let forgottenUpTo = -1;
      for (const id of textsOf(drawn)) {
        if (memory.has(id)) continue;
        // Whoever asks the memory refuses what was forgotten, so it never comes twice.
        if (all.has(id)) {
          expect(wholeNumber(id)).toBeLessThanOrEqual(forgottenUpTo);
          continue;
        }
        const answer = answerOf(all.size + 1);
        all.set(id, answer);
        memory.add(id, answer);
        forgottenUpTo = Math.max(forgottenUpTo, memory.forgetBeyond(kept));
      }
      const there = [...all].filter(([id]) => memory.has(id));
      expect(there.length).toBeGreaterThanOrEqual(Math.min(kept, all.size));
      for (const [id, answer] of all)
        expect(memory.get(id)).toEqual(memory.has(id) ? answer : undefined);
      expect(new Map(memory)).toEqual(new Map(there));
    }),
    { numRuns: 300 },
  );
});

it('comes back the same from what it lists', () => {
  fc.assert(
    fc.property(ids, (drawn) => {
      const memory = new AnswerMemory();
      for (const [k, id] of textsOf(drawn).entries()) {
        if (!memory.has(id)) memory.add(id, answerOf(k + 1));
        memory.forgetBeyond(16);
      }
      const again = new AnswerMemory();
      for (const [id, answer] of memory) again.add(id, answer);
      expect([...again]).toEqual([...memory]);
    }),
  );
});

it.each([
  ['0', 0],
  ['7', 7],
  ['007', 7],
  ['999999999999999', 999_999_999_999_999],
  ['1000000000000000', -1],
  ['', -1],
  ['-1', -1],
  ['1.0', -1],
  ['a1', -1],
])('%j as a whole number is %i', (id, number) => {
  expect(wholeNumber(id)).toBe(number);
});
