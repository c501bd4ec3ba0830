/**
 * What funding does to a position that nobody touches: its liquidation price after some days, and
 * the number of payments after which it is liquidated though the price never moved.
 */
import {
  compare,
  decimal,
  floor,
  formatDecimal,
  integer,
  minus,
  negate,
  over,
  sum,
  times,
} from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import type { Account, Position, Refusal } from './account.ts';
import { dragSteps } from './answer-steps.ts';
import type { Balance } from './answer-steps.ts';
import { figuresOf, isCross } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { firstPayment } from './funding-drag-walk.ts';
import type { Drain } from './funding-drag-walk.ts';
import { marketTerms } from './funding-drag-terms.ts';
import type { Funding } from './funding-drag-terms.ts';
import { valueAtPrice } from './geometry.ts';
import { readArray, readNumber, refuse, step } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { indebted } from './sizing-account.ts';
import { identityOf, inquire, isRefused } from './sizing-inquiry.ts';
import type { AboutPosition, Identity } from './sizing-inquiry.ts';
import { leastWhere } from './sizing-search.ts';
import { distanceOf } from './sizing-target.ts';
import type { Step } from './step.ts';

export interface FundingRequest extends AboutPosition {
  /** Whole and fractional days from the next payment's start, 0 to 36500; by default 1, 7, 30. */
  readonly days?: readonly DecimalLike[] | undefined;
}

/** The position after some days of payments, the price having stayed. */
export interface FundedDay {
  readonly days: string;
  /** Payments of the position's own market until then. */
  readonly intervals: string;
  /** What all of them have cost: the position, or the whole pool; below 0 it was received. */
  readonly paid: string;
  readonly liquidationPrice: string | null;
  readonly distance: string | null;
}

export interface FundingDrag extends Identity {
  /** Of the value, each interval, as the document has it; above 0 longs pay. */
  readonly rate: string;
  readonly intervalHours: string;
  /** One payment of this position at the mark; below 0 it receives. */
  readonly payment: string;
  /** What a day costs as a share of the equity behind the position: leverage × rate × payments. */
  readonly dailyDrag: string | null;
  readonly after: readonly FundedDay[];
  /**
   * The payment at which equity meets the requirement at a constant price, ceil((W − m·N)/(f·N));
   * 0 when it is met now, null when it never is.
   */
  readonly intervalsToLiquidation: string | null;
  readonly hoursToLiquidation: string | null;
  /** How it came about, one step a line. */
  readonly steps: readonly Step[];
}

const KEYS: ReadonlySet<string> = new Set(['position', 'days']);
const DAYS: readonly Rational[] = [integer(1), integer(7), integer(30)];
const DAYS_MAX: Rational = integer(36_500);
const HOURS_A_DAY: Rational = decimal('24');

/**
 * Funding drag at the rate of the document and the marks as they are. Behind a cross position the
 * whole pool pays: every cross position whose market has funding, each at its own interval, counted
 * from a common start. An account's requirement does not know funding, so payments move equity
 * only.
 */
export function fundingDrag(
  document: unknown,
  request: FundingRequest,
  rulebooks: readonly Rulebook[],
): FundingDrag | { readonly error: Refusal } {
  const inquiry = inquire({ document, request, keys: KEYS, rulebooks });
  if (isRefused(inquiry)) return { error: inquiry };
  const { reader, fields, account, index } = inquiry;
  const payers = payersOf(account, index, marketTerms(document, rulebooks));
  const own = payers.find((payer) => payer.index === index);
  const days = readDays(reader, fields.get('days'));
  if (own === undefined) refuseWithout(reader, account.positions[index] as Position);
  if (reader.refusal !== null || own === undefined) return { error: reader.refusal as Refusal };
  const scene = { account, index, payers, own };
  const first = paymentsToLiquidation(scene);
  const { rate, intervalHours } = own.funding;
  const drag = {
    ...identityOf(account.positions[index] as Position),
    rate: formatDecimal(rate),
    intervalHours: formatDecimal(intervalHours),
    payment: formatDecimal(own.payment),
    dailyDrag: dailyDrag(scene),
    after: days.map((each) => dayOf(scene, each)),
    intervalsToLiquidation: first === null ? null : String(first),
    hoursToLiquidation: first === null ? null : formatDecimal(times(integer(first), intervalHours)),
  };
  return { ...drag, steps: dragSteps(drag, balanceOf(account, index)) };
}

function balanceOf(account: Account, index: number): Balance {
  const { standing, value } = figuresOf(account).positions[index] as PositionFigures;
  const { equity, maintenance } = standing;
  return {
    value: formatDecimal(value),
    equity: formatDecimal(equity),
    maintenance: formatDecimal(maintenance),
  };
}

