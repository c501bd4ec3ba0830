/**
 * A market's schedule in whole numbers: atoms held for a value in atoms and a size in lots, rounded
 * up, against the trader. The exact definition is the one in `margin`; this agrees to one atom.
 */
import type { Schedule } from '../margin/index.ts';
import {
  ceiling,
  divideRounded,
  floor,
  formatDecimal,
  integerRoot,
  integer,
  lowestTerms,
  minus,
  mulDiv,
  over,
  plus,
  times,
  type Rational,
} from '../units/index.ts';

/** Rates are whole multiples of 1e-7, so that value × rate stays exact within doubles. */
export const RATE_SCALE = 10_000_000;

export type CompiledSchedule =
  | { readonly kind: 'flat'; readonly rate: number }
  | {
      readonly kind: 'brackets' | 'steps';
      readonly by: 'value' | 'size';
      /** In atoms or lots; the first is 0. */
      readonly from: Float64Array;
      readonly rate: Float64Array;
      /** Brackets only, of each level: value × rate − deduction, the deduction rounded down. */
      readonly deduction: Float64Array;
      /** What rounding took off the deduction, in 1e-7 atoms. */
      readonly remainder: Float64Array;
    }
  | {
      /** value × (base + perUnit × X) / scale, X in atoms or lots. */
      readonly kind: 'linear';
      readonly by: 'value' | 'size';
      readonly base: bigint;
      readonly perUnit: bigint;
      readonly scale: bigint;
    }
  | {
      /** value × max(base, offset + factor × (X / unit)^(p/q)). */
      readonly kind: 'power';
      readonly by: 'value' | 'size';
      readonly base: Rational;
      readonly offset: Rational;
      readonly factor: Rational;
      readonly unit: Rational;
      readonly p: number;
      readonly q: number;
    }
  | { readonly kind: 'per-unit'; readonly atoms: bigint; readonly perLots: bigint }
  | { readonly kind: 'max'; readonly of: readonly CompiledSchedule[] };

/**
 * No requirement is reckoned above this: it is beyond any equity, so nothing is decided
 * differently,
 * and sums of requirements stay whole numbers.
 */
export const MOST_REQUIRED: number = 2 ** 52;

function capped(atoms: bigint): number {
  return atoms > BigInt(MOST_REQUIRED) ? MOST_REQUIRED : Number(atoms);
}

/** How a market's units stand to the engine's: contracts in a lot, atoms in a unit of money. */
export interface Scale {
  readonly lot: Rational;
  readonly atoms: Rational;
}

/**
 * value × rate − less, rounded up; `less` is in 1e-7 atoms. Exact without BigInt for any safe
 * value,
 * a rate up to 2 × RATE_SCALE and `less` up to one atom.
 */
export function chargeUp(value: number, rate: number, less = 0): number {
  let whole = Math.floor(value / RATE_SCALE);
  let rest = value - whole * RATE_SCALE;
  if (rest < 0) {
    whole -= 1;
    rest += RATE_SCALE;
  }
  return whole * rate + Math.ceil((rest * rate - less) / RATE_SCALE);
}

/** The level that X lies in: the last with from < X (an edge belongs to the lower level). */
export function levelOf(from: Float64Array, x: number): number {
  let level = from.length - 1;
  while (level > 0 && x <= (from[level] ?? 0)) level -= 1;
  return level;
}

/**
 * Atoms that `schedule` asks for a position of `value` atoms and `lots` (both not negative). A fee
 * on the same value is added before rounding where that can be done.
 */
export function requirementOf(
  schedule: CompiledSchedule,
  value: number,
  lots: number,
  fee = 0,
): number {
  switch (schedule.kind) {
    case 'flat':
      return chargeUp(value, schedule.rate + fee);
    case 'steps': {
      const level = levelOf(schedule.from, schedule.by === 'value' ? value : lots);
      return chargeUp(value, (schedule.rate[level] ?? 0) + fee);
    }
    case 'brackets':
      return schedule.by === 'value'
        ? bracketsByValue(schedule, value, fee)
        : bracketsBySize(schedule, value, lots) + chargeUp(value, fee);
    default:
      return scheduled(schedule, value, lots) + chargeUp(value, fee);
  }
}

