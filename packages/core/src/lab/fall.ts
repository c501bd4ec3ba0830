/** The largest fall of a price within a bounded time: what a reader means by "the crash". */
import type { PathPoint } from './path.ts';

export interface Fall {
  /** When the price it fell from was reached, and when the lowest. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How far it fell, as a fraction of where it began: 0.118 is 11.8 %. */
  readonly fraction: number;
}

/**
 * The largest fall of the mark from one point to a later one at most `windowMs` after it; null when
 * it never falls. The first of several equal ones.
 */
export function largestFall(path: readonly PathPoint[], windowMs: number): Fall | null {
  const highs = new Highs(windowMs);
  let largest: Fall | null = null;
  for (const point of path) {
    const high = highs.upTo(point);
    const fraction = (high.markTicks - point.markTicks) / high.markTicks;
    if (fraction > (largest?.fraction ?? 0))
      largest = { fromMs: high.timeMs, toMs: point.timeMs, fraction };
  }
  return largest;
}

/** The highest mark of the window that ends at each point. */
class Highs {
  readonly #windowMs: number;
  /** Falling marks, the highest first: what a later point may have fallen from. */
  readonly #falling: PathPoint[] = [];
  #first = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  upTo(point: PathPoint): PathPoint {
    const falling = this.#falling;
    const beginMs = point.timeMs - this.#windowMs;
    while ((falling[this.#first]?.timeMs ?? Infinity) < beginMs) this.#first += 1;
    while (falling.length > this.#first && (falling.at(-1)?.markTicks ?? 0) <= point.markTicks)
      falling.pop();
    falling.push(point);
    return falling[this.#first] ?? point;
  }
}
