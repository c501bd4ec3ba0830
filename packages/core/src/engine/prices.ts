/**
 * Marks: an epoch of changed prices from one source, taken only in that source's order, and what
 * each market makes of them; and the alert when a mark's validity changes.
 */
import type { CommandOf, MarkPrice } from './command.ts';
import { findSuspects } from './breach-index.ts';
import { isRefusal, knownMarket, MAX_UNITS, MAX_VALUE } from './admission.ts';
import { hear, type Hearing } from './price-feed.ts';
import type { CompiledPrices } from './price-rules.ts';
import { checkMove } from './breaker.ts';
import { confirmMark } from './recovery.ts';
import { refuse, type Refusal } from './refusal.ts';
import { marketAt, rulesAt, type Engine, type Market } from './state.ts';
import type { Turn } from './turn.ts';
import { validityOf } from './validity.ts';
import { noteRange } from './volatility.ts';

export function acceptMarks(turn: Turn, command: CommandOf<'marks'>): Refusal | null {
  const { engine } = turn;
  const { source, sourceSequence } = command;
  const refusal =
    refusePrices(engine, command) ??
    refuseUnlisted(engine, command) ??
    refuseStranger(engine, source);
  if (refusal !== null) return refusal;
  const newestSequence = engine.sources.get(source) ?? 0;
  if (sourceSequence <= newestSequence) {
    engine.counters.ignoredPrices += 1;
    turn.emit({ kind: 'price-ignored', source, sourceSequence, newestSequence });
    return null;
  }
  engine.sources.set(source, sourceSequence);
  engine.epoch = engine.sequence;
  takePrices(turn, command);
  tellValidities(turn);
  findSuspects(engine, turn.touched);
  return null;
}

/** Says which marks have become more or less trustworthy since it was last asked. */
export function tellValidities(turn: Turn): void {
  const { engine } = turn;
  for (const market of engine.markets) {
    const before = market.validity;
    const validity = validityOf(engine, market);
    if (validity === before) continue;
    market.validity = validity;
    // The first mark says itself that there is one.
    if (before === 'unmarked' && validity === 'fresh') continue;
    turn.emit({
      kind: 'validity-changed',
      market: market.id,
      before,
      validity,
      markTicks: market.markTicks,
      ageMs: engine.timeMs - market.markMs,
      awaitedTicks: market.feed.awaitedTicks === 0 ? null : market.feed.awaitedTicks,
    });
  }
}

/** Sets the marks that follow from the prices; those of several sources are quotes first. */
function takePrices(turn: Turn, command: CommandOf<'marks'>): void {
  const { engine } = turn;
  const { source } = command;
  // A source's clock may run ahead of ours; nothing is younger than now.
  const timeMs = Math.min(engine.timeMs, command.sourceTimeMs ?? engine.timeMs);
  const quoted: MarkPrice[] = [];
  const marked: MarkPrice[] = [];
  for (const price of command.prices) {
    const market = marketNamed(engine, price.market);
    if (!isListed(engine, market, source)) continue;
    if (market.mode === 'delisted') continue;
    const { prices } = rulesAt(engine, market.rules);
    if (prices !== null) quoted.push(price);
    const quote = { source, ticks: price.priceTicks, timeMs };
    const mark = prices === null ? quote : hearQuote(engine, market, { prices, quote });
    if (mark === null) continue;
    setMark(turn, market, mark);
    marked.push({ market: market.id, priceTicks: mark.ticks });
  }
  if (quoted.length > 0) turn.emit({ kind: 'quoted', source, prices: quoted });
  if (marked.length > 0) turn.emit({ kind: 'marked', source, prices: marked });
}

/** Sets a mark, and lets the guards that follow the marks see it. */
function setMark(
  turn: Turn,
  market: Market,
  mark: { readonly ticks: number; readonly timeMs: number },
): void {
  confirmMark(market, mark.ticks);
  const beforeTicks = market.markTicks;
  market.markTicks = mark.ticks;
  market.markMs = mark.timeMs;
  noteRange(turn, market, beforeTicks);
  checkMove(turn, market);
}

function hearQuote(
  engine: Engine,
  market: Market,
  said: { readonly prices: CompiledPrices; readonly quote: Parameters<typeof hear>[1] },
): ReturnType<typeof hear>['mark'] {
  const { feed, mark } = hear(market.feed, said.quote, hearingOf(engine, market, said.prices));
  market.feed = feed;
  return mark;
}

/** What a quote of a market meets now. */
export function hearingOf(engine: Engine, market: Market, rules: CompiledPrices): Hearing {
  const [leastTicks, mostTicks] = reckonableMarks(market);
  return { rules, markTicks: market.markTicks, nowMs: engine.timeMs, leastTicks, mostTicks };
}

function marketNamed(engine: Engine, id: string): Market {
  return marketAt(engine, engine.marketRows.get(id) ?? -1);
}

function isListed(engine: Engine, market: Market, source: string): boolean {
  return rulesAt(engine, market.rules).prices?.sources.includes(source) ?? true;
}

/** Prices of markets that do not list the source count for nothing; some of them must count. */
function refuseUnlisted(engine: Engine, { source, prices }: CommandOf<'marks'>): Refusal | null {
  const markets = prices.map((price) => marketNamed(engine, price.market));
  if (markets.some((market) => isListed(engine, market, source))) return null;
  const sources = markets.flatMap(({ rules }) => rulesAt(engine, rules).prices?.sources ?? []);
  const known = [...new Set(sources)].slice(0, 16).join(', ');
  const message = `"${source}" is no source of these markets, which listen to ${known}: list it in their rules`;
  return refuse('unknown-source', message, { source });
}

/** Names of sources are kept for ever, so that there is a last one. */
const MOST_SOURCES = 1000;

function refuseStranger({ sources }: Engine, source: string): Refusal | null {
  if (sources.has(source) || sources.size < MOST_SOURCES) return null;
  const message = `"${source}" would be one source too many: send marks under a name already used`;
  return refuse('too-large', message, { source, most: MOST_SOURCES });
}

function refusePrices(engine: Engine, command: CommandOf<'marks'>): Refusal | null {
  const seen = new Set<string>();
  for (const { market: id, priceTicks } of command.prices) {
    const row = knownMarket(engine, id);
    if (isRefusal(row)) return row;
    const market = marketAt(engine, row);
    if (seen.has(id))
      return refuse('malformed', `two marks for "${id}" in one epoch`, { market: id });
    seen.add(id);
    const unreckonable = refuseUnreckonable(market, priceTicks);
    if (unreckonable !== null) return unreckonable;
  }
  return null;
}

/** A price at which some position could not be reckoned exactly. */
export function refuseUnreckonable(market: Market, priceTicks: number): Refusal | null {
  const [leastTicks, mostTicks] = reckonableMarks(market);
  if (priceTicks >= leastTicks && priceTicks <= mostTicks) return null;
  return refuse('too-large', `the mark of "${market.id}" is too far to reckon exactly`, {
    market: market.id,
    priceTicks,
    leastTicks,
    mostTicks,
  });
}

/**
 * The lowest and highest mark at which the largest position's value is still a safe whole number.
 */
function reckonableMarks(market: Market): [least: number, most: number] {
  const { inverse, unit } = market.contract;
  const lots = Math.max(1, market.largestLots);
  if (inverse) return [Math.max(1, Math.ceil((lots / (2 * MAX_VALUE)) * unit)), MAX_UNITS];
  return [1, Math.floor(Number.MAX_SAFE_INTEGER / lots / unit)];
}
