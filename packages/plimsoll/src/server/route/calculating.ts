/** Calculating: what is asked about an account document that comes along; nothing is stored. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type TSchema } from 'typebox';
import type { AboutDocument, CalculationName } from '../calculation.ts';
import { Calculator } from '../calculator.ts';
import { CALCULATION_BODIES, Document } from '../schema/calculating.ts';
import { AnyObject } from '../schema/common.ts';
import { QUERIES } from '../schema/reading.ts';
import { described } from './route.ts';

interface Calculating {
  readonly name: CalculationName;
  readonly summary: string;
  readonly body: TSchema;
  readonly query?: TSchema;
  readonly answer?: TSchema;
}

const SUMMARIES: Readonly<Record<AboutDocument, string>> = {
  'what-if': 'The account after changes, before and after, and what differs',
  size: 'The largest size and the least collateral that keep a distance',
  stop: 'The stop that is filled before liquidation; with changes, how it must move',
  sensitivity: 'How far the liquidation price moves with each factor',
  'funding-drag': 'The liquidation price after days of funding',
  'liquidation-surface': 'Where a cross pool triggers when two markets move together',
  advice: 'What speaks against the account, and what cures it',
};

const CALCULATIONS: readonly Calculating[] = [
  { name: 'check', summary: 'The figures of an account document', body: Document },
  {
    name: 'explain',
    summary: 'The derivation of a liquidation price',
    body: Document,
    query: QUERIES.explain,
  },
  ...(Object.keys(SUMMARIES) as AboutDocument[]).map((name) => ({
    name,
    summary: SUMMARIES[name],
    body: CALCULATION_BODIES[name],
    ...(name === 'advice' && { answer: Type.Array(AnyObject) }),
  })),
];

export function addCalculatingRoutes(app: FastifyInstance): void {
  const calculator = new Calculator();
  app.addHook('onClose', () => calculator.close());
  for (const { name, ...description } of CALCULATIONS) {
    const common = { tag: 'calculating', deed: 'read', answer: AnyObject } as const;
    const { config, schema } = described({ ...common, ...description });
    const route = { schema, config: { ...config, exactBody: true } };
    app.post(`/v1/${name}`, route, async (request: FastifyRequest, reply) => {
      const query = request.query as { position?: string; venues?: string };
      const text = await calculator.ask({ name, text: request.bodyText, ...query });
      return reply.type('application/json; charset=utf-8').send(text);
    });
  }
}
