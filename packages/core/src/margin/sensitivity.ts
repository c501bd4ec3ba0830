/**
 * How far the liquidation price of a position moves when leverage, size, maintenance rate, fees or
 * funding change by one stated step: exact difference quotients, each price reckoned anew.
 */
import { decimal, formatDecimal, minus, negate, ONE, over, plus, times } from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import type { Account, Position, Refusal } from './account.ts';
import { sensitivitySteps } from './answer-steps.ts';
import { figuresOf } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { relativeDistance, valueAtPrice } from './geometry.ts';
import { readNumber, step } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import type { Market, Schedule } from './rules.ts';
import { raised } from './sensitivity-shift.ts';
import { deposited, indebted, resized, withPosition } from './sizing-account.ts';
import { identityOf, inquire, isRefused } from './sizing-inquiry.ts';
import type { AboutPosition, Identity } from './sizing-inquiry.ts';
import type { Step } from './step.ts';

export type Factor = 'leverage' | 'size' | 'maintenance-rate' | 'closing-fee' | 'funding';

export interface SensitivityRequest extends AboutPosition {
  /** Daily standard deviation of relative price changes, above 0; adds the `sigmas`. */
  readonly volatility?: DecimalLike | undefined;
}

/** One factor moved by one step while everything else stays. */
export interface FactorSensitivity {
  readonly factor: Factor;
  /** What the step is, in words. */
  readonly meaning: string;
  /** By how much the factor is raised. */
  readonly step: string;
  /** The exact liquidation price with the factor raised, not rounded to the tick. */
  readonly liquidationPrice: string | null;
  /** That price less the present one. */
  readonly change: string | null;
  /** change / step: the difference quotient over this step, not a derivative. */
  readonly quotient: string | null;
  /** The distance afterwards in daily standard deviations; null without volatility. */
  readonly sigmas: string | null;
}

export interface Sensitivity extends Identity {
  /** Exact, not rounded to the tick; null when no price above 0 liquidates. */
  readonly liquidationPrice: string | null;
  readonly distance: string | null;
  /** distance / volatility. */
  readonly sigmas: string | null;
  readonly factors: readonly FactorSensitivity[];
  /** How it came about, one step a line. */
  readonly steps: readonly Step[];
}

interface Nudge {
  readonly factor: Factor;
  readonly meaning: string;
  readonly step: Rational;
  readonly account: Account;
}

const KEYS: ReadonlySet<string> = new Set(['position', 'volatility']);
const BASIS_POINT: Rational = decimal('0.0001');
const TENTH_PERCENT: Rational = decimal('0.001');
const PERCENT: Rational = decimal('0.01');

/**
 * The liquidation price of one position and its difference quotient for each factor: leverage + 1
 * (an isolated margin loses value at entry × (1/L − 1/(L + 1)); a pool does not feel it), size + 1
 * % traded at the mark, every maintenance rate + 0.1 %, closing fee + 0.01 %, and funding of 0.01 %
 * of the value owed.
 */
export function sensitivity(
  document: unknown,
  request: SensitivityRequest,
  rulebooks: readonly Rulebook[],
): Sensitivity | { readonly error: Refusal } {
  const inquiry = inquire({ document, request, keys: KEYS, rulebooks });
  if (isRefused(inquiry)) return { error: inquiry };
  const { reader, fields, account, index } = inquiry;
  const sigma = fields.has('volatility')
    ? readNumber(reader, fields.get('volatility'), step(null, 'volatility'), { range: 'positive' })
    : null;
  if (reader.refusal !== null) return { error: reader.refusal };
  const base = lineAt(account, index, sigma);
  const answer = {
    ...identityOf(account.positions[index] as Position),
    liquidationPrice: textOf(base.price),
    distance: textOf(base.distance),
    sigmas: textOf(base.sigmas),
    factors: nudgesOf(account, index).map((nudge) =>
      factorOf(nudge, base, lineAt(nudge.account, index, sigma)),
    ),
  };
  return { ...answer, steps: sensitivitySteps(answer) };
}

