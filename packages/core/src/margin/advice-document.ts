/**
 * Advice that needs nothing but the document: buffers, funding, the pool and the next tier. The
 * thresholds are this file's constants; each finding is there on its boundary and gone with its
 * cure.
 */
import {
  ceiling,
  compare,
  decimal,
  floor,
  formatDecimal,
  integer,
  minus,
  over,
  times,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Position } from './account.ts';
import {
  capital,
  cure,
  CURE_STEP,
  holdersOf,
  inSteps,
  nameOf,
  percentText,
  shown,
} from './advice-finding.ts';
import type { AdviceScene, Finding, Holder } from './advice-finding.ts';
import { figuresOf, isCross } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { paidIn, payersOf, paymentsToLiquidation } from './funding-drag.ts';
import type { Scene } from './funding-drag.ts';
import { scheduleOf } from './hedge.ts';
import { measured, requirement, levelIndex } from './schedule.ts';
import { deposited } from './sizing-account.ts';
import { leastDeposit } from './sizing.ts';
import { leastWhere } from './sizing-search.ts';
import { distanceOf } from './sizing-target.ts';

/** Maintenance / equity from which a buffer is thin, and from which that is critical. */
const THIN: Rational = decimal('0.5');
const CRITICAL: Rational = decimal('0.8');
/** Hours of funding at today's rate that a position should survive: thirty days. */
const FUNDING_HOURS: Rational = integer(720);
/** A losing position nearer than this can drain the pool. */
const DRAIN_DISTANCE: Rational = decimal('0.1');
/** From this share of the next tier's edge on, the tier is near. */
const TIER_SHARE: Rational = decimal('0.95');

/** The findings that the document alone gives reason for, the gravest rule first. */
export function documentAdvice(scene: AdviceScene): readonly Finding[] {
  const holders = holdersOf(scene);
  return [
    ...holders.flatMap((holder) => thinBuffer(scene, holder)),
    ...holders.flatMap(noBuffer),
    ...holders.flatMap(initialMistaken),
    ...holders.flatMap((holder) => fundingIgnored(scene, holder)),
    ...scene.figures.positions.flatMap((_, k) => drainsPool(scene, k)),
    ...scene.figures.positions.flatMap(nextTierNear),
  ];
}

/** maintenance ≥ half of equity. */
function thinBuffer(
  { account, figures }: AdviceScene,
  { name, standing, members }: Holder,
): readonly Finding[] {
  const { equity, maintenance } = standing;
  if (maintenance.n === 0n || compare(maintenance, times(THIN, equity)) < 0) return [];
  const isCritical = compare(maintenance, times(CRITICAL, equity)) >= 0;
  const first = figures.positions.indexOf(members[0] as PositionFigures);
  const target = { kind: 'ratio', most: THIN } as const;
  const deposit = leastDeposit(account, first, { target, step: CURE_STEP });
  const used = equity.n <= 0n ? 'more than all' : percentText(over(maintenance, equity));
  return [
    {
      code: 'thin-buffer',
      severity: isCritical ? 'critical' : 'warning',
      message: `The maintenance margin of ${name} takes ${used} of its equity, so little is left to lose.`,
      figures: shown({ equity, maintenance, threshold: THIN }),
      cure: cure('deposit', deposit ?? integer(0), deposit !== null),
    },
  ];
}

/** maintenance < equity < initial. */
function initialMistaken({ name, standing, initial }: Holder): readonly Finding[] {
  const { equity, maintenance } = standing;
  if (compare(equity, maintenance) <= 0 || compare(equity, initial) >= 0) return [];
  const lost = formatDecimal(minus(equity, maintenance));
  return [
    {
      code: 'initial-mistaken-for-maintenance',
      severity: 'info',
      message:
        `The equity of ${name} is under its initial margin, which only bars new positions: ` +
        `liquidation begins at maintenance, after losing ${lost} more.`,
      figures: shown({ equity, initial, maintenance }),
      cure: cure('deposit', minus(initial, equity)),
    },
  ];
}

/** The highest leverage that the initial schedule allows, and equity that covers just that. */
function noBuffer({ name, standing, initial, members }: Holder): readonly Finding[] {
  const { equity, maintenance } = standing;
  if (compare(equity, initial) > 0 || !members.some(isAtMaximum)) return [];
  return [
    {
      code: 'no-buffer',
      severity: 'warning',
      message: `At the highest leverage allowed ${name} has no more equity than its initial margin.`,
      figures: shown({ equity, initial, maintenance }),
      cure: cure('deposit', minus(initial, equity), true),
    },
  ];
}

function isAtMaximum({ position, value }: PositionFigures): boolean {
  const { market, leverage, size } = position;
  if (market.initial === null) return false;
  const least = requirement(market.initial, { value, size });
  return least.n > 0n && compare(over(value, leverage), least) <= 0;
}

