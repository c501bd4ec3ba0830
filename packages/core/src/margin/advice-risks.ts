/** Advice that needs a context: volatility, events, stops and the age of the tier tables. */
import {
  ceiling,
  compare,
  formatDecimal,
  integer,
  minus,
  ONE,
  over,
  times,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { DAY_MS, dayNumber, dayText } from './advice-calendar.ts';
import type { Known, KnownStop } from './advice-context.ts';
import { capital, cure, CURE_STEP, nameOf, percentText, shown } from './advice-finding.ts';
import type { AdviceScene, Cure, Finding } from './advice-finding.ts';
import type { PositionFigures } from './figures.ts';
import { identityOf } from './sizing-inquiry.ts';
import { leastDeposit } from './sizing.ts';
import { distanceOf } from './sizing-target.ts';
import { isBeforeLine, stopPrice } from './stop.ts';

const HOUR_MS: Rational = integer(3_600_000);

/** The findings that the context gives reason for; `asOf` is the document's day. */
export function contextAdvice(
  scene: AdviceScene,
  known: Known,
  asOf: string | null,
): readonly Finding[] {
  const { positions } = scene.figures;
  return [
    ...positions.flatMap((_, k) => safetyOverestimated(scene, known, k)),
    ...positions.flatMap((each) => overexposed(each, known)),
    ...positions.flatMap((each) => heldIntoEvent(each, known)),
    ...positions.flatMap((each) => stopFindings(each, known)),
    ...staleTiers(known, known.tiersDate ?? asOf),
  ];
}

/** distance < k·σ. */
function safetyOverestimated(
  { account, figures }: AdviceScene,
  { volatility, sigmas }: Known,
  index: number,
): readonly Finding[] {
  const each = figures.positions[index] as PositionFigures;
  const sigma = volatility.get(each.position.market.name);
  const distance = distanceOf(each);
  if (sigma === undefined || distance === null) return [];
  const least = times(sigmas, sigma);
  if (compare(distance, least) >= 0) return [];
  const target = { kind: 'distance', least } as const;
  const deposit = leastDeposit(account, index, { target, step: CURE_STEP });
  const reached = over(distance, sigma);
  return [
    {
      code: 'safety-overestimated',
      severity: 'warning',
      message:
        `Liquidation of ${nameOf(each)} is ${formatDecimal(reached, 3)} usual days away, ` +
        `less than the ${formatDecimal(sigmas)} it should be.`,
      figures: shown({ distance, volatility: sigma, sigmas: reached }),
      cure: cure('deposit', deposit ?? integer(0)),
    },
  ];
}

/** Volatility above its usual, and a daily deviation of the position above the share of equity. */
function overexposed(each: PositionFigures, known: Known): readonly Finding[] {
  const { position, value, standing } = each;
  const { name } = position.market;
  const [sigma, usual] = [known.volatility.get(name), known.usualVolatility.get(name)];
  if (sigma === undefined || usual === undefined || compare(sigma, usual) <= 0) return [];
  const [atRisk, allowed] = [times(value, sigma), times(standing.equity, known.riskMax)];
  if (standing.equity.n <= 0n || compare(atRisk, allowed) <= 0) return [];
  const excess = minus(ONE, over(allowed, atRisk));
  const share = over(atRisk, standing.equity);
  return [
    {
      code: 'overexposed-in-volatility',
      severity: 'warning',
      message:
        `Volatility in ${name} is above its usual, and one usual day of ${nameOf(each)} moves ` +
        `${percentText(share)} of the equity behind it.`,
      figures: shown({ volatility: sigma, usualVolatility: usual, share, most: known.riskMax }),
      cure: cure('reduce', times(position.size, excess)),
    },
  ];
}

/** An event from now to `eventHours` from now, both included. */
function heldIntoEvent(each: PositionFigures, known: Known): readonly Finding[] {
  const { nowMs, events, eventHours } = known;
  const { name } = each.position.market;
  if (nowMs === null) return [];
  const windowMs = times(eventHours, HOUR_MS);
  const near = events.filter(({ atMs, market }) => {
    const isOurs = market === null || market === name;
    return isOurs && atMs >= nowMs && compare(integer(atMs - nowMs), windowMs) <= 0;
  });
  return near.map((event) => ({
    code: 'held-into-event',
    severity: 'warning',
    message: `${event.name} comes at ${event.at} while ${nameOf(each)} is open.`,
    figures: {
      event: event.name,
      at: event.at,
      ...shown({ hours: over(integer(event.atMs - nowMs), HOUR_MS) }),
    },
    cure: cure('close', each.position.size),
  }));
}

function stopFindings(each: PositionFigures, known: Known): readonly Finding[] {
  const { price } = each.liquidation;
  if (known.stops === null || price === null || each.liquidation.boundary.kind === 'now') return [];
  const own = known.stops.filter((stop) => isFor(stop, each));
  if (own.length === 0) return noStop(each, price, known.stopCushion);
  return own.flatMap((stop) => stopFinding(each, { stop, price, cushion: known.stopCushion }));
}

function isFor(stop: KnownStop, { position }: PositionFigures): boolean {
  const { market, side, marginMode } = identityOf(position);
  return (
    stop.market === market &&
    (stop.side ?? side) === side &&
    (stop.marginMode ?? marginMode) === marginMode
  );
}

function noStop(each: PositionFigures, price: Rational, cushion: Rational): readonly Finding[] {
  return [
    {
      code: 'no-stop',
      severity: 'warning',
      message: `${capital(nameOf(each))} has no stop before its liquidation price ${formatDecimal(price)}.`,
      figures: shown({ liquidationPrice: price, cushion }),
      cure: stopCure(each, cushion),
    },
  ];
}

interface StopCase {
  readonly stop: KnownStop;
  readonly price: Rational;
  readonly cushion: Rational;
}

/** Beyond: on the line or past it. Too near: less than the cushion before it. */
function stopFinding(
  each: PositionFigures,
  { stop, price, cushion }: StopCase,
): readonly Finding[] {
  const { markPrice } = each.position;
  const falls = compare(price, markPrice) < 0;
  const before = falls ? minus(stop.price, price) : minus(price, stop.price);
  const figures = shown({ stop: stop.price, liquidationPrice: price, cushion });
  const [at, line] = [stop.price, price].map((value) => formatDecimal(value));
  if (before.n <= 0n) {
    const message = `The stop of ${nameOf(each)} at ${at} is not before its liquidation price ${line}.`;
    const moved = cure('stop', price, true);
    return [
      { code: 'stop-beyond-liquidation', severity: 'critical', message, figures, cure: moved },
    ];
  }
  if (compare(before, times(cushion, markPrice)) >= 0) return [];
  const message =
    `The stop of ${nameOf(each)} at ${at} is only ${percentText(over(before, markPrice))} of the mark ` +
    `before its liquidation price ${line}.`;
  return [
    {
      code: 'stop-too-near',
      severity: 'warning',
      message,
      figures,
      cure: stopCure(each, cushion),
    },
  ];
}

/** The stop that keeps the cushion; where mark and liquidation leave no room for one, none does. */
function stopCure(each: PositionFigures, cushion: Rational): Cure {
  const stop = stopPrice(each, cushion);
  return stop !== null && isBeforeLine(each, stop)
    ? cure('stop', stop)
    : cure('close', each.position.size);
}

/** More than `tiersDaysMax` days between the tables and now. */
function staleTiers({ nowMs, tiersDaysMax }: Known, day: string | null): readonly Finding[] {
  const number = day === null ? undefined : dayNumber(day);
  if (nowMs === null || day === null || number === undefined) return [];
  const age = over(integer(nowMs - number * DAY_MS), integer(DAY_MS));
  if (compare(age, tiersDaysMax) <= 0) return [];
  const days = formatDecimal(age, 4);
  return [
    {
      code: 'stale-tiers',
      severity: 'info',
      message: `The tier tables are those of ${day}, ${days} days ago; the venue may have changed them.`,
      figures: { date: day, ...shown({ days: age, most: tiersDaysMax }) },
      cure: { kind: 'tiers', amount: earliest(nowMs, tiersDaysMax), isMoreThan: false },
    },
  ];
}

/** The first day that is not too old. */
function earliest(nowMs: number, tiersDaysMax: Rational): string {
  const days = minus(over(integer(nowMs), integer(DAY_MS)), tiersDaysMax);
  return dayText(Number(ceiling(days)));
}