/** A position that pays, or below 0 receives, each of its intervals. */
export interface Payer {
  readonly index: number;
  readonly funding: Funding;
  readonly payment: Rational;
}

/** A position, everything that pays out of the same margin, and itself among them. */
export interface Scene {
  readonly account: Account;
  readonly index: number;
  readonly payers: readonly Payer[];
  readonly own: Payer;
}

/** All who pay from the margin behind one position: itself, or with it the cross pool. */
export function payersOf(
  { positions }: Account,
  index: number,
  termsOf: ReturnType<typeof marketTerms>,
): readonly Payer[] {
  const isPooled = isCross(positions[index] as Position);
  return positions.flatMap((position, k) => {
    if (isPooled ? !isCross(position) : k !== index) return [];
    const { funding } = termsOf(position.market.name);
    if (funding === null) return [];
    const amount = times(funding.rate, valueAtPrice(position, position.markPrice));
    return [{ index: k, funding, payment: position.side === 1 ? amount : negate(amount) }];
  });
}

function refuseWithout(reader: Reader, { market }: Position): void {
  const place = step(step(step(null, 'markets'), market.name), 'funding');
  refuse(reader, place, 'is missing; give rate and intervalHours');
}

const LISTED_MAX = 100;

function readDays(reader: Reader, value: unknown): readonly Rational[] {
  if (value === undefined) return DAYS;
  const place = step(null, 'days');
  return readArray(reader, value, place, LISTED_MAX).map((item, k) => {
    const days = readNumber(reader, item, step(place, k), { range: 'not-negative' });
    if (compare(days, DAYS_MAX) > 0) refuse(reader, step(place, k), 'must be at most 36500');
    return days;
  });
}

function dailyDrag({ account, index, payers }: Scene): string | null {
  const { equity } = (figuresOf(account).positions[index] as PositionFigures).standing;
  if (equity.n <= 0n) return null;
  const daily = payers.map(({ payment, funding }) =>
    times(payment, over(HOURS_A_DAY, funding.intervalHours)),
  );
  return formatDecimal(over(sum(daily), equity));
}

function dayOf(scene: Scene, days: Rational): FundedDay {
  const hours = times(days, HOURS_A_DAY);
  const account = afterHours(scene, hours);
  const figures = figuresOf(account).positions[scene.index] as PositionFigures;
  const distance = distanceOf(figures);
  const { price } = figures.liquidation;
  return {
    days: formatDecimal(days),
    intervals: String(countIn(scene.own, hours)),
    paid: formatDecimal(paidIn(scene, hours)),
    liquidationPrice: price === null ? null : formatDecimal(price),
    distance: distance === null ? null : formatDecimal(distance),
  };
}

/** How many payments fall into so many hours. */
export function countIn({ funding }: Payer, hours: Rational): bigint {
  return floor(over(hours, funding.intervalHours));
}

/** What all payments within so many hours come to. */
export function paidIn({ payers }: Scene, hours: Rational): Rational {
  return sum(payers.map((payer) => times(integer(countIn(payer, hours)), payer.payment)));
}

function afterHours({ account, payers }: Scene, hours: Rational): Account {
  return payers.reduce(
    (before, payer) =>
      indebted(before, payer.index, times(integer(countIn(payer, hours)), payer.payment)),
    account,
  );
}

/**
 * The payment of the position's own market at which equity meets the requirement. A closing fee at
 * the bankruptcy price makes the requirement move a little too, so the count is tried and, where
 * need be, moved.
 */
export function paymentsToLiquidation(scene: Scene): bigint | null {
  const { account, index, own } = scene;
  if (isMet(account, index)) return 0n;
  const { equity, maintenance } = (figuresOf(account).positions[index] as PositionFigures).standing;
  const drains = scene.payers.map(({ payment, funding }): Drain => ({
    payment,
    perInterval: over(own.funding.intervalHours, funding.intervalHours),
  }));
  const guess = firstPayment(minus(equity, maintenance), drains);
  if (guess === null) return null;
  const at = (n: bigint): Rational => times(integer(n), own.funding.intervalHours);
  return leastWhere(guess, (n) => n > 0n && isMet(afterHours(scene, at(n)), index));
}

/** Touching counts, as it does for the liquidation price. */
function isMet(account: Account, index: number): boolean {
  const { equity, maintenance } = (figuresOf(account).positions[index] as PositionFigures).standing;
  return compare(equity, maintenance) <= 0;
}
