/**
 * The figures that the account view shows: those of the server, or those of a what-if in the same
 * words.
 */
import type { Decimal } from '../api.ts';
import type { Account, Position } from './answers.ts';
import type { Reckoned, ReckonedPosition } from './reckoning.ts';

/** One position; what only the server knows is null in a what-if. */
export type PositionFigures = ReckonedPositionOf<Position> & {
  readonly adlRisk: number | null;
};

type ReckonedPositionOf<From> = Pick<From, Extract<keyof From, keyof ReckonedPosition>>;

export interface Figures extends Omit<Reckoned, 'positions'> {
  /** Null in a what-if. */
  readonly balance: Decimal | null;
  readonly positions: readonly PositionFigures[];
}

export function figuresOf(account: Account): Figures {
  return account;
}

export function supposed(reckoned: Reckoned): Figures {
  return {
    ...reckoned,
    balance: null,
    positions: reckoned.positions.map((position) => ({ ...position, adlRisk: null })),
  };
}

/** What tells the positions of one account apart. */
export function keyOf({
  market,
  side,
  marginMode,
}: Pick<ReckonedPosition, 'market' | 'side' | 'marginMode'>): string {
  return `${market} ${side} ${marginMode}`;
}
