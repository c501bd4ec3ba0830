/** The fleet's margin ratios counted in equal steps, by state, each for all it stands for. */
import { DEEPEST, type Fleet, STATES, weightOf } from './fleet.ts';

export const STEP = 0.05;

export interface Bar {
  /** Ratios from here up to the next bar; the last takes everything above, infinity too. */
  readonly from: number;
  readonly total: number;
  /** By place in `STATES`. */
  readonly counts: readonly number[];
}

export function histogram(fleet: Fleet, rows: Uint32Array): Bar[] {
  const length = Math.round(DEEPEST / STEP);
  const counts = Array.from({ length }, () => STATES.map(() => 0));
  for (const row of rows) {
    // A step's own edge belongs to it, whatever a float of 32 bits makes of it.
    const place = Math.floor(((fleet.ratio[row] ?? 0) + 1e-7) / STEP);
    const bar = counts[Math.max(0, Math.min(length - 1, place))];
    const state = fleet.state[row] ?? 0;
    if (bar) bar[state] = (bar[state] ?? 0) + weightOf(fleet, row);
  }
  return counts.map((bar, k) => ({
    from: k * STEP,
    total: bar.reduce((sum, each) => sum + each, 0),
    counts: bar,
  }));
}
