/**
 * Liquidation prices in IEEE doubles. Between two edges equity less requirement is
 *
 *   constant + slope·x − square·x² − curve·x^power,   square, curve ≥ 0,
 *
 * which is concave, so that one look at the next edge says whether a zero lies before it. A
 * schedule that asks the largest of its parts is met where the first of them is met.
 */
import {
  bankruptcyCoordinate,
  constantFee,
  feeSlope,
  joinHedge,
  levelOf,
  loadMover,
  makeMover,
  raised,
  scheduledAt,
  seenAt,
} from './kernel-mover.ts';
import type { Mover } from './kernel-mover.ts';
import { LOOKS_AT } from './kernel-shape.ts';
import type { AccountColumns, MarketColumns, PositionColumns } from './kernel-shape.ts';
import { formAt, zeroAbove, zeroBelow } from './kernel-zero.ts';
import type { Form } from './kernel-zero.ts';

/** A mover's way through the levels of one part: the piece it is in, and where that ends. */
interface Way {
  readonly mover: Mover;
  level: number;
  first: number;
  last: number;
  /** Of what the part looks at, for each unit of x; 0 when that does not move. */
  seen: number;
  /** What the piece adds to the constant and takes from the slope. */
  saved: number;
  rate: number;
  /** The next edge, as x; 0 or Infinity when there is none. */
  edge: number;
}

/** What does not depend on the parts chosen. */
interface Base {
  /** Of the account. */
  equity: number;
  maintenance: number;
  /** Of the movement: 1 when x grows, −1 when it falls. */
  direction: number;
  start: number;
  constant: number;
  slope: number;
  /** The sizes of what is summed in the two: less than `NOISE` of them is 0. */
  constantSize: number;
  slopeSize: number;
}

function makeWay(): Way {
  const amounts = { seen: 0.5, saved: 0.5, rate: 0.5, edge: 0.5 };
  return { mover: makeMover(), level: 0, first: 0, last: 0, ...amounts };
}

function makeForm(): Form {
  return { constant: 0.5, slope: 0.5, square: 0.5, curve: 0.5, power: 0.5 };
}

const OWN = makeWay();
const OTHER = makeWay();
/** The whole less what the levels add, and with it. */
const WHOLE = makeForm();
const PIECE = makeForm();
const BASE: Base = {
  equity: 0.5,
  maintenance: 0.5,
  direction: 1,
  start: 0.5,
  constant: 0.5,
  slope: 0.5,
  constantSize: 0.5,
  slopeSize: 0.5,
};
const NOISE = 1e-15;

/**
 * Writes the liquidation price of each position into `prices`, from what `standings` has written:
 * its market's price moves against the account, with every position of the account in that market;
 * the other markets stand still. The mark itself when equity does not exceed the requirement; NaN
 * when no price above 0 triggers. Not rounded to ticks.
 */
export function liquidationPrices(
  markets: MarketColumns,
  positions: PositionColumns,
  accounts: AccountColumns,
  prices: Float64Array,
): void {
  const { firstPosition, equity, maintenance } = accounts;
  for (let account = 0; account < equity.length; account += 1) {
    const end = firstPosition[account + 1] as number;
    BASE.equity = equity[account] as number;
    BASE.maintenance = maintenance[account] as number;
    for (let row = firstPosition[account] as number; row < end; row += 1) {
      const partner = positions.partner[row] as number;
      prices[row] =
        partner >= 0 && partner < row
          ? (prices[partner] as number)
          : priceOf(markets, positions, accounts, row);
    }
  }
}

function priceOf(
  markets: MarketColumns,
  positions: PositionColumns,
  { positionMaintenance }: AccountColumns,
  row: number,
): number {
  const m = positions.market[row] as number;
  const mark = markets.markPrice[m] as number;
  if (BASE.equity <= BASE.maintenance) return mark;
  const partner = positions.partner[row] as number;
  loadMover(markets, positions, row, OWN.mover);
  let moved = positionMaintenance[row] as number;
  if (partner >= 0) {
    loadMover(markets, positions, partner, OTHER.mover);
    joinHedge(markets, OWN.mover, OTHER.mover);
    moved += positionMaintenance[partner] as number;
  }
  setBase(markets, partner >= 0, moved);
  const x = firstLine(markets, partner >= 0);
  if (x === BASE.start) return mark;
  return markets.inverse[m] === 1 ? 1 / x : x;
}

/** Equity less all of the requirement that no part decides. */
function setBase(markets: MarketColumns, isPair: boolean, moved: number): void {
  const { start, gain } = OWN.mover;
  const slope = isPair ? gain + OTHER.mover.gain : gain;
  const others = BASE.maintenance - moved;
  BASE.start = start;
  BASE.direction = slope > 0 ? -1 : 1;
  BASE.constant = BASE.equity - slope * start - others;
  BASE.slope = slope;
  BASE.constantSize = Math.abs(BASE.equity) + others;
  BASE.slopeSize = 0;
  addFixed(markets, OWN.mover, slope);
  if (isPair) addFixed(markets, OTHER.mover, slope);
}

function addFixed(markets: MarketColumns, mover: Mover, slope: number): void {
  const exit = bankruptcyCoordinate(markets, mover, BASE.equity, slope);
  BASE.constant -= constantFee(markets, mover, exit);
  if (markets.entryBasis[mover.market] === 1)
    BASE.constant -= scheduledAt(markets, mover, mover.entry);
  BASE.slope -= feeSlope(markets, mover);
  BASE.slopeSize += mover.scale;
  BASE.constantSize += mover.scale * mover.start;
}

