/**
 * The WebSocket feed. Each subscriber has a place in the ring of recent events and is sent what
 * comes after it as fast as it reads; one that falls out of the ring is told to start again, so
 * that a slow reader costs no memory and holds up nobody.
 */
import type { WebSocket } from 'ws';
import type { EngineEvent } from '@plimsoll/core/engine';
import type { KeptEvent, Ring } from './ring.ts';
import type { Subscription } from './subscription.ts';

const EVENTS_IN_MESSAGE = 500;
const BUFFERED_MAX = 1 << 20;
const PUMP_MS = 20;
const TICK_MS = 100;
const TICKS_A_SECOND = 10;
const HEARTBEAT_TICKS = 150;
/** Close codes of WebSockets (RFC 6455 and its registry), with what they mean here. */
const STOPPING = [1001, 'the server is stopping'] as const;
const FOLLOWED = [1012, 'another scene follows'] as const;

export interface FeedSource {
  readonly ring: Ring;
  readonly hello: () => object;
  readonly totals: () => Promise<object>;
  /** Latest durable marks, with a number that rises when one changes. */
  readonly marks: () => { readonly version: number; readonly message: object };
  readonly eventText: (event: EngineEvent) => string;
  /** How the scene stands that is played here, with a number that rises with what is done to it. */
  readonly scene: () => { readonly version: number; readonly message: object } | null;
}

interface Subscriber {
  readonly socket: WebSocket;
  subscription: Subscription | undefined;
  /** The last sequence that it has got everything of. */
  sequence: number;
  marks: number;
  scene: number;
  alive: boolean;
}

export class Feed {
  readonly #source: FeedSource;
  readonly #subscribers = new Set<Subscriber>();
  readonly #ticker: NodeJS.Timeout;
  #pumping: NodeJS.Timeout | undefined;
  #ticks = 0;
  #restarts = 0;
  #pumpedMs = 0;

  constructor(source: FeedSource) {
    this.#source = source;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#ticker.unref();
  }

  get count(): number {
    return this.#subscribers.size;
  }

