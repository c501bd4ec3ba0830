/**
 * Asks again and again while somebody looks: waits longer when the server is slow, stops while the
 * tab is hidden or the server away, and drops an answer that was overtaken by a newer question.
 */
export class Poller {
  readonly #task: (signal: AbortSignal) => Promise<void>;
  readonly #everyMs: number;
  readonly #mayAsk: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #current: AbortController | null = null;

  constructor(
    task: (signal: AbortSignal) => Promise<void>,
    everyMs: number,
    mayAsk: () => boolean,
  ) {
    this.#task = task;
    this.#everyMs = everyMs;
    this.#mayAsk = mayAsk;
  }

  /** Asks now, whatever is under way. */
  nudge(): void {
    this.stop();
    const own = new AbortController();
    this.#current = own;
    void this.#round(own);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#current?.abort();
    this.#current = null;
  }

  async #round(own: AbortController): Promise<void> {
    const started = performance.now();
    if (!document.hidden && this.#mayAsk()) await this.#ask(own.signal);
    if (own.signal.aborted) return;
    const tookMs = performance.now() - started;
    this.#timer = setTimeout(() => void this.#round(own), Math.max(this.#everyMs, 4 * tookMs));
  }

  async #ask(signal: AbortSignal): Promise<void> {
    try {
      await this.#task(signal);
    } catch (error) {
      // A TypeError is a server out of reach: the connection state says so and the next round asks.
      if (!signal.aborted && !(error instanceof TypeError)) console.error(error);
    }
  }
}
