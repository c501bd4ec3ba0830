/** OKX position tiers: a few levels that are read, then constant steps of size and rates. */
import { decimal, formatDecimal, plus, times, integer } from '../units/index.ts';

/** Levels that follow a rule: each `size` contracts more cost `rate` more, to `last` initial. */
export interface Steps {
  readonly from: string;
  readonly rate: string;
  readonly initial: string;
  readonly size: string;
  readonly rise: string;
  readonly last: string;
}

function raised(start: string, rise: string, k: number): string {
  return formatDecimal(plus(decimal(start), times(decimal(rise), integer(k))));
}

/** The rows of a table: those given, then those of the rule. */
export function withSteps(rows: string, steps: Steps): string {
  const count = (Number(steps.last) - Number(steps.initial)) / Number(steps.rise);
  const more = Array.from({ length: Math.round(count) + 1 }, (_, k) =>
    [
      raised(steps.from, steps.size, k),
      raised(steps.rate, steps.rise, k),
      raised(steps.initial, steps.rise, k),
    ].join(' '),
  );
  return [rows, ...more].join(', ');
}
