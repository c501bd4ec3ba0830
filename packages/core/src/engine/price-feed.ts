/**
 * How the quotes of several sources become one mark: the median of the fresh ones, once enough of
 * them are close to it, and after a jump once that is confirmed. Until then the mark is held. It
 * never moves by the passing of time: only a quote can move it.
 */
import { mulDiv } from '../units/index.ts';
import type { CompiledPrices } from './price-rules.ts';
import { RATE_SCALE } from './requirement.ts';

/** The latest price of one source, and the event time at which it was true. */
export interface Quote {
  readonly source: string;
  readonly ticks: number;
  readonly timeMs: number;
}

/** What the newest quotes have done to the mark: moved it, or left it where it was, and why. */
export type Agreement = 'agreed' | 'jumping' | 'disputed';

/** What a market remembers of its sources. */
export interface PriceFeed {
  /** One a source, in the order in which they first spoke. */
  readonly quotes: readonly Quote[];
  readonly agreement: Agreement;
  /** Where an unconfirmed jump leads; 0 without one. */
  readonly awaitedTicks: number;
  readonly confirmations: number;
}

/** Of a market that takes its mark as it is given. */
export const NO_FEED: PriceFeed = {
  quotes: [],
  agreement: 'agreed',
  awaitedTicks: 0,
  confirmations: 0,
};

/** What a quote meets; `markTicks` is the mark in force, 0 for none. */
export interface Hearing {
  readonly rules: CompiledPrices;
  readonly markTicks: number;
  readonly nowMs: number;
  readonly leastTicks: number;
  readonly mostTicks: number;
}

export interface Heard {
  readonly feed: PriceFeed;
  /** The mark that the sources agree on; null: the one in force is held. */
  readonly mark: { readonly ticks: number; readonly timeMs: number } | null;
}

/** Takes a quote in, in place of what its source said before. */
export function hear(feed: PriceFeed, quote: Quote, hearing: Hearing): Heard {
  const { minimumAgreeing } = hearing.rules;
  const quotes = withQuote(feed.quotes, quote);
  const { fresh, median, agreeing } = weigh(quotes, hearing);
  // Silence is no dispute: the mark is held and grows stale by itself.
  if (fresh.length < minimumAgreeing) return { feed: { ...feed, quotes }, mark: null };
  if (agreeing.length < minimumAgreeing)
    return { feed: { ...NO_FEED, quotes, agreement: 'disputed' }, mark: null };
  const confirmations = confirmationsOf(feed, quote, { hearing, median, agreeing });
  if (confirmations < neededFor(median, hearing)) {
    const waiting = { agreement: 'jumping', awaitedTicks: median, confirmations } as const;
    return { feed: { quotes, ...waiting }, mark: null };
  }
  const timeMs = agreedSince(agreeing, minimumAgreeing);
  return { feed: { ...NO_FEED, quotes }, mark: { ticks: median, timeMs } };
}

/** What remains of a feed when other rules come into force: nothing of sources not listed. */
export function keepListed(feed: PriceFeed, rules: CompiledPrices | null): PriceFeed {
  if (rules === null) return NO_FEED;
  return { ...feed, quotes: feed.quotes.filter(({ source }) => rules.sources.includes(source)) };
}

function withQuote(quotes: readonly Quote[], quote: Quote): Quote[] {
  const known = quotes.some(({ source }) => source === quote.source);
  if (!known) return [...quotes, quote];
  return quotes.map((one) => (one.source === quote.source ? quote : one));
}

interface Weighed {
  /** Neither silent for too long nor, by now, beyond exact numbers. */
  readonly fresh: readonly Quote[];
  /** 0 without a fresh quote. */
  readonly median: number;
  readonly agreeing: readonly Quote[];
}

function weigh(quotes: readonly Quote[], hearing: Hearing): Weighed {
  const { rules, nowMs, leastTicks, mostTicks } = hearing;
  const fresh = quotes.filter(
    ({ ticks, timeMs }) =>
      nowMs - timeMs <= rules.silentAfterMs && ticks >= leastTicks && ticks <= mostTicks,
  );
  const median = medianOf(fresh.map(({ ticks }) => ticks));
  const agreeing = fresh.filter(({ ticks }) => isWithin(ticks, median, rules.maxDeviation));
  return { fresh, median, agreeing };
}

/** Of an even number the mean of the middle two, half-even. */
function medianOf(prices: readonly number[]): number {
  const sorted = [...prices].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return mulDiv(lower + upper, 1, 2, 'half-even');
}

/** |price − base| ≤ fraction × base, exactly. */
function isWithin(price: number, base: number, fraction: number): boolean {
  return BigInt(Math.abs(price - base)) * BigInt(RATE_SCALE) <= BigInt(base) * BigInt(fraction);
}

/** How many confirmations a mark there needs: none unless it is a jump from the one in force. */
function neededFor(ticks: number, { rules, markTicks }: Hearing): number {
  if (rules.jump === null || markTicks === 0) return 0;
  return isWithin(ticks, markTicks, rules.jump.threshold) ? 0 : rules.jump.confirmations;
}

/**
 * Each source that agrees confirms, and each of them once more with every later event time: so
 * several sources confirm a jump at once, and a lone one only by insisting.
 */
function confirmationsOf(
  feed: PriceFeed,
  quote: Quote,
  now: { readonly hearing: Hearing } & Pick<Weighed, 'median' | 'agreeing'>,
): number {
  const { jump } = now.hearing.rules;
  const { length } = now.agreeing;
  if (jump === null || feed.agreement !== 'jumping') return length;
  if (!isWithin(now.median, feed.awaitedTicks, jump.threshold)) return length;
  const before = feed.quotes.find(({ source }) => source === quote.source);
  const isLater = before === undefined || quote.timeMs > before.timeMs;
  const confirms = isLater && now.agreeing.includes(quote);
  return Math.max(length, feed.confirmations + (confirms ? 1 : 0));
}

/** The latest moment at which as many sources as are needed had spoken. */
function agreedSince(agreeing: readonly Quote[], needed: number): number {
  const times = agreeing.map(({ timeMs }) => timeMs).sort((a, b) => b - a);
  return times[needed - 1] ?? 0;
}

/** How a source stands now: `missing` has never spoken, `deviating` is too far from the median. */
export type SourceState = 'counted' | 'deviating' | 'silent' | 'missing';

/** The listed sources in their order. */
export function sourceStates(
  feed: PriceFeed,
  hearing: Hearing,
): { readonly source: string; readonly quote: Quote | null; readonly state: SourceState }[] {
  const { fresh, agreeing } = weigh(feed.quotes, hearing);
  return hearing.rules.sources.map((source) => {
    const quote = feed.quotes.find((one) => one.source === source);
    if (quote === undefined) return { source, quote: null, state: 'missing' };
    const state = agreeing.includes(quote) ? 'counted' : 'deviating';
    return { source, quote, state: fresh.includes(quote) ? state : 'silent' };
  });
}
