/**
 * A subscriber of the feed on a socket of its own, which may read slowly or break. It checks that
 * it is told every event that it wants once, in order, and none before it is durable.
 */
import type { EngineEvent } from '@plimsoll/core/engine';
import type { Feed } from '../packages/plimsoll/src/server/feed.ts';
import { accountsOf } from '../packages/plimsoll/src/history/index.ts';
import { readSubscription } from '../packages/plimsoll/src/server/subscription.ts';
import type { Model } from './model.ts';
import type { Server } from './server.ts';
import type { Tally } from './tally.ts';
import type { Host, World } from './world.ts';

const READING_MS = 2;
const SLOW_MS = 400;
/** A slow reader's text weighs so much more, lest a run have to say megabytes to fill a buffer. */
const SLOW_WEIGHT = 4_000;
const RECONNECT_MS = 30;

interface Told {
  readonly type: string;
  readonly events?: readonly { sequence: number; index: number; kind: string }[];
  readonly sequence?: number;
}

export interface SubscriberParts {
  readonly world: World;
  readonly model: Model;
  readonly tally: Tally;
  readonly report: (violation: string) => void;
  /** The process that runs, if any. */
  readonly server: () => Server | undefined;
  /** Only events of this account; all without one. */
  readonly account?: string;
}

interface Place {
  readonly sequence: number;
  readonly index: number;
}

export class Subscriber {
  readonly host: Host = { alive: true };
  slowUntilMs = 0;
  readonly #parts: SubscriberParts;
  /** The last event that it has got; null before it ever was connected. */
  #place: Place | null = null;
  #socket: SimulatedSocket | undefined;

  constructor(parts: SubscriberParts) {
    this.#parts = parts;
    this.#connect();
  }

  /** Whether nothing that it wants is missing, up to `sequence`. */
  isCurrent(sequence: number): boolean {
    return this.#place !== null && this.#nextWanted(this.#place, sequence) === undefined;
  }

  /** Ends the connection; what is under way to here is lost. */
  disconnect(): void {
    this.#socket?.terminate();
  }

  #connect(): void {
    const { world, server, account } = this.#parts;
    const found = server();
    if (found === undefined) {
      world.schedule(this.host, RECONNECT_MS, () => this.#connect());
      return;
    }
    const socket = new SimulatedSocket(world, found.host, {
      isSlow: () => world.nowMs < this.slowUntilMs,
      read: (text) => this.#read(socket, found, text),
      end: () => this.#end(socket),
    });
    this.#socket = socket;
    const member = found.feed.join(socket as unknown as Parameters<Feed['join']>[0]);
    const message = { type: 'subscribe', from: this.#place?.sequence ?? null, totals: true };
    const asked = account === undefined ? message : { ...message, account };
    found.feed.subscribe(member, readSubscription(Buffer.from(JSON.stringify(asked))));
  }

  #end(socket: SimulatedSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    // A command's events come in one message, so a place is never in the middle of one.
    this.#parts.world.schedule(this.host, RECONNECT_MS, () => this.#connect());
  }

  #read(socket: SimulatedSocket, server: Server, text: string): void {
    if (this.#socket !== socket) return;
    const told = JSON.parse(text) as Told;
    const { sequence = 0 } = told;
    server.checkTold(sequence, `a subscriber, with ${told.type},`);
    if (told.type === 'hello') this.#place ??= { sequence, index: Infinity };
    if (told.type === 'events') for (const event of told.events ?? []) this.#take(server, event);
    if (told.type === 'restart') this.#restart(socket, server);
  }

  #take(server: Server, event: Place & { readonly kind: string }): void {
    const { report } = this.#parts;
    server.checkTold(event.sequence, 'a subscriber');
    const place = this.#place ?? { sequence: 0, index: 0 };
    const due = this.#nextWanted(place, event.sequence);
    this.#place = { sequence: event.sequence, index: event.index };
    if (due?.sequence === event.sequence && due.index === event.index && due.kind === event.kind)
      return;
    const expected = due === undefined ? 'nothing' : `${due.kind} ${due.sequence}.${due.index}`;
    report(`the feed told ${event.kind} ${event.sequence}.${event.index}, due was ${expected}`);
  }

  #restart(socket: SimulatedSocket, server: Server): void {
    const place = this.#place?.sequence ?? 0;
    if (place >= server.desk.ring.oldest && place <= server.desk.ring.newest)
      this.#parts.report(`a subscriber at ${place} was told to start again without need`);
    this.#parts.tally.see('subscriber-restarted');
    this.#place = null;
    socket.terminate();
  }

  #nextWanted({ sequence, index }: Place, through: number): EngineEvent | undefined {
    const { model, account } = this.#parts;
    for (let at = Math.max(1, sequence); at <= through; at += 1) {
      const found = model.eventsOf(at).find((event) => {
        const isLater = at > sequence || event.index > index;
        return isLater && (account === undefined || accountsOf(event).includes(account));
      });
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

interface Ends {
  readonly isSlow: () => boolean;
  readonly read: (text: string) => void;
  readonly end: () => void;
}

/** As much of a WebSocket as the feed uses. */
class SimulatedSocket {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly #world: World;
  readonly #server: Host;
  readonly #ends: Ends;
  readonly #listeners = new Map<string, (() => void)[]>();
  readonly #queue: { readonly text: string; readonly weight: number }[] = [];
  #isReading = false;

  constructor(world: World, server: Host, ends: Ends) {
    this.#world = world;
    this.#server = server;
    this.#ends = ends;
  }

  on(name: string, listener: () => void): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  send(text: string): void {
    if (!this.#server.alive) return;
    const weight = text.length * (this.#ends.isSlow() ? SLOW_WEIGHT : 1);
    this.#queue.push({ text, weight });
    this.bufferedAmount += weight;
    this.#readOn();
  }

  ping(): void {
    if (!this.#ends.isSlow()) this.#emit('pong');
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    this.#emit('close');
    this.#ends.end();
  }

  #readOn(): void {
    if (this.#isReading || this.#queue.length === 0) return;
    this.#isReading = true;
    const delayMs = this.#ends.isSlow() ? SLOW_MS : READING_MS;
    this.#world.schedule({ alive: true }, delayMs, () => {
      this.#isReading = false;
      const next = this.#queue.shift();
      if (next === undefined || this.readyState !== this.OPEN) return;
      this.bufferedAmount -= next.weight;
      this.#ends.read(next.text);
      this.#readOn();
    });
  }

  #emit(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }
}