  /** How often a subscriber had to start again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Takes a socket in; `subscribe` is called with what it sends later. */
  join(socket: WebSocket): Subscriber {
    const subscriber = {
      socket,
      subscription: undefined,
      sequence: 0,
      marks: -1,
      scene: -1,
      alive: true,
    };
    this.#subscribers.add(subscriber);
    socket.on('pong', () => {
      subscriber.alive = true;
    });
    socket.on('close', () => this.#subscribers.delete(subscriber));
    return subscriber;
  }

  /** Begins, or begins anew: `hello`, then the events after `from`, or what comes from now on. */
  subscribe(subscriber: Subscriber, subscription: Subscription): void {
    subscriber.subscription = subscription;
    subscriber.sequence = subscription.from ?? this.#source.ring.newest;
    subscriber.marks = -1;
    subscriber.scene = -1;
    send(subscriber, { type: 'hello', oldest: this.#source.ring.oldest, ...this.#source.hello() });
    this.#pump(subscriber);
    if (subscription.totals) void this.#sendTotals([subscriber]);
  }

  /** Something new is durable. */
  wake(): void {
    if (this.#subscribers.size === 0 || this.#pumping !== undefined) return;
    // At once after a pause; otherwise what comes within a few milliseconds goes together.
    const wait = Math.max(0, this.#pumpedMs + PUMP_MS - performance.now());
    this.#pumping = setTimeout(() => this.#pumpAll(), wait);
  }

  /** Says goodbye: for good, or because another scene follows at once at the same address. */
  close(isFollowed = false): void {
    clearInterval(this.#ticker);
    clearTimeout(this.#pumping);
    const [code, reason] = isFollowed ? FOLLOWED : STOPPING;
    for (const { socket } of this.#subscribers) socket.close(code, reason);
  }

  /** Lets go of sockets that did not answer the close. */
  terminate(): void {
    for (const { socket } of this.#subscribers) socket.terminate();
  }

  #pumpAll(): void {
    this.#pumping = undefined;
    this.#pumpedMs = performance.now();
    for (const subscriber of this.#subscribers) this.#pump(subscriber);
  }

  #pump(subscriber: Subscriber): void {
    const { ring } = this.#source;
    while (subscriber.subscription !== undefined && subscriber.sequence !== ring.newest) {
      if (subscriber.socket.bufferedAmount > BUFFERED_MAX) return;
      const found = ring.after(subscriber.sequence, EVENTS_IN_MESSAGE);
      if (found === undefined) {
        this.#restart(subscriber);
        return;
      }
      subscriber.sequence = found.through;
      this.#sendEvents(subscriber, found.events);
    }
  }

  #sendEvents({ socket, subscription }: Subscriber, events: readonly KeptEvent[]): void {
    const wanted = events.filter(({ event }) => subscription?.wants(event) ?? false);
    if (wanted.length === 0 || socket.readyState !== socket.OPEN) return;
    socket.send(`{"type":"events","events":[${wanted.map((kept) => this.#text(kept)).join(',')}]}`);
  }

  #text(kept: KeptEvent): string {
    kept.text ??= this.#source.eventText(kept.event);
    return kept.text;
  }

  #restart(subscriber: Subscriber): void {
    const { oldest, newest } = this.#source.ring;
    const reason =
      subscriber.sequence > newest
        ? `sequence ${subscriber.sequence} has not happened here`
        : `events up to ${oldest} are no longer kept here`;
    subscriber.subscription = undefined;
    this.#restarts += 1;
    send(subscriber, { type: 'restart', reason, sequence: newest });
  }

  #tick(): void {
    this.#ticks += 1;
    for (const subscriber of this.#subscribers) {
      this.#pump(subscriber);
      this.#sendMarks(subscriber);
      this.#sendScene(subscriber);
    }
    if (this.#ticks % TICKS_A_SECOND === 0) void this.#sendTotals([...this.#subscribers]);
    if (this.#ticks % HEARTBEAT_TICKS === 0) this.#heartbeat();
  }

  #sendMarks(subscriber: Subscriber): void {
    if (subscriber.subscription?.totals !== true || isFull(subscriber)) return;
    const { version, message } = this.#source.marks();
    if (version === subscriber.marks) return;
    subscriber.marks = version;
    send(subscriber, { type: 'marks', ...message });
  }

  /** At once when something was done to it, and once a second while its time passes. */
  #sendScene(subscriber: Subscriber): void {
    if (subscriber.subscription?.totals !== true || isFull(subscriber)) return;
    const scene = this.#source.scene();
    const isDue = this.#ticks % TICKS_A_SECOND === 0;
    if (scene === null || (scene.version === subscriber.scene && !isDue)) return;
    subscriber.scene = scene.version;
    send(subscriber, { type: 'scene', ...scene.message });
  }

  async #sendTotals(subscribers: readonly Subscriber[]): Promise<void> {
    const wanting = subscribers.filter((one) => one.subscription?.totals === true);
    if (wanting.length === 0) return;
    try {
      const message = { type: 'totals', ...(await this.#source.totals()) };
      for (const subscriber of wanting) if (!isFull(subscriber)) send(subscriber, message);
    } catch {
      // A server that halts or stops has no totals to show; its sockets are closed elsewhere.
    }
  }

  #heartbeat(): void {
    for (const subscriber of this.#subscribers) {
      if (!subscriber.alive) subscriber.socket.terminate();
      subscriber.alive = false;
      if (subscriber.socket.readyState === subscriber.socket.OPEN) subscriber.socket.ping();
    }
  }
}

export type { Subscriber };

function isFull({ socket }: Subscriber): boolean {
  return socket.bufferedAmount > BUFFERED_MAX;
}

function send({ socket }: Subscriber, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
