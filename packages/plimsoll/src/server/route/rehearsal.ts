/** Rehearsing a change of rules on the live book: who would be called or liquidated by it. */
import type { FastifyInstance } from 'fastify';
import type { MarketRules } from '@plimsoll/core/engine';
import type { PlainObject } from '../present.ts';
import { rehearsalOf } from '../rehearsal.ts';
import { RehearsalAnswer, RehearsalBody } from '../schema/reading.ts';
import { described, type Surroundings } from './route.ts';

export function addRehearsalRoute(app: FastifyInstance, { desk }: Surroundings): void {
  const route = described({
    summary: 'Who would be called or liquidated if the rules of some markets were these',
    tag: 'reading',
    deed: 'operate',
    body: RehearsalBody,
    answer: RehearsalAnswer,
  });
  app.post('/v1/rehearsal', route, (request): Promise<PlainObject> => {
    const { rules } = request.body as { rules: Readonly<Record<string, MarketRules>> };
    const changes = Object.entries(rules).map(([market, changed]) => ({ market, rules: changed }));
    return desk.view((engine) => rehearsalOf(engine, desk.scales, changes));
  });
}
