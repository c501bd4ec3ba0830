/**
 * Everything that may come in by HTTP and should not: answered with a problem document that names
 * the place, nothing changed, never a stack trace, never a fault of the server's.
 */
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunningServer } from '../packages/plimsoll/src/server/index.ts';
import { ask, openVenue, RULES, startServer, TRADE, type Reply } from './http-scene.ts';

const DEPOSIT = 'POST /v1/accounts/ann/deposits';

/** Sends it and expects a 4xx problem document and an untouched book. */
async function refused(
  server: RunningServer,
  send: () => Promise<Reply>,
  what: string,
): Promise<Reply> {
  const before = server.desk.bookHash();
  const reply = await send();
  const shown = `${what}: ${reply.status} ${reply.text.slice(0, 300)}`;
  expect(reply.status, shown).toBeGreaterThanOrEqual(400);
  expect(reply.status, shown).toBeLessThan(500);
  expect(reply.type, shown).toBe('application/problem+json; charset=utf-8');
  expect(reply.text, shown).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
  expect(String(reply.body.detail).length, shown).toBeGreaterThan(5);
  expect(server.desk.bookHash(), shown).toBe(before);
  return reply;
}

const BODIES: Readonly<Record<string, string | Uint8Array>> = {
  nothing: '',
  'not JSON': 'amount=5',
  'an array': '[]',
  'a number': '5',
  null: 'null',
  'half a document': '{"amount":"5"',
  'text after the end': '{"amount":"5"} {}',
  NaN: '{"amount":NaN}',
  'NaN in a string': '{"amount":"NaN"}',
  Infinity: '{"amount":"Infinity"}',
  '1e309': '{"amount":1e309}',
  '1e309 in a string': '{"amount":"1e309"}',
  '-0': '{"amount":"-0"}',
  'below zero': '{"amount":"-5"}',
  'a plus sign': '{"amount":"+5"}',
  'a fraction': '{"amount":"1/3"}',
  hexadecimal: '{"amount":"0x10"}',
  'more digits than atoms': '{"amount":"0.0000001"}',
  'more than can be counted': '{"amount":"99999999999999999999"}',
  'a very long number': `{"amount":"${'9'.repeat(10_000)}"}`,
  'a very long JSON number': `{"amount":${'9'.repeat(10_000)}}`,
  'a repeated key': '{"amount":"5","amount":"6"}',
  __proto__: '{"amount":"5","__proto__":{"amount":"6"}}',
  'only __proto__': '{"__proto__":{"amount":"5"}}',
  constructor: '{"amount":"5","constructor":{"prototype":{}}}',
  'an unknown field': '{"amount":"5","note":"x"}',
  'the account again': '{"amount":"5","account":"house"}',
  'the time': '{"amount":"5","timeMs":1}',
  'deep arrays': '['.repeat(100_000),
  'deep objects': '{"amount":'.repeat(50_000),
  'broken UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'a lone surrogate': '{"amount":"\\ud800"}',
  'a control character': '{"amount":"5\u0000"}',
  'UTF-16': Buffer.from('{"amount":"5"}', 'utf16le'),
};

it.each(['.', '..', '', 'a/b', '%ZZ', 'ü', '😀', 'x'.repeat(65)])(
  'refuses the name "%s", which no address could hold',
  async (account) => {
    const server = await startServer();
    const reply = await refused(
      server,
      () => ask(server, 'POST /v1/accounts', { account }),
      account,
    );
    expect(reply.body).toMatchObject({ status: 400, path: 'account' });
  },
);

it('refuses every bad body', async () => {
  const server = await startServer();
  await openVenue(server);
  for (const [what, body] of Object.entries(BODIES)) {
    await refused(server, () => ask(server, DEPOSIT, body), what);
  }
  const reply = await refused(
    server,
    () => ask(server, DEPOSIT, BODIES['a repeated key']),
    'repeated',
  );
  expect(reply.body).toMatchObject({ status: 400, path: 'amount' });
});