/** The first x met of all choices of a part for each mover; NaN for none. */
function firstLine(markets: MarketColumns, isPair: boolean): number {
  let nearest = Number.NaN;
  const own = OWN.mover;
  const other = OTHER.mover;
  for (let part = own.firstPart; part < endOf(markets, own); part += 1) {
    const firstOther = isPair ? other.firstPart : 0;
    const endOther = isPair ? endOf(markets, other) : 1;
    for (let second = firstOther; second < endOther; second += 1) {
      begin(markets, part, isPair ? second : -1);
      const x = walk(markets);
      const isNearer = BASE.direction < 0 ? x > nearest : x < nearest;
      if (isNearer || Number.isNaN(nearest)) nearest = x;
    }
  }
  return nearest;
}

/** Where no part moves, one choice stands for all. */
function endOf(markets: MarketColumns, { market, share, firstPart, endPart }: Mover): number {
  return share === 0 || markets.entryBasis[market] === 1 ? firstPart + 1 : endPart;
}

function begin(markets: MarketColumns, part: number, second: number): void {
  WHOLE.constant = BASE.constant;
  WHOLE.slope = BASE.slope;
  WHOLE.square = 0;
  WHOLE.curve = 0;
  WHOLE.power = 2;
  beginWay(markets, OWN, part);
  if (second >= 0) beginWay(markets, OTHER, second);
  else stand(OTHER);
}

function stand(way: Way): void {
  way.seen = 0;
  way.saved = 0;
  way.rate = 0;
  way.edge = BASE.direction < 0 ? 0 : Number.POSITIVE_INFINITY;
}

function beginWay(markets: MarketColumns, way: Way, part: number): void {
  const { mover } = way;
  const { parts, levels } = markets;
  stand(way);
  if (mover.share === 0 || markets.entryBasis[mover.market] === 1) return;
  const seen = seenAt(markets, mover, part, mover.start);
  const level = levelOf(markets, part, seen);
  WHOLE.constant -= mover.share * (parts.amount[part] as number) * mover.contracts;
  if (parts.looksAt[part] === LOOKS_AT.size) {
    const rate = (levels.rate[level] as number) - (levels.deduction[level] as number) / seen;
    const rise = (parts.factor[part] as number) * raised(seen, parts.exponent[part] as number);
    WHOLE.slope -= (rate + rise) * mover.scale;
    return;
  }
  way.seen = parts.looksAt[part] === LOOKS_AT.value ? mover.gross : mover.gross / mover.scale;
  way.level = level;
  way.first = parts.start[part] as number;
  way.last = (parts.end[part] as number) - 1;
  if (parts.factor[part] !== 0) addCurve(markets, mover, part);
  enter(markets, way);
}

/** V·factor·V^exponent, as a power of x. */
function addCurve({ parts }: MarketColumns, mover: Mover, part: number): void {
  const exponent = parts.exponent[part] as number;
  const rise = (parts.factor[part] as number) * mover.scale * raised(mover.gross, exponent);
  if (exponent === 1) {
    WHOLE.square += rise;
  } else {
    WHOLE.curve += rise;
    WHOLE.power = exponent + 1;
  }
}

/** Takes the way's level into account, and finds where it ends. */
function enter({ levels }: MarketColumns, way: Way): void {
  const { level, seen, mover } = way;
  way.rate = (levels.rate[level] as number) * mover.scale;
  way.saved = ((levels.deduction[level] as number) * mover.scale) / seen;
  if (BASE.direction < 0) {
    way.edge = level > way.first ? (levels.from[level] as number) / seen : 0;
  } else {
    const isLast = level >= way.last;
    way.edge = isLast ? Number.POSITIVE_INFINITY : (levels.from[level + 1] as number) / seen;
  }
}

/** From the mark on, piece by piece; at an edge on the way down the piece below already applies. */
function walk(markets: MarketColumns): number {
  const { direction } = BASE;
  let at = BASE.start;
  for (let isFirst = true; ; isFirst = false) {
    setPiece();
    if (!isFirst && formAt(PIECE, at) <= 0) return at;
    const isDown = direction < 0;
    const edge = isDown ? Math.max(OWN.edge, OTHER.edge) : Math.min(OWN.edge, OTHER.edge);
    const x = isDown ? zeroBelow(PIECE, edge, at) : zeroAbove(PIECE, at, edge);
    if (!Number.isNaN(x)) return x;
    if (edge === 0 || edge === Number.POSITIVE_INFINITY) return Number.NaN;
    stepOver(markets, OWN, edge);
    stepOver(markets, OTHER, edge);
    at = edge;
  }
}

function stepOver(markets: MarketColumns, way: Way, edge: number): void {
  if (way.edge !== edge) return;
  way.level += BASE.direction;
  enter(markets, way);
}

function setPiece(): void {
  const constant = WHOLE.constant + OWN.saved + OTHER.saved;
  const slope = WHOLE.slope - OWN.rate - OTHER.rate;
  PIECE.constant = Math.abs(constant) <= NOISE * BASE.constantSize ? 0 : constant;
  PIECE.slope = Math.abs(slope) <= NOISE * BASE.slopeSize ? 0 : slope;
  PIECE.square = WHOLE.square;
  PIECE.curve = WHOLE.curve;
  PIECE.power = WHOLE.power;
}
