/** What a subscriber of the feed asks for, read from its message. */
import type { EngineEvent, EventKind } from '@plimsoll/core/engine';
import { Type } from 'typebox';
import { compileChecker, ordinary, readBody } from './body.ts';
import { accountsOf } from '../history/index.ts';
import { EVENT_KINDS } from './schema/event.ts';
import { Name, oneOf, orNull, strict } from './schema/common.ts';

export interface Subscription {
  /** Everything after this sequence; null: from now on. */
  readonly from: number | null;
  readonly account: string | undefined;
  readonly key: string | undefined;
  /** Whether totals and marks come too. */
  readonly totals: boolean;
  readonly wants: (event: EngineEvent) => boolean;
}

interface Message {
  readonly type: 'subscribe';
  readonly from?: number | null;
  readonly kinds?: readonly EventKind[];
  readonly account?: string;
  readonly market?: string;
  readonly totals?: boolean;
  readonly key?: string;
}

const MessageSchema = strict({
  type: oneOf('subscribe'),
  from: Type.Optional(orNull(Type.Integer({ minimum: 0 }))),
  kinds: Type.Optional(Type.Array(oneOf(...EVENT_KINDS), { maxItems: EVENT_KINDS.length })),
  account: Type.Optional(Name),
  market: Type.Optional(Name),
  totals: Type.Optional(Type.Boolean()),
  key: Type.Optional(Type.String({ maxLength: 200 })),
});

const checkMessage = compileChecker(MessageSchema, 'body');

/** Reads a message. Throws a `ProblemError` that says what is wrong with it. */
export function readSubscription(bytes: Uint8Array): Subscription {
  const verdict = checkMessage(ordinary(readBody(bytes)));
  if ('error' in verdict) throw verdict.error;
  const message = verdict.value as Message;
  return {
    from: message.from ?? null,
    account: message.account,
    key: message.key,
    totals: message.totals ?? false,
    wants: filterOf(message),
  };
}

function filterOf({ kinds, account, market }: Message): (event: EngineEvent) => boolean {
  const wanted = kinds === undefined ? null : new Set<EventKind>(kinds);
  return (event) =>
    (wanted === null || wanted.has(event.kind)) &&
    (account === undefined || accountsOf(event).includes(account)) &&
    (market === undefined || concernsMarket(event, market));
}

function concernsMarket(event: EngineEvent, market: string): boolean {
  if (event.kind === 'marked' || event.kind === 'quoted')
    return event.prices.some((price) => price.market === market);
  return 'market' in event && event.market === market;
}