it('refuses the wrong content type, none, and a compressed body', async () => {
  const server = await startServer();
  await openVenue(server);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'x']) {
    const reply = await refused(
      server,
      () => ask(server, DEPOSIT, '{"amount":"5"}', { 'content-type': type }),
      type,
    );
    expect(reply.status).toBe(415);
  }
  const none = (): Promise<Reply> => ask(server, DEPOSIT);
  await refused(server, none, 'no body');
  const gzip = (): Promise<Reply> =>
    ask(server, DEPOSIT, Buffer.from([0x1f, 0x8b, 0x08, 0x00]), { 'content-encoding': 'gzip' });
  await refused(server, gzip, 'gzip');
});

it('refuses 50 MB without reading them all', async () => {
  const server = await startServer();
  await openVenue(server);
  const body = Buffer.alloc(50 << 20, 0x20);
  for (const route of [DEPOSIT, 'POST /v1/check']) {
    const { status } = await rawPost(server, route.split(' ')[1] ?? '', body);
    expect(status).toBe(413);
  }
  expect((await ask(server, 'GET /healthz')).status).toBe(200);
});

/** A client that reads while it still writes, and takes a closed connection for an answer's end. */
function rawPost(
  server: RunningServer,
  path: string,
  body: Buffer,
): Promise<{ status: number; text: string }> {
  const { hostname, port, host } = new URL(server.address);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1] ?? 0), text }));
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
  });
}

