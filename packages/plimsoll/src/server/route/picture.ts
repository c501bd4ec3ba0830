/** Pictures of the whole: the fleet, a market's liquidation map, what was refused of late. */
import type { FastifyInstance } from 'fastify';
import { accountIds, accountView } from '@plimsoll/core/engine';
import { requireAccount } from '../access.ts';
import { rowOf } from '../account-list.ts';
import type { Desk } from '../desk.ts';
import { ProblemError } from '../problem.ts';
import { Count, Name, strict } from '../schema/common.ts';
import { AccountAnswer, Fleet, LiquidationMap, Refusals } from '../schema/picture.ts';
import { callerOf, described, type Surroundings } from './route.ts';

export function addPictureRoutes(app: FastifyInstance, { desk }: Surroundings): void {
  addFleet(app, desk);
  addShip(app, desk);
  addMap(app, desk);
  addRefusals(app, desk);
}

function addFleet(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'Every account with a position, in columns',
    tag: 'reading',
    deed: 'read',
    answer: Fleet,
  });
  app.get('/v1/fleet', route, (request) =>
    desk.lookout.ask({ kind: 'fleet', allowed: callerOf(request).accounts }),
  );
}

function addShip(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'The account with a number of the fleet',
    tag: 'reading',
    deed: 'read',
    params: strict({ number: Count }),
    answer: AccountAnswer,
  });
  app.get('/v1/fleet/:number', route, (request) => {
    const { number } = request.params as { number: number };
    return desk.view((engine) => {
      const account = accountIds(engine)[number];
      const view = account === undefined ? null : accountView(engine, account);
      if (view === null) throw unknownNumber(number);
      requireAccount(callerOf(request), view.account);
      return { sequence: engine.sequence, ...rowOf(engine, view, desk.scales) };
    });
  });
}

function unknownNumber(number: number): ProblemError {
  return new ProblemError(404, `there is no account with the number ${number}`, {
    code: 'unknown-account',
  });
}

function addMap(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'How much would be closed by force at each price',
    tag: 'reading',
    deed: 'read',
    params: strict({ market: Name }),
    answer: LiquidationMap,
  });
  app.get('/v1/markets/:market/liquidation-map', route, (request) => {
    const { market } = request.params as { market: string };
    return desk.lookout.ask({ kind: 'map', market });
  });
}

function addRefusals(app: FastifyInstance, desk: Desk): void {
  const route = described({
    summary: 'The newest commands that were refused',
    tag: 'reading',
    deed: 'read',
    answer: Refusals,
  });
  app.get('/v1/refusals', route, (request) => ({
    refusals: desk.refusals.list(callerOf(request).accounts),
  }));
}
