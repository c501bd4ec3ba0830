/** Accounts and events: the list, one account, its document, its explanation, what happened. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toDocument, type EngineEvent } from '@plimsoll/core/engine';
import { requireAccount } from '../access.ts';
import { detailOf, unknownAccount } from '../account-detail.ts';
import type { AccountState } from '../account-list.ts';
import { derivation, isRefused } from '../calculation.ts';
import type { Desk } from '../desk.ts';
import { timeOf } from '../draft.ts';
import type { EventQuery } from '../../history/index.ts';
import { malformed, ProblemError } from '../problem.ts';
import { AnyObject, Name, strict } from '../schema/common.ts';
import { EventPage } from '../schema/event.ts';
import { Account, AccountPage, QUERIES } from '../schema/reading.ts';
import { callerOf, described, type Surroundings } from './route.ts';

export function addAccountRoutes(app: FastifyInstance, { desk }: Surroundings): void {
  addList(app, desk);
  addDetail(app, desk);
  addDocument(app, desk);
  addEvents(app, desk);
}

interface ListParameters {
  readonly sort?: string;
  readonly state?: AccountState;
  readonly market?: string;
  readonly search?: string;
  readonly offset?: number;
  readonly limit?: number;
}

function addList(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'Accounts, the nearest to their line first',
    tag: 'reading',
    deed: 'read',
    query: QUERIES.accounts,
    answer: AccountPage,
  });
  app.get('/v1/accounts', route, (request) => listAccounts(desk, request));
}

function listAccounts(desk: Desk, request: FastifyRequest): Promise<object> {
  const { accounts: allowed } = callerOf(request);
  const given = request.query as ListParameters;
  const { sort = '-marginRatio', offset = 0, limit = 100, state, market, search } = given;
  const query = { sort, offset, limit, state, market, search, allowed };
  return desk.lookout.ask({ kind: 'accounts', query });
}

const AccountParams = strict({ account: Name });

function addDetail(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'One account',
    tag: 'reading',
    deed: 'read',
    params: AccountParams,
    answer: Account,
  });
  app.get('/v1/accounts/:account', route, (request) => {
    const { account } = request.params as { account: string };
    const caller = callerOf(request);
    requireAccount(caller, account);
    return desk.view((engine) => ({
      sequence: engine.sequence,
      ...detailOf(engine, account, { scales: desk.scales, allowed: caller.accounts }),
    }));
  });
}

function addDocument(app: FastifyInstance, desk: Desk): void {
  const common = { tag: 'reading', deed: 'read', answer: AnyObject } as const;
  const whole = described({ ...common, summary: 'As an account document', params: AccountParams });
  app.get('/v1/accounts/:account/document', whole, (request) => {
    const { account } = request.params as { account: string };
    requireAccount(callerOf(request), account);
    return desk.view((engine) => toDocument(engine, account) ?? refuseUnknown(account));
  });
  const params = strict({ account: Name, market: Name });
  const explanation = described({
    ...common,
    summary: 'Why the liquidation price is what it is',
    params,
  });
  app.get('/v1/accounts/:account/explain/:market', explanation, (request) => {
    const { account, market } = request.params as { account: string; market: string };
    requireAccount(callerOf(request), account);
    return desk.view((engine) => {
      const document = toDocument(engine, account) ?? refuseUnknown(account);
      return derivationOf(document, market);
    });
  });
}

function refuseUnknown(account: string): never {
  throw unknownAccount(account);
}

function derivationOf(document: unknown, market: string): object {
  const answer = derivation(document, market);
  if (!isRefused(answer)) return answer;
  const { path, message } = answer.error;
  throw new ProblemError(404, message, { path });
}

interface EventParameters {
  readonly account?: string;
  readonly market?: string;
  readonly kind?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
  readonly limit?: number;
  readonly order?: 'newest' | 'oldest';
}

function addEvents(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'What happened',
    tag: 'reading',
    deed: 'read',
    query: QUERIES.events,
    answer: EventPage,
  });
  app.get('/v1/events', route, (request) => {
    const caller = callerOf(request);
    const given = request.query as EventParameters;
    if (caller.accounts !== null && given.account === undefined) {
      throw malformed('account', 'this key is for certain accounts; name one with account=');
    }
    if (given.account !== undefined) requireAccount(caller, given.account);
    const query = queryOf(given);
    return desk.past(async (history) => {
      const { events, next } = await history.events(query);
      return {
        events: events.map((kept) => desk.tell(kept as EngineEvent)),
        next: next === undefined ? null : `${next.sequence}.${next.index}`,
      };
    });
  });
}

function queryOf(given: EventParameters): EventQuery {
  const { account, market, kind, from, to, after, limit = 100, order = 'newest' } = given;
  const [sequence = 0, index = 0] = (after ?? '').split('.').map(Number);
  return {
    limit,
    order,
    ...(account === undefined ? {} : { account }),
    ...(market === undefined ? {} : { market }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(from === undefined ? {} : { fromTime: timeOf('from', from) }),
    ...(to === undefined ? {} : { toTime: timeOf('to', to) }),
    ...(after === undefined ? {} : { after: { sequence, index } }),
  };
}
