/** An initial rate that grows with the open interest of its market, as dYdX has it. */
import { decimal, greatest, least, minus, ONE, over, plus, times, ZERO } from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import type { Schedule } from './rules.ts';

/** Open interest, as value, from which the rate rises, and at which the whole value is asked. */
export interface OpenInterestCaps {
  readonly lower: DecimalLike;
  readonly upper: DecimalLike;
}

/** min(1, rate + max(0, (interest − lower) / (upper − lower))·(1 − rate)); flat schedules only. */
export function scaledByOpenInterest(
  schedule: Schedule,
  caps: OpenInterestCaps,
  interest: Rational,
): Schedule {
  if (schedule.kind !== 'flat') return schedule;
  const lower = decimal(caps.lower);
  const above = over(minus(interest, lower), minus(decimal(caps.upper), lower));
  const share = least(ONE, greatest(ZERO, above));
  const rate = plus(schedule.rate, times(share, minus(ONE, schedule.rate)));
  return { kind: 'flat', rate };
}
