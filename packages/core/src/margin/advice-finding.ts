/** What an advice is, and the words and numbers that all of them share. */
import { ceiling, decimal, formatDecimal, integer, over, times } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account } from './account.ts';
import type { Figures, PositionFigures, Standing } from './figures.ts';
import { isCross } from './figures.ts';
import type { MarketTerms } from './funding-drag-terms.ts';
import { exactText } from './sizing.ts';

export type AdviceCode =
  | 'thin-buffer'
  | 'initial-mistaken-for-maintenance'
  | 'no-buffer'
  | 'funding-ignored'
  | 'drains-pool'
  | 'next-tier-near'
  | 'safety-overestimated'
  | 'overexposed-in-volatility'
  | 'held-into-event'
  | 'stop-beyond-liquidation'
  | 'stop-too-near'
  | 'no-stop'
  | 'stale-tiers';

/** The smallest change after which the finding is gone. */
export interface Cure {
  /**
   * `deposit`: add to the margin behind it. `reduce`: close so many contracts. `close`: close it
   * all.
   * `stop`: place or move the stop to that price. `tiers`: load tables of that day or later.
   */
  readonly kind: 'deposit' | 'reduce' | 'close' | 'stop' | 'tiers';
  readonly amount: string;
  /** Whether the amount itself is not yet enough: any more is. */
  readonly isMoreThan: boolean;
}

/** One finding about an account. */
export interface Finding {
  readonly code: AdviceCode;
  readonly severity: 'info' | 'warning' | 'critical';
  /** One plain sentence. */
  readonly message: string;
  readonly figures: Readonly<Record<string, string>>;
  readonly cure: Cure;
}

/** What the rules look at. */
export interface AdviceScene {
  readonly account: Account;
  readonly figures: Figures;
  readonly termsOf: (market: string) => MarketTerms;
}

/** Who stands or falls as one: the cross pool, or one isolated position. */
export interface Holder {
  readonly name: string;
  readonly standing: Standing;
  readonly initial: Rational;
  readonly members: readonly PositionFigures[];
}

export function holdersOf({ figures }: AdviceScene): readonly Holder[] {
  const { positions, pool, initial, hasCross } = figures;
  const cross = positions.filter(({ position }) => isCross(position));
  const own = positions.filter(({ position }) => !isCross(position));
  const pooled = { name: 'the cross pool', standing: pool, initial, members: cross };
  return [
    ...(hasCross ? [pooled] : []),
    ...own.map((each) => ({
      name: nameOf(each),
      standing: each.standing,
      initial: each.initial,
      members: [each],
    })),
  ];
}

/** How a position is called in a sentence. */
export function nameOf({ position }: PositionFigures): string {
  const mode = isCross(position) ? '' : 'isolated ';
  return `the ${mode}${position.side === 1 ? 'long' : 'short'} in ${position.market.name}`;
}

/** A sentence begins with it. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Figures by name, as `check` prints them. */
export function shown(figures: Readonly<Record<string, Rational>>): Record<string, string> {
  return Object.fromEntries(Object.entries(figures).map(([key, a]) => [key, formatDecimal(a)]));
}

/** A fraction as a percentage with at most four digits. */
export function percentText(share: Rational): string {
  return `${formatDecimal({ n: share.n * 100n, d: share.d }, 4)} %`;
}

/** Deposits and contracts to close are whole steps of this. */
export const CURE_STEP: Rational = decimal('0.00000001');

/** So many steps. */
export function inSteps(count: bigint): Rational {
  return times(integer(count), CURE_STEP);
}

/** The cure; an amount of money or contracts is brought up to a whole step. */
export function cure(kind: Cure['kind'], amount: Rational, isMoreThan = false): Cure {
  const isStepped = kind === 'deposit' || kind === 'reduce';
  const needed = isStepped ? inSteps(ceiling(over(amount, CURE_STEP))) : amount;
  return { kind, amount: exactText(needed), isMoreThan };
}
