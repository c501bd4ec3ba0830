/** Prices that cannot be trusted, sent to a real server: who is liquidated, and what is told. */
import { describe, expect, it } from 'vitest';
import { Compile } from 'typebox/compile';
import {
  ask,
  openVenue,
  RULES,
  startServer,
  temporaryFolder,
  TRADE,
  type Reply,
} from '../../../../test/http-scene.ts';
import type { RunningServer } from './index.ts';
import { EventPage } from './schema/event.ts';
import { Markets } from './schema/reading.ts';

const PRICES = {
  sources: ['a', 'b', 'c'],
  minimumAgreeing: 2,
  maxDeviation: '0.05',
  silentAfterMs: 60_000,
  jump: { threshold: '0.1', confirmations: 3 },
};

/** Quotes of BTC, each with its source's next sequence. */
type Quote = (source: string, price: string, sourceTime?: string) => Promise<Reply>;

function quoteTo(server: RunningServer): Quote {
  let sourceSequence = 1;
  return (source, price, sourceTime) => {
    sourceSequence += 1;
    const at = sourceTime === undefined ? {} : { sourceTime };
    return ask(server, 'POST /v1/marks', { source, sourceSequence, ...at, prices: { BTC: price } });
  };
}

/** Ann long 0.3 BTC at 50,000 by three sources; her line is some 6 % below. */
async function venue(
  prices: object = {},
  data: string = temporaryFolder(),
): Promise<{ server: RunningServer; quote: Quote }> {
  const server = await startServer({ data, clockMs: 1_000 });
  await openVenue(server);
  const rules = { ...RULES, prices: { ...PRICES, ...prices } };
  const changed = await ask(server, 'POST /v1/markets/BTC/rules', { rules, appliesTo: 'open' });
  expect(changed.status).toBe(200);
  const quote = quoteTo(server);
  for (const source of PRICES.sources) expect((await quote(source, '50000')).status).toBe(200);
  expect((await ask(server, 'POST /v1/trades', TRADE)).status).toBe(200);
  return { server, quote };
}

const market = async (server: RunningServer): Promise<Reply['body']> => {
  const { body } = await ask(server, 'GET /v1/markets');
  expect(Compile(Markets).Errors(body)).toEqual([]);
  return body.markets[0];
};

const liquidations = async (server: RunningServer): Promise<number> =>
  (await ask(server, 'GET /v1/totals')).body.liquidations;

describe('marks of several sources', () => {
  it('liquidates nobody when one source prints −90 %', async () => {
    const { server, quote } = await venue();
    for (let round = 0; round < 5; round += 1) {
      for (const [source, price] of Object.entries({ a: '5000', b: '50000', c: '50000' }))
        await quote(source, price);
    }
    expect(await liquidations(server)).toBe(0);
    const { validity, mark, sources } = await market(server);
    expect([validity, mark]).toEqual(['fresh', '50000']);
    expect(sources).toMatchObject([
      { source: 'a', state: 'deviating', price: '5000' },
      { source: 'b', state: 'counted', price: '50000' },
      { source: 'c', state: 'counted', price: '50000' },
    ]);
    const metrics = await ask(server, 'GET /metrics');
    expect(metrics.text).toMatch(/^plimsoll_sources_left_out 1$/m);
    expect(metrics.text).toMatch(/^plimsoll_marks_not_fresh 0$/m);
  });

  it('liquidates in the epoch in which all of them say −20 %', async () => {
    const { server, quote } = await venue();
    await quote('a', '40000');
    await quote('b', '40000');
    expect(await market(server)).toMatchObject({ validity: 'jumping', mark: '50000' });
    expect(await liquidations(server)).toBe(0);
    const order = { order: 'o', market: 'BTC', side: 'buy', size: '0.001', price: '40000' };
    const refused = await ask(server, 'POST /v1/accounts/house/orders', order);
    expect([refused.status, refused.body.code]).toEqual([422, 'jumping-mark']);
    expect(refused.body.figures).toMatchObject({ mark: '50000', awaited: '40000' });
    await quote('c', '40000');
    expect(await liquidations(server)).toBe(1);
    const { body } = await ask(server, 'GET /v1/events?kind=liquidation-started');
    const marks = [{ market: 'BTC', price: '40000', validity: 'fresh' }];
    expect(body.events[0]).toMatchObject({ account: 'ann', marks });
  });

  it('tells of a frozen feed within a clock tick, and liquidates nobody for it', async () => {
    const { server } = await venue({ silentAfterMs: 3_000 });
    const frozen = Date.now();
    let alerts: Reply['body'][] = [];
    while (alerts.length === 0 && Date.now() - frozen < 30_000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { body } = await ask(server, 'GET /v1/events?kind=validity-changed&market=BTC');
      expect(Compile(EventPage).Errors(body)).toEqual([]);
      alerts = body.events;
    }
    const [alert] = alerts;
    expect(alert).toMatchObject({ before: 'fresh', validity: 'stale', mark: '50000' });
    expect(alert.ageMs).toBeGreaterThan(3_000);
    expect(await liquidations(server)).toBe(0);
    const { text } = await ask(server, 'GET /metrics');
    expect(text).toMatch(/^plimsoll_marks_not_fresh 1$/m);
    expect(text).toMatch(/^plimsoll_events_total\{kind="validity-changed"\} 1$/m);
    // One command tells it; a freeze does not fill the journal, once all accounts are verified.
    while (server.desk.awaitsTime()) await ask(server, 'POST /v1/clock', {});
    expect((await ask(server, 'GET /metrics')).text).toMatch(/kind="validity-changed"\} 1$/m);
  });

  it('takes the event time that a source gives', async () => {
    const { server, quote } = await venue();
    await quote('a', '50010', '2026-01-01T00:00:00Z');
    const [first] = (await market(server)).sources;
    expect(first).toMatchObject({ state: 'silent', price: '50010' });
    expect(first.time).toBe('2026-01-01T00:00:00.000Z');
    const wrong = await quote('a', '50010', 'yesterday');
    expect([wrong.status, wrong.body.path]).toEqual([400, 'sourceTime']);
  });

  it('refuses who is not listed, and rules that cannot be', async () => {
    const { server, quote } = await venue();
    const stranger = await quote('test', '1');
    expect([stranger.status, stranger.body.code]).toEqual([404, 'unknown-source']);
    const rules = { ...RULES, prices: { ...PRICES, minimumAgreeing: 4 } };
    const change = { rules, appliesTo: 'open' };
    const refused = await ask(server, 'POST /v1/markets/BTC/rules', change);
    expect([refused.status, refused.body.code]).toEqual([422, 'bad-rules']);
  });

  it('knows after a restart what the sources have said', async () => {
    const data = temporaryFolder();
    const first = await venue({}, data);
    await first.quote('a', '40000');
    await first.quote('b', '40000');
    const before = await market(first.server);
    const hash = first.server.desk.bookHash();
    await first.server.close();
    const again = await startServer({ data });
    expect(again.desk.bookHash()).toBe(hash);
    const { validity, sources } = await market(again);
    expect([validity, sources.map((one: { state: string }) => one.state)]).toEqual([
      'jumping',
      before.sources.map((one: { state: string }) => one.state),
    ]);
  });
});
