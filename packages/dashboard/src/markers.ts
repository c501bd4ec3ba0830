/** Past liquidations as marks at the candles: what was closed by force, by candle and side. */
import type { FeedEvent, FeedKind } from './api.ts';

/** What closes a position by force: on the market, by the fund, against the other side. */
export const CLOSING_KINDS = [
  'liquidation-filled',
  'liquidation-taken-over',
  'deleveraged',
] as const satisfies readonly FeedKind[];

export interface Closing {
  readonly sequence: number;
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  /** The side that was closed. */
  readonly side: 'long' | 'short';
  /** Price times size: an order of magnitude for the size of the mark. */
  readonly worth: number;
}

export function closingsOf(events: readonly FeedEvent[], market: string): Closing[] {
  return events.flatMap((event) => {
    if (!isClosing(event) || event.market !== market) return [];
    const { sequence, index, price, size } = event;
    const time = Math.floor(Date.parse(event.time) / 1_000);
    const side = event.side === 'sell' ? 'long' : 'short';
    return [{ sequence, index, time, side, worth: Number(price) * Number(size) }];
  });
}

function isClosing(
  event: FeedEvent,
): event is Extract<FeedEvent, { readonly kind: (typeof CLOSING_KINDS)[number] }> {
  return (CLOSING_KINDS as readonly string[]).includes(event.kind);
}

export interface Mark {
  readonly time: number;
  readonly side: 'long' | 'short';
  readonly count: number;
  /** 0.4 to 1.6, by the worth against the largest. */
  readonly size: number;
}

/** One mark for each candle and side, oldest first; what comes twice counts once. */
export function gathered(closings: readonly Closing[], seconds: number): Mark[] {
  const seen = new Set<string>();
  const sums = new Map<
    string,
    { time: number; side: Mark['side']; count: number; worth: number }
  >();
  for (const { sequence, index, time, side, worth } of closings) {
    const own = `${sequence}.${index}`;
    if (seen.has(own)) continue;
    seen.add(own);
    const start = time - (time % seconds);
    const key = `${start} ${side}`;
    const known = sums.get(key) ?? { time: start, side, count: 0, worth: 0 };
    sums.set(key, { ...known, count: known.count + 1, worth: known.worth + worth });
  }
  const all = [...sums.values()].toSorted((a, b) => a.time - b.time);
  const most = all.reduce((largest, { worth }) => Math.max(largest, worth), 1);
  return all.map(({ worth, ...mark }) => ({ ...mark, size: 0.4 + 1.2 * Math.sqrt(worth / most) }));
}
