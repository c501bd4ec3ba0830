/** How schedules, levels and sums are said in an explanation. */
import { absolute, formatDecimal, isZero, minus, ONE, times } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Level, Schedule } from './rules.ts';
import { levelIndex, measured, slices } from './schedule.ts';
import type { Extent } from './schedule.ts';
import type { Terms } from './terms.ts';

/** The formula of a schedule, as the account document writes it. */
export function formulaOf(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'flat':
      return 'requirement = V × rate';
    case 'brackets':
      return schedule.by === 'value'
        ? 'requirement = Σ slice of V × its rate'
        : 'requirement = V × Σ(slice of Q × its rate) / Q';
    case 'steps':
      return `requirement = V × rate of the level that ${letterOf(schedule.by)} is in`;
    case 'linear':
      return `requirement = V × (base + perUnit × ${letterOf(schedule.by)})`;
    case 'power':
      return `requirement = V × max(base, offset + factor × ${letterOf(schedule.by)}^exponent)`;
    case 'per-unit':
      return 'requirement = amount × Q';
    case 'max':
      return `requirement = the largest of: ${schedule.of.map(formulaOf).join('; ')}`;
  }
}

function letterOf(by: 'value' | 'size'): string {
  return by === 'value' ? 'V' : 'Q';
}

/** The rates or the level that a position of this extent pays. */
export function levelText(schedule: Schedule, extent: Extent): string {
  switch (schedule.kind) {
    case 'flat':
      return `rate ${formatDecimal(schedule.rate)}`;
    case 'brackets':
    case 'steps': {
      const named = schedule.by === 'value' ? 'V = ' : 'Q = ';
      return `${named}${oneLevel(schedule, measured(schedule.by, extent))}`;
    }
    case 'linear':
      return `base ${formatDecimal(schedule.base)}, perUnit ${formatDecimal(schedule.perUnit)}`;
    case 'power':
      return (
        `base ${formatDecimal(schedule.base)}, offset ${formatDecimal(schedule.offset)}, ` +
        `factor ${formatDecimal(schedule.factor)}, exponent ${formatDecimal(schedule.exponent)}`
      );
    case 'per-unit':
      return `${formatDecimal(schedule.amount)} a contract`;
    case 'max':
      return schedule.of.map((each) => levelText(each, extent)).join(' or ');
  }
}

function oneLevel(
  { kind, levels }: Extract<Schedule, { kind: 'brackets' | 'steps' }>,
  amount: Rational,
): string {
  const index = levelIndex(levels, amount);
  const { from, rate } = levels[index] as Level;
  const next = levels[index + 1];
  const range = next === undefined ? '' : ` and up to ${formatDecimal(next.from)}`;
  const place = `above ${formatDecimal(from)}${range}: level ${index + 1} of ${levels.length}`;
  const taken = minus(times(rate, amount), slices(levels, amount));
  const deduction = kind === 'brackets' ? `, amount ${formatDecimal(taken)}` : '';
  return `${formatDecimal(amount)} is ${place}, rate ${formatDecimal(rate)}${deduction}`;
}

/** `2 of 10, rate 0.005`; null where a schedule has no levels. */
export function levelName(schedule: Schedule, extent: Extent): string | null {
  if (schedule.kind !== 'brackets' && schedule.kind !== 'steps') return null;
  const { levels, by } = schedule;
  const index = levelIndex(levels, measured(by, extent));
  const { rate } = levels[index] as Level;
  return `${index + 1} of ${levels.length}, rate ${formatDecimal(rate)}`;
}

/** A sum as a function of the price P; in inverse markets the coordinate is 1/P. */
export function sumText(sum: Terms, contract: 'linear' | 'inverse'): string {
  const isLinear = contract === 'linear';
  const parts: [Rational, string][] = [
    [sum.constant, ''],
    [sum.linear, isLinear ? ' × P' : ' / P'],
    [sum.square, isLinear ? ' × P²' : ' / P²'],
    [sum.inverse, isLinear ? ' / P' : ' × P'],
    ...sum.rest.map(({ coefficient, exponent }): [Rational, string] => [
      coefficient,
      `${isLinear ? ' × ' : ' / '}P^${formatDecimal(exponent)}`,
    ]),
  ];
  const shown = parts.filter(([coefficient]) => !isZero(coefficient));
  return shown.length === 0 ? '0' : shown.map(partText).join(' ');
}

function partText([coefficient, unit]: [Rational, string], index: number): string {
  const isNegative = coefficient.n < 0n;
  const sign = index === 0 ? (isNegative ? '−' : '') : isNegative ? '− ' : '+ ';
  return `${sign}${formatDecimal(absolute(coefficient))}${unit}`;
}

/** `1` is said as nothing. */
export function shareText(share: Rational): string {
  return share.n === ONE.n && share.d === ONE.d ? '' : `${formatDecimal(share)} × `;
}
