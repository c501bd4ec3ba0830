/**
 * Candles of the marks, a bounded number for each market and interval. They are made from the
 * events and kept in a file beside each snapshot, so that a restart shows the same chart.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { EngineEvent } from '@plimsoll/core/engine';
import { unitsToNumber, type Scale } from './scale.ts';

export const INTERVALS: Readonly<Record<string, number>> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '4h': 14_400,
  '1d': 86_400,
};

/** Time in seconds, then open, high, low and close in ticks. */
type TickCandle = [time: number, open: number, high: number, low: number, close: number];

/** Time in seconds, then prices. */
export type Candle = readonly [number, number, number, number, number];

const KEPT_MAX = 1_500;

interface Saved {
  readonly sequence: number;
  readonly markets: Readonly<Record<string, Readonly<Record<string, TickCandle[]>>>>;
}

export class Candles {
  readonly #markets = new Map<string, Map<string, TickCandle[]>>();
  #sequence = 0;

  /** Takes the marks of an event in; events that it has seen are passed over. */
  take(event: EngineEvent): void {
    if (event.kind !== 'marked' || event.sequence <= this.#sequence) return;
    this.#sequence = event.sequence;
    const seconds = Math.floor(event.timeMs / 1_000);
    for (const { market, priceTicks } of event.prices) this.#add(market, seconds, priceTicks);
  }

  #add(market: string, seconds: number, ticks: number): void {
    const series = this.#series(market);
    for (const [interval, length] of Object.entries(INTERVALS)) {
      const candles = series.get(interval) ?? [];
      addTo(candles, seconds - (seconds % length), ticks);
      series.set(interval, candles);
    }
  }

  #series(market: string): Map<string, TickCandle[]> {
    const known = this.#markets.get(market);
    if (known !== undefined) return known;
    const fresh = new Map<string, TickCandle[]>();
    this.#markets.set(market, fresh);
    return fresh;
  }

  /** The latest `limit` candles, oldest first. */
  latest(market: string, interval: string, request: { limit: number; tick: Scale }): Candle[] {
    const candles = this.#markets.get(market)?.get(interval) ?? [];
    const price = (ticks: number): number => unitsToNumber(ticks, request.tick);
    return candles
      .slice(-request.limit)
      .map(([time, open, high, low, close]) => [
        time,
        price(open),
        price(high),
        price(low),
        price(close),
      ]);
  }

  /** The candles of an interval as they are kept, in ticks, oldest first. */
  kept(market: string, interval: string): readonly Readonly<TickCandle>[] {
    return this.#markets.get(market)?.get(interval) ?? [];
  }

  /** The mark in ticks that held at `seconds`; the oldest one known if that is later. */
  markAt(market: string, seconds: number): number | undefined {
    const candles = this.#markets.get(market)?.get('5m') ?? [];
    const before = candles.findLast(([time]) => time <= seconds);
    return before?.[4] ?? candles[0]?.[1];
  }

  save(file: string): void {
    const markets = Object.fromEntries(
      [...this.#markets].map(([market, series]) => [market, Object.fromEntries(series)]),
    );
    const saved: Saved = { sequence: this.#sequence, markets };
    writeFileSync(`${file}.new`, JSON.stringify(saved));
    renameSync(`${file}.new`, file);
  }

  /**
   * Reads what `save` wrote unless it is ahead of `sequenceMax`; a file that does not fit is left.
   */
  load(file: string, sequenceMax: number): void {
    try {
      const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved;
      if (saved.sequence > sequenceMax) return;
      for (const [market, series] of Object.entries(saved.markets)) {
        this.#markets.set(market, new Map(Object.entries(series)));
      }
      this.#sequence = saved.sequence;
    } catch {
      // Charts can begin anew; nothing else depends on them.
    }
  }
}

function addTo(candles: TickCandle[], time: number, ticks: number): void {
  const last = candles.at(-1);
  if (last === undefined || last[0] < time) candles.push([time, ticks, ticks, ticks, ticks]);
  else {
    last[2] = Math.max(last[2], ticks);
    last[3] = Math.min(last[3], ticks);
    last[4] = ticks;
  }
  if (candles.length > KEPT_MAX) candles.shift();
}
