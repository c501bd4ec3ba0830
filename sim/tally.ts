/** What was done to the server, counted by kind. */

export type FaultKind =
  | 'kill'
  | 'power-loss'
  | 'power-loss-in-operation'
  | 'short-write'
  | 'failed-sync'
  | 'full-disk'
  | 'bit-rot'
  | 'lost-history'
  | 'duplicated-message'
  | 'dropped-message'
  | 'reordered-message'
  | 'frozen-feed'
  | 'crossed-feed'
  | 'jumping-feed'
  | 'lying-source'
  | 'clock-jump'
  | 'frozen-clock'
  | 'slow-consumer'
  | 'broken-connection'
  | 'snapshot-in-avalanche';

export class Tally {
  readonly #counts = new Map<FaultKind, number>();

  count(kind: FaultKind, times = 1): void {
    if (times > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  add(other: Tally): void {
    for (const [kind, count] of other.#counts) this.count(kind, count);
  }

  /** Counts by kind, sorted by its name. */
  byKind(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
