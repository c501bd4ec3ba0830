/**
 * The venue's own formula for one position, with this position's numbers in the places of its
 * symbols, and whether it comes to the price that is given here.
 */
import { formatDecimal } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { isCross } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { filledText, sidesOf } from './formula-text.ts';
import type { Sides, Values } from './formula-text.ts';
import { scheduleOf } from './hedge.ts';
import { QUANTITIES } from './quantity.ts';
import type { Quantity } from './quantity.ts';
import { isSame, valueOfSymbol } from './quantity-values.ts';
import type { Rulebook, VenueFormula } from './rulebook.ts';
import { makeStep } from './step.ts';
import type { Step } from './step.ts';

/** A formula with its numbers, and what both of its sides come to. */
export interface AppliedFormula extends Sides {
  readonly formula: VenueFormula;
  readonly values: Values;
  /** Whether both sides are the same: then the venue's formula gives the price given here. */
  readonly holds: boolean;
}

/** The first of the rulebook's formulas that is for such a position. */
export function formulaFor(
  { formulas = [] }: Rulebook,
  figures: PositionFigures,
): VenueFormula | undefined {
  const { position, movement } = figures;
  const own = {
    marginMode: isCross(position) ? 'cross' : 'isolated',
    side: position.side === 1 ? 'long' : 'short',
    contract: position.market.contract,
    basis: position.market.basis,
    schedule: scheduleOf(position).kind,
  } as const;
  const legs = movement.positions.length === 1 ? 'one' : 'two';
  return formulas.find(({ when = {} }) => {
    const { legs: wanted = 'one', ...scope } = when;
    if (wanted !== 'any' && wanted !== legs) return false;
    return Object.entries(scope).every(([key, value]) => own[key as keyof typeof own] === value);
  });
}

/** Fills in and reckons a formula; null where no price is an equation's solution. */
export function appliedFormula(
  formula: VenueFormula,
  figures: PositionFigures,
  all: readonly PositionFigures[],
): AppliedFormula | null {
  const { boundary, exact } = figures.liquidation;
  if (boundary.kind !== 'root' || exact === null) return null;
  const scene = { figures, all, price: exact };
  const values = Object.fromEntries(
    Object.entries(formula.symbols).map(([name, meant]) => [name, valueOfSymbol(scene, meant)]),
  );
  const { left, right } = sidesOf(formula.formula, values);
  const holds = left !== null && right !== null && isSame(left, right);
  return { formula, values, left, right, holds };
}

/** The steps that hold the venue's formula against the price; what its rules say without one. */
export function venueSteps(
  rulebook: Rulebook,
  figures: PositionFigures,
  all: readonly PositionFigures[],
): readonly Step[] {
  const formula = formulaFor(rulebook, figures);
  if (formula === undefined) return ruleSteps(rulebook);
  const applied = appliedFormula(formula, figures, all);
  const title = `formula of ${rulebook.title}`;
  const source = `[${formula.confidence}] ${formula.source}`;
  if (applied === null) {
    const text = `no price solves an equation here, so it is not filled in; ${source}`;
    return [makeStep(title, text, formula.formula, {})];
  }
  const filled = filledText(formula.formula, applied.values);
  const verdict = `${verdictOf(applied)}${doubtText(formula, applied)}`;
  const text = `${filled}; ${verdict}; ${source}`;
  return [makeStep(title, text, formula.formula, applied.values), symbolStep(applied)];
}

function verdictOf({ left, right, holds }: AppliedFormula): string {
  if (left === null || right === null) return 'it divides by 0 here';
  return holds
    ? `both sides are ${formatDecimal(right)}`
    : `it comes to ${formatDecimal(right)}, here ${formatDecimal(left)}`;
}

function doubtText({ doubt }: VenueFormula, { holds }: AppliedFormula): string {
  if (holds) return doubt === undefined ? '' : ` (not certain: ${doubt})`;
  return ` (${doubt ?? 'it leaves out what this document has: a fee, another basis, or collateral that moves'})`;
}

/** The symbols of an equation, each with its number and what it means. */
function symbolStep({ formula, values }: AppliedFormula): Step {
  const meanings = Object.entries(formula.symbols).map(([name, meant]) => {
    const [, leg = '', quantity] = /^(long |short )?(.*)$/.exec(meant) ?? [];
    const meaning = QUANTITIES[quantity as Quantity];
    const of = leg === '' ? '' : ` (the ${leg.trim()})`;
    return `${name} ${formatDecimal(values[name] as Rational)}: ${meaning}${of}`;
  });
  return makeStep('its symbols', meanings.join('\n   '), '', {});
}

/** Where a venue prints no formula for this, the rule of its trigger stands in its place. */
function ruleSteps({ title, clauses }: Rulebook): readonly Step[] {
  const rule = clauses.find(({ about }) => about === 'trigger' || about === 'call');
  if (rule === undefined) return [];
  const text = `none is known for such a position; ${rule.says} [${rule.confidence}] ${rule.source}`;
  return [makeStep(`formula of ${title}`, text, '', {})];
}
