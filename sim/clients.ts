/**
 * Those who send commands: each waits for its answer a while, then asks again with the same id,
 * until it knows. They draw what they send from a seeded rehearsal.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Command, Engine } from '@plimsoll/core/engine';
import { Rehearsal } from '../packages/core/src/engine/kit/rehearsal.ts';
import type { Draft, Sender } from '../packages/plimsoll/src/server/index.ts';
import { ProblemError } from '../packages/plimsoll/src/server/problem.ts';
import type { WallClock } from './clock.ts';
import { isMisuse } from './model.ts';
import type { Network } from './network.ts';
import type { Prices } from './prices.ts';
import type { Reply } from './server.ts';
import type { World } from './world.ts';

const PATIENCE_MS = 150;

interface Request {
  readonly draft: Draft;
  readonly sender: Sender;
  answer: Answer | undefined;
}

export interface ClientParts {
  readonly world: World;
  readonly clock: WallClock;
  readonly network: Network;
  readonly prices: Prices;
  readonly report: (violation: string) => void;
  /** The door of whichever process runs; without one, nobody answers. */
  readonly receive: (draft: Draft, sender: Sender, reply: Reply) => void;
}

export class Clients {
  readonly rehearsal: Rehearsal;
  readonly #parts: ClientParts;
  readonly #opening: Command[];
  #waiting = 0;
  #sent = 0;
  #timeMs = 0;

  constructor(seed: number, parts: ClientParts) {
    this.#parts = parts;
    this.rehearsal = new Rehearsal(seed);
    this.#opening = this.rehearsal.opening();
  }

  /** Requests without an answer. */
  get waiting(): number {
    return this.#waiting;
  }

  get sent(): number {
    return this.#sent;
  }

  /** While this is true, what is sent comes one after the other: accounts and their money. */
  get isOpening(): boolean {
    return this.#opening.length > 0;
  }

  /** Sends the next command, drawn in view of what is true. */
  sendNext(engine: Engine): void {
    const { client, id, timeMs, ...draft } = this.#opening.shift() ?? this.rehearsal.next(engine);
    this.#parts.clock.advance(Math.max(0, timeMs - this.#timeMs));
    this.#timeMs = Math.max(this.#timeMs, timeMs);
    this.#sent += 1;
    this.#waiting += 1;
    this.#ask({ draft: this.#spoilt(draft as Draft), sender: { client, id }, answer: undefined });
  }

  #spoilt(draft: Draft): Draft {
    if (draft.kind !== 'marks' || this.isOpening) return draft;
    return { ...draft, prices: this.#parts.prices.spoil(draft) };
  }

  #ask(request: Request): void {
    const { world, network, receive } = this.#parts;
    if (request.answer !== undefined) return;
    network.send(() => {
      const draft = JSON.parse(JSON.stringify(request.draft)) as Draft;
      receive(draft, request.sender, (outcome) => {
        network.send(() => this.#take(request, outcome));
      });
    });
    world.schedule(network.host, PATIENCE_MS, () => this.#ask(request));
  }

  #take(request: Request, outcome: Answer | ProblemError): void {
    // Whatever a problem says, asking again with the same id is safe.
    if (outcome instanceof ProblemError) return;
    const { answer } = request;
    if (answer === undefined) {
      request.answer = outcome;
      this.#waiting -= 1;
    } else if (!isMisuse(outcome) && !isMisuse(answer) && !isDeepStrictEqual(answer, outcome)) {
      const { client, id } = request.sender;
      this.#parts.report(`${client}/${id ?? ''} was answered first one way, then another`);
    }
  }
}
