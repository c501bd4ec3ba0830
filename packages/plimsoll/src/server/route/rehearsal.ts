/** Rehearsing a change of rules on the live book: who would be called or liquidated by it. */
import type { FastifyInstance } from 'fastify';
import { rehearseRules, type MarketRules } from '@plimsoll/core/engine';
import { knownMarket } from '../draft.ts';
import { present, type PlainObject } from '../present.ts';
import { ProblemError, statusOf, type Figures } from '../problem.ts';
import { Rules } from '../schema/change.ts';
import { Name, strict } from '../schema/common.ts';
import { RehearsalAnswer } from '../schema/reading.ts';
import { described, type Surroundings } from './route.ts';

/** Most units that one answer lists; the totals count all. */
const MOST_LISTED = 1_000;

export function addRehearsalRoute(app: FastifyInstance, { desk }: Surroundings): void {
  const route = described({
    summary: 'Who would be called or liquidated if the rules of a market were these',
    tag: 'reading',
    deed: 'operate',
    params: strict({ market: Name }),
    body: strict({ rules: Rules }),
    answer: RehearsalAnswer,
  });
  app.post('/v1/markets/:market/rules/rehearsal', route, (request): Promise<PlainObject> => {
    const { market } = request.params as { market: string };
    const { rules } = request.body as { rules: MarketRules };
    knownMarket(desk.scales, market, 'market');
    return desk.view((engine) => {
      const rehearsal = rehearseRules(engine, { market, rules });
      if ('code' in rehearsal) {
        const { code, message, figures } = rehearsal;
        const shown = present(figures, desk.scales, market) as Figures;
        throw new ProblemError(statusOf(code), message, { code, figures: shown });
      }
      const units = rehearsal.units.slice(0, MOST_LISTED);
      const { sequence } = engine;
      return { sequence, ...present({ ...rehearsal, units }, desk.scales, market) };
    });
  });
}