/** Thirty days of payments liquidate at a constant price; the largest payer is named. */
function fundingIgnored(
  { account, figures, termsOf }: AdviceScene,
  { members }: Holder,
): readonly Finding[] {
  const first = figures.positions.indexOf(members[0] as PositionFigures);
  const payers = payersOf(account, first, termsOf);
  const own = payers.toSorted((a, b) => compare(b.payment, a.payment))[0];
  if (own === undefined || own.payment.n <= 0n) return [];
  const { index } = own;
  const scene = { account, index, payers, own };
  const count = paymentsToLiquidation(scene);
  const { intervalHours, rate } = own.funding;
  const limit = floor(over(FUNDING_HOURS, intervalHours));
  if (count === null || count === 0n || count > limit) return [];
  const each = figures.positions[index] as PositionFigures;
  const days = formatDecimal(over(times(integer(count), intervalHours), integer(24)), 3);
  return [
    {
      code: 'funding-ignored',
      severity: 'warning',
      message: `Funding alone liquidates ${nameOf(each)} in ${days} days at the present rate, though the price stays.`,
      figures: shown({ rate, payment: own.payment, intervals: integer(count) }),
      cure: cure('deposit', depositAgainst(scene, limit) ?? integer(0)),
    },
  ];
}

/** The least deposit with which more than `limit` payments are needed; the fee may move with it. */
function depositAgainst(scene: Scene, limit: bigint): Rational | null {
  const { account, index, own } = scene;
  const { equity, maintenance } = (figuresOf(account).positions[index] as PositionFigures).standing;
  const paid = paidIn(scene, times(integer(limit), own.funding.intervalHours));
  const likely = minus(paid, minus(equity, maintenance));
  const steps = leastWhere(ceiling(over(likely, CURE_STEP)), (n) => {
    const count = paymentsToLiquidation({
      ...scene,
      account: deposited(account, index, inSteps(n)),
    });
    return count === null || count > limit;
  });
  return steps === null ? null : inSteps(steps);
}

/** A losing cross position beside other markets, less than a tenth from the pool's end. */
function drainsPool({ account, figures }: AdviceScene, index: number): readonly Finding[] {
  const each = figures.positions[index] as PositionFigures;
  const { position, pnl, liquidation } = each;
  const { price } = liquidation;
  const distance = distanceOf(each);
  if (!isCross(position) || pnl.n >= 0n || price === null || distance === null) return [];
  if (compare(distance, DRAIN_DISTANCE) >= 0 || !hasOthers(account.positions, position)) return [];
  const target = { kind: 'distance', least: DRAIN_DISTANCE } as const;
  const deposit = leastDeposit(account, index, { target, step: CURE_STEP });
  return [
    {
      code: 'drains-pool',
      severity: 'warning',
      message:
        `${capital(nameOf(each))} is losing and takes the whole cross pool with it at ` +
        `${formatDecimal(price)}, ${percentText(distance)} away.`,
      figures: { market: position.market.name, ...shown({ price, distance, unrealizedPnl: pnl }) },
      cure: cure('deposit', deposit ?? integer(0)),
    },
  ];
}

function hasOthers(positions: readonly Position[], { market }: Position): boolean {
  return positions.some((each) => isCross(each) && each.market !== market);
}

/** Value or size within a twentieth of an edge beyond which a higher rate applies. */
function nextTierNear(each: PositionFigures): readonly Finding[] {
  const { position, value } = each;
  const schedule = scheduleOf(position);
  if (schedule.kind !== 'steps' && schedule.kind !== 'brackets') return [];
  const amount = measured(schedule.by, { value, size: position.size });
  const index = levelIndex(schedule.levels, amount);
  const [level, next] = [schedule.levels[index], schedule.levels[index + 1]];
  if (level === undefined || next === undefined || compare(next.rate, level.rate) <= 0) return [];
  const near = times(TIER_SHARE, next.from);
  if (compare(amount, near) < 0) return [];
  const rise = minus(next.rate, level.rate);
  const isCliff = schedule.kind === 'steps';
  const cost = times(times(value, over(next.from, amount)), rise);
  const room = minus(next.from, amount);
  return [
    {
      code: 'next-tier-near',
      severity: isCliff ? 'warning' : 'info',
      message:
        `${capital(nameOf(each))} is ${formatDecimal(room)} of ${schedule.by} from the next tier, where ` +
        `the rate goes from ${percentText(level.rate)} to ${percentText(next.rate)} of ` +
        `${isCliff ? 'the whole value' : 'what is above it'}.`,
      figures: shown({
        edge: next.from,
        room,
        rate: level.rate,
        nextRate: next.rate,
        ...(isCliff ? { cost } : {}),
      }),
      cure: cure('reduce', times(position.size, over(minus(amount, near), amount)), true),
    },
  ];
}
