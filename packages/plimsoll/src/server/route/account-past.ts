/** The past of one account: its figures over time, and its liquidations step by step. */
import type { FastifyInstance } from 'fastify';
import { requireAccount } from '../access.ts';
import { accountHistory } from '../account-history.ts';
import { accountLiquidation } from '../account-liquidation.ts';
import type { Desk } from '../desk.ts';
import { AccountHistory, LiquidationHistory } from '../schema/account-past.ts';
import { Count, Name, strict } from '../schema/common.ts';
import { QUERIES } from '../schema/reading.ts';
import { callerOf, described, type Surroundings } from './route.ts';

export function addAccountPastRoutes(app: FastifyInstance, { desk }: Surroundings): void {
  addHistory(app, desk);
  addLiquidation(app, desk);
}

function addHistory(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'Equity and requirements of one account over time',
    tag: 'reading',
    deed: 'read',
    params: strict({ account: Name }),
    query: QUERIES.accountHistory,
    answer: AccountHistory,
  });
  app.get('/v1/accounts/:account/history', route, (request) => {
    const { account } = request.params as { account: string };
    const { limit = 500 } = request.query as { limit?: number };
    requireAccount(callerOf(request), account);
    return accountHistory(desk, account, limit);
  });
}

function addLiquidation(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'One liquidation of an account, step by step',
    tag: 'reading',
    deed: 'read',
    params: strict({ account: Name, liquidation: Count }),
    answer: LiquidationHistory,
  });
  app.get('/v1/accounts/:account/liquidations/:liquidation', route, (request) => {
    const { account, liquidation } = request.params as { account: string; liquidation: number };
    requireAccount(callerOf(request), account);
    return accountLiquidation(desk, account, liquidation);
  });
}