interface Standing {
  readonly price: Rational | null;
  readonly distance: Rational | null;
  readonly sigmas: Rational | null;
}

function lineAt(account: Account, index: number, sigma: Rational | null): Standing {
  const { liquidation, position } = figuresOf(account).positions[index] as PositionFigures;
  const price = liquidation.exact;
  const distance = price === null ? null : relativeDistance(position.markPrice, price);
  const sigmas = distance === null || sigma === null ? null : over(distance, sigma);
  return { price, distance, sigmas };
}

function factorOf(nudge: Nudge, base: Standing, after: Standing): FactorSensitivity {
  const change =
    base.price === null || after.price === null ? null : minus(after.price, base.price);
  return {
    factor: nudge.factor,
    meaning: nudge.meaning,
    step: formatDecimal(nudge.step),
    liquidationPrice: textOf(after.price),
    change: textOf(change),
    quotient: change === null ? null : formatDecimal(over(change, nudge.step)),
    sigmas: textOf(after.sigmas),
  };
}

function textOf(value: Rational | null): string | null {
  return value === null ? null : formatDecimal(value);
}

function nudgesOf(account: Account, index: number): readonly Nudge[] {
  const position = account.positions[index] as Position;
  const value = valueAtPrice(position, position.markPrice);
  const sizeStep = times(position.size, PERCENT);
  const owed = times(value, BASIS_POINT);
  return [
    {
      factor: 'leverage',
      meaning: 'leverage + 1, the isolated margin follows; a cross pool does not feel it',
      step: ONE,
      account: leveraged(account, index),
    },
    {
      factor: 'size',
      meaning: 'size + 1 %, traded at the mark',
      step: sizeStep,
      account: resized(account, index, plus(position.size, sizeStep)),
    },
    {
      factor: 'maintenance-rate',
      meaning: 'every maintenance rate of the market + 0.1 %',
      step: TENTH_PERCENT,
      account: withMarket(account, position.market, ratesRaised(position, value)),
    },
    {
      factor: 'closing-fee',
      meaning: 'the closing fee inside the requirement + 0.01 %',
      step: BASIS_POINT,
      account: withMarket(account, position.market, feeRaised(position.market)),
    },
    {
      factor: 'funding',
      meaning: 'funding of 0.01 % of the value owed more',
      step: owed,
      account: indebted(account, index, owed),
    },
  ];
}

/** An isolated margin is value at entry / leverage: it shrinks by what one more makes needless. */
function leveraged(account: Account, index: number): Account {
  const position = account.positions[index] as Position;
  const leverage = plus(position.leverage, ONE);
  const raisedOne = withPosition(account, index, { leverage });
  if (position.isolatedMargin === null) return raisedOne;
  const entryValue = valueAtPrice(position, position.entryPrice);
  const freed = times(entryValue, minus(over(ONE, position.leverage), over(ONE, leverage)));
  return deposited(raisedOne, index, negate(freed));
}

function ratesRaised({ market, size }: Position, value: Rational): Market {
  const up = (schedule: Schedule): Schedule => raised(schedule, TENTH_PERCENT, { value, size });
  const { schedule, short } = market;
  if (short === null) return { ...market, schedule: up(schedule) };
  const byPrice = short.byPrice.map((level) => ({
    ...level,
    rate: plus(level.rate, TENTH_PERCENT),
  }));
  return { ...market, schedule: up(schedule), short: { schedule: up(short.schedule), byPrice } };
}

function feeRaised(market: Market): Market {
  return { ...market, closingFeeRate: plus(market.closingFeeRate, BASIS_POINT) };
}

/** Positions are grouped by their market, so all that share it get the same new one. */
function withMarket(account: Account, old: Market, market: Market): Account {
  const swap = <Entry extends { readonly market: Market }>(entry: Entry): Entry =>
    entry.market === old ? { ...entry, market } : entry;
  return {
    ...account,
    positions: account.positions.map(swap),
    orders: account.orders.map(swap),
  };
}
