/**
 * One position of the kernel on the move: where it stands in the coordinate x (the price, or its
 * inverse for inverse contracts), what it gains with x and what its schedule asks there.
 */
import { FEE_AT, HEDGE, LOOKS_AT } from './kernel-shape.ts';
import type { MarketColumns, PositionColumns } from './kernel-shape.ts';

/** Rewritten for every row, so that no row allocates. */
export interface Mover {
  row: number;
  market: number;
  /** Contracts whose level decides: its own, or those of both sides of a hedge. */
  contracts: number;
  /** Value for each unit of x: its own, and that of all `contracts`. */
  scale: number;
  gross: number;
  /** Its share of what all `contracts` must hold. */
  share: number;
  /** Equity for each unit of x: `scale`, below 0 when it loses as x grows. */
  gain: number;
  /** x at the mark and at the entry. */
  start: number;
  entry: number;
  leverage: number;
  /** Rows of the parts of its schedule. */
  firstPart: number;
  endPart: number;
}

/** A mover to be loaded. */
export function makeMover(): Mover {
  return {
    row: 0,
    market: 0,
    contracts: 0.5,
    scale: 0.5,
    gross: 0.5,
    share: 0.5,
    gain: 0.5,
    start: 0.5,
    entry: 0.5,
    leverage: 0.5,
    firstPart: 0,
    endPart: 0,
  };
}

/** The unrealised PnL of a row at its market's mark. */
export function gainAtMark(
  markets: MarketColumns,
  positions: PositionColumns,
  row: number,
): number {
  const m = positions.market[row] as number;
  const signed = positions.amount[row] as number;
  const entry = positions.entryPrice[row] as number;
  const mark = markets.markPrice[m] as number;
  return markets.inverse[m] === 1 ? signed / entry - signed / mark : signed * (mark - entry);
}

/** Fills `mover` from a row, as if it were alone. */
export function loadMover(
  markets: MarketColumns,
  positions: PositionColumns,
  row: number,
  mover: Mover,
): void {
  const m = positions.market[row] as number;
  const signed = positions.amount[row] as number;
  const size = signed < 0 ? -signed : signed;
  const mark = markets.markPrice[m] as number;
  const entry = positions.entryPrice[row] as number;
  const isInverse = markets.inverse[m] === 1;
  mover.row = row;
  mover.market = m;
  mover.contracts = size / (markets.unit[m] as number);
  mover.scale = size;
  mover.gross = size;
  mover.share = 1;
  mover.gain = isInverse ? -signed : signed;
  mover.start = isInverse ? 1 / mark : mark;
  mover.entry = isInverse ? 1 / entry : entry;
  mover.leverage = positions.leverage[row] as number;
  const isShort = signed < 0;
  mover.firstPart = (isShort ? markets.shortStart[m] : markets.start[m]) as number;
  mover.endPart = (isShort ? markets.shortEnd[m] : markets.end[m]) as number;
}

/** Reckons the two sides of a market together as its rules say; of equals the first row counts. */
export function joinHedge(markets: MarketColumns, one: Mover, two: Mover): void {
  const hedge = markets.hedge[one.market] as number;
  if (hedge === HEDGE.separate) return;
  if (hedge === HEDGE.larger) {
    const isFirst = one.row < two.row ? one.scale >= two.scale : one.scale > two.scale;
    (isFirst ? two : one).share = 0;
    return;
  }
  const isSum = hedge === HEDGE.sum;
  const gross = isSum ? one.scale + two.scale : Math.max(one.scale, two.scale);
  const contracts = isSum ? one.contracts + two.contracts : Math.max(one.contracts, two.contracts);
  for (let k = 0; k < 2; k += 1) {
    const mover = k === 0 ? one : two;
    mover.share = mover.scale / gross;
    mover.gross = gross;
    mover.contracts = contracts;
  }
}

/**
 * x at which equity, less the mover's own closing fee there when that is at the bankruptcy price,
 * is 0; NaN for none above 0. `slope` is the equity that all movers of the market gain with x.
 */
