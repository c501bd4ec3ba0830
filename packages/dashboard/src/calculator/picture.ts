/**
 * Equity against maintenance margin over the price of one market: the points of a chart, each
 * reckoned exactly with the market at that price.
 */
import { whatIf, type Report, type State } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';

/** An account with its market at one price; decimal text as `check` prints it. */
export interface PricePoint {
  readonly price: string;
  readonly equity: string;
  readonly maintenanceMargin: string;
  readonly marginRatio: string;
  readonly state: State;
}

export interface Picture {
  readonly from: number;
  readonly to: number;
  /** The step of prices that can be looked at: a power of ten. */
  readonly step: number;
  readonly points: readonly PricePoint[];
}

/** One position of a document that `check` has taken. */
export interface Subject {
  readonly document: unknown;
  readonly report: Report;
  readonly index: number;
}

const POINTS = 48;
/** Room beyond the outermost price that matters, as a share of what lies between them. */
const MARGIN = 0.18;
/** How much of the mark is shown at least, to each side. */
const LEAST = 0.04;
const FIGURES = 3;

/** From below the lowest to above the highest of mark, liquidation and bankruptcy price. */
export function pictureOf(subject: Subject): Picture {
  const { from, to } = rangeOf(subject);
  const step = 10 ** Math.floor(Math.log10((to - from) / 10 ** FIGURES));
  const prices = Array.from({ length: POINTS + 1 }, (_, k) => from + ((to - from) * k) / POINTS);
  const points = prices.flatMap((price) => pointAt(subject, written(price, step)) ?? []);
  return { from, to, step, points };
}

/** A price on the step, as plain decimal text. */
export function written(price: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (Math.max(1, Math.round(price / step)) * step).toFixed(decimals);
}

function rangeOf({ document, report, index }: Subject): { from: number; to: number } {
  const { positions } = document as { positions: readonly { markPrice: unknown }[] };
  const mark = Number(String(positions[index]?.markPrice));
  const { liquidationPrice, bankruptcyPrice } = report.positions[index] ?? {};
  const near = [liquidationPrice, bankruptcyPrice].flatMap((price) => {
    const value = price === null || price === undefined ? Number.NaN : Number(price);
    return value < mark * 3 ? [value] : [];
  });
  const low = Math.min(mark * (1 - LEAST), ...near);
  const high = Math.max(mark * (1 + LEAST), ...near);
  const room = (high - low) * MARGIN;
  return { from: Math.max(low - room, mark / 1000), to: high + room };
}

/** The position's pool, or its own margin, with its market at another price. */
export function pointAt({ document, report, index }: Subject, price: string): PricePoint | null {
  const market = report.positions[index]?.market ?? '';
  const moved = whatIf(document, [{ kind: 'prices', prices: { [market]: price } }], rulebooks);
  if ('error' in moved) return null;
  const position = moved.after.positions[index];
  if (position === undefined) return null;
  const isCross = position.marginMode === 'cross';
  const { equity, marginRatio, state } = position;
  const maintenanceMargin = isCross ? moved.after.maintenanceMargin : position.maintenanceMargin;
  return { price, equity, maintenanceMargin, marginRatio, state };
}
