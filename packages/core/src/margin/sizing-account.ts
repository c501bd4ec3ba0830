/**
 * Accounts that are almost the one given: another size, another leverage, a deposit, funding owed.
 * Each is a new value; what is traded is traded at the mark, so that equity stays where it is.
 */
import { compare, minus, negate, ONE, over, plus, times } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position } from './account.ts';
import { coordinate, pnlAtPrice } from './geometry.ts';

/** The account with fields of one position replaced. */
export function withPosition(account: Account, index: number, change: Partial<Position>): Account {
  const positions = account.positions.map((each, k) =>
    k === index ? { ...each, ...change } : each,
  );
  return { ...account, positions };
}

/** The account with more (or, below 0, less) behind one position: its own margin, or the pool. */
export function deposited(account: Account, index: number, amount: Rational): Account {
  const { isolatedMargin } = account.positions[index] as Position;
  if (isolatedMargin !== null)
    return withPosition(account, index, { isolatedMargin: plus(isolatedMargin, amount) });
  const deposit = { asset: '', value: amount, price: ONE, market: null };
  return { ...account, collateral: [...account.collateral, deposit] };
}

/** The account with more funding owed (or, below 0, receivable) on one position. */
export function indebted(account: Account, index: number, amount: Rational): Account {
  const { unpaidFunding } = account.positions[index] as Position;
  return withPosition(account, index, { unpaidFunding: plus(unpaidFunding, amount) });
}

/**
 * The account with one position brought to another size by a trade at the mark, without a fee: the
 * entry becomes the average of what is held, a part that is closed leaves its PnL behind.
 */
export function resized(account: Account, index: number, size: Rational): Account {
  const position = account.positions[index] as Position;
  if (compare(size, position.size) >= 0)
    return withPosition(account, index, { size, entryPrice: averagePrice(position, size) });
  const closed = over(minus(position.size, size), position.size);
  const realized = times(pnlAtPrice(position, position.markPrice), closed);
  return deposited(withPosition(account, index, { size }), index, realized);
}

/** Averaged in the coordinate, in which PnL is a straight line. */
function averagePrice(position: Position, size: Rational): Rational {
  const { market, entryPrice, markPrice } = position;
  const entry = times(position.size, coordinate(market, entryPrice));
  const added = times(minus(size, position.size), coordinate(market, markPrice));
  return coordinate(market, over(plus(entry, added), size));
}

/** The size with the sign of its side. */
export function signedSize({ side, size }: Position): Rational {
  return side === 1 ? size : negate(size);
}