export function bankruptcyCoordinate(
  markets: MarketColumns,
  mover: Mover,
  equity: number,
  slope: number,
): number {
  if (markets.feeAt[mover.market] !== FEE_AT.bankruptcy) return Number.NaN;
  const left = slope - (markets.feeRate[mover.market] as number) * mover.scale;
  if (left === 0) return slope * mover.start === equity ? mover.start : Number.NaN;
  const x = (slope * mover.start - equity) / left;
  return x > 0 ? x : Number.NaN;
}

/** The closing fee that does not move with the mark; `exit` is x at the bankruptcy price. */
export function constantFee(markets: MarketColumns, mover: Mover, exit: number): number {
  const at = markets.feeAt[mover.market] as number;
  const rate = markets.feeRate[mover.market] as number;
  if (at === FEE_AT.mark || rate === 0) return 0;
  if (at === FEE_AT.bankruptcy) return exit > 0 ? rate * mover.scale * exit : 0;
  const share = 1 / mover.leverage;
  const factor = mover.gain > 0 ? 1 - share : 1 + share;
  return factor > 0 ? rate * mover.scale * mover.entry * factor : 0;
}

/** The closing fee for each unit of x, 0 unless it is at the mark. */
export function feeSlope(markets: MarketColumns, mover: Mover): number {
  if (markets.feeAt[mover.market] !== FEE_AT.mark) return 0;
  return (markets.feeRate[mover.market] as number) * mover.scale;
}

/** The mover's whole requirement at the mark. */
export function requirementAtMark(markets: MarketColumns, mover: Mover, exit: number): number {
  const isEntry = markets.entryBasis[mover.market] === 1;
  const scheduled = scheduledAt(markets, mover, isEntry ? mover.entry : mover.start);
  return scheduled + feeSlope(markets, mover) * mover.start + constantFee(markets, mover, exit);
}

/** What the schedule asks at x: the largest of its parts. */
export function scheduledAt(markets: MarketColumns, mover: Mover, x: number): number {
  if (mover.share === 0) return 0;
  let most = partAt(markets, mover, mover.firstPart, x);
  for (let part = mover.firstPart + 1; part < mover.endPart; part += 1) {
    const asked = partAt(markets, mover, part, x);
    if (asked > most) most = asked;
  }
  return mover.share * most;
}

function partAt(markets: MarketColumns, mover: Mover, part: number, x: number): number {
  const { parts, levels } = markets;
  const value = mover.gross * x;
  const seen = seenAt(markets, mover, part, x);
  const k = levelOf(markets, part, seen);
  let rate = (levels.rate[k] as number) - (levels.deduction[k] as number) / seen;
  const factor = parts.factor[part] as number;
  if (factor !== 0) rate += factor * raised(seen, parts.exponent[part] as number);
  return value * rate + (parts.amount[part] as number) * mover.contracts;
}

/** What the part looks at, at x. */
export function seenAt(markets: MarketColumns, mover: Mover, part: number, x: number): number {
  const looksAt = markets.parts.looksAt[part] as number;
  if (looksAt === LOOKS_AT.size) return mover.contracts;
  return looksAt === LOOKS_AT.value ? mover.gross * x : (mover.gross * x) / mover.scale;
}

/** x^exponent, quick for the exponent 1. */
export function raised(x: number, exponent: number): number {
  return exponent === 1 ? x : x ** exponent;
}

/** Closer to an edge than products of doubles are exact is on it. */
const ON_EDGE = 1 + 1e-15;

/** The row of the level that `seen` is in; an edge belongs to the lower level. */
export function levelOf({ parts, levels }: MarketColumns, part: number, seen: number): number {
  const first = parts.start[part] as number;
  let k = (parts.end[part] as number) - 1;
  while (k > first && (levels.from[k] as number) * ON_EDGE >= seen) k -= 1;
  return k;
}
