/** What every change is read from and written to, and how it says what is wrong with it. */
import { compare, formatDecimal, negate } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { readNumber, readWord, refuse, step } from './reader.ts';
import type { Fields, Place, Range, Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { findCash, numberOf, pay } from './what-if-draft.ts';
import type { Draft } from './what-if-draft.ts';

/** One change, the draft that it is made on, and what is known beside it. */
export interface Scene {
  readonly reader: Reader;
  readonly fields: Fields;
  readonly place: Place;
  readonly draft: Draft;
  readonly rulebooks: readonly Rulebook[];
  /** Of the value traded; 0 where nothing says. */
  readonly takerFee: (market: string) => Rational;
}

/** Refuses the change at one of its keys, or, with null, as a whole. */
export function refuseAt({ reader, place }: Scene, key: string | null, message: string): void {
  refuse(reader, key === null ? place : step(place, key), message);
}

export function numberAt(
  { reader, fields, place }: Scene,
  key: string,
  options: { range: Range; fallback?: Rational },
): Rational {
  return readNumber(reader, fields.get(key), step(place, key), options);
}

export function wordAt<Word extends string>(
  { reader, fields, place }: Scene,
  key: string,
  words: readonly Word[],
): Word {
  return readWord(reader, fields.get(key), step(place, key), { words });
}

/** Takes from the pool's collateral in the settlement asset what must be there; below 0 gives. */
export function drawCash(scene: Scene, key: string, amount: Rational, asset?: string): void {
  const { draft } = scene;
  const cash = findCash(draft, asset);
  const held = cash === undefined ? undefined : numberOf(cash, 'amount');
  if (amount.n > 0n && (held === undefined || compare(held, amount) < 0)) {
    const there = held === undefined ? 'nothing' : formatDecimal(held);
    const message = `takes ${formatDecimal(amount)} from collateral that holds ${there}; deposit first`;
    refuseAt(scene, key, message);
    return;
  }
  pay(draft, negate(amount), asset);
}