it('answers what is not HTTP', async () => {
  const server = await startServer();
  const { hostname, port } = new URL(server.address);
  const exchange = (bytes: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
      socket.end(bytes);
    });
  expect(await exchange('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s);
  const long = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`;
  expect(await exchange(long)).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json/s);
  expect((await ask(server, 'GET /healthz')).status).toBe(200);
});

const PATHS: readonly string[] = [
  'GET /v1/accounts/%',
  'GET /v1/accounts/%ff',
  'GET /v1/accounts/%00',
  'GET /v1/accounts/__proto__',
  'GET /v1/accounts/..%2f..%2fetc%2fpasswd',
  `GET /v1/accounts/${'a'.repeat(1_000)}`,
  'GET /v1/accounts/ann/explain/__proto__',
  'GET /v1/markets/__proto__/candles',
  'GET /v1/markets/BTC/candles?interval=__proto__',
  'GET /v1/markets/BTC/candles?limit=NaN',
  'GET /v1/markets/BTC/candles?limit=1e309',
  'GET /v1/accounts?sort=__proto__',
  'GET /v1/accounts?sort=--equity',
  'GET /v1/accounts?offset=-1',
  'GET /v1/accounts?offset=9999999999999999999999',
  'GET /v1/accounts?__proto__=1',
  `GET /v1/accounts?search=${'x'.repeat(1_000)}`,
  'GET /v1/events?from=yesterday',
  'GET /v1/events?kind=nothing',
  'GET /v1/events?after=1e309',
  "GET /v1/events?account=' OR 1=1 --",
  'GET /v1/totals/history?from=NaN',
  'GET /assets/../../../package.json',
  'GET /%2e%2e/%2e%2e/package.json',
  'DELETE /v1/accounts/ann/orders/__proto__',
  'POST /v1/markets/BTC/candles',
  'PATCH /v1/accounts/ann',
];

it('refuses bad addresses and queries', async () => {
  const server = await startServer();
  await openVenue(server);
  for (const route of PATHS) await refused(server, () => ask(server, route), route);
});

const CHANGES: readonly (readonly [route: string, body: unknown])[] = [
  ['POST /v1/accounts', { account: '' }],
  ['POST /v1/accounts', { account: 'a'.repeat(65) }],
  ['POST /v1/accounts', { account: 'a b' }],
  ['POST /v1/accounts', { account: 'fund' }],
  ['POST /v1/accounts', { account: { toString: 1 } }],
  ['POST /v1/trades', { ...TRADE, price: '0' }],
  ['POST /v1/trades', { ...TRADE, price: '-50000' }],
  ['POST /v1/trades', { ...TRADE, size: '1e-30' }],
  ['POST /v1/trades', { ...TRADE, seller: 'ann' }],
  ['POST /v1/trades', { ...TRADE, buyOrder: 5 }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 2, prices: { BTC: '0' } }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 2, prices: { BTC: '-1' } }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 2, prices: { BTC: 'NaN' } }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 2, prices: { BTC: '1e30' } }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 0, prices: { BTC: '1' } }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 1.5, prices: { BTC: '1' } }],
  ['POST /v1/marks', { source: 'test', sourceSequence: 2, prices: [] }],
  ['POST /v1/marks', '{"source":"test","sourceSequence":2,"prices":{"__proto__":"1"}}'],
  ['POST /v1/funding', { market: 'BTC', rate: '5', intervalEnd: '2026-01-01T00:00:00Z' }],
  ['POST /v1/funding', { market: 'BTC', rate: '0.1', intervalEnd: '2026-13-01T00:00:00Z' }],
  ['POST /v1/funding', { market: 'BTC', rate: '0.1', intervalEnd: '+275760-09-13T00:00:00Z' }],
  ['POST /v1/markets', { market: 'X', rules: { ...RULES, tick: '-1' } }],
  ['POST /v1/markets', { market: 'X', rules: { ...RULES, lot: '0.0000000001' } }],
  ['POST /v1/markets', { market: 'X', rules: { ...RULES, maxLeverage: '1e30' } }],
  [
    'POST /v1/markets',
    {
      market: 'X',
      rules: {
        ...RULES,
        maintenance: { ...RULES.maintenance, schedule: { kind: 'brackets', levels: 'x' } },
      },
    },
  ],
  [
    'POST /v1/markets',
    {
      market: 'X',
      rules: { ...RULES, maintenance: { ...RULES.maintenance, schedule: { kind: 'max', of: [] } } },
    },
  ],
  ['POST /v1/configuration', {}],
  ['POST /v1/accounts/ann/leverage', { market: 'BTC', leverage: '0' }],
  ['POST /v1/accounts/ann/leverage', { market: 'BTC', leverage: '1000000' }],
  ['POST /v1/accounts/ann/margin', { market: 'BTC', amount: '0' }],
  ['POST /v1/inventory/BTC/fills', { size: '1', price: '1', counterparty: 'house' }],
  ['POST /v1/liquidations/NaN/fills', { size: '1', price: '1', counterparty: 'house' }],
  ['POST /v1/check', { venue: 'nowhere', positions: [] }],
  ['POST /v1/check', { venue: 'custom' }],
  ['POST /v1/check', '{"venue":"custom","positions":[{"size":1e309}]}'],
  ['POST /v1/explain', { venue: 'custom', positions: [] }],
];

it('refuses every bad change', async () => {
  const server = await startServer();
  await openVenue(server);
  for (const [route, body] of CHANGES) {
    await refused(server, () => ask(server, route, body), `${route} ${JSON.stringify(body)}`);
  }
  const key = (value: string): Promise<Reply> =>
    ask(server, DEPOSIT, { amount: '1' }, { 'idempotency-key': value });
  for (const value of ['a b', 'x'.repeat(65), 'ü'.normalize('NFD').slice(0, 1) + '/']) {
    await refused(server, () => key(value), `Idempotency-Key ${value}`);
  }
});

it('never breaks, whatever JSON comes to whatever route', async () => {
  const server = await startServer({ ratePerSecond: 1_000_000 });
  await openVenue(server);
  const routes = [
    'POST /v1/trades',
    'POST /v1/marks',
    DEPOSIT,
    'POST /v1/markets',
    'POST /v1/check',
    'POST /v1/configuration',
  ];
  const field = fc.constantFrom(
    'market',
    'account',
    'amount',
    'price',
    'size',
    'rules',
    'prices',
    'positions',
    '__proto__',
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('BTC', 'ann', '1', '1e309', 1e308, -0, null),
  );
  const body = fc.oneof(fc.dictionary(field, value), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), body, async (route, sent) => {
      const reply = await ask(server, route, JSON.stringify(sent));
      expect(reply.status, reply.text).toBeLessThan(500);
      expect(reply.text).not.toMatch(/\n\s+at /);
    }),
    { numRuns: 300, seed: 7 },
  );
});
