/** How late the event loop is: the time beyond its due at which a timer comes. */

const EVERY_MS = 100;

export class LagMeter {
  readonly #timer: NodeJS.Timeout;
  #due: number = performance.now() + EVERY_MS;
  #lagMs = 0;

  /** Tells `observe` every lateness, in seconds. */
  constructor(observe: (seconds: number) => void) {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lagMs = Math.max(0, now - this.#due);
      this.#due = now + EVERY_MS;
      observe(this.#lagMs / 1_000);
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** The last lateness in milliseconds: what came meanwhile had to wait as long. */
  get lagMs(): number {
    return this.#lagMs;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
