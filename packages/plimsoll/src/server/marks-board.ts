/** The latest durable mark of every market, as the feed tells them. */
import { marketIds, marketView, type Engine, type EngineEvent } from '@plimsoll/core/engine';
import { timeText, type Scales } from './present.ts';
import { unitsToText } from './scale.ts';

export class MarksBoard {
  readonly #ticks = new Map<string, number>();
  #sequence: number;
  #timeMs: number;
  #version = 0;

  constructor(engine: Engine) {
    this.#sequence = engine.sequence;
    this.#timeMs = engine.timeMs;
    for (const id of marketIds(engine)) {
      const ticks = marketView(engine, id)?.markTicks ?? 0;
      if (ticks > 0) this.#ticks.set(id, ticks);
    }
  }

  /** Rises with every mark. */
  get version(): number {
    return this.#version;
  }

  take(event: EngineEvent): void {
    if (event.kind !== 'marked') return;
    for (const { market, priceTicks } of event.prices) this.#ticks.set(market, priceTicks);
    this.#sequence = event.sequence;
    this.#timeMs = event.timeMs;
    this.#version += 1;
  }

  message(scales: Scales): object {
    const prices = [...this.#ticks].map(([market, ticks]) => {
      const tick = scales.market(market)?.tick;
      return [market, tick === undefined ? String(ticks) : unitsToText(ticks, tick)] as const;
    });
    const time = timeText(this.#timeMs);
    return { sequence: this.#sequence, time, prices: Object.fromEntries(prices) };
  }
}
