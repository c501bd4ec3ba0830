/**
 * Calculating over HTTP: the same answers as the command line, refusals that name the place in the
 * body, and limits that hold while marks and trades go on.
 */
import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { ask, openVenue, startServer, temporaryFolder, TRADE } from './http-scene.ts';
import { runProgram } from './program.ts';

const LONG = 'examples/textbook-long.json';
const CROSS = 'examples/cross-markets.json';

function documentIn(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

const FUNDED = '{"kind":"funding","position":"BTCUSD","amount":"50"}';
const NOW = '2026-07-02T12:00:00Z';

test.each<[name: string, file: string, request: object, command: string]>([
  ['size', LONG, { distance: '0.1' }, 'size --distance 0.1'],
  [
    'size',
    CROSS,
    { position: 2, sigmas: '3', volatility: '0.03', lot: '1' },
    'size --position 2 --sigmas 3 --volatility 0.03 --lot 1',
  ],
  [
    'stop',
    LONG,
    { distance: '0.01', latencyMs: '500', volatility: '0.04', trigger: 'last', gap: '0.001' },
    'stop --distance 0.01 --latency-ms 500 --volatility 0.04 --trigger last --gap 0.001',
  ],
  [
    'stop',
    LONG,
    { distance: '0.01', changes: [JSON.parse(FUNDED)] },
    `stop --distance 0.01 --change ${FUNDED}`,
  ],
  ['what-if', CROSS, { changes: [{ kind: 'deposit', amount: '1000' }] }, 'what-if --deposit 1000'],
  [
    'sensitivity',
    CROSS,
    { position: { market: 'ETHUSDT' }, volatility: '0.03' },
    'sensitivity --position ETHUSDT --volatility 0.03',
  ],
  [
    'funding-drag',
    CROSS,
    { position: 'BTCUSDT', days: ['1', '90'] },
    'funding-drag --position BTCUSDT --days 1,90',
  ],
  [
    'liquidation-surface',
    CROSS,
    { market: 'BTCUSDT', with: 'ETHUSDT', betas: ['0', '-0.5'] },
    'liquidation-surface --markets BTCUSDT,ETHUSDT --beta 0,-0.5',
  ],
  [
    'advice',
    CROSS,
    { context: { now: NOW, stops: [], volatility: { BTCUSDT: '0.2' } } },
    `advise --now ${NOW} --stop none --volatility BTCUSDT=0.2`,
  ],
])('/v1/%s answers what the command line prints: %#', async (name, file, request, words) => {
  const server = await startServer();
  const [command = '', ...options] = words.split(' ');
  const ran = await runProgram([command, file, ...options, '--json']);
  const reply = await ask(server, `POST /v1/${name}`, { document: documentIn(file), ...request });
  expect(reply).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
  expect(ran.code).toBe(0);
  expect(reply.body).toEqual(JSON.parse(ran.out));
});

it('keeps every digit of a number that no double holds', async () => {
  const server = await startServer();
  const document = JSON.stringify(documentIn(LONG)).replace(
    '"amount":"5000"',
    '"amount":5000.0000000000000000000001',
  );
  const body = `{"document":${document},"changes":[{"kind":"deposit","amount":1e-22}]}`;
  const { status, body: answer } = await ask(server, 'POST /v1/what-if', body);
  expect(status).toBe(200);
  expect(answer.document.collateral[0].amount).toBe('5000.0000000000000000000002');
});

const long = documentIn(LONG);
const cross = documentIn(CROSS);
const position = 'BTCUSDT';
const MANY = Array.from({ length: 101 }, () => '1');

it.each<[name: string, body: unknown, path: string, words: string]>([
  ['size', {}, 'document', 'is missing'],
  ['size', { document: 5 }, 'document', 'must be object'],
  ['size', { document: [] }, 'document', 'must be object'],
  ['size', { document: long }, '', 'give one of distance, ratio and sigmas'],
  ['size', { document: long, distance: '0.1', ratio: '1' }, '', 'not distance and ratio'],
  ['size', { document: long, distance: 0.1 }, 'distance', 'must be a decimal in a string'],
  ['size', { document: long, distance: '0' }, 'distance', 'must be above 0'],
  ['size', { document: long, sigmas: '3' }, 'volatility', 'is missing'],
  ['size', { document: long, distance: '0.1', size: '1' }, 'size', 'is not a field here'],
  ['size', { document: cross, ratio: '1' }, 'position', 'is missing; there are 0 (BTCUSDT long'],
  ['size', { document: cross, ratio: '1', position: true }, 'position', 'a number from 0'],
  ['size', { document: cross, ratio: '1', position: 3 }, 'position', 'names no position, 3'],
  ['size', { document: { venue: 'custom' }, ratio: '1' }, 'document.positions', 'is missing'],
  ['size', { document: { ...long, position }, ratio: '1' }, 'document.position', 'not a known key'],
  ['stop', { document: long }, 'distance', 'is missing'],
  ['stop', { document: long, distance: '0.06' }, 'distance', 'leaves no room'],
  ['stop', { document: long, distance: '0.01', trigger: 'index' }, 'trigger', 'one of mark, last'],
  ['stop', { document: long, distance: '0.01', changes: [] }, 'changes', 'fewer than 1'],
  [
    'stop',
    { document: long, distance: '0.01', changes: [{ kind: 'margin', amount: '1' }] },
    'changes[0].position',
    'is a cross position',
  ],
  ['what-if', { document: long }, 'changes', 'is missing'],
  [
    'what-if',
    { document: long, changes: [{ kind: 'gift' }] },
    'changes[0].kind',
    'one of fill, order, deposit',
  ],
  [
    'what-if',
    { document: long, changes: [{ kind: 'deposit', amount: '1', note: '' }] },
    'changes[0].note',
    'is not a known key',
  ],
  [
    'what-if',
    { document: long, changes: MANY.map((amount) => ({ kind: 'deposit', amount })) },
    'changes',
    'more than 100',
  ],
  ['sensitivity', { document: long, volatility: '0' }, 'volatility', 'must be above 0'],
  ['funding-drag', { document: long }, 'document.markets.BTCUSD.funding', 'give rate'],
  ['funding-drag', { document: cross, position, days: ['-1'] }, 'days[0]', 'not be negative'],
  ['funding-drag', { document: cross, position, days: ['36501'] }, 'days[0]', 'at most 36500'],
  ['funding-drag', { document: cross, days: MANY }, 'days', 'more than 100'],
  ['liquidation-surface', { document: cross, market: position }, 'with', 'is missing'],
  ['liquidation-surface', { document: cross, market: position, with: position }, 'with', 'repeats'],
  [
    'liquidation-surface',
    { document: cross, market: position, with: 'ETHUSDT', betas: MANY },
    'betas',
    'more than 100',
  ],
  ['advice', { document: long, context: { now: 'noon' } }, 'context.now', 'must be a time'],
  ['advice', { document: long, context: { tiers: '' } }, 'context.tiers', 'is not a field'],
  [
    'advice',
    { document: long, context: { stops: [{ market: 'BTCUSD', price: '-1' }] } },
    'context.stops[0].price',
    'must be above 0',
  ],
])('/v1/%s refuses %j', async (name, body, path, words) => {
  const server = await startServer();
  const reply = await ask(server, `POST /v1/${name}`, body);
  expect(reply).toMatchObject({ status: 400, type: 'application/problem+json; charset=utf-8' });
  expect(reply.body).toMatchObject({ code: 'malformed', path });
  expect(reply.body.detail).toContain(words);
});

/** A pool whose every boundary takes a search: minutes of work for one surface. */
function hardBody(): object {
  const schedule = { kind: 'power', base: '0.01', factor: '0.0000001', exponent: '0.8' };
  const names = Array.from({ length: 1_000 }, (_, k) => `M${k}`);
  const positions = names.map((market, k) => ({
    market,
    side: k % 2 === 0 ? 'long' : 'short',
    size: `1.${k}1`,
    entryPrice: '50000',
    markPrice: `50000.${k}`,
    marginMode: 'cross',
    leverage: '10',
  }));
  const markets = Object.fromEntries(names.map((name) => [name, { maintenance: { schedule } }]));
  const document = {
    venue: 'custom',
    collateral: [{ asset: 'USDT', amount: '1600000' }],
    positions,
    markets,
  };
  const betas = Array.from({ length: 100 }, (_, k) => `0.${k + 1}`);
  return { document, market: 'M0', with: 'M1', betas };
}

it('ends what takes too long, while the engine goes on, and answers the next', async () => {
  const server = await startServer();
  await openVenue(server);
  const hard = ask(server, 'POST /v1/liquidation-surface', hardBody());
  const next = ask(server, 'POST /v1/check', long);
  let slowest = 0;
  for (let k = 0; k < 20; k += 1) {
    const before = performance.now();
    expect((await ask(server, 'POST /v1/trades', { ...TRADE, size: '0.001' })).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - before);
  }
  const refused = await hard;
  expect(refused).toMatchObject({ status: 422, type: 'application/problem+json; charset=utf-8' });
  expect(refused.body).toMatchObject({ code: 'too-hard' });
  expect(refused.body.detail).toContain('more than 5 seconds');
  expect((await next).body).toMatchObject({ equity: '5000' });
  expect(slowest).toBeLessThan(2_500);
});

it('takes no more than it can hold, and stops without waiting', async () => {
  const server = await startServer();
  const hard = hardBody();
  const asked = Array.from({ length: 30 }, () =>
    ask(server, 'POST /v1/liquidation-surface', hard).catch(() => null),
  );
  const first = await Promise.race(asked);
  expect(first).toMatchObject({ status: 503, headers: expect.anything() });
  expect(first?.body).toMatchObject({ code: 'overloaded' });
  expect(first?.headers.get('retry-after')).toBe('1');
  const before = performance.now();
  await server.close();
  expect(performance.now() - before).toBeLessThan(15_000);
  const statuses = (await Promise.all(asked)).map((reply) => reply?.status);
  expect(new Set(statuses)).not.toContain(500);
});

it('explains one position at several venues, each with its answer or its refusal', async () => {
  const server = await startServer();
  const document = documentIn('examples/binance-long.json');
  const asked = await ask(server, 'POST /v1/explain?venues=okx-linear,bitmex', document);
  expect(asked.status).toBe(200);
  const [okx, bitmex] = asked.body.venues;
  expect(okx).toMatchObject({ venue: 'okx-linear', size: '1200', market: 'BTC-USDT-SWAP' });
  expect(bitmex.error.path).toBe('positions[0].market');
  const refused = await ask(server, 'POST /v1/explain?venues=okx-linear&position=7', document);
  expect(refused).toMatchObject({ status: 400, body: { path: 'position' } });
});

it('is described, needs a key where one is needed, and is open to readers', async () => {
  const data = temporaryFolder();
  const added = await runProgram(['keys', 'add', 'eyes', '--role', 'reader', '--data', data]);
  const server = await startServer({ data });
  const { paths } = (await ask(server, 'GET /v1/openapi.json')).body;
  const names =
    'check explain what-if size stop sensitivity funding-drag liquidation-surface advice';
  for (const name of names.split(' '))
    expect(paths[`/v1/${name}`].post.tags).toEqual(['calculating']);
  const body = { document: long, distance: '0.1' };
  expect((await ask(server, 'POST /v1/size', body)).status).toBe(401);
  const authorization = `Bearer ${added.out.trim()}`;
  expect((await ask(server, 'POST /v1/size', body, { authorization })).status).toBe(200);
});
