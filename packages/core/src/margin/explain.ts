/**
 * Where a position's liquidation price comes from, one step a line with the numbers in it. Every
 * number is taken from the figures that `check` prints, so the two cannot disagree.
 */
import { formatDecimal, isZero, minus, negate, ONE, plus, times } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position, Refusal } from './account.ts';
import { excessAt } from './boundary.ts';
import { isRefusal, readAccount } from './document.ts';
import { figuresOf, isCross } from './figures.ts';
import type { Line, PositionFigures } from './figures.ts';
import { leanOf, scaleOf, valueAtPrice } from './geometry.ts';
import { extentOf, portionOf, scheduleOf } from './hedge.ts';
import { neighbourSteps } from './neighbour.ts';
import { makeReader, readObject } from './reader.ts';
import type { Rulebook, RuleUsed } from './rulebook.ts';
import { makeStep, stepsText } from './step.ts';
import type { Step } from './step.ts';
import { valueAt } from './terms.ts';
import { venueSteps } from './venue-formula.ts';
import { formulaOf, levelText, shareText, sumText } from './wording.ts';

/** The derivation of one position's liquidation price. */
export interface Explanation {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly marginMode: 'cross' | 'isolated';
  /** The figure of `check`: decimal text, or null when no price above 0 triggers. */
  readonly liquidationPrice: string | null;
  readonly steps: readonly Step[];
}

/** Which position: its index, its market, or its market with side and margin mode. */
export type PositionChoice =
  | number
  | string
  | {
      readonly market: string;
      readonly side?: 'long' | 'short';
      readonly marginMode?: 'cross' | 'isolated';
    };

/**
 * Derives the liquidation price of one position of a document. A bad document is refused as `check`
 * refuses it; a position that is not there, at the path `position`.
 */
export function explain(
  document: unknown,
  position: PositionChoice,
  rulebooks: readonly Rulebook[],
): Explanation | { readonly error: Refusal } {
  const account = readAccount(document, rulebooks);
  if (isRefusal(account)) return { error: account };
  const { positions } = figuresOf(account);
  const figures = choose(positions, position);
  if (figures === undefined) return { error: noSuchPosition(positions) };
  const rulebook = rulebookOf(document, rulebooks);
  return explanationOf(figures, { all: positions, account, rulebook });
}

/** What a derivation needs beside the position's own figures. */
export interface Surroundings {
  readonly all: readonly PositionFigures[];
  readonly account: Account;
  readonly rulebook: Rulebook | undefined;
}

/** The rulebook that a document names; the document is one that `readAccount` has accepted. */
export function rulebookOf(
  document: unknown,
  rulebooks: readonly Rulebook[],
): Rulebook | undefined {
  const venue = readObject(makeReader(), document, null, null).get('venue');
  return rulebooks.find(({ id }) => id === venue);
}

/** The derivation of a position's price from its figures. */
export function explanationOf(figures: PositionFigures, around: Surroundings): Explanation {
  return {
    ...identityOf(figures),
    liquidationPrice: textOrNone(figures.liquidation.price),
    steps: stepsOf(figures, around),
  };
}

/** The steps as lines of text, the result first. */
export function explanationText(explanation: Explanation): string {
  const { market, side, marginMode, liquidationPrice, steps } = explanation;
  const price = liquidationPrice ?? 'none';
  const head = `${market} ${side}, ${marginMode}: liquidation price ${price}`;
  return `${head}\n${stepsText(steps)}`;
}

function identityOf({
  position,
}: PositionFigures): Pick<Explanation, 'market' | 'side' | 'marginMode'> {
  return {
    market: position.market.name,
    side: position.side === 1 ? 'long' : 'short',
    marginMode: isCross(position) ? 'cross' : 'isolated',
  };
}

function choose(
  positions: readonly PositionFigures[],
  choice: PositionChoice,
): PositionFigures | undefined {
  if (typeof choice === 'number') return positions[choice];
  const wanted = typeof choice === 'string' ? { market: choice } : choice;
  return positions.find((figures) => {
    const own = identityOf(figures);
    return (
      own.market === wanted.market &&
      own.side === (wanted.side ?? own.side) &&
      own.marginMode === (wanted.marginMode ?? own.marginMode)
    );
  });
}

function noSuchPosition(positions: readonly PositionFigures[]): Refusal {
  const known = positions.map((figures, k) => {
    const { market, side, marginMode } = identityOf(figures);
    return `${k} (${market} ${side}, ${marginMode})`;
  });
  const message =
    known.length === 0
      ? 'names no position: the document has none'
      : `names no position; there are ${known.slice(0, 20).join(', ')}`;
  return { path: 'position', message };
}

