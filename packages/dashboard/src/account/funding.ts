/**
 * The funding that comes next, were it as the last: venues settle at their own pace, so the pace is
 * that of the last two intervals.
 */
import type { Decimal, IsoTime } from '../api.ts';
import type { PositionFigures } from './figures.ts';

/** An event `funding-settled`, the newest first. */
export interface Settlement {
  readonly rate: Decimal;
  readonly intervalEnd: IsoTime;
}

export interface NextFunding {
  /** Above zero paid, below zero received, in the settlement asset. */
  readonly amount: number;
  readonly rate: Decimal;
  /** Null before two intervals were settled. */
  readonly time: IsoTime | null;
}

/** Null before any interval was settled. */
export function nextFunding(
  { side, value }: Pick<PositionFigures, 'side' | 'value'>,
  [last, before]: readonly Settlement[],
): NextFunding | null {
  if (last === undefined) return null;
  const owed = Number(last.rate) * Number(value);
  const amount = side === 'long' ? owed : -owed;
  if (before === undefined) return { amount, rate: last.rate, time: null };
  const end = Date.parse(last.intervalEnd);
  const pace = end - Date.parse(before.intervalEnd);
  return { amount, rate: last.rate, time: new Date(end + pace).toISOString() };
}
