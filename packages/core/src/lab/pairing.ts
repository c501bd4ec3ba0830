/**
 * Pairs the decisions of two engines about the same units: one of ours with one of theirs of the
 * same kind, as long as whoever came first has not moved on to the next episode.
 */
export type Party = 'ours' | 'theirs';

/** One decision of one side; `unit` names the pool or isolated position that it is about. */
export interface Decided {
  readonly kind: 'called' | 'cleared' | 'liquidated' | 'ended';
  readonly unit: string;
  readonly timeMs: number;
  /** Whether the unit has nothing left to hold: then not everybody says that a call is over. */
  readonly isFlat: boolean;
}

/** `lagMs`: ours less theirs; below 0 we were earlier. */
export type Paired<D extends Decided> =
  | { readonly ours: D; readonly theirs: D; readonly lagMs: number }
  | { readonly ours: D; readonly theirs: null; readonly lagMs: null }
  | { readonly ours: null; readonly theirs: D; readonly lagMs: null };

interface Waiting<D> {
  readonly party: Party;
  readonly decided: D;
  /** When its own side moved on; Infinity while it has not. */
  overMs: number;
  /** Said on the way to something else, so that nobody need say it. */
  isIncidental: boolean;
}

/** What a decision puts an end to: the earlier ones of its side are of another episode. */
const ENDS: Readonly<Record<Decided['kind'], readonly Decided['kind'][]>> = {
  called: ['called', 'cleared', 'liquidated'],
  cleared: ['called'],
  liquidated: ['liquidated', 'cleared'],
  ended: ['called', 'liquidated'],
};

export class Pairing<D extends Decided> {
  readonly #toleranceMs: number;
  readonly #units = new Map<string, Waiting<D>[]>();

  /** An episode that is over waits so much longer for the other side. */
  constructor(toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
  }

  /** Takes a decision and gives what is certain by it. Times never go back. */
  take(party: Party, decided: D): Paired<D>[] {
    const waiting = this.#units.get(decided.unit) ?? [];
    const expired = waiting.filter(({ overMs }) => decided.timeMs - overMs > this.#toleranceMs);
    const rest = waiting.filter((one) => !expired.includes(one));
    this.#units.set(decided.unit, rest);
    const pair = decided.kind === 'ended' ? null : takePartner(rest, party, decided);
    moveOn(rest, party, decided);
    if (pair !== null) return [...expired.flatMap(alone), pair];
    if (decided.kind !== 'ended') {
      const isIncidental = decided.kind === 'cleared' && decided.isFlat;
      rest.push({ party, decided, overMs: Infinity, isIncidental });
    }
    return expired.flatMap(alone);
  }

  /** Whatever has found no partner, in the order of time. */
  rest(): Paired<D>[] {
    const left = [...this.#units.values()].flat();
    this.#units.clear();
    return left.sort((a, b) => a.decided.timeMs - b.decided.timeMs).flatMap(alone);
  }
}

function takePartner<D extends Decided>(
  waiting: Waiting<D>[],
  party: Party,
  decided: D,
): Paired<D> | null {
  const at = waiting.findIndex((one) => one.party !== party && one.decided.kind === decided.kind);
  const [partner] = at < 0 ? [] : waiting.splice(at, 1);
  if (partner === undefined) return null;
  const [ours, theirs] = party === 'ours' ? [decided, partner.decided] : [partner.decided, decided];
  return { ours, theirs, lagMs: ours.timeMs - theirs.timeMs };
}

/** A call in the moment of its liquidation is one that some venues do not make. */
function moveOn<D extends Decided>(waiting: Waiting<D>[], party: Party, decided: D): void {
  for (const one of waiting) {
    if (one.party !== party) continue;
    if (ENDS[decided.kind].includes(one.decided.kind))
      one.overMs = Math.min(one.overMs, decided.timeMs);
    const together = one.decided.timeMs === decided.timeMs;
    if (decided.kind === 'liquidated' && one.decided.kind === 'called' && together)
      one.isIncidental = true;
  }
}

function alone<D extends Decided>({ party, decided, isIncidental }: Waiting<D>): Paired<D>[] {
  if (isIncidental) return [];
  return party === 'ours'
    ? [{ ours: decided, theirs: null, lagMs: null }]
    : [{ ours: null, theirs: decided, lagMs: null }];
}
