/**
 * The first payment at which several streams of payments, each at its own interval, have used up an
 * amount. Exact: the streams repeat after a common period, so only one period is walked.
 */
import {
  ceiling,
  compare,
  floor,
  greatest,
  integer,
  lowestTerms,
  minus,
  over,
  plus,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';

/** One stream: `payment` leaves (below 0: arrives) `perInterval` times for each step counted. */
export interface Drain {
  readonly payment: Rational;
  readonly perInterval: Rational;
}

/** A common period longer than this is walked no further. */
const PERIOD_MAX = 10_000;

/**
 * The least count n ≥ 1 at which Σ floor(n·perInterval)·payment ≥ `amount`, an amount above 0. Null
 * when there is none, or none in the first 10,000 where the intervals have no shorter period.
 */
export function firstPayment(amount: Rational, drains: readonly Drain[]): bigint | null {
  const period = periodOf(drains);
  const totals = Array.from({ length: Number(period) }, (_, k) => paidAt(BigInt(k), drains));
  const drift = paidAt(period, drains);
  const rounds = drift.n <= 0n ? 0n : roundsBefore(amount, totals, drift);
  const carried = times(integer(rounds), drift);
  const found = totals.findIndex((total) => compare(plus(carried, total), amount) >= 0);
  return found < 0 ? null : rounds * period + BigInt(found);
}

function paidAt(n: bigint, drains: readonly Drain[]): Rational {
  const paid = ({ payment, perInterval }: Drain): Rational =>
    times(integer(floor(times(integer(n), perInterval))), payment);
  return sum(drains.map(paid));
}

/** Whole periods that must pass before any count inside one can reach the amount. */
function roundsBefore(amount: Rational, totals: readonly Rational[], drift: Rational): bigint {
  const best = totals.reduce(greatest, ZERO);
  const rounds = ceiling(over(minus(amount, best), drift));
  return rounds > 0n ? rounds : 0n;
}

/** The least common multiple of the denominators, in which all streams are back in step. */
function periodOf(drains: readonly Drain[]): bigint {
  const period = drains.reduce(
    (all, { perInterval }) => commonMultiple(all, lowestTerms(perInterval).d),
    1n,
  );
  return period > BigInt(PERIOD_MAX) ? BigInt(PERIOD_MAX) : period;
}

/** a·b over their greatest common divisor: b's part that a does not have. */
function commonMultiple(a: bigint, b: bigint): bigint {
  return a * lowestTerms({ n: a, d: b }).d;
}
