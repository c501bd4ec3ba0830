/** Tables of which a venue gives the rule: a few rows, then constant steps of size and rates. */
import { decimal, formatDecimal, integer, plus, times } from '../units/index.ts';

/** Rows that follow a rule: from `from` on, each `size` more costs `rise` more, `count` rows. */
export interface Steps {
  readonly from: string;
  readonly rate: string;
  readonly initial: string;
  readonly size: string;
  /** Of both rates, unless `initialRise` says otherwise. */
  readonly rise: string;
  readonly initialRise?: string;
  readonly count: number;
}

function raised(start: string, rise: string, k: number): string {
  return formatDecimal(plus(decimal(start), times(decimal(rise), integer(k))));
}

/** The rows of a table: those given, then those of the rule. */
export function withSteps(rows: string, steps: Steps): string {
  const { from, rate, initial, size, rise, initialRise = rise, count } = steps;
  const more = Array.from({ length: count }, (_, k) =>
    [raised(from, size, k), raised(rate, rise, k), raised(initial, initialRise, k)].join(' '),
  );
  return [rows, ...more].join(', ');
}
