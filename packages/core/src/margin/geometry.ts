/**
 * The coordinate in which linear and inverse contracts are one: x = P (linear) or 1/P (inverse).
 * In it a position's value is k·x and its PnL s·k·(x − x at entry), with s = side or −side.
 */
import { absolute, minus, ONE, over, plus, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Position } from './account.ts';
import type { Market } from './rules.ts';

/** The coordinate of a price above 0; its own inverse. */
export function coordinate(market: Market, price: Rational): Rational {
  return market.contract === 'linear' ? price : over(ONE, price);
}

/** k: value for each unit of the coordinate. */
export function scaleOf(position: Position): Rational {
  return times(position.size, position.market.unit);
}

/** s: 1 when the position gains as the coordinate grows, −1 when it loses. */
export function leanOf({ market, side }: Position): 1 | -1 {
  if (market.contract === 'linear') return side;
  return side === 1 ? -1 : 1;
}

/** The value at a price above 0, in the settlement asset. */
export function valueAtPrice(position: Position, price: Rational): Rational {
  return times(scaleOf(position), coordinate(position.market, price));
}

/** The unrealised PnL at a price above 0, in the settlement asset. */
export function pnlAtPrice(position: Position, price: Rational): Rational {
  const { market, entryPrice } = position;
  const move = minus(coordinate(market, price), coordinate(market, entryPrice));
  const gain = times(scaleOf(position), move);
  return leanOf(position) === 1 ? gain : minus(ZERO, gain);
}

/**
 * The value at entry·(1 ∓ 1/leverage), inverse entry/(1 ± 1/leverage): where the margin that the
 * leverage stands for is gone. 0 when there is no such price above 0.
 */
export function valueAtLeverage(position: Position): Rational {
  const share = over(ONE, position.leverage);
  const factor = leanOf(position) === 1 ? minus(ONE, share) : plus(ONE, share);
  if (factor.n <= 0n) return ZERO;
  return times(valueAtPrice(position, position.entryPrice), factor);
}

/** |a − b| / a. */
export function relativeDistance(a: Rational, b: Rational): Rational {
  return over(absolute(minus(a, b)), a);
}
