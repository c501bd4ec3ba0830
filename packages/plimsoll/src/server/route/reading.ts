/** Reading: markets, candles, totals, health and metrics. */
import type { FastifyInstance } from 'fastify';
import { knownMarket, timeOf } from '../draft.ts';
import { marketList } from '../market-list.ts';
import { timeText } from '../present.ts';
import { Name, strict } from '../schema/common.ts';
import {
  CandlesAnswer,
  Health,
  Markets,
  QUERIES,
  Totals,
  TotalsHistory,
} from '../schema/reading.ts';
import { requireDeed } from '../access.ts';
import { callerOf, described, type Surroundings } from './route.ts';
import type { Desk } from '../desk.ts';

export function addReadingRoutes(app: FastifyInstance, surroundings: Surroundings): void {
  addHealth(app, surroundings.desk);
  addMetrics(app, surroundings.desk);
  addMarkets(app, surroundings.desk);
  addTotals(app, surroundings.desk);
}

function addHealth(app: FastifyInstance, desk: Desk): void {
  const schema = {
    summary: 'Whether the server works',
    tags: ['operation'],
    response: { 200: Health, 503: Health },
  };
  app.get('/healthz', { schema, config: { rateLimit: false } }, (_request, reply) => {
    const { state, durable } = desk.sequencer;
    const status = state === 'running' ? 'ok' : state;
    return reply
      .code(state === 'running' ? 200 : 503)
      .send({ status, sequence: desk.engine.sequence, durable });
  });
}

function addMetrics(app: FastifyInstance, desk: Desk): void {
  const schema = { summary: 'Prometheus text', tags: ['operation'], produces: ['text/plain'] };
  app.get(
    '/metrics',
    { schema, config: { deed: 'read', rateLimit: false, isVital: true } },
    async (request, reply) => {
      requireDeed(callerOf(request), 'read');
      const text = await desk.metricsText();
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
    },
  );
}

function addMarkets(app: FastifyInstance, desk: Desk): void {
  const { engine, scales, candles } = desk;
  const list = described({ summary: 'All markets', tag: 'reading', deed: 'read', answer: Markets });
  app.get('/v1/markets', list, async () => {
    const { openLots: openInterest } = await desk.sums();
    return desk.view(() => ({
      sequence: engine.sequence,
      markets: marketList({ engine, scales, candles, openInterest }),
    }));
  });
  const one = described({
    summary: 'Candles of the mark',
    tag: 'reading',
    deed: 'read',
    params: strict({ market: Name }),
    query: QUERIES.candles,
    answer: CandlesAnswer,
  });
  app.get('/v1/markets/:market/candles', one, (request) => {
    const { market } = request.params as { market: string };
    const { interval = '1m', limit = 500 } = request.query as { interval?: string; limit?: number };
    const { tick } = knownMarket(scales, market, 'market');
    return { market, interval, candles: candles.latest(market, interval, { limit, tick }) };
  });
}

interface HistoryQuery {
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
}

function addTotals(app: FastifyInstance, desk: Desk): void {
  const now = described({
    summary: 'Sums over all accounts',
    tag: 'reading',
    deed: 'read',
    answer: Totals,
  });
  app.get('/v1/totals', now, () => {
    void desk.scales.atom;
    return desk.totals();
  });
  const past = described({
    summary: 'Totals over time, thinned evenly to the limit',
    tag: 'reading',
    deed: 'read',
    query: QUERIES.totalsHistory,
    answer: TotalsHistory,
  });
  app.get('/v1/totals/history', past, (request) => {
    const { from, to, limit = 500 } = request.query as HistoryQuery;
    const query = {
      limit,
      ...(from === undefined ? {} : { from: timeOf('from', from) }),
      ...(to === undefined ? {} : { to: timeOf('to', to) }),
    };
    return desk.past(async (history) => {
      const rows = await history.totals(query);
      // Rows of earlier versions have no open interest.
      const points = rows.map((row) => ({ openInterest: {}, ...row, time: timeText(row.time) }));
      return { points };
    });
  });
}
