/**
 * The stop that is filled before the position is liquidated: its distance to the liquidation price
 * is what slippage, latency, fees and the gap between last and mark may take, and what must be
 * left.
 *
 *   mark ──── stop ──slippage──latency──fees──gap──┤ distance ├── liquidation price
 */
import { compare, formatDecimal, minus, parseDecimal, plus, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Position, Refusal } from './account.ts';
import { stopSteps } from './answer-steps.ts';
import { figuresOf } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { marketTerms } from './funding-drag-terms.ts';
import { relativeDistance } from './geometry.ts';
import { roundPrice } from './price-rounding.ts';
import { refuse, step } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { identityOf, inquire, isRefused } from './sizing-inquiry.ts';
import type { AboutPosition, Identity } from './sizing-inquiry.ts';
import type { Step } from './step.ts';
import { cushionOf, readStopTerms, STOP_KEYS } from './stop-terms.ts';
import type { StopTerms, WrittenStopTerms } from './stop-terms.ts';
import { changedDocument } from './what-if.ts';
import type { Change } from './what-if-changes.ts';

export interface StopRequest extends AboutPosition, WrittenStopTerms {}

/** Where the stop belongs. Shares are of the mark. */
export interface Stop extends Identity {
  /** On the market's tick, rounded away from liquidation; null when nothing liquidates. */
  readonly stopPrice: string | null;
  readonly liquidationPrice: string | null;
  readonly markPrice: string;
  /** From the mark to the stop. */
  readonly stopDistance: string | null;
  readonly trigger: 'mark' | 'last';
  /** What the gap between last and mark has been, as given; null when it was not. */
  readonly gap: string | null;
  /** What lies between stop and liquidation price, part by part. */
  readonly cushion: {
    readonly distance: string;
    readonly slippage: string;
    readonly latency: string;
    readonly fees: string;
    readonly total: string;
  };
  /** How it came about, one step a line. */
  readonly steps: readonly Step[];
}

/** How a stop must follow when the account changes. */
export interface StopMove {
  readonly before: Stop;
  readonly after: Stop;
  /** after − before; null when one of them needs no stop. */
  readonly change: string | null;
}

const KEYS: ReadonlySet<string> = new Set(['position', ...STOP_KEYS]);

/**
 * The stop for one position: |mark − stop| + slippage + z·σ·√latency + fees + distance (+ gap, when
 * the last price triggers it) = the liquidation distance, all as shares of the mark. Refused when
 * they leave no room between mark and liquidation price, or when that is reached already.
 */
export function stopFor(
  document: unknown,
  request: StopRequest,
  rulebooks: readonly Rulebook[],
): Stop | { readonly error: Refusal } {
  const inquiry = inquire({ document, request, keys: KEYS, rulebooks });
  if (isRefused(inquiry)) return { error: inquiry };
  const { reader, fields, account, index } = inquiry;
  const { market } = account.positions[index] as Position;
  const { takerFee } = marketTerms(document, rulebooks)(market.name);
  const terms = readStopTerms(reader, fields, takerFee ?? ZERO);
  const figures = figuresOf(account).positions[index] as PositionFigures;
  const price = stopPrice(figures, cushionOf(terms));
  refuseStop(reader, figures, { price, terms });
  return reader.refusal === null ? stopOf(figures, terms, price) : { error: reader.refusal };
}

/**
 * The stop before and after changes of the account (margin, funding, tiers, anything that a what-if
 * can change): how far an order that rests must be moved.
 */
export function stopMove(
  document: unknown,
  request: StopRequest,
  { changes, rulebooks }: { changes: readonly Change[]; rulebooks: readonly Rulebook[] },
): StopMove | { readonly error: Refusal } {
  const before = stopFor(document, request, rulebooks);
  if ('error' in before) return before;
  const changed = changedDocument(document, changes, rulebooks);
  if ('error' in changed) return changed;
  const after = stopFor(changed.document, request, rulebooks);
  if ('error' in after) return after;
  const [from, to] = [before.stopPrice, after.stopPrice].map(parseDecimal);
  const change = from === undefined || to === undefined ? null : formatDecimal(minus(to, from));
  return { before, after, change };
}

/** On the tick that is not nearer to liquidation; null when nothing liquidates. */
export function stopPrice(figures: PositionFigures, cushion: Rational): Rational | null {
  const { liquidation, position } = figures;
  const { price } = liquidation;
  if (price === null) return null;
  const room = times(cushion, position.markPrice);
  const falls = compare(price, position.markPrice) <= 0;
  const stop = falls ? plus(price, room) : minus(price, room);
  const rounding = falls ? 'up' : 'down';
  return roundPrice({ ...position.market, rounding }, stop, stop);
}

/** Whether the stop lies between the mark and the liquidation price, on the mark's side of it. */
export function isBeforeLine({ liquidation, position }: PositionFigures, stop: Rational): boolean {
  const { markPrice } = position;
  const line = liquidation.price;
  return line !== null && compare(stop, markPrice) === compare(line, markPrice);
}

function refuseStop(
  reader: Reader,
  figures: PositionFigures,
  { price, terms }: { price: Rational | null; terms: StopTerms },
): void {
  const line = figures.liquidation.price;
  if (line === null) return;
  const mark = figures.position.markPrice;
  if (figures.liquidation.boundary.kind === 'now') {
    refuse(reader, step(null, 'position'), 'is past its liquidation price; no stop can help it');
  } else if (price === null || !isBeforeLine(figures, price)) {
    const room = formatDecimal(relativeDistance(mark, line));
    const message =
      `leaves no room: distance, slippage, latency, fees and gap come to ` +
      `${formatDecimal(cushionOf(terms))} of the mark, liquidation is ${room} away`;
    refuse(reader, step(null, 'distance'), message);
  }
}

function stopOf(
  { position, liquidation }: PositionFigures,
  terms: StopTerms,
  price: Rational | null,
): Stop {
  const { markPrice } = position;
  const line = liquidation.price;
  const { distance, slippage, latency, fees, trigger, gap } = terms;
  const stop = {
    ...identityOf(position),
    stopPrice: price === null ? null : formatDecimal(price),
    liquidationPrice: line === null ? null : formatDecimal(line),
    markPrice: formatDecimal(markPrice),
    stopDistance: price === null ? null : formatDecimal(relativeDistance(markPrice, price)),
    trigger,
    gap: gap === null ? null : formatDecimal(gap),
    cushion: {
      distance: formatDecimal(distance),
      slippage: formatDecimal(slippage),
      latency: formatDecimal(latency),
      fees: formatDecimal(fees),
      total: formatDecimal(cushionOf(terms)),
    },
  };
  return { ...stop, steps: stopSteps(stop) };
}
