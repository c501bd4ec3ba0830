/** Why the level that was used is the right one: what its neighbours would have said. */
import { compare, formatDecimal, ONE, over, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { candidateAt } from './boundary.ts';
import type { Candidate } from './boundary.ts';
import type { PositionFigures } from './figures.ts';
import { coordinate, valueAtPrice } from './geometry.ts';
import { extentOf, portionOf, scheduleOf } from './hedge.ts';
import { makeStep } from './step.ts';
import type { Step } from './step.ts';
import { zeros } from './terms.ts';
import { levelText } from './wording.ts';

/** The level at the boundary, and the prices that the levels beside it would have given. */
export function neighbourSteps(figures: PositionFigures): readonly Step[] {
  const { position, liquidation, movement } = figures;
  const { boundary, exact } = liquidation;
  if (exact === null || boundary.kind === 'none' || boundary.kind === 'now') return [];
  if (position.market.basis === 'entry') return [];
  const value = valueAtPrice(position, exact);
  const portion = portionOf(position, movement.positions);
  const level = levelText(scheduleOf(position), extentOf(portion, value));
  const text = level.startsWith('V = ') ? level : `V = ${formatDecimal(value)}; ${level}`;
  const used = makeStep('level at that price', text, '', { V: value });
  const which = movement.positions.indexOf(position);
  const beside = ([-1, 1] as const).flatMap((offset) => {
    const candidate = candidateAt(movement, figures.burden, { at: boundary.at, which, offset });
    return candidate === null ? [] : [besideStep(figures, candidate, offset)];
  });
  return [used, ...beside];
}

function besideStep(figures: PositionFigures, candidate: Candidate, offset: -1 | 1): Step {
  const { position, liquidation, movement } = figures;
  const { market } = position;
  const all = zeros(candidate.form, { from: ZERO, above: null });
  const found = movement.direction === 1 ? all[0] : all.at(-1);
  const range = rangeText(market.contract, candidate);
  const title = `why not the level ${offset === -1 ? 'below' : 'above'}`;
  if (found === undefined)
    return makeStep(title, `its equation, for P ${range}, has no price above 0`, '', {});
  const price = coordinate(market, found);
  const isInside =
    compare(found, candidate.from) > 0 &&
    (candidate.upTo === null || compare(found, candidate.upTo) <= 0);
  const reason = isInside
    ? `it would be met later than ${formatDecimal(liquidation.exact ?? price)}`
    : `which is outside`;
  const text = `it applies for P ${range}; its equation says ${formatDecimal(price)}, ${reason}`;
  return makeStep(title, text, '', { price });
}

function rangeText(contract: 'linear' | 'inverse', { from, upTo }: Candidate): string {
  if (contract === 'linear') {
    const end = upTo === null ? '' : ` up to ${formatDecimal(upTo)}`;
    return `above ${formatDecimal(from)}${end}`;
  }
  const end = from.n === 0n ? '' : ` and below ${inverseText(from)}`;
  return `${upTo === null ? 'above 0' : `from ${inverseText(upTo)} on`}${end}`;
}

function inverseText(x: Rational): string {
  return formatDecimal(over(ONE, x));
}