type Levelled = Extract<CompiledSchedule, { readonly from: Float64Array }>;

function scheduled(
  schedule: Exclude<CompiledSchedule, Levelled | { readonly kind: 'flat' }>,
  value: number,
  lots: number,
): number {
  switch (schedule.kind) {
    case 'linear':
      return linearRequirement(schedule, value, lots);
    case 'power':
      return powerRequirement(schedule, value, lots);
    case 'per-unit':
      return capped(divideRounded(BigInt(lots) * schedule.atoms, schedule.perLots, 'up'));
    case 'max':
      return schedule.of.reduce((most, one) => Math.max(most, requirementOf(one, value, lots)), 0);
  }
}

function bracketsByValue(schedule: Levelled, value: number, fee: number): number {
  const level = levelOf(schedule.from, value);
  const rate = (schedule.rate[level] ?? 0) + fee;
  return chargeUp(value, rate, schedule.remainder[level]) - (schedule.deduction[level] ?? 0);
}

function bracketsBySize(schedule: Levelled, value: number, lots: number): number {
  if (lots === 0) return 0;
  const level = levelOf(schedule.from, lots);
  const rate = schedule.rate[level] ?? 0;
  const slices = BigInt(lots) * BigInt(rate) - BigInt(schedule.deduction[level] ?? 0);
  return roundedUp(BigInt(value) * slices, BigInt(lots) * BigInt(RATE_SCALE));
}

function linearRequirement(
  schedule: Extract<CompiledSchedule, { readonly kind: 'linear' }>,
  value: number,
  lots: number,
): number {
  const x = BigInt(schedule.by === 'value' ? value : lots);
  return roundedUp(BigInt(value) * (schedule.base + schedule.perUnit * x), schedule.scale);
}

const POWER_SCALE = 10n ** 24n;

/** The root is taken in BigInt and rounded up at 1e-24, so that it is the same on every machine. */
function powerRequirement(
  schedule: Extract<CompiledSchedule, { readonly kind: 'power' }>,
  value: number,
  lots: number,
): number {
  const x = times(integer(schedule.by === 'value' ? value : lots), schedule.unit);
  const power = powerUp(x, schedule.p, schedule.q);
  const sloped = plus(schedule.offset, times(schedule.factor, power));
  const rate = minus(sloped, schedule.base).n > 0n ? sloped : schedule.base;
  return capped(ceiling(times(integer(value), rate)));
}

function powerUp(x: Rational, p: number, q: number): Rational {
  const scaled = divideRounded(x.n ** BigInt(p) * POWER_SCALE ** BigInt(q), x.d ** BigInt(p), 'up');
  const root = integerRoot(scaled, q);
  return { n: root ** BigInt(q) === scaled ? root : root + 1n, d: POWER_SCALE };
}

function roundedUp(dividend: bigint, divisor: bigint): number {
  return capped(divideRounded(dividend, divisor, 'up'));
}

/** The schedule in whole numbers, or the reason why it has none. */
export function compileSchedule(schedule: Schedule, scale: Scale): CompiledSchedule | string {
  switch (schedule.kind) {
    case 'flat': {
      const rate = wholeRate(schedule.rate);
      return typeof rate === 'string' ? rate : { kind: 'flat', rate };
    }
    case 'brackets':
    case 'steps':
      return compileLevels(schedule, scale);
    case 'linear':
      return compileLinear(schedule, scale);
    case 'power':
      return compilePower(schedule, scale);
    case 'per-unit': {
      const perLot = lowestTerms(times(times(schedule.amount, scale.lot), scale.atoms));
      return { kind: 'per-unit', atoms: perLot.n, perLots: perLot.d };
    }
    case 'max':
      return compileMax(schedule.of, scale);
  }
}

function compileMax(parts: readonly Schedule[], scale: Scale): CompiledSchedule | string {
  const of: CompiledSchedule[] = [];
  for (const part of parts) {
    const compiled = compileSchedule(part, scale);
    if (typeof compiled === 'string') return compiled;
    of.push(compiled);
  }
  return { kind: 'max', of };
}

