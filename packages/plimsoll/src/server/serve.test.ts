/** The API over real HTTP: what it answers, what it refuses and how it stops. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import {
  ask,
  openVenue,
  RULES,
  startServer,
  temporaryFolder,
  TRADE,
  type Reply,
} from '../../../../test/http-scene.ts';
import { makeProgramme } from '../replay/index.ts';
import { writeCandles } from '../../../../test/invented-candles.ts';
import { addKey, serve, type Role } from './index.ts';
import { ProblemSchema } from './schema/common.ts';
import { EventPage } from './schema/event.ts';
import { AccountAnswer, Fleet, LiquidationMap, Refusals } from './schema/picture.ts';
import {
  Account,
  AccountPage,
  CandlesAnswer,
  Markets,
  Totals,
  TotalsHistory,
} from './schema/reading.ts';
import { Control, Scene } from './schema/scene.ts';

const FUNDING = { market: 'BTC', rate: '0', intervalEnd: '2026-01-01T00:00:00Z' };

function expectProblem(reply: Reply, status: number): void {
  expect(reply.text).not.toMatch(/\n\s+at /);
  expect([reply.status, reply.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
  expect(Compile(ProblemSchema).Errors(reply.body)).toEqual([]);
  expect(reply.body.status).toBe(status);
}

const addKeyFor = (data: string, role: Role, accounts: readonly string[] | null = null): string =>
  addKey(data, { name: role, role, accounts, createdAt: '2026-01-01T00:00:00Z' });

const raw = (address: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(`${address}/v1/scene`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });

describe('reading', () => {
  it('answers every route as its schema says', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    await ask(server, 'POST /v1/marks', {
      source: 'test',
      sourceSequence: 2,
      prices: { BTC: '47500' },
    });
    const routes: Record<string, TSchema> = {
      '/v1/scene': Scene,
      '/v1/markets': Markets,
      '/v1/markets/BTC/candles?interval=5m&limit=2': CandlesAnswer,
      '/v1/totals': Totals,
      '/v1/totals/history?limit=5': TotalsHistory,
      '/v1/accounts?sort=-marginRatio&limit=2': AccountPage,
      '/v1/accounts/ann': Account,
      '/v1/fleet': Fleet,
      '/v1/fleet/1': AccountAnswer,
      '/v1/markets/BTC/liquidation-map': LiquidationMap,
      '/v1/refusals': Refusals,
      '/v1/events?kind=traded&kind=margin-called&order=oldest': EventPage,
    };
    for (const [path, schema] of Object.entries(routes)) {
      const reply = await ask(server, `GET ${path}`);
      expect([path, reply.status]).toEqual([path, 200]);
      expect([path, Compile(schema).Errors(reply.body)]).toEqual([path, []]);
    }
  });

  it('answers what moves a scene as its schemas say', async () => {
    const folder = temporaryFolder();
    const file = writeCandles(folder, 'BTC', 10);
    const programme = makeProgramme({ paths: [join(folder, file)], folder, accounts: 10, seed: 1 });
    const server = await startServer({ programme });
    const scene = await ask(server, 'GET /v1/scene');
    expect(Compile(Scene).Errors(scene.body)).toEqual([]);
    const moved = await ask(server, 'POST /v1/scene', { jump: 'crash', speed: 1 });
    expect(Compile(Control).Errors(moved.body)).toEqual([]);
  });

  it('maps the price at which an account is closed to the rung that holds it', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    const account = await ask(server, `GET /v1/accounts/${TRADE.buyer}`);
    const dies = Number(account.body.positions[0].liquidationPrice);
    const { body } = await ask(server, 'GET /v1/markets/BTC/liquidation-map');
    const rung = body.rungs.find((each: { side: string }) => each.side === 'long');
    expect(Number(rung.price)).toBeLessThanOrEqual(dies);
    expect(Number(rung.price) + Number(body.step)).toBeGreaterThan(dies);
    expect([rung.positions, rung.size]).toEqual([1, account.body.positions[0].size]);
    expectProblem(await ask(server, 'GET /v1/markets/none/liquidation-map'), 404);
    expectProblem(await ask(server, 'GET /v1/fleet/99'), 404);
  });

  it('tells what was refused of late, and why', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/accounts/ann/withdrawals', { amount: '99999999' });
    const { body } = await ask(server, 'GET /v1/refusals');
    expect(body.refusals).toMatchObject([
      { command: 'withdraw', accounts: ['ann'], market: null, code: 'insufficient-balance' },
    ]);
  });

  it('shows an account with the prices that check derives', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    const { body } = await ask(server, 'GET /v1/accounts/ann');
    expect(body).toMatchObject({ balance: '992.5', equity: '992.5', maintenanceMargin: '150' });
    const document = await ask(server, 'GET /v1/accounts/ann/document');
    const report = await ask(server, 'POST /v1/check', document.body);
    expect(body.positions[0]).toMatchObject({
      side: 'long',
      entryPrice: '50000',
      liquidationPrice: report.body.positions[0].liquidationPrice,
      bankruptcyPrice: report.body.positions[0].bankruptcyPrice,
      distance: report.body.positions[0].distance,
    });
    const explained = await ask(server, 'GET /v1/accounts/ann/explain/BTC');
    expect(explained.body.liquidationPrice).toBe(body.positions[0].liquidationPrice);
    const list = await ask(server, 'GET /v1/accounts?search=ANN');
    expect(list.body).toMatchObject({
      total: 1,
      accounts: [{ account: 'ann', nearestMarket: 'BTC' }],
    });
  });

  it('calls and liquidates, and tells it in order', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    for (const [sourceSequence, price] of [
      [2, '47250'],
      [3, '47000'],
    ] as const) {
      await ask(server, 'POST /v1/marks', {
        source: 'test',
        sourceSequence,
        prices: { BTC: price },
      });
    }
    const { body } = await ask(server, 'GET /v1/accounts/ann');
    expect(body.state).toBe('liquidation');
    const [open] = body.liquidations;
    const wrong = await ask(server, `POST /v1/liquidations/${open.liquidation}/fills`, {
      size: open.size,
      price: '47000.05',
      counterparty: 'house',
    });
    expectProblem(wrong, 400);
    const fill = { size: open.size, price: '47000', counterparty: 'house' };
    const filled = await ask(server, `POST /v1/liquidations/${open.liquidation}/fills`, fill);
    expect(filled.status).toBe(200);
    const events = await ask(server, 'GET /v1/events?account=ann&order=oldest');
    const kinds = events.body.events.map((event: { kind: string }) => event.kind);
    expect(kinds.slice(-5)).toEqual([
      'margin-called',
      'liquidation-started',
      'liquidation-ordered',
      'liquidation-filled',
      'liquidation-ended',
    ]);
    expect(events.body.events.at(-2)).toMatchObject({ size: '0.3', price: '47000', market: 'BTC' });
  });

  it('pages through events without a gap', async () => {
    const server = await startServer();
    await openVenue(server);
    const seen: string[] = [];
    let after = '';
    do {
      const page = await ask(server, `GET /v1/events?limit=2&order=oldest${after}`);
      for (const event of page.body.events) seen.push(`${event.sequence}.${event.index}`);
      after = page.body.next === null ? '' : `&after=${page.body.next}`;
    } while (after !== '');
    const all = await ask(server, 'GET /v1/events?order=oldest&limit=1000');
    expect(seen).toEqual(
      all.body.events.map((e: { sequence: number; index: number }) => `${e.sequence}.${e.index}`),
    );
  });

  it('describes itself, keeps the page to its own scripts, and counts', async () => {
    const server = await startServer();
    await openVenue(server);
    const { body } = await ask(server, 'GET /v1/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toContain('/v1/accounts/{account}/deposits');
    const page = await ask(server, 'GET /');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const { text } = await ask(server, 'GET /metrics');
    expect(text).toMatch(/plimsoll_accounts 2/);
    expect(text).toMatch(/plimsoll_events_total\{kind="deposited"\} 3/);
    expect(text).toMatch(
      /plimsoll_http_seconds_count\{method="POST",route="\/v1\/markets",status="200"\} 1/,
    );
  });
});

describe('changing', () => {
  it('answers the same key the same, and another body with 409', async () => {
    const server = await startServer();
    await openVenue(server);
    const key = { 'idempotency-key': 'once' };
    const first = await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '5' }, key);
    const second = await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '5' }, key);
    expect(second.body).toEqual(first.body);
    const other = await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '6' }, key);
    expectProblem(other, 409);
    const { body } = await ask(server, 'GET /v1/accounts/ann');
    expect(body.balance).toBe('1005');
  });

  const refused: readonly (readonly [
    route: string,
    body: unknown,
    status: number,
    path: string | undefined,
  ])[] = [
    ['POST /v1/trades', { ...TRADE, price: '50000.05' }, 400, 'price'],
    ['POST /v1/trades', { ...TRADE, size: '0.0001' }, 400, 'size'],
    ['POST /v1/trades', { ...TRADE, size: '100' }, 422, undefined],
    ['POST /v1/trades', { ...TRADE, market: 'ETH' }, 404, 'market'],
    ['POST /v1/trades', { ...TRADE, taker: 'both' }, 400, 'taker'],
    ['POST /v1/trades', { ...TRADE, extra: 1 }, 400, 'extra'],
    ['POST /v1/accounts/ann/deposits', { amount: '0.0000001' }, 400, 'amount'],
    ['POST /v1/accounts/ann/deposits', { amount: 5 }, 400, 'amount'],
    ['POST /v1/accounts/ann/deposits', { amount: '-1' }, 400, 'amount'],
    ['POST /v1/accounts/bob/deposits', { amount: '1' }, 404, undefined],
    ['POST /v1/accounts', { account: 'ann' }, 422, undefined],
    ['POST /v1/accounts', {}, 400, 'account'],
    [
      'POST /v1/marks',
      { source: 'test', sourceSequence: 2, prices: { BTC: '0' } },
      400,
      'prices.BTC',
    ],
    ['POST /v1/marks', { source: 'test', sourceSequence: 2, prices: {} }, 400, 'prices'],
    ['POST /v1/funding', { market: 'BTC', rate: '0.0001', intervalEnd: 'now' }, 400, 'intervalEnd'],
    [
      'POST /v1/liquidations/9/fills',
      { size: '1', price: '1', counterparty: 'house' },
      404,
      undefined,
    ],
    ['DELETE /v1/accounts/ann/orders/none', undefined, 404, undefined],
    ['GET /v1/accounts/nobody', undefined, 404, undefined],
    ['GET /v1/accounts?limit=0', undefined, 400, 'limit'],
    ['GET /v1/accounts?limit=1&limit=2', undefined, 400, 'limit'],
    ['GET /v1/accounts?nosuch=1', undefined, 400, 'nosuch'],
    ['GET /v1/events?after=x', undefined, 400, 'after'],
    ['POST /v1/accounts/ann/deposits', { amount: '0' }, 400, 'amount'],
    ['POST /v1/accounts/ann/leverage', { market: 'BTC', leverage: '-1' }, 400, 'leverage'],
    ['POST /v1/funding', { ...FUNDING, rate: '2' }, 400, 'rate'],
    ['GET /v1/nothing', undefined, 404, undefined],
    ['PUT /v1/trades', undefined, 405, undefined],
  ];
  it('refuses with a problem document that names the place, and changes nothing', async () => {
    const server = await startServer();
    await openVenue(server);
    const before = server.desk.bookHash();
    for (const [route, body, status, path] of refused) {
      const reply = await ask(server, route, body);
      expect([route, body, reply.status]).toEqual([route, body, status]);
      expectProblem(reply, status);
      if (path !== undefined) expect([route, reply.body.path]).toEqual([route, path]);
    }
    expect(server.desk.bookHash()).toBe(before);
  });

  it('says in the units of the request what decided', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    const marks = (sourceSequence: number, price: string): Promise<Reply> =>
      ask(server, 'POST /v1/marks', { source: 'test', sourceSequence, prices: { BTC: price } });
    const tooFar = await marks(2, '99999999999');
    expect(tooFar.body.figures).toMatchObject({ market: 'BTC', price: '99999999999' });
    await marks(3, '47000');
    const { body } = await ask(server, 'GET /v1/accounts/ann');
    const [{ liquidation, limit }] = body.liquidations;
    const fill = await ask(server, `POST /v1/liquidations/${liquidation}/fills`, {
      size: '0.1',
      price: '1000.1',
      counterparty: 'house',
    });
    expect(fill.body.figures).toEqual({ market: 'BTC', price: '1000.1', limit });
    const most = await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '0' });
    expect(most.body.detail).toBe('amount must be from 0.000001 to 1125899906.842624');
  });

  it('answers a fill again after its liquidation has ended', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    const prices = { BTC: '47100' };
    await ask(server, 'POST /v1/marks', { source: 'test', sourceSequence: 2, prices });
    const { body } = await ask(server, 'GET /v1/accounts/ann');
    const [{ liquidation, size }] = body.liquidations;
    const fill = (key: string, price: string, more: object = {}): Promise<Reply> => {
      const route = `POST /v1/liquidations/${liquidation}/fills`;
      const sent = { size, price, counterparty: 'house', ...more };
      return ask(server, route, sent, { 'idempotency-key': key });
    };
    const stranger = { counterparty: 'nobody' };
    const cheap = await fill('cheap', '1000');
    const unknown = await fill('unknown', '47100', stranger);
    const elsewhere = await fill('elsewhere', '47100', { market: 'ETH' });
    const first = await fill('whole', '47100', { market: 'BTC' });
    const replies = [cheap, unknown, elsewhere, first];
    expect(replies.map((reply) => reply.body.code ?? reply.status)).toEqual([
      'worse-than-limit',
      'unknown-account',
      'other-market',
      200,
    ]);
    expect((await fill('whole', '47100')).body).toEqual(first.body);
    expect((await fill('whole', '47100', { market: 'BTC' })).body).toEqual(first.body);
    expect((await fill('cheap', '1000')).body).toEqual(cheap.body);
    expect((await fill('unknown', '47100', stranger)).body).toEqual(unknown.body);
    expect((await fill('late', '47100')).status).toBe(404);
  });

  it('says how old a mark is as a length of time', async () => {
    const server = await startServer();
    await openVenue(server);
    const rules = { ...RULES, staleAfterMs: 1 };
    await ask(server, 'POST /v1/markets', { market: 'OLD', rules });
    await ask(server, 'POST /v1/marks', {
      source: 'x',
      sourceSequence: 1,
      prices: { OLD: '50000' },
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { body } = await ask(server, 'POST /v1/trades', { ...TRADE, market: 'OLD' });
    expect(body.code).toBe('stale-mark');
    expect(body.figures).toEqual({
      market: 'OLD',
      ageMs: expect.any(Number) as number,
      staleAfterMs: 1,
    });
  });

  it('rounds marks to the tick, half to even', async () => {
    const server = await startServer();
    await openVenue(server);
    const send = (sourceSequence: number, price: string): Promise<Reply> =>
      ask(server, 'POST /v1/marks', { source: 'test', sourceSequence, prices: { BTC: price } });
    await send(2, '50000.05');
    expect((await ask(server, 'GET /v1/markets')).body.markets[0].mark).toBe('50000');
    await send(3, '50000.15');
    expect((await ask(server, 'GET /v1/markets')).body.markets[0].mark).toBe('50000.2');
  });

  it('limits the rate of one caller', async () => {
    const server = await startServer({ ratePerSecond: 0.5 });
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => ask(server, 'GET /v1/scene')),
    );
    const limited = replies.find(({ status }) => status === 429);
    expect(limited).toBeDefined();
    if (limited !== undefined) expectProblem(limited, 429);
    expect((await ask(server, 'GET /healthz')).status).toBe(200);
  });
});

describe('keys', () => {
  it('lets each role do what it may, and a trader only with its own accounts', async () => {
    const data = temporaryFolder();
    const secrets = {
      operator: addKeyFor(data, 'operator'),
      reader: addKeyFor(data, 'reader'),
      trader: addKeyFor(data, 'trader', ['ann']),
      publisher: addKeyFor(data, 'publisher'),
    };
    const server = await startServer({ data });
    const bearer = (role: Role): Record<string, string> => ({
      authorization: `Bearer ${secrets[role]}`,
    });
    await openVenue(server, bearer('operator'));
    const marks = { source: 'test', sourceSequence: 9, prices: { BTC: '50000' } };
    const deposit = { amount: '1' };
    const leverage = { market: 'BTC', leverage: '10' };
    const table: readonly (readonly [Role, string, unknown, number])[] = [
      ['reader', 'GET /v1/accounts/house', undefined, 200],
      ['reader', 'GET /metrics', undefined, 200],
      ['reader', 'POST /v1/clock', {}, 403],
      ['reader', 'POST /v1/accounts/ann/leverage', leverage, 403],
      ['trader', 'GET /v1/accounts/ann', undefined, 200],
      ['trader', 'GET /v1/accounts/house', undefined, 403],
      ['trader', 'GET /v1/accounts/house/document', undefined, 403],
      ['trader', 'GET /v1/accounts/house/explain/BTC', undefined, 403],
      ['trader', 'GET /v1/events', undefined, 400],
      ['trader', 'GET /v1/events?account=house', undefined, 403],
      ['trader', 'GET /v1/events?account=ann', undefined, 200],
      ['trader', 'POST /v1/accounts/ann/leverage', leverage, 200],
      ['trader', 'POST /v1/accounts/house/leverage', leverage, 403],
      ['trader', 'POST /v1/accounts/house/withdrawals', deposit, 403],
      ['trader', 'POST /v1/accounts/ann/deposits', deposit, 403],
      ['trader', 'POST /v1/trades', TRADE, 403],
      ['trader', 'POST /v1/marks', marks, 403],
      ['publisher', 'POST /v1/marks', marks, 200],
      ['publisher', 'POST /v1/accounts/ann/deposits', deposit, 403],
      ['operator', 'POST /v1/accounts/ann/deposits', deposit, 200],
    ];
    for (const [role, route, body, status] of table) {
      const reply = await ask(server, route, body, bearer(role));
      expect([role, route, reply.status]).toEqual([role, route, status]);
    }
    const listed = await ask(server, 'GET /v1/accounts', undefined, bearer('trader'));
    expect(listed.body).toMatchObject({ total: 1, accounts: [{ account: 'ann' }] });
    expectProblem(await ask(server, 'GET /v1/totals'), 401);
    expectProblem(
      await ask(server, 'GET /v1/totals', undefined, { authorization: 'Bearer nope' }),
      401,
    );
    expectProblem(
      await ask(server, 'GET /v1/totals', undefined, { authorization: 'Basic eA==' }),
      400,
    );
    expect((await ask(server, 'GET /healthz')).status).toBe(200);
  });

  it('slows down who guesses', async () => {
    const data = temporaryFolder();
    addKeyFor(data, 'operator');
    const server = await startServer({ data });
    const guess = { authorization: 'Bearer guess' };
    for (let i = 0; i < 30; i += 1) await ask(server, 'GET /v1/totals', undefined, guess);
    expectProblem(await ask(server, 'GET /v1/totals', undefined, guess), 429);
  });

  it('does not start beyond loopback without one, or with a file that others can read', async () => {
    const data = temporaryFolder();
    await expect(serve({ data, host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'unsafe',
    });
    addKeyFor(data, 'operator');
    chmodSync(join(data, 'keys.json'), 0o644);
    await expect(serve({ data, port: 0 })).rejects.toMatchObject({ code: 'unsafe' });
  });
});

describe('a page from elsewhere', () => {
  it('is refused by its origin and by its host', async () => {
    const { address } = await startServer();
    const { host } = new URL(address);
    expect(await raw(address, { host, origin: `http://${host}` })).toBe(200);
    expect(await raw(address, { host, origin: 'https://evil.example' })).toBe(403);
    expect(await raw(address, { host, origin: 'null' })).toBe(403);
    expect(await raw(address, { host: 'evil.example:4600' })).toBe(421);
  });
});

describe('starting and stopping', () => {
  it('goes on where it stopped, with the same state and the same answers', async () => {
    const data = temporaryFolder();
    const first = await serve({ data, port: 0 });
    await openVenue(first);
    const key = { 'idempotency-key': 'k' };
    const answer = await ask(first, 'POST /v1/trades', TRADE, key);
    const candles = await ask(first, 'GET /v1/markets/BTC/candles');
    await first.close();
    const second = await startServer({ data });
    expect(second.desk.bookHash()).toBe(first.desk.bookHash());
    expect((await ask(second, 'POST /v1/trades', TRADE, key)).body).toEqual(answer.body);
    expect((await ask(second, 'GET /v1/markets/BTC/candles')).body).toEqual(candles.body);
    expect(await first.stopped).toBeNull();
  });

  it('starts the same from the journal alone', async () => {
    const data = temporaryFolder();
    const first = await serve({ data, port: 0, snapshotEvery: 1_000_000 });
    await openVenue(first);
    const hash = first.desk.bookHash();
    await first.close();
    const { rmSync, readdirSync } = await import('node:fs');
    const files = readdirSync(join(data, 'journal')).filter((file) => file.includes('snapshot'));
    for (const file of files) rmSync(join(data, 'journal', file), { recursive: true });
    rmSync(join(data, 'history.db'));
    const second = await startServer({ data });
    expect(second.desk.bookHash()).toBe(hash);
    expect((await ask(second, 'GET /v1/events?kind=deposited')).body.events).toHaveLength(3);
  });

  it('says what is in the way: a port, a writer, a folder', async () => {
    const server = await startServer();
    const port = Number(new URL(server.address).port);
    const data = temporaryFolder();
    await expect(serve({ data, port })).rejects.toMatchObject({ code: 'address' });
    const again = await startServer({ data });
    await expect(serve({ data, port: 0 })).rejects.toMatchObject({ code: 'folder' });
    await again.close();
    const file = join(data, 'file');
    writeFileSync(file, '');
    await expect(serve({ data: join(file, 'in'), port: 0 })).rejects.toMatchObject({
      code: 'folder',
    });
  });

  it('halts on a bug: keeps the input, says so, and stops', async () => {
    const data = temporaryFolder();
    const server = await startServer({ data });
    await openVenue(server);
    const { sequence } = server.desk.engine;
    server.desk.engine.accounts.rows = null as never;
    expectProblem(await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '1' }), 503);
    const health = await ask(server, 'GET /healthz');
    expect([health.status, health.body.status]).toEqual([503, 'halted']);
    expect(await server.stopped).toMatchObject({ code: 'halted' });
    const kept = join(data, `halted-${sequence + 2}.json`);
    const other = join(data, `halted-${sequence + 1}.json`);
    expect(existsSync(kept) || existsSync(other)).toBe(true);
    const next = await startServer({ data });
    expect(next.desk.engine.sequence).toBe(sequence);
  });

  it('finishes what it took before it stops', async () => {
    const data = temporaryFolder();
    const server = await serve({ data, port: 0 });
    await openVenue(server);
    const sent = Array.from({ length: 200 }, () =>
      server.desk.execute(
        { kind: 'deposit', account: 'ann', amountAtoms: 1_000_000 },
        { client: 'x' },
      ),
    );
    await server.close();
    const answers = await Promise.all(sent);
    expect(answers.every(({ status }) => status === 'accepted')).toBe(true);
    await expect(server.desk.execute({ kind: 'clock' }, { client: 'x' })).rejects.toMatchObject({
      problem: { status: 503 },
    });
    const next = await startServer({ data });
    expect((await ask(next, 'GET /v1/accounts/ann')).body.balance).toBe('1200');
  });
});

it('opens a market with its rules and changes them', async () => {
  const server = await startServer();
  await openVenue(server);
  const rules = { ...RULES, takerFee: '0.001' };
  const changed = await ask(server, 'POST /v1/markets/BTC/rules', { rules, appliesTo: 'open' });
  expect(changed.status).toBe(200);
  expect((await ask(server, 'GET /v1/markets')).body.markets[0].rules.takerFee).toBe('0.001');
  const bad = await ask(server, 'POST /v1/markets', {
    market: 'X',
    rules: { ...RULES, tick: '0' },
  });
  expectProblem(bad, 422);
});
