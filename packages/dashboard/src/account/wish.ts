/**
 * What a reader supposes of an account: other prices, sizes, leverages and modes, money in or out.
 * What is not touched stays as the account has it, and moves on with it.
 */
import type { Change } from '@plimsoll/core/margin';
import type { Decimal } from '../api.ts';
import type { Position } from './answers.ts';
import { keyOf } from './figures.ts';
import { changeOf, type Opening } from './opening.ts';

/**
 * Decimal text as it was typed or slid; a market or position that is not named, or whose text is
 * empty, is as it is.
 */
export interface Wish {
  readonly prices: Readonly<Record<string, Decimal>>;
  /** Money in; below zero out. */
  readonly deposit: Decimal;
  /** These by position, see `keyOf`. */
  readonly sizes: Readonly<Record<string, Decimal>>;
  readonly leverages: Readonly<Record<string, Decimal>>;
  readonly modes: Readonly<Record<string, Position['marginMode']>>;
  readonly opening: Opening | null;
}

export const NO_WISH: Wish = {
  prices: {},
  deposit: '',
  sizes: {},
  leverages: {},
  modes: {},
  opening: null,
};

/** The changes that make the account what is wished, in an order in which each finds its place. */
export function changesOf(wish: Wish, positions: readonly Position[]): readonly Change[] {
  const held = new Set(positions.map(({ market }) => market));
  // Who holds it by now opens nothing: the position's own fields have it.
  const isOpen = wish.opening !== null && held.has(wish.opening.market);
  const opened = isOpen ? [] : changeOf(wish.opening);
  if (wish.opening !== null && opened.length > 0) held.add(wish.opening.market);
  const prices = Object.entries(wish.prices).filter(
    ([market, price]) => held.has(market) && price !== '',
  );
  return [
    ...depositOf(wish.deposit),
    ...opened,
    ...(prices.length === 0
      ? []
      : [{ kind: 'prices' as const, prices: Object.fromEntries(prices) }]),
    ...positions.flatMap((position) => changesOfOne(wish, position)),
  ];
}

function depositOf(deposit: Decimal): readonly Change[] {
  if (deposit === '' || Number(deposit) === 0) return [];
  if (!deposit.startsWith('-')) return [{ kind: 'deposit', amount: deposit }];
  return [{ kind: 'withdrawal', amount: deposit.slice(1) }];
}

function changesOfOne(wish: Wish, position: Position): readonly Change[] {
  const { market, side, marginMode } = position;
  const key = keyOf(position);
  const choice = { market, side, marginMode };
  const size = wish.sizes[key] || undefined;
  const leverage = wish.leverages[key] || undefined;
  const mode = wish.modes[key];
  const changes: Change[] = size === undefined ? [] : [...tradeTo(size, position, wish)];
  if (size !== undefined && Number(size) === 0) return changes;
  if (leverage !== undefined) changes.push({ kind: 'leverage', position: choice, leverage });
  if (mode !== undefined && mode !== marginMode)
    changes.push({ kind: 'margin-mode', position: choice, marginMode: mode });
  return changes;
}

/** Trades the difference at the price that is supposed, taker fee included. */
function tradeTo(size: Decimal, position: Position, wish: Wish): readonly Change[] {
  const { market, side, marginMode } = position;
  const more = Number(size) - Number(position.size);
  if (more === 0) return [];
  const price = wish.prices[market] || (position.markPrice ?? '');
  // The core says what is wrong with it.
  if (Number.isNaN(more) || Number(size) < 0)
    return [fillOf(position, { side: 'buy', size, price })];
  const buys = more > 0 === (side === 'long');
  const trade = { side: buys ? 'buy' : 'sell', size: plain(Math.abs(more)), price } as const;
  return [{ ...fillOf(position, trade), marginMode }];
}

interface Trade {
  readonly side: 'buy' | 'sell';
  readonly size: Decimal;
  readonly price: Decimal;
}

function fillOf({ market, side: positionSide }: Position, trade: Trade): Change & { kind: 'fill' } {
  return { kind: 'fill', market, positionSide, ...trade };
}

/** A difference of sizes without the noise of doubles. */
function plain(value: number): Decimal {
  return Number(value.toPrecision(12))
    .toFixed(12)
    .replace(/\.?0+$/, '');
}
