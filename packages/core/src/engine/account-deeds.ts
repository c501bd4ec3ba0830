/**
 * What an account did and what was done to it, read from events: money, trades and leverage, each
 * as a change of what it holds.
 */
import type { EngineEvent, EventKind } from './event.ts';

/** One change of what an account holds. */
export interface Deed {
  readonly sequence: number;
  readonly index: number;
  readonly timeMs: number;
  /** Above 0: money that came in from outside of trades. */
  readonly cashAtoms: number;
  /** Above 0 bought. */
  readonly trade: { readonly market: string; readonly lots: number; readonly ticks: number } | null;
  /** The leverage that held before; null where the events do not say. */
  readonly leverage: { readonly market: string; readonly before: number | null } | null;
}

const FORCED_KINDS = [
  'liquidation-filled',
  'liquidation-taken-over',
  'deleveraged',
  'inventory-filled',
] as const satisfies readonly EventKind[];

/** The kinds of events that change what an account holds, or say by how much one did. */
export const DEED_KINDS: readonly EventKind[] = [
  'deposited',
  'withdrawn',
  'leverage-set',
  'traded',
  'funding-paid',
  'position-settled',
  'liquidation-started',
  ...FORCED_KINDS,
  'liquidation-ended',
  'deficit-covered',
  'loss-socialized',
];

/**
 * What an account did and what was done to it, oldest first as the events are. Where a deficit of
 * it was covered, the events must hold everybody's losses of that command: they made up the rest.
 */
export function deedsOf(id: string, events: readonly EngineEvent[]): readonly Deed[] {
  const reader = new DeedReader(id);
  return events.flatMap((event) => reader.read(event) ?? []);
}

type Of<K extends EventKind> = Extract<EngineEvent, { readonly kind: K }>;
type Told = Partial<Pick<Deed, 'cashAtoms' | 'trade' | 'leverage'>>;

/** Reads events in order and remembers what later ones leave out. */
class DeedReader {
  readonly #id: string;
  readonly #leverages = new Map<string, number>();
  /** By liquidation: the requirement at its start, and what fills have taken of its fee. */
  readonly #starts = new Map<number, number>();
  readonly #fees = new Map<number, number>();
  /** The command in which a deficit of the account was covered last. */
  #deficitIn = 0;

  constructor(id: string) {
    this.#id = id;
  }

  read(event: EngineEvent): Deed | null {
    const told = this.#money(event) ?? this.#exchange(event) ?? this.#liquidation(event);
    if (told === null) return null;
    const { sequence, index, timeMs } = event;
    return { sequence, index, timeMs, cashAtoms: 0, trade: null, leverage: null, ...told };
  }

  #money(event: EngineEvent): Told | null {
    if (!('account' in event) || event.account !== this.#id) return null;
    switch (event.kind) {
      case 'deposited':
        return { cashAtoms: event.amountAtoms };
      case 'withdrawn':
      case 'funding-paid':
        return { cashAtoms: -event.amountAtoms };
      case 'leverage-set': {
        const { market, leverageHundredths } = event;
        const before = this.#leverages.get(market) ?? null;
        this.#leverages.set(market, leverageHundredths);
        return { leverage: { market, before } };
      }
      case 'position-settled': {
        const { market, side, sizeLots, priceTicks: ticks } = event;
        return { trade: { market, lots: side === 'long' ? -sizeLots : sizeLots, ticks } };
      }
      default:
        return null;
    }
  }

  #exchange(event: EngineEvent): Told | null {
    switch (event.kind) {
      case 'traded':
        return tradedBy(this.#id, event);
      case 'inventory-filled':
      case 'liquidation-filled':
      case 'liquidation-taken-over':
      case 'deleveraged':
        return this.#forced(event);
      default:
        return null;
    }
  }

  #forced(event: Of<(typeof FORCED_KINDS)[number]>): Told | null {
    const { market, side, sizeLots, priceTicks: ticks } = event;
    const bought = side === 'buy' ? sizeLots : -sizeLots;
    if (event.counterparty === this.#id) return { trade: { market, lots: -bought, ticks } };
    if (event.kind === 'inventory-filled' || event.account !== this.#id) return null;
    const paid = this.#fees.get(event.liquidation) ?? 0;
    this.#fees.set(event.liquidation, paid + event.feeAtoms);
    return { cashAtoms: -event.feeAtoms, trade: { market, lots: bought, ticks } };
  }

  #liquidation(event: EngineEvent): Told | null {
    switch (event.kind) {
      case 'liquidation-started':
        if (event.account === this.#id) this.#starts.set(event.liquidation, event.maintenanceAtoms);
        return null;
      case 'liquidation-ended':
        return event.account === this.#id ? { cashAtoms: -this.#takenAtEnd(event) } : null;
      case 'deficit-covered':
        this.#deficitIn = event.account === this.#id ? event.sequence : 0;
        return event.account === this.#id ? { cashAtoms: event.amountAtoms } : null;
      case 'loss-socialized': {
        const given = this.#deficitIn === event.sequence ? event.amountAtoms : 0;
        const borne = event.account === this.#id ? event.amountAtoms : 0;
        return given === borne ? null : { cashAtoms: given - borne };
      }
      default:
        return null;
    }
  }

  /** What of the fee the fills have not taken, and the remainder where it goes to the fund. */
  #takenAtEnd(event: Of<'liquidation-ended'>): number {
    const fee = event.feeAtoms - (this.#fees.get(event.liquidation) ?? 0);
    if (event.remainderTo !== 'fund') return fee;
    return fee + Math.min(event.remainderAtoms, this.#starts.get(event.liquidation) ?? Infinity);
  }
}

function tradedBy(id: string, event: Of<'traded'>): Told | null {
  const { market, sizeLots, priceTicks: ticks, buyer, seller } = event;
  if (buyer === id)
    return { cashAtoms: -event.buyerFeeAtoms, trade: { market, lots: sizeLots, ticks } };
  if (seller !== id) return null;
  return { cashAtoms: -event.sellerFeeAtoms, trade: { market, lots: -sizeLots, ticks } };
}
