/** Marks: an epoch of changed prices from one source, taken only in that source's order. */
import type { CommandOf } from './command.ts';
import { isRefusal, knownMarket, MAX_UNITS, MAX_VALUE } from './admission.ts';
import { refuse, type Refusal } from './refusal.ts';
import { marketAt, type Engine, type Market } from './state.ts';
import { sweep } from './sweep.ts';
import type { Turn } from './turn.ts';

export function acceptMarks(turn: Turn, command: CommandOf<'marks'>): Refusal | null {
  const { engine } = turn;
  const { source, sourceSequence, prices } = command;
  const refusal = refusePrices(engine, command);
  if (refusal !== null) return refusal;
  const newestSequence = engine.sources.get(source) ?? 0;
  if (sourceSequence <= newestSequence) {
    engine.counters.ignoredPrices += 1;
    turn.emit({ kind: 'price-ignored', source, sourceSequence, newestSequence });
    return null;
  }
  engine.sources.set(source, sourceSequence);
  engine.epoch = engine.sequence;
  for (const price of prices) setMark(engine, price.market, price.priceTicks);
  turn.emit({ kind: 'marked', source, prices });
  sweep(engine, turn.touched);
  return null;
}

function setMark(engine: Engine, id: string, ticks: number): void {
  const row = engine.marketRows.get(id);
  if (row === undefined) return;
  const market = marketAt(engine, row);
  market.markTicks = ticks;
  market.markMs = engine.timeMs;
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
    const [least, most] = reckonableMarks(market);
    if (priceTicks < least || priceTicks > most) {
      return refuse('too-large', `the mark of "${id}" is too far to reckon exactly`, {
        market: id,
        priceTicks,
        leastTicks: least,
        mostTicks: most,
      });
    }
  }
  return null;
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
