/**
 * A schedule as a function of the value V alone, for a position of one size: pieces from edge to
 * edge, each a sum of a few powers of V. An edge belongs to the piece below it.
 */
import {
  compare,
  equals,
  integer,
  isZero,
  least,
  minus,
  ONE,
  over,
  plus,
  power,
  smallWhole,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Level, Schedule } from './rules.ts';
import { powerRate, slices, levelAt } from './schedule.ts';
import { minusTerms, signBeside, terms, valueAt, zeros } from './terms.ts';
import type { Terms } from './terms.ts';

/** What is required for values up to and on `upTo`; null on the last piece. */
export interface Piece {
  readonly upTo: Rational | null;
  readonly terms: Terms;
}

/** The pieces, ascending; the first begins above 0 and the last has no end. */
export function piecesOf(schedule: Schedule, size: Rational): readonly Piece[] {
  switch (schedule.kind) {
    case 'flat':
      return proportional(schedule.rate);
    case 'brackets':
      return schedule.by === 'value'
        ? bracketPieces(schedule.levels)
        : proportional(over(slices(schedule.levels, size), size));
    case 'steps':
      return schedule.by === 'value'
        ? stepPieces(schedule.levels)
        : proportional(levelAt(schedule.levels, size).rate);
    case 'linear':
      return linearPieces(schedule, size);
    case 'power':
      return schedule.by === 'value'
        ? powerPieces(schedule)
        : proportional(powerRate(schedule, size));
    case 'per-unit':
      return whole(terms({ constant: times(schedule.amount, size) }));
    case 'max':
      return schedule.of.map((each) => piecesOf(each, size)).reduce(maximum);
  }
}

/** The one piece that contains values just above (`towards` 1) or at and just below `value`. */
export function pieceIndexAt(pieces: readonly Piece[], value: Rational, towards: 1 | -1): number {
  const index = pieces.findIndex(({ upTo }) => {
    if (upTo === null) return true;
    return towards === 1 ? compare(value, upTo) < 0 : compare(value, upTo) <= 0;
  });
  return index;
}

function whole(form: Terms): readonly Piece[] {
  return [{ upTo: null, terms: form }];
}

function proportional(rate: Rational): readonly Piece[] {
  return whole(terms({ linear: rate }));
}

function stepPieces(levels: readonly Level[]): readonly Piece[] {
  return levels.map((level, k) => ({
    upTo: levels[k + 1]?.from ?? null,
    terms: terms({ linear: level.rate }),
  }));
}

/** V·rate less the deduction: each edge times the rise of the rate there, summed. */
function bracketPieces(levels: readonly Level[]): readonly Piece[] {
  let deducted: Rational = ZERO;
  let before: Rational = ZERO;
  return levels.map((level, k) => {
    deducted = minus(deducted, times(level.from, minus(level.rate, before)));
    before = level.rate;
    return {
      upTo: levels[k + 1]?.from ?? null,
      terms: terms({ linear: level.rate, constant: deducted }),
    };
  });
}

function linearPieces(
  schedule: Extract<Schedule, { kind: 'linear' }>,
  size: Rational,
): readonly Piece[] {
  return schedule.by === 'value'
    ? whole(terms({ linear: schedule.base, square: schedule.perUnit }))
    : proportional(plus(schedule.base, times(schedule.perUnit, size)));
}

function powerPieces(schedule: Extract<Schedule, { kind: 'power' }>): readonly Piece[] {
  const { base, factor, exponent, offset } = schedule;
  const floor = terms({ linear: base });
  if (isZero(factor) || isZero(exponent)) return proportional(powerRate(schedule, ONE));
  const curve = powerTerms(offset, factor, exponent);
  const rise = over(minus(base, offset), factor);
  if (rise.n <= 0n) return whole(curve);
  return [
    { upTo: power(rise, over(ONE, exponent)), terms: floor },
    { upTo: null, terms: curve },
  ];
}

/** V·(offset + factor·V^exponent). */
function powerTerms(offset: Rational, factor: Rational, exponent: Rational): Terms {
  const raised = plus(exponent, ONE);
  if (smallWhole(raised) === 2) return terms({ linear: offset, square: factor });
  return terms({ linear: offset, rest: [{ coefficient: factor, exponent: raised }] });
}

/** The larger of two piecewise functions, cut where the lead changes. */
function maximum(a: readonly Piece[], b: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  let from: Rational = ZERO;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [first, second] = [a[i] as Piece, b[j] as Piece];
    const upTo = nearerEdge(first.upTo, second.upTo);
    result.push(...larger(first.terms, second.terms, { from, above: upTo }));
    if (upTo === null) break;
    if (first.upTo !== null && equals(first.upTo, upTo)) i += 1;
    if (second.upTo !== null && equals(second.upTo, upTo)) j += 1;
    from = upTo;
  }
  return joined(result);
}

function nearerEdge(a: Rational | null, b: Rational | null): Rational | null {
  if (a === null) return b;
  return b === null ? a : least(a, b);
}

function larger(
  a: Terms,
  b: Terms,
  within: { from: Rational; above: Rational | null },
): readonly Piece[] {
  const difference = minusTerms(a, b);
  const cuts = [...zeros(difference, within), within.above];
  let from = within.from;
  return cuts.map((upTo) => {
    const lead = leads(difference, from, upTo) ? a : b;
    from = upTo ?? from;
    return { upTo, terms: lead };
  });
}

/** Whether the difference is above 0 between two neighbouring zeros. */
function leads(difference: Terms, from: Rational, upTo: Rational | null): boolean {
  const middle = over(plus(from, upTo ?? plus(times(from, integer(2)), ONE)), integer(2));
  if (upTo === null && from.n > 0n) return leadsAtEnd(difference, from);
  return valueAt(difference, middle).n > 0n;
}

/** Beyond the last zero the sign never changes again, however near that zero one looks. */
function leadsAtEnd(difference: Terms, from: Rational): boolean {
  return signBeside(difference, times(from, integer(2)), 1) > 0;
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.filter((piece, k) => piece.terms !== pieces[k + 1]?.terms);
}
