/**
 * What the gap between last and mark price has been: candles of both, side by side. Stops that
 * trigger on one while liquidation looks at the other need to know it.
 */
import { toNumber } from '@plimsoll/core/units';
import { readCandles, type CandleFile, type CandleRow } from './candle-file.ts';
import { ReplayError } from './replay-error.ts';

/** Shares of the mark. */
export interface GapSizes {
  readonly median: number;
  /** Not exceeded in 99 of 100 intervals. */
  readonly most: number;
  readonly widest: number;
  /** When the widest was: the beginning of its interval, ISO 8601. */
  readonly widestAt: string;
}

export interface PriceGap {
  readonly market: string;
  readonly from: string;
  readonly to: string;
  /** Intervals of the coarser file that both cover. */
  readonly intervals: number;
  readonly intervalMinutes: number;
  /** |last − mark| / mark where an interval ends. */
  readonly closes: GapSizes;
  /** How far last went below the mark's low, and above its high, within an interval. */
  readonly below: GapSizes;
  readonly above: GapSizes;
}

/** Reads both files and measures. Throws a ReplayError that names what is wrong and where. */
export async function measureGap(lastPath: string, markPath: string): Promise<PriceGap> {
  const last = await readCandles(lastPath, true);
  const mark = await readCandles(markPath, true);
  const stepMs = Math.max(last.intervalMs, mark.intervalMs);
  if (stepMs % last.intervalMs !== 0 || stepMs % mark.intervalMs !== 0) {
    throw new ReplayError(`${lastPath} and ${markPath}: one interval must divide the other`);
  }
  const lasts = widened(last, stepMs);
  const pairs = [...widened(mark, stepMs)].flatMap(([timeMs, one]) => {
    const other = lasts.get(timeMs);
    return other === undefined ? [] : [{ timeMs, last: other, mark: one }];
  });
  const [first] = pairs;
  const final = pairs.at(-1);
  if (first === undefined || final === undefined) {
    throw new ReplayError(`${lastPath} and ${markPath} have no time in common`);
  }
  return {
    market: mark.symbol,
    from: new Date(first.timeMs).toISOString(),
    to: new Date(final.timeMs + stepMs).toISOString(),
    intervals: pairs.length,
    intervalMinutes: stepMs / 60_000,
    closes: sizesOf(pairs, (pair) => Math.abs(pair.last.close / pair.mark.close - 1)),
    below: sizesOf(pairs, (pair) => Math.max(0, 1 - pair.last.low / pair.mark.low)),
    above: sizesOf(pairs, (pair) => Math.max(0, pair.last.high / pair.mark.high - 1)),
  };
}

interface Span {
  high: number;
  low: number;
  close: number;
  parts: number;
}

interface Pair {
  readonly timeMs: number;
  readonly last: Span;
  readonly mark: Span;
}

/** Candles put together to a wider interval; one that is not whole is left out. */
function widened(file: CandleFile, stepMs: number): Map<number, Span> {
  const spans = new Map<number, Span>();
  for (const row of file.rows) {
    const timeMs = Math.floor(row.timeMs / stepMs) * stepMs;
    const span = spans.get(timeMs);
    if (span === undefined) spans.set(timeMs, spanOf(row));
    else join(span, row);
  }
  const whole = stepMs / file.intervalMs;
  for (const [timeMs, { parts }] of spans) if (parts !== whole) spans.delete(timeMs);
  return spans;
}

function spanOf({ high, low, close }: CandleRow): Span {
  return { high: toNumber(high), low: toNumber(low), close: toNumber(close), parts: 1 };
}

function join(span: Span, row: CandleRow): void {
  span.high = Math.max(span.high, toNumber(row.high));
  span.low = Math.min(span.low, toNumber(row.low));
  span.close = toNumber(row.close);
  span.parts += 1;
}

function sizesOf(pairs: readonly Pair[], gapOf: (pair: Pair) => number): GapSizes {
  const gaps = pairs.map((pair) => ({ timeMs: pair.timeMs, gap: gapOf(pair) }));
  gaps.sort((a, b) => a.gap - b.gap || b.timeMs - a.timeMs);
  const at = (share: number): number => gaps[Math.ceil(share * gaps.length) - 1]?.gap ?? 0;
  const widest = gaps.at(-1);
  return {
    median: at(0.5),
    most: at(0.99),
    widest: widest?.gap ?? 0,
    widestAt: new Date(widest?.timeMs ?? 0).toISOString(),
  };
}
