/** How a liquidation price is brought to the market's tick. */
import { ceiling, compare, floor, integer, minus, over, plus, times } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Market } from './rules.ts';

/**
 * A price this close to a tick, as a share of it, is on it: 1e-24 is noise of a root, not a price.
 */
const NOISE = 10n ** 24n;

/**
 * The price as the venue shows it: to the tick in the market's rounding, half up for `nearest`,
 * up below the entry and down above it for `toward-entry`. Null when nothing above 0 is left.
 */
export function roundPrice(market: Market, price: Rational, entry: Rational): Rational | null {
  const { rounding, tick } = market;
  if (rounding === 'none' || tick === null) return price;
  const ticks = over(price, tick);
  const whole = onTick(ticks) ?? roundedTicks(rounding, ticks, compare(price, entry));
  return whole <= 0n ? null : times(integer(whole), tick);
}

function onTick(ticks: Rational): bigint | undefined {
  const nearest = nearestWhole(ticks);
  const gap = minus(ticks, integer(nearest));
  const magnitude = gap.n < 0n ? -gap.n : gap.n;
  return magnitude * NOISE <= gap.d ? nearest : undefined;
}

function nearestWhole(a: Rational): bigint {
  return floor(plus(a, { n: 1n, d: 2n }));
}

function roundedTicks(
  rounding: 'toward-entry' | 'nearest' | 'up' | 'down',
  ticks: Rational,
  againstEntry: -1 | 0 | 1,
): bigint {
  switch (rounding) {
    case 'up':
      return ceiling(ticks);
    case 'down':
      return floor(ticks);
    case 'nearest':
      return nearestWhole(ticks);
    case 'toward-entry':
      return againstEntry <= 0 ? ceiling(ticks) : floor(ticks);
  }
}
