/** The door of the feed: a subscriber says what it wants, and with keys in use who it is. */
import type { FastifyInstance } from 'fastify';
import type { RawData, WebSocket } from 'ws';
import { requireAccount, requireDeed, type Caller } from '../access.ts';
import { Feed, type Subscriber } from '../feed.ts';
import { malformed, ProblemError } from '../problem.ts';
import { readSubscription, type Subscription } from '../subscription.ts';
import { sceneOf } from './scene.ts';
import type { Surroundings } from './route.ts';

const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
const SUBSCRIBE_WITHIN_MS = 10_000;

/** Adds `/v1/feed` and gives the feed, which its owner closes. */
export function addFeed(
  app: FastifyInstance,
  surroundings: Surroundings,
  subscribersMax: number,
): Feed {
  const { desk, access, control } = surroundings;
  const feed = new Feed({
    ring: desk.ring,
    hello: () => ({ sequence: desk.ring.newest, scene: sceneOf(surroundings) }),
    totals: () => desk.totals(),
    marks: () => desk.marks(),
    eventText: (event) => JSON.stringify(desk.tell(event)),
    scene: () => control && { version: control.version, message: { control: control.status() } },
  });
  desk.onPublish(() => feed.wake());
  desk.feedCounts = () => feed;
  const schema = { summary: 'The WebSocket feed; see docs/api.md', tags: ['feed'] };
  app.get('/v1/feed', { schema, websocket: true }, (socket, request) => {
    if (feed.count >= subscribersMax) {
      socket.close(TRY_AGAIN_LATER, 'too many subscribers');
      return;
    }
    const subscriber = feed.join(socket);
    const identify = (key: string | undefined): Caller => access.identify(key, request.ip);
    listen(socket, (bytes) => feed.subscribe(subscriber, admitted(bytes, identify)));
    leaveTheSilent(socket, subscriber);
  });
  return feed;
}

/** Answers a message that cannot be taken with `error`, then closes. */
function listen(socket: WebSocket, take: (bytes: Uint8Array) => void): void {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    try {
      take(bytesOf(data));
    } catch (error) {
      if (!(error instanceof ProblemError)) console.error('feed:', error);
      const detail =
        error instanceof ProblemError ? error.message : 'the server has logged what happened';
      socket.send(JSON.stringify({ type: 'error', detail }));
      socket.close(POLICY_VIOLATION, 'see the error');
    }
  });
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function admitted(bytes: Uint8Array, identify: (key: string | undefined) => Caller): Subscription {
  const subscription = readSubscription(bytes);
  const caller = identify(subscription.key);
  requireDeed(caller, 'read');
  const { account } = subscription;
  if (caller.accounts !== null && account === undefined) {
    throw malformed('account', 'this key is for certain accounts; name one as "account"');
  }
  if (account !== undefined) requireAccount(caller, account);
  return subscription;
}

function leaveTheSilent(socket: WebSocket, subscriber: Subscriber): void {
  const timer = setTimeout(() => {
    if (subscriber.subscription === undefined) socket.close(POLICY_VIOLATION, 'subscribe first');
  }, SUBSCRIBE_WITHIN_MS);
  timer.unref();
  socket.on('close', () => clearTimeout(timer));
}
