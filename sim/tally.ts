/** What was done to the server, and what it came to, counted by kind. */
import type { EngineEvent } from '@plimsoll/core/engine';

/** What befalls the server from outside. */
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
  | 'burst'
  | 'frozen-feed'
  | 'crossed-feed'
  | 'jumping-feed'
  | 'lying-source'
  | 'clock-jump'
  | 'frozen-clock'
  | 'slow-consumer'
  | 'broken-connection'
  | 'snapshot-in-avalanche';

/** What was checked or met: a law shows nothing where what it speaks of never happens. */
export type SightKind =
  | EngineEvent['kind']
  | 'start'
  | 'read'
  | 'read-turned-away'
  | 'command-that-waited'
  | 'command-turned-away'
  | 'marks-superseded'
  | 'subscriber-restarted';

export class Tally {
  readonly #faults = new Map<FaultKind, number>();
  readonly #sights = new Map<SightKind, number>();

  count(kind: FaultKind, times = 1): void {
    raise(this.#faults, kind, times);
  }

  see(kind: SightKind, times = 1): void {
    raise(this.#sights, kind, times);
  }

  /** All faults together. */
  get total(): number {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
  }

  add(other: Tally): void {
    for (const [kind, count] of other.#faults) this.count(kind, count);
    for (const [kind, count] of other.#sights) this.see(kind, count);
  }

  /** Faults by kind, sorted by its name. */
  faultsByKind(): Readonly<Record<string, number>> {
    return sorted(this.#faults);
  }

  /** What was met by kind, sorted by its name. */
  metByKind(): Readonly<Record<string, number>> {
    return sorted(this.#sights);
  }
}

function raise<Kind>(counts: Map<Kind, number>, kind: Kind, times: number): void {
  if (times > 0) counts.set(kind, (counts.get(kind) ?? 0) + times);
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
