/**
 * What a position of value V and size Q must hold, kind by kind. This is the definition; `pieces`
 * says the same as a function of V for whoever looks for the price at which it is met.
 */
import { compare, greatest, minus, over, plus, power, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Level, Schedule } from './rules.ts';

/** A value in the settlement asset and a size in contracts, both above 0 (value may be 0). */
export interface Extent {
  readonly value: Rational;
  readonly size: Rational;
}

/**
 * The requirement in the settlement asset, ≥ 0. Exact except for `power`, which is within 1e-40.
 */
export function requirement(schedule: Schedule, extent: Extent): Rational {
  switch (schedule.kind) {
    case 'flat':
      return times(extent.value, schedule.rate);
    case 'brackets':
      return bracketed(schedule.levels, measured(schedule.by, extent), extent);
    case 'steps':
      return times(extent.value, levelAt(schedule.levels, measured(schedule.by, extent)).rate);
    case 'linear':
      return times(
        extent.value,
        plus(schedule.base, times(schedule.perUnit, measured(schedule.by, extent))),
      );
    case 'power':
      return times(extent.value, powerRate(schedule, measured(schedule.by, extent)));
    case 'per-unit':
      return times(schedule.amount, extent.size);
    case 'max':
      return schedule.of.map((each) => requirement(each, extent)).reduce(greatest);
  }
}

/** What `by` looks at. */
export function measured(by: 'value' | 'size', extent: Extent): Rational {
  return by === 'value' ? extent.value : extent.size;
}

/** The level that `amount` is in; a value exactly on an edge belongs to the lower level. */
export function levelAt(levels: readonly Level[], amount: Rational): Level {
  return levels[levelIndex(levels, amount)] as Level;
}

/** The index of the level that `amount` is in. */
export function levelIndex(levels: readonly Level[], amount: Rational): number {
  let index = 0;
  for (let k = 1; k < levels.length; k += 1) {
    if (compare((levels[k] as Level).from, amount) >= 0) break;
    index = k;
  }
  return index;
}

/** Σ slice·rate over the slices up to `amount`. */
export function slices(levels: readonly Level[], amount: Rational): Rational {
  let total = ZERO;
  for (const [k, level] of levels.entries()) {
    const next = levels[k + 1];
    const last = next === undefined || compare(next.from, amount) >= 0;
    total = plus(total, times(minus(last ? amount : next.from, level.from), level.rate));
    if (last) break;
  }
  return total;
}

function bracketed(levels: readonly Level[], amount: Rational, extent: Extent): Rational {
  const total = slices(levels, amount);
  return amount === extent.value ? total : over(times(extent.value, total), extent.size);
}

/** max(base, offset + factor·X^exponent), X above 0; X = 0 counts as the base. */
export function powerRate(
  schedule: Extract<Schedule, { kind: 'power' }>,
  amount: Rational,
): Rational {
  if (amount.n <= 0n) return schedule.base;
  const raised = power(amount, schedule.exponent);
  return greatest(schedule.base, plus(schedule.offset, times(schedule.factor, raised)));
}