function stepsOf(
  figures: PositionFigures,
  { all, account, rulebook }: Surroundings,
): readonly Step[] {
  const { liquidation, forced } = figures;
  return [
    positionStep(figures),
    equityStep(figures),
    requirementStep(figures),
    ...ordersSteps(figures),
    movementStep(figures),
    boundaryStep(figures, liquidation),
    ...neighbourSteps(figures),
    ...(rulebook === undefined ? [] : venueSteps(rulebook, figures, all)),
    roundingStep(figures),
    triggerStep(figures),
    ...(forced === null ? [] : [forcedStep(figures, forced)]),
    ...sourceSteps(figures, account),
  ];
}

/** The dated rules that a position is under; undefined where the document brings them all. */
export function ruleUsed({ rules, positions }: Account, position: Position): RuleUsed | undefined {
  const index = positions.indexOf(position);
  return rules?.find((each) => each.positions.includes(index));
}

/** Which of the rulebook's rules the position came under, and how far they can be trusted. */
function sourceSteps({ position }: PositionFigures, account: Account): readonly Step[] {
  const used = ruleUsed(account, position);
  if (used === undefined) return [];
  const { from, confidence, source, doubt } = used;
  const opened = position.openedAt === null ? '' : `opened ${position.openedAt}; `;
  const spared = used.appliesTo === 'new' ? ' for positions opened since then' : '';
  const text = `${opened}in force from ${from}${spared}, [${confidence}] ${source}`;
  const uncertain = doubt === undefined ? '' : `; not certain: ${doubt}`;
  return [makeStep('rules', `${text}${uncertain}`, '', {})];
}

function positionStep({ position, value, pnl }: PositionFigures): Step {
  const { market, size, entryPrice, markPrice, side } = position;
  const isLinear = market.contract === 'linear';
  const unit = isLinear ? 'multiplier' : 'face';
  const text =
    `${side === 1 ? 'long' : 'short'} ${formatDecimal(size)} ${market.contract} contracts of ` +
    `${formatDecimal(market.unit)} from ${formatDecimal(entryPrice)}, mark ${formatDecimal(markPrice)}: ` +
    `value ${formatDecimal(value)}, PnL ${formatDecimal(pnl)}`;
  const formula = isLinear ? `V = size × ${unit} × P` : `V = size × ${unit} / P`;
  const numbers = { size, [unit]: market.unit, entryPrice, markPrice, value, unrealizedPnl: pnl };
  return makeStep('position', text, formula, numbers);
}

function equityStep({ position, movement, standing }: PositionFigures): Step {
  const sum = sumText(movement.equity, position.market.contract);
  const owner = isCross(position)
    ? 'collateral + PnL − unpaid funding of the cross pool'
    : 'isolated margin + PnL − unpaid funding of this position alone';
  const text = `${owner}; at the mark ${formatDecimal(standing.equity)}`;
  const numbers = {
    equity: standing.equity,
    constant: movement.equity.constant,
    slope: movement.equity.linear,
  };
  return makeStep('equity', text, `equity(P) = ${sum}`, numbers);
}

function requirementStep(figures: PositionFigures): Step {
  const { position, value, maintenance, standing, burden, movement } = figures;
  const { market } = position;
  const schedule = scheduleOf(position);
  const isMark = market.basis === 'mark';
  const seen = isMark ? value : valueAtPrice(position, position.entryPrice);
  const basis = isMark ? 'value at the mark' : 'value at the entry price (it stays)';
  const level = levelText(schedule, extentOf(portionOf(position, movement.positions), seen));
  const still = minus(burden.others, standing.orders);
  const others = isCross(position)
    ? `; the pool must hold ${formatDecimal(standing.maintenance)}, ` +
      `${formatDecimal(still)} of it for markets that stay where they are`
    : '';
  const fee =
    market.closingFeeRate.n === 0n
      ? ''
      : `, closing fee ${formatDecimal(market.closingFeeRate)} at ${market.closingFeeAt} inside`;
  const text = `${basis} ${formatDecimal(seen)}; ${level}${fee}: ${formatDecimal(maintenance)}${others}`;
  const numbers = { V: seen, maintenanceMargin: maintenance, pool: standing.maintenance };
  return makeStep('requirement at the mark', text, formulaOf(schedule), numbers);
}

