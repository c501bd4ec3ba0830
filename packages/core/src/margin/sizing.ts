/**
 * How large a position may be, and how little collateral it needs, to keep a chosen distance from
 * liquidation. Every answer is tried with the figures of `check`, and so is its neighbour.
 */
import {
  absolute,
  ceiling,
  compare,
  decimal,
  floor,
  formatDecimal,
  integer,
  minus,
  negate,
  ONE,
  over,
  plus,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import type { Account, Position, Refusal } from './account.ts';
import { collateralSteps, sizeSteps } from './answer-steps.ts';
import { excessAt } from './boundary.ts';
import { figuresOf, isCross } from './figures.ts';
import type { Figures, PositionFigures } from './figures.ts';
import { coordinate } from './geometry.ts';
import { readNumber, step } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { deposited, resized, signedSize } from './sizing-account.ts';
import { identityOf, inquire, isRefused } from './sizing-inquiry.ts';
import type { AboutPosition, Identity, Inquiry } from './sizing-inquiry.ts';
import { greatestWhere, leastWhere } from './sizing-search.ts';
import { distanceOf, isKept, readTarget, TARGET_KEYS } from './sizing-target.ts';
import type { Target, WrittenTarget } from './sizing-target.ts';
import type { Step } from './step.ts';

/** What a position must keep, and the step of the answer. */
export interface SizingRequest extends AboutPosition, WrittenTarget {
  /** Sizes are whole lots, collateral whole steps; above 0, by default 1e-8. */
  readonly lot?: DecimalLike | undefined;
}

/** Where the position would stand; decimal text as `check` prints it. */
export interface Standpoint {
  /** Contracts, exact. */
  readonly size: string;
  readonly value: string;
  readonly equity: string;
  readonly maintenanceMargin: string;
  /** "Infinity" without equity. */
  readonly marginRatio: string;
  readonly liquidationPrice: string | null;
  /** Of the rounded price, as in `check`; null when no price above 0 liquidates. */
  readonly distance: string | null;
  /** Whether equity covers the initial margin, orders included. */
  readonly isOpenable: boolean;
}

/** The largest size that keeps the target. */
export interface SizeAnswer extends Identity {
  /** Contracts, exact: 0 when not even one lot keeps it, null when every size does. */
  readonly size: string | null;
  readonly currentSize: string;
  readonly lot: string;
  /** At that size; null with size 0 or null. */
  readonly at: Standpoint | null;
  /** One lot more, which fails; null with size null. */
  readonly next: Standpoint | null;
  /** How it came about, one step a line. */
  readonly steps: readonly Step[];
}

/** The least collateral that keeps the target. */
export interface CollateralAnswer extends Identity {
  /** What must be added, exact, in the settlement asset; below 0 is what may be taken out. */
  readonly deposit: string;
  readonly step: string;
  /** With the deposit. */
  readonly at: Standpoint;
  /** One step less, which fails. */
  readonly next: Standpoint;
  /** How it came about, one step a line. */
  readonly steps: readonly Step[];
}

/** Both answers to one request. */
export interface SizingAnswer {
  readonly size: SizeAnswer;
  readonly collateral: CollateralAnswer;
}

const KEYS: ReadonlySet<string> = new Set(['position', 'lot', ...TARGET_KEYS]);
const LOT: Rational = decimal('0.00000001');
const EXACT_DIGITS = 300;

/**
 * The largest size of one position that keeps a distance, a margin ratio or a number of daily
 * standard deviations. The size is reached by trading at the mark, so equity stays as it is; the
 * answer keeps the target exactly and one lot more does not. Where rates fall or positions hedge
 * each other the good sizes may be several ranges: the answer is the end of the range that holds
 * the greatest good size among the powers of two, the present size and the hedged size.
 */
export function largestSize(
  document: unknown,
  request: SizingRequest,
  rulebooks: readonly Rulebook[],
): SizeAnswer | { readonly error: Refusal } {
  const asked = readSizing(document, request, rulebooks);
  if (isRefused(asked)) return { error: asked };
  const { account, index, target, lot } = asked;
  const at = (lots: bigint): Account => resized(account, index, times(integer(lots), lot));
  const hints = hintsOf(account, index, lot);
  const lots = greatestWhere(hints, (n) => keeps(at(n), index, target));
  const position = account.positions[index] as Position;
  const answer = {
    ...identityOf(position),
    size: lots === null ? null : exactText(times(integer(lots), lot)),
    currentSize: exactText(position.size),
    lot: exactText(lot),
    at: lots === null || lots === 0n ? null : standpoint(at(lots), index),
    next: lots === null ? null : standpoint(at(lots + 1n), index),
  };
  return { ...answer, steps: sizeSteps(answer, target) };
}

/**
 * The least collateral behind one position that keeps the target: the change of its isolated
 * margin, or of the cross pool. Exact: one step less fails.
 */
export function leastCollateral(
  document: unknown,
  request: SizingRequest,
  rulebooks: readonly Rulebook[],
): CollateralAnswer | { readonly error: Refusal } {
  const asked = readSizing(document, request, rulebooks);
  if (isRefused(asked)) return { error: asked };
  const { account, index, target, lot } = asked;
  const found = leastDeposit(account, index, { target, step: lot });
  if (found === null) {
    const message = 'is kept by no collateral within reach; ask for less';
    return { error: { path: target.kind, message } };
  }
  const answer = {
    ...identityOf(account.positions[index] as Position),
    deposit: exactText(found),
    step: exactText(lot),
    at: standpoint(deposited(account, index, found), index),
    next: standpoint(deposited(account, index, minus(found, lot)), index),
  };
  return { ...answer, steps: collateralSteps(answer, target) };
}

/** The largest size in whole lots, and the least collateral at the present one in 1e-8 steps. */
export function sizing(
  document: unknown,
  request: SizingRequest,
  rulebooks: readonly Rulebook[],
): SizingAnswer | { readonly error: Refusal } {
  const size = largestSize(document, request, rulebooks);
  if ('error' in size) return size;
  const collateral = leastCollateral(document, { ...request, lot: undefined }, rulebooks);
  return 'error' in collateral ? collateral : { size, collateral };
}

/** The least deposit in whole steps that keeps the target, null beyond 2^100 of them. */
export function leastDeposit(
  account: Account,
  index: number,
  { target, step: unit }: { target: Target; step: Rational },
): Rational | null {
  const amount = (n: bigint): Rational => times(integer(n), unit);
  const guess = ceiling(over(likelyDeposit(account, index, target), unit));
  const steps = leastWhere(guess, (n) =>
    keeps(deposited(account, index, amount(n)), index, target),
  );
  return steps === null ? null : amount(steps);
}

/** What is missing at the target's price: the answer but for cliffs, rounding and moving fees. */
function likelyDeposit(account: Account, index: number, target: Target): Rational {
  const figures = figuresOf(account).positions[index] as PositionFigures;
  const { movement, burden, position, standing } = figures;
  if (target.kind === 'ratio')
    return minus(over(standing.maintenance, target.most), standing.equity);
  const { market, markPrice } = position;
  const goesUp = (movement.direction === 1) === (market.contract === 'linear');
  const factor = goesUp ? plus(ONE, target.least) : minus(ONE, target.least);
  if (factor.n <= 0n) return ZERO;
  return negate(excessAt(movement, burden, coordinate(market, times(markPrice, factor))));
}

interface Sizing extends Inquiry {
  readonly target: Target;
  readonly lot: Rational;
}

function readSizing(
  document: unknown,
  request: SizingRequest,
  rulebooks: readonly Rulebook[],
): Sizing | Refusal {
  const inquiry = inquire({ document, request, keys: KEYS, rulebooks });
  if (isRefused(inquiry)) return inquiry;
  const { reader, fields } = inquiry;
  const target = readTarget(reader, fields);
  const options = { range: 'positive', fallback: LOT } as const;
  const lot = readNumber(reader, fields.get('lot'), step(null, 'lot'), options);
  return reader.refusal ?? { ...inquiry, target, lot };
}

/** The present size, and the one at which the market's cross positions hedge each other. */
function hintsOf({ positions }: Account, index: number, lot: Rational): readonly bigint[] {
  const position = positions[index] as Position;
  const others = positions.filter(
    (each, k) => k !== index && each.market.name === position.market.name && isCross(each),
  );
  const hedged = absolute(sum(others.map(signedSize)));
  return [position.size, hedged].map((size) => floor(over(size, lot)));
}

function keeps(account: Account, index: number, target: Target): boolean {
  return isKept(target, figuresOf(account).positions[index] as PositionFigures);
}

function standpoint(account: Account, index: number): Standpoint {
  const figures = figuresOf(account);
  const own = figures.positions[index] as PositionFigures;
  const { equity, maintenance } = own.standing;
  const distance = distanceOf(own);
  const { price } = own.liquidation;
  return {
    size: exactText(own.position.size),
    value: formatDecimal(own.value),
    equity: formatDecimal(equity),
    maintenanceMargin: formatDecimal(maintenance),
    marginRatio: equity.n <= 0n ? 'Infinity' : formatDecimal(over(maintenance, equity)),
    liquidationPrice: price === null ? null : formatDecimal(price),
    distance: distance === null ? null : formatDecimal(distance),
    isOpenable: isOpenable(figures, own),
  };
}

function isOpenable(figures: Figures, own: PositionFigures): boolean {
  const initial = isCross(own.position) ? figures.initial : own.initial;
  return compare(own.standing.equity, initial) >= 0;
}

/** Every digit of a finite decimal; what is none is cut at 300. */
export function exactText(value: Rational): string {
  return formatDecimal(value, EXACT_DIGITS);
}
