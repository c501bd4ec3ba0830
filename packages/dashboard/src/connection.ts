/**
 * The live feed over one WebSocket: subscribes from a sequence, tries again when the line drops or
 * falls silent, and resumes where it was. What the messages mean is not its business.
 */
import type { FeedMessage } from './api.ts';
import { FEED_KINDS } from './feed.ts';

/**
 * `changing`: another scene follows on the line at once; `empty`: the server is there, but its
 * engine has not been set up.
 */
export type Phase = 'connecting' | 'live' | 'changing' | 'reconnecting' | 'refused' | 'empty';

export interface FeedHandlers {
  readonly onMessage: (message: FeedMessage) => void;
  readonly onPhase: (phase: Phase) => void;
  /** Where to resume: the last sequence that the page has, null before the first. */
  readonly cursor: () => number | null;
  readonly key: () => string | null;
}

const FIRST_RETRY_MS = 500;
const SLOWEST_RETRY_MS = 8_000;
/** Totals come once a second, so a line that says nothing for this long is dead. */
const SILENCE_MS = 6_000;
const WATCH_MS = 1_000;
/** Close code of a server that shows another scene at the same address. */
const FOLLOWED = 1012;
const FOLLOWED_MS = 150;

/** Doubles with each attempt up to a limit; `jitter` in [0, 1) spreads many pages apart. */
export function retryDelayMs(attempt: number, jitter: number): number {
  const whole = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (0.75 + jitter / 2));
}

/**
 * One command can have many events and the line may have dropped between them: ask for it again.
 */
export function resumeFrom(cursor: number | null): number | null {
  return cursor === null ? null : Math.max(0, cursor - 1);
}

export function subscription(from: number | null, key: string | null): string {
  const message = { type: 'subscribe', from, kinds: FEED_KINDS, totals: true };
  return JSON.stringify(key === null ? message : { ...message, key });
}

export class FeedConnection {
  readonly #url: string;
  readonly #handlers: FeedHandlers;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, handlers: FeedHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  open(): void {
    this.#watch ??= setInterval(() => this.#checkSilence(), WATCH_MS);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.addEventListener('open', () => this.subscribe(resumeFrom(this.#handlers.cursor())));
    socket.addEventListener('message', (message) => this.#hear(socket, String(message.data)));
    socket.addEventListener('close', ({ code }) => this.#lost(socket, code === FOLLOWED));
  }

  /** Also used again on the same line, after the server said that it must start over. */
  subscribe(from: number | null): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(subscription(from, this.#handlers.key()));
  }

  close(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #hear(socket: WebSocket, data: string): void {
    if (socket !== this.#socket) return;
    this.#heardAt = performance.now();
    const message = JSON.parse(data) as FeedMessage;
    if (message.type === 'hello') {
      this.#attempt = 0;
      this.#handlers.onPhase('live');
    }
    this.#handlers.onMessage(message);
  }

  /** A line that another scene follows on is taken up again at once. */
  #lost(socket: WebSocket, isFollowed = false): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#handlers.onPhase(isFollowed ? 'changing' : 'reconnecting');
    const delayMs = isFollowed ? FOLLOWED_MS : retryDelayMs(this.#attempt, Math.random());
    this.#retry = setTimeout(() => this.open(), delayMs);
    this.#attempt += 1;
  }

  #checkSilence(): void {
    const socket = this.#socket;
    if (!socket || performance.now() - this.#heardAt < SILENCE_MS) return;
    socket.close();
    // A dead line may take minutes to confirm its close; the page does not wait for it.
    this.#lost(socket);
  }
}
