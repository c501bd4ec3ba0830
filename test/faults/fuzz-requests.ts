/** Requests of the fuzz: valid ones of every route, and spoiled ones, down to their framing. */
import { readFileSync } from 'node:fs';
import { CONFIGURATION, RULES } from '../venue.ts';
import type { Dice } from './dice.ts';
import { spoiledBytes, spoiledJson } from './fuzz-text.ts';

/** What is written to one connection. */
export interface HttpInput {
  readonly bytes: Buffer;
  /**
   * How many answers must come, when the framing is whole; otherwise the connection is half closed
   * and whatever comes until its end is read.
   */
  readonly answers: number | 'until-closed';
  readonly isHead: boolean;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

type Template = readonly [route: string, body?: (dice: Dice) => object];

const MARKETS = ['BTC', 'ETH', 'SOL'];
const ACCOUNTS = Array.from({ length: 12 }, (_, k) => `a${k}`);

const market = (dice: Dice): string => dice.of(MARKETS);
const account = (dice: Dice): string => dice.of(ACCOUNTS);
const amount = (dice: Dice): string => dice.of(['0.000001', '1', '12.5', '100', '5000']);
const price = (dice: Dice): string => dice.of(['50000', '49999.9', '50100', '47500', '60000']);
const size = (dice: Dice): string => dice.of(['0.001', '0.01', '0.1', '1']);
const side = (dice: Dice): string => dice.of(['buy', 'sell']);

const EXAMPLE = new URL('../../examples/cross-markets.json', import.meta.url);
const DOCUMENT = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as object;

const CHANGES: readonly Template[] = [
  ['POST /v1/configuration', () => CONFIGURATION],
  ['POST /v1/accounts', (d) => ({ account: account(d) })],
  ['POST /v1/accounts/:account/owner', (d) => ({ owner: account(d) })],
  ['POST /v1/accounts/:account/deposits', (d) => ({ amount: amount(d) })],
  ['POST /v1/accounts/:account/withdrawals', (d) => ({ amount: amount(d) })],
  ['POST /v1/accounts/:account/leverage', (d) => ({ market: market(d), leverage: '10' })],
  [
    'POST /v1/accounts/:account/margin-mode',
    (d) => ({ market: market(d), marginMode: 'isolated' }),
  ],
  ['POST /v1/accounts/:account/margin', (d) => ({ market: market(d), amount: amount(d) })],
  [
    'POST /v1/accounts/:account/orders',
    (d) => ({
      order: `o${d.below(9)}`,
      market: market(d),
      side: side(d),
      size: size(d),
      price: price(d),
    }),
  ],
  ['DELETE /v1/accounts/:account/orders/o1'],
  [
    'POST /v1/trades',
    (d) => ({
      market: market(d),
      buyer: account(d),
      seller: account(d),
      size: size(d),
      price: price(d),
      taker: side(d),
    }),
  ],
  [
    'POST /v1/marks',
    (d) => ({
      source: d.of(['s', 't']),
      sourceSequence: d.below(1_000_000),
      prices: { [market(d)]: price(d) },
    }),
  ],
  [
    'POST /v1/funding',
    (d) => ({ market: market(d), rate: '0.0001', intervalEnd: '2026-01-01T08:00:00Z' }),
  ],
  ['POST /v1/clock', () => ({})],
  ['POST /v1/markets', (d) => ({ market: market(d), rules: RULES })],
  ['POST /v1/markets/:market/rules', () => ({ rules: RULES, appliesTo: 'open' })],
  ['POST /v1/rehearsal', () => ({ rules: { BTC: RULES } })],
  ['POST /v1/markets/SOL/halt', () => ({})],
  [
    'POST /v1/markets/SOL/resumption',
    () => ({ confirmations: 1, tolerance: '0.1', reduceOnlyMs: 0, liquidationsMs: 0 }),
  ],
  ['POST /v1/markets/:market/mode', (d) => ({ mode: d.of(['open', 'reduce-only']) })],
  ['POST /v1/markets/DOGE/delisting', () => ({ price: '1', reason: 'fuzz' })],
  [
    'POST /v1/liquidations/1/fills',
    (d) => ({ size: size(d), price: price(d), counterparty: account(d) }),
  ],
  [
    'POST /v1/inventory/:market/fills',
    (d) => ({ size: size(d), price: price(d), counterparty: account(d) }),
  ],
  ['POST /v1/fund/deposits', (d) => ({ amount: amount(d) })],
];

const CALCULATIONS: readonly Template[] = [
  ['POST /v1/check', () => DOCUMENT],
  ['POST /v1/explain?position=BTCUSDT', () => DOCUMENT],
  ['POST /v1/what-if', () => ({ document: DOCUMENT, changes: [{ kind: 'deposit', amount: '1' }] })],
  ['POST /v1/size', () => ({ document: DOCUMENT, position: 'BTCUSDT', distance: '0.1' })],
  ['POST /v1/stop', () => ({ document: DOCUMENT, position: 'BTCUSDT', distance: '0.1' })],
  ['POST /v1/sensitivity', () => ({ document: DOCUMENT, position: 'BTCUSDT' })],
  ['POST /v1/funding-drag', () => ({ document: DOCUMENT, position: 'BTCUSDT', days: ['5'] })],
  [
    'POST /v1/liquidation-surface',
    () => ({ document: DOCUMENT, market: 'BTCUSDT', with: 'ETHUSDT', betas: ['1'] }),
  ],
  ['POST /v1/advice', () => ({ document: DOCUMENT })],
];

const READINGS: readonly Template[] = [
  '/healthz',
  '/metrics',
  '/v1/scene',
  '/v1/markets',
  '/v1/markets/:market/candles?interval=1m&limit=5',
  '/v1/totals',
  '/v1/totals/history?limit=5',
  '/v1/accounts?sort=-marginRatio&limit=5',
  '/v1/accounts/:account',
  '/v1/accounts/:account/document',
  '/v1/accounts/:account/explain/:market',
  '/v1/events?kind=deposited&limit=5&order=oldest',
  '/v1/feed',
  '/',
].map((path): Template => [`GET ${path}`]);

const QUERY_VALUES = [
  '-1',
  '1e309',
  'NaN',
  '%00',
  '%ff',
  '__proto__',
  "'",
  '9'.repeat(40),
  '%F0%9F%99%83',
];
const SEGMENTS = [
  '%',
  '%ff',
  '%00',
  '..%2f..',
  '__proto__',
  'a'.repeat(300),
  '%E2%80%AE',
  ' ',
  '*',
];

const HEADERS: readonly string[] = [
  'Content-Type: text/plain',
  'Content-Type: application/json; charset=utf-7',
  'Content-Encoding: gzip',
  'Host: evil.example',
  'Origin: https://evil.example',
  'Authorization: Basic eDp5',
  `Authorization: Bearer ${'k'.repeat(300)}`,
  'Authorization: Bearer ä',
  'Idempotency-Key: same',
  'Idempotency-Key: 5',
  'Idempotency-Key: a b',
  `Idempotency-Key: ${'k'.repeat(65)}`,
  'Accept: image/png',
  'Accept-Encoding: *;q=0',
  'Range: bytes=5-1',
  'If-None-Match: *',
  'If-Modified-Since: yesterday',
  'Expect: 100-continue',
  'Expect: nothing',
  'X-Forwarded-For: ' + '1.2.3.4, '.repeat(50),
  'Cookie: ' + 'a=b; '.repeat(200),
  'X-Http-Method-Override: DELETE',
];

/** Lines that break a request's framing, or may. */
const BREAKING: readonly string[] = [
  'Content-Length: 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: -1',
  'Content-Length: 1e3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: nothing',
  ' folded: line',
  'no colon at all',
  ': no name',
  'Bad Name: x',
  'Nul: \0',
  'X: ' + 'x'.repeat(20_000),
  'Host: twice',
  'Connection: upgrade',
  'Upgrade: websocket',
];

/** The next input: whole, spoiled inside, spoiled in its framing, pipelined or raw bytes. */
export function httpInput(dice: Dice): HttpInput {
  const kind = dice.below(100);
  if (kind < 3) return untilClosed(dice.bytes(1 + dice.below(400)));
  if (kind < 11) return brokenFraming(requestOf(dice), dice);
  if (kind < 16) return pipelined(dice);
  const request = requestOf(dice);
  return { bytes: encode(request), answers: 1, isHead: request.method === 'HEAD' };
}

function untilClosed(bytes: Buffer): HttpInput {
  return { bytes, answers: 'until-closed', isHead: false };
}

function pipelined(dice: Dice): HttpInput {
  const requests = Array.from({ length: 2 + dice.below(4) }, () => requestOf(dice));
  const plain = requests.map((request) => ({
    ...request,
    method: request.method.replace('HEAD', 'GET'),
  }));
  return { bytes: Buffer.concat(plain.map(encode)), answers: requests.length, isHead: false };
}

function brokenFraming(request: Request, dice: Dice): HttpInput {
  const bytes = encode({ ...request, headers: [...request.headers, dice.of(BREAKING)] });
  switch (dice.below(4)) {
    case 0:
      return untilClosed(spoiledBytes(encode(request), dice));
    case 1:
      return untilClosed(encode(request).subarray(0, dice.below(encode(request).length)));
    case 2:
      return untilClosed(spoiledBytes(bytes, dice));
    default:
      return untilClosed(bytes);
  }
}

function requestOf(dice: Dice): Request {
  const kind = dice.below(100);
  const templates = kind < 70 ? CHANGES : kind < 95 ? READINGS : CALCULATIONS;
  const [route, makeBody] = dice.of(templates);
  const [method = '', address = ''] = route.split(' ');
  const path = address
    .replaceAll(':account', () => (dice.percent(90) ? account(dice) : dice.of(SEGMENTS)))
    .replaceAll(':market', () => (dice.percent(90) ? market(dice) : dice.of(SEGMENTS)));
  const value = makeBody?.(dice);
  return {
    method: dice.percent(97) ? method : dice.of(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE']),
    path: dice.percent(90) ? path : spoiledPath(path, dice),
    headers: dice.percent(85) ? [] : [dice.of(HEADERS)],
    body: value === undefined ? null : bodyOf(value, dice),
  };
}

/** One in a few thousand is larger than what is taken. */
function bodyOf(value: object, dice: Dice): Buffer {
  if (dice.below(4_000) === 0) return Buffer.alloc(1_500_000, 0x20);
  if (dice.percent(3)) return dice.bytes(dice.below(200));
  return dice.percent(30) ? Buffer.from(JSON.stringify(value)) : spoiledJson(value, dice);
}

/** Still one line without blanks: the framing stays whole. */
function spoiledPath(path: string, dice: Dice): string {
  const value = dice.of(QUERY_VALUES);
  const segment = dice.of(SEGMENTS).trim();
  const mutations = [
    `${path}?${dice.of(['limit', 'sort', 'from', 'after', 'kind', 'x', '__proto__'])}=${value}`,
    path.replaceAll(/=[^&]*/g, `=${value}`),
    `${path}/${segment}`,
    path.replace(/\/[^/]*$/, `/${segment}`),
    path.toUpperCase(),
    `${path}//`,
  ];
  return dice.of(mutations);
}

function encode({ method, path, headers, body }: Request): Buffer {
  const has = (name: string): boolean => headers.some((line) => line.startsWith(name));
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(has('Host: evil') ? [] : ['Host: 127.0.0.1']),
    ...(body === null || has('Content-Type') ? [] : ['Content-Type: application/json']),
    ...(body === null ? [] : [`Content-Length: ${body.length}`]),
    ...headers,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return body === null ? head : Buffer.concat([head, body]);
}
