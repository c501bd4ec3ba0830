/** The latest durable mark of every market with how far it can be trusted, for the feed. */
import { marketIds, marketView, type Engine, type EngineEvent } from '@plimsoll/core/engine';
import { timeText, type Scales } from './present.ts';
import { unitsToText } from './scale.ts';

export class MarksBoard {
  readonly #ticks = new Map<string, number>();
  readonly #validity = new Map<string, string>();
  #sequence: number;
  #timeMs: number;
  #version = 0;

  constructor(engine: Engine) {
    this.#sequence = engine.sequence;
    this.#timeMs = engine.timeMs;
    for (const id of marketIds(engine)) {
      const view = marketView(engine, id);
      if (view === null) continue;
      if (view.markTicks > 0) this.#ticks.set(id, view.markTicks);
      this.#validity.set(id, view.validity);
    }
  }

  /** Rises with every mark, and whenever one can be trusted more or less. */
  get version(): number {
    return this.#version;
  }

  take(event: EngineEvent): void {
    if (event.kind === 'validity-changed') this.#validity.set(event.market, event.validity);
    else if (event.kind !== 'marked') return;
    else for (const { market, priceTicks } of event.prices) this.#ticks.set(market, priceTicks);
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
    const validity = Object.fromEntries(this.#validity);
    return { sequence: this.#sequence, time, prices: Object.fromEntries(prices), validity };
  }
}