/** Where the venue has open orders inside maintenance, and there are some. */
function ordersSteps({ position, standing }: PositionFigures): readonly Step[] {
  if (isZero(standing.orders)) return [];
  const { orders } = position.market;
  const side = orders.count === 'all' ? 'all of them count' : 'only the worse side counts';
  const text =
    `the open orders of the pool must hold ${formatDecimal(standing.orders)} of its ` +
    `${formatDecimal(standing.maintenance)}, at their own prices: it stays while the mark moves; ` +
    `in ${position.market.name} ${side}`;
  return [makeStep('orders', text, '', { orders: standing.orders, pool: standing.maintenance })];
}

function movementStep({ position, movement }: PositionFigures): Step {
  const goesUp = (movement.direction === 1) === (position.market.contract === 'linear');
  const way = goesUp ? 'up' : 'down';
  const who = isCross(position)
    ? `every cross position of ${position.market.name} moves (${movement.positions.length})`
    : 'this position moves alone';
  const net = movement.positions.reduce<Rational>((total, each) => plus(total, signedScale(each)), {
    n: 0n,
    d: 1n,
  });
  const why =
    net.n === 0n
      ? 'the positions hedge each other exactly, so the way in which the requirement grows'
      : 'the way in which it loses';
  const text = `the price goes ${way}, ${why}; ${who}, other markets stay`;
  return makeStep('direction', text, '', { mark: position.markPrice });
}

function signedScale(position: PositionFigures['position']): Rational {
  return leanOf(position) === 1 ? scaleOf(position) : negate(scaleOf(position));
}

function boundaryStep(figures: PositionFigures, line: Line): Step {
  const { position, movement, burden, standing } = figures;
  const { boundary, exact } = line;
  const share = shareText(burden.share);
  if (boundary.kind === 'none' || exact === null)
    return makeStep('boundary', 'no price above 0 that way meets the requirement', '', {});
  if (boundary.kind === 'now') {
    const required = times(burden.share, standing.maintenance);
    const text =
      `equity ${formatDecimal(standing.equity)} is not above ${share}the requirement ` +
      `${formatDecimal(standing.maintenance)} already: the mark itself`;
    return makeStep('boundary', text, 'equity ≤ requirement', { price: exact, required });
  }
  const sum = sumText(boundary.form, position.market.contract);
  const equity = valueAt(movement.equity, boundary.at);
  const excess = excessAt(movement, burden, boundary.at);
  const text =
    boundary.kind === 'root'
      ? `equity ${formatDecimal(equity)} = ${share}requirement at P = ${formatDecimal(exact)}`
      : `a step of the requirement jumps over equity ${formatDecimal(equity)} at its edge, ` +
        `P = ${formatDecimal(exact)}`;
  const numbers = { price: exact, equity, excess: boundary.kind === 'root' ? null : excess };
  const formula = `equity(P) − ${share}requirement(P) = ${sum}${boundary.kind === 'root' ? ' = 0' : ' < 0 beyond'}`;
  return makeStep('boundary', text, formula, numbers);
}

function roundingStep({ position, liquidation }: PositionFigures): Step {
  const { rounding, tick } = position.market;
  const { exact, price, boundary } = liquidation;
  const numbers = { exact, tick, price };
  if (exact === null) return makeStep('rounding', 'nothing to round', '', numbers);
  if (boundary.kind === 'now') return makeStep('rounding', 'the mark is not rounded', '', numbers);
  if (rounding === 'none' || tick === null)
    return makeStep('rounding', `none: ${formatDecimal(exact)}`, '', numbers);
  const shown = price === null ? 'nothing above 0 is left' : formatDecimal(price);
  const text = `${formatDecimal(exact)} to the tick ${formatDecimal(tick)}, ${rounding}: ${shown}`;
  return makeStep('rounding', text, '', numbers);
}

function triggerStep({ standing, position }: PositionFigures): Step {
  const sign = standing.trigger === 'below' ? '<' : '≤';
  const who = isCross(position) ? 'the pool' : 'this position';
  const text =
    `${who} is ${standing.state} now; the trigger is equity ${sign} requirement ` +
    `(${formatDecimal(standing.equity)} against ${formatDecimal(standing.maintenance)})`;
  const numbers = { equity: standing.equity, maintenance: standing.maintenance };
  return makeStep('trigger', text, `equity ${sign} requirement`, numbers);
}

function forcedStep(figures: PositionFigures, line: Line): Step {
  const share = figures.forcedShare ?? ONE;
  const own = { ...figures, burden: { ...figures.burden, share } };
  const step = boundaryStep(own, line);
  const price = line.price === null ? 'none' : formatDecimal(line.price);
  return { ...step, title: 'forced close', text: `${step.text}; forced price ${price}` };
}

function textOrNone(value: Rational | null): string | null {
  return value === null ? null : formatDecimal(value);
}
