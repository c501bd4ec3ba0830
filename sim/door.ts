/**
 * The door of the sequencer seen from outside: who arrived, who was taken and who was turned away.
 * Nobody is taken beyond a limit or before whoever is more urgent, no liquidation is turned away,
 * and of marks that are passed over every market has newer ones.
 */
import type { Command } from '@plimsoll/core/engine';
import {
  classOf,
  CLASSES,
  type CommandClass,
  type LoadLimits,
} from '../packages/plimsoll/src/server/load-limits.ts';
import type { Draft, Sender } from '../packages/plimsoll/src/server/index.ts';
import type { ProblemError } from '../packages/plimsoll/src/server/problem.ts';
import type { Sequencer } from '../packages/plimsoll/src/server/sequencer.ts';
import type { Tally } from './tally.ts';

/** Marks of one source that arrived. */
interface Heard {
  readonly source: string;
  readonly sourceSequence: number;
  readonly markets: readonly string[];
}

/** A command that arrived, and how full it was then. */
interface Arrival {
  readonly draft: Draft;
  readonly own: CommandClass;
  readonly sender: Sender;
  /** What it asks for, however the draft is completed. */
  readonly body: Draft;
  readonly number: number;
  readonly load: number;
  readonly pricesWaiting: number;
  readonly heard: Heard | null;
}

export interface DoorParts {
  readonly sequencer: Sequencer;
  readonly limits: LoadLimits;
  readonly tally: Tally;
  readonly report: (violation: string) => void;
}

export class Door {
  readonly #parts: DoorParts;
  readonly #open = new Map<Draft, Arrival>();
  /** Marks that arrived and were not refused, in that order. */
  #heard: Heard[] = [];
  /** By class: when the last of it was taken. */
  readonly #taken = new Map<CommandClass, number>();
  #number = 0;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** A command arrives, before the sequencer is told. */
  arrive(draft: Draft, sender: Sender, engine: Parameters<typeof classOf>[0]): void {
    const { load, waiting } = this.#parts.sequencer;
    this.#open.set(draft, {
      draft,
      sender,
      own: classOf(engine, draft),
      body: { ...draft },
      number: (this.#number += 1),
      load,
      pricesWaiting: waiting.sizes.prices,
      heard: this.#hear(draft),
    });
  }

  /** The engine is about to take a command: what arrived for it. */
  take(command: Command): Pick<Arrival, 'body' | 'sender'> | undefined {
    const arrival = this.#open.get(command);
    if (arrival === undefined) return undefined;
    this.#open.delete(command);
    const { own, number, sender, body } = arrival;
    if (number < this.#number) this.#parts.tally.see('command-that-waited');
    if (this.#isBeyond(arrival)) this.#report(arrival, 'was taken beyond its limit');
    for (const later of CLASSES.slice(CLASSES.indexOf(own) + 1)) {
      if ((this.#taken.get(later) ?? 0) > number)
        this.#report(arrival, `waited while a command of class ${later} was taken`);
    }
    this.#taken.set(own, (this.#number += 1));
    return { sender, body };
  }

  /** A command came back with a problem: nothing was done. */
  turnAway(draft: Draft, { problem: { code } }: ProblemError): void {
    const arrival = this.#open.get(draft);
    if (arrival === undefined) return;
    this.#open.delete(draft);
    if (code === 'overloaded') this.#judgeOverload(arrival);
    if (code === 'superseded') this.#judgeSuperseded(arrival);
  }

  #judgeOverload(arrival: Arrival): void {
    this.#parts.tally.see('command-turned-away');
    if (!this.#isBeyond(arrival)) this.#report(arrival, 'was turned away within its limit');
    const { heard } = arrival;
    if (heard !== null) this.#heard = this.#heard.filter((one) => one !== heard);
  }

  #judgeSuperseded(arrival: Arrival): void {
    this.#parts.tally.see('marks-superseded');
    const { heard } = arrival;
    if (heard === null || !this.#isOutdone(heard))
      this.#report(arrival, 'was superseded, and nothing newer came');
  }

  /** Liquidations have no limit at all. */
  #isBeyond({ own, load, pricesWaiting }: Arrival): boolean {
    const { limits } = this.#parts;
    if (own === 'liquidations') return false;
    return own === 'prices' ? pricesWaiting >= limits.prices : load >= limits[own];
  }

  /** Whether one no older came first, or newer ones have prices for all of its markets. */
  #isOutdone(heard: Heard): boolean {
    const others = this.#heard.filter(({ source }) => source === heard.source);
    const before = others.slice(0, others.indexOf(heard));
    if (before.some((one) => one.sourceSequence >= heard.sourceSequence)) return true;
    const newer = others.filter((one) => one.sourceSequence > heard.sourceSequence);
    const markets = new Set(newer.flatMap((one) => one.markets));
    return heard.markets.every((market) => markets.has(market));
  }

  #hear(draft: Draft): Heard | null {
    if (draft.kind !== 'marks') return null;
    const { source, sourceSequence, prices } = draft;
    const heard = { source, sourceSequence, markets: prices.map(({ market }) => market) };
    this.#heard.push(heard);
    return heard;
  }

  #report({ draft, own, sender }: Arrival, what: string): void {
    const { client, id = '' } = sender;
    this.#parts.report(`${draft.kind} ${client}/${id}, of class ${own}, ${what}`);
  }
}