/** A rate as a whole number of 1e-7, or the reason why it is none. */
export function wholeRate(rate: Rational): number | string {
  const scaled = times(rate, integer(RATE_SCALE));
  const whole = floor(scaled);
  if (whole * scaled.d !== scaled.n) {
    return `the rate ${formatDecimal(rate)} is not a whole multiple of 0.0000001`;
  }
  if (whole < 0n || whole > BigInt(RATE_SCALE)) {
    return `the rate ${formatDecimal(rate)} is not between 0 and 1`;
  }
  return Number(whole);
}

function compileLevels(
  schedule: Extract<Schedule, { readonly kind: 'brackets' | 'steps' }>,
  scale: Scale,
): CompiledSchedule | string {
  const { by } = schedule;
  const from: number[] = [];
  const rates: number[] = [];
  for (const level of schedule.levels) {
    const rate = wholeRate(level.rate);
    if (typeof rate === 'string') return rate;
    const edge = wholeEdge(level.from, by, scale);
    if (edge === undefined) {
      const units = by === 'value' ? 'atoms' : 'lots';
      return `the level from ${formatDecimal(level.from)} is not a whole number of ${units}`;
    }
    from.push(edge);
    rates.push(rate);
  }
  const exact = deductions(from, rates);
  const unit = by === 'value' ? BigInt(RATE_SCALE) : 1n;
  const whole = exact.map((total) => divideRounded(total, unit, 'down'));
  const deduction = whole.map(Number);
  if (!deduction.every(Number.isSafeInteger)) return 'the levels are too high to reckon exactly';
  const remainder = exact.map((total, level) => Number(total - (whole[level] ?? 0n) * unit));
  return {
    kind: schedule.kind,
    by,
    from: Float64Array.from(from),
    rate: Float64Array.from(rates),
    deduction: Float64Array.from(deduction),
    remainder: Float64Array.from(remainder),
  };
}

function wholeEdge(from: Rational, by: 'value' | 'size', scale: Scale): number | undefined {
  const edge = by === 'value' ? times(from, scale.atoms) : over(from, scale.lot);
  const whole = floor(edge);
  const exact = whole * edge.d === edge.n;
  return exact && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : undefined;
}

/** deduction_n = deduction_(n−1) + from_n × (rate_n − rate_(n−1)), in 1e-7. */
function deductions(from: readonly number[], rates: readonly number[]): bigint[] {
  const exact: bigint[] = [];
  from.forEach((edge, level) => {
    const step = BigInt(rates[level] ?? 0) - BigInt(rates[level - 1] ?? 0);
    exact.push((exact[level - 1] ?? 0n) + BigInt(edge) * step);
  });
  return exact;
}

function compileLinear(
  schedule: Extract<Schedule, { readonly kind: 'linear' }>,
  scale: Scale,
): CompiledSchedule {
  const { by, base } = schedule;
  const unit = by === 'value' ? over(integer(1), scale.atoms) : scale.lot;
  const perUnit = times(schedule.perUnit, unit);
  const common = base.d * perUnit.d;
  return {
    kind: 'linear',
    by,
    base: base.n * perUnit.d,
    perUnit: perUnit.n * base.d,
    scale: common,
  };
}

const MAX_POWER = 100;

function compilePower(
  schedule: Extract<Schedule, { readonly kind: 'power' }>,
  scale: Scale,
): CompiledSchedule | string {
  const exponent = lowestTerms(schedule.exponent);
  if (exponent.n < 0n || exponent.n > BigInt(MAX_POWER) || exponent.d > BigInt(MAX_POWER)) {
    return `the exponent ${formatDecimal(exponent)} is not a fraction with terms up to ${MAX_POWER}`;
  }
  const { by, base, offset, factor } = schedule;
  return {
    kind: 'power',
    by,
    base,
    offset,
    factor,
    unit: by === 'value' ? over(integer(1), scale.atoms) : scale.lot,
    p: Number(exponent.n),
    q: Number(exponent.d),
  };
}

/** value / leverage rounded up; leverage × 100 is whole. */
export function leverageMargin(value: number, leverageHundredths: number): number {
  if (leverageHundredths >= 100) return mulDiv(value, 100, leverageHundredths, 'up');
  return roundedUp(BigInt(value) * 100n, BigInt(leverageHundredths));
}
