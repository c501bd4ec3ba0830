/** A market's schedule with every rate a little higher: what a change of tiers is made of. */
import { over, plus, times } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Schedule } from './rules.ts';
import type { Extent } from './schedule.ts';

/**
 * The schedule that asks `rise` of the value more. What is asked a contract rises by that share of
 * what the contract is worth in `extent`.
 */
export function raised(schedule: Schedule, rise: Rational, extent: Extent): Schedule {
  switch (schedule.kind) {
    case 'flat':
      return { ...schedule, rate: plus(schedule.rate, rise) };
    case 'brackets':
    case 'steps':
      return {
        ...schedule,
        levels: schedule.levels.map(({ from, rate }) => ({ from, rate: plus(rate, rise) })),
      };
    case 'linear':
      return { ...schedule, base: plus(schedule.base, rise) };
    case 'power':
      return { ...schedule, base: plus(schedule.base, rise), offset: plus(schedule.offset, rise) };
    case 'per-unit':
      return { ...schedule, amount: plus(schedule.amount, perContract(rise, extent)) };
    case 'max':
      return { ...schedule, of: schedule.of.map((each) => raised(each, rise, extent)) };
  }
}

function perContract(rise: Rational, { value, size }: Extent): Rational {
  return over(times(rise, value), size);
}
