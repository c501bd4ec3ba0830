/** The feed over a real WebSocket: resume, restart, filters, slow readers and bad messages. */
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  ask,
  openVenue,
  RULES,
  startServer,
  temporaryFolder,
  TRADE,
} from '../../../../test/http-scene.ts';
import { addKey, type Draft, type RunningServer } from './index.ts';

// eslint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
type Message = any;

interface Client {
  readonly socket: WebSocket;
  readonly messages: Message[];
  /** The next message of this type, those before included. */
  readonly wait: (type: string, count?: number) => Promise<Message>;
  readonly closed: Promise<number>;
}

async function connect(server: RunningServer, options: object = {}): Promise<Client> {
  const socket = new WebSocket(`${server.address.replace('http', 'ws')}/v1/feed`, options);
  onTestFinished(() => socket.terminate());
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(Buffer.from(data as Buffer).toString())));
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve);
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const wait = async (type: string, count = 1): Promise<Message> => {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = messages.filter((message) => message.type === type);
      if (found.length >= count) return found[count - 1];
      if (Date.now() > deadline) throw new Error(`no ${type}: ${JSON.stringify(messages)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { socket, messages, wait, closed };
}

const subscribe = (client: Client, message: object = {}): void =>
  client.socket.send(JSON.stringify({ type: 'subscribe', ...message }));

const eventsOf = (client: Client): Message[] =>
  client.messages.filter(({ type }) => type === 'events').flatMap(({ events }) => events);

const sequencesOf = (client: Client): number[] => eventsOf(client).map(({ sequence }) => sequence);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('begins with hello, then tells what comes, in order and once', async () => {
  const server = await startServer();
  await openVenue(server);
  const client = await connect(server);
  subscribe(client);
  const hello = await client.wait('hello');
  expect(hello).toMatchObject({
    sequence: server.desk.engine.sequence,
    scene: { simulated: false },
  });
  await ask(server, 'POST /v1/trades', TRADE);
  await ask(server, 'POST /v1/marks', {
    source: 'test',
    sourceSequence: 2,
    prices: { BTC: '47200' },
  });
  await client.wait('events');
  await pause(200);
  const events = eventsOf(client);
  expect(events.map(({ kind }) => kind)).toEqual(['traded', 'marked', 'margin-called']);
  expect(events[0]).toMatchObject({ size: '0.3', price: '50000', buyerFee: '7.5' });
  expect(events[2]).toMatchObject({ account: 'ann', market: null, equity: '152.5', gap: false });
});

it('resumes after a sequence, with nothing lost and nothing twice', async () => {
  const server = await startServer();
  await openVenue(server);
  const from = server.desk.engine.sequence - 3;
  const client = await connect(server);
  subscribe(client, { from });
  await client.wait('events');
  const sequences = eventsOf(client).map(({ sequence }) => sequence);
  expect(sequences).toEqual([from + 1, from + 2, from + 3]);
  const page = await ask(server, 'GET /v1/events?order=oldest&limit=1000');
  const told = page.body.events.filter((event: Message) => event.sequence > from);
  expect(eventsOf(client)).toEqual(told);
});

it('resumes across a restart of the server', async () => {
  const data = temporaryFolder();
  const first = await startServer({ data, snapshotEvery: 1_000_000 });
  await openVenue(first);
  await first.close();
  const second = await startServer({ data });
  const client = await connect(second);
  subscribe(client, { from: second.desk.engine.sequence });
  expect((await client.wait('hello')).oldest).toBeLessThanOrEqual(second.desk.engine.sequence);
  await ask(second, 'POST /v1/clock', {});
  await ask(second, 'POST /v1/accounts/ann/deposits', { amount: '1' });
  await client.wait('events');
  expect(eventsOf(client)[0]).toMatchObject({ kind: 'deposited', amount: '1' });
});

it('says restart for what is no longer kept, and for what has not happened', async () => {
  const server = await startServer({ ringEvents: 5 });
  await openVenue(server);
  for (let i = 0; i < 20; i += 1)
    await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '1' });
  const client = await connect(server);
  subscribe(client, { from: 1 });
  const { sequence } = await client.wait('restart');
  expect(sequence).toBe(server.desk.engine.sequence);
  subscribe(client, { from: 1_000_000 });
  expect((await client.wait('restart', 2)).reason).toContain('has not happened');
  subscribe(client, { from: sequence });
  await client.wait('hello', 3);
  await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '1' });
  await client.wait('events');
  expect(eventsOf(client)).toHaveLength(1);
});

it('filters by kind, account and market', async () => {
  const server = await startServer();
  await openVenue(server);
  const clients = await Promise.all([connect(server), connect(server), connect(server)]);
  subscribe(clients[0], { kinds: ['deposited'] });
  subscribe(clients[1], { account: 'house' });
  subscribe(clients[2], { market: 'BTC' });
  await Promise.all(clients.map((client) => client.wait('hello')));
  await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '1' });
  await ask(server, 'POST /v1/trades', TRADE);
  await ask(server, 'POST /v1/marks', {
    source: 'test',
    sourceSequence: 2,
    prices: { BTC: '50001' },
  });
  await pause(300);
  const kinds = clients.map((client) => eventsOf(client).map(({ kind }) => kind));
  expect(kinds).toEqual([['deposited'], ['traded'], ['traded', 'marked']]);
});

it('sends totals every second and marks when they change, to who asked', async () => {
  const server = await startServer();
  await openVenue(server);
  const client = await connect(server);
  subscribe(client, { totals: true, kinds: [] });
  expect(await client.wait('totals')).toMatchObject({ accounts: 2 });
  expect(await client.wait('marks')).toMatchObject({ prices: { BTC: '50000' } });
  await ask(server, 'POST /v1/marks', {
    source: 'test',
    sourceSequence: 2,
    prices: { BTC: '50001' },
  });
  expect(await client.wait('marks', 2)).toMatchObject({ prices: { BTC: '50001' } });
  await client.wait('totals', 2);
});

const NAMES = Array.from({ length: 200 }, (_, k) => `${'MARKET-WITH-A-LONG-NAME-'.repeat(2)}${k}`);
const EPOCHS = 50;
/** Twice of what a system keeps for a socket at most, and the ring many times over. */
const ROUNDS = 12;

/** Epochs of two hundred marks: events of many bytes. */
function sendEpochs(server: RunningServer, round: number): Promise<unknown> {
  const drafts = Array.from({ length: EPOCHS }, (_, k): Draft => {
    const sourceSequence = 2 + round * EPOCHS + k;
    const prices = NAMES.map((market) => ({ market, priceTicks: sourceSequence }));
    return { kind: 'marks', source: 'test', sourceSequence, prices };
  });
  return Promise.all(drafts.map((draft) => server.desk.execute(draft, { client: 'test' })));
}

it('tells who does not read to start again, and others everything meanwhile', async () => {
  const server = await startServer({ ringEvents: 100 });
  await openVenue(server);
  for (const market of NAMES)
    await server.desk.execute({ kind: 'open-market', market, rules: RULES }, { client: 'test' });
  const [slow, quick] = [await connect(server), await connect(server)];
  for (const client of [slow, quick]) {
    subscribe(client, { kinds: ['marked'] });
    await client.wait('hello');
  }
  slow.socket.pause();
  for (let round = 0; round < ROUNDS; round += 1) {
    await sendEpochs(server, round);
    while (eventsOf(quick).length < (round + 1) * EPOCHS) await pause(1);
  }
  expect(quick.messages.some(({ type }) => type === 'restart')).toBe(false);
  slow.socket.resume();
  const { sequence } = await slow.wait('restart');
  expect(sequencesOf(slow)).toEqual(sequencesOf(quick).slice(0, sequencesOf(slow).length));
  subscribe(slow, { from: sequence, kinds: ['marked'] });
  await slow.wait('hello', 2);
  await sendEpochs(server, ROUNDS);
  while (sequencesOf(slow).at(-1) !== server.desk.engine.sequence) await pause(1);
  expect(await server.desk.metricsText()).toMatch(/^plimsoll_feed_restarts_total 1$/m);
});

const BAD: readonly (string | Buffer)[] = [
  'hello',
  '[]',
  '{"type":"subscribe","type":"subscribe"}',
  '{"type":"subscribe","from":-1}',
  '{"type":"subscribe","from":1e309}',
  '{"type":"subscribe","kinds":["nothing"]}',
  '{"type":"subscribe","__proto__":{}}',
  '{"type":"shout"}',
  '['.repeat(1_000),
  Buffer.from([0xff, 0xfe, 0x7b]),
];

it('answers a bad message with an error and closes; the server lives', async () => {
  const server = await startServer();
  await openVenue(server);
  const before = server.desk.bookHash();
  for (const message of BAD) {
    const client = await connect(server);
    client.socket.send(message);
    const { detail } = await client.wait('error');
    expect(detail).not.toMatch(/\n\s+at /);
    expect(await client.closed).toBe(1008);
  }
  const large = await connect(server);
  large.socket.send('x'.repeat(100_000));
  expect(await large.closed).toBe(1009);
  expect(server.desk.bookHash()).toBe(before);
  expect((await ask(server, 'GET /healthz')).status).toBe(200);
});

it('asks for a key when there are keys, and keeps a trader to its accounts', async () => {
  const data = temporaryFolder();
  const createdAt = '2026-01-01T00:00:00Z';
  const operator = addKey(data, { name: 'o', role: 'operator', accounts: null, createdAt });
  const trader = addKey(data, { name: 't', role: 'trader', accounts: ['ann'], createdAt });
  const server = await startServer({ data });
  await openVenue(server, { authorization: `Bearer ${operator}` });
  const nobody = await connect(server);
  subscribe(nobody);
  expect((await nobody.wait('error')).detail).toContain('key');
  const nosy = await connect(server);
  subscribe(nosy, { key: trader, account: 'house' });
  expect((await nosy.wait('error')).detail).toContain('house');
  const own = await connect(server);
  subscribe(own, { key: trader, account: 'ann' });
  await own.wait('hello');
});

it('takes no socket from a page of another origin', async () => {
  const server = await startServer();
  await expect(connect(server, { origin: 'https://evil.example' })).rejects.toThrow('403');
});

it('takes so many subscribers and no more, and another when one has gone', async () => {
  const server = await startServer({ subscribersMax: 2 });
  const taken = [await connect(server), await connect(server)];
  for (const client of taken) {
    subscribe(client);
    await client.wait('hello');
  }
  expect(await (await connect(server)).closed).toBe(1013);
  taken[0]?.socket.close();
  await taken[0]?.closed;
  while (server.desk.feedCounts().count > 1) await pause(5);
  const next = await connect(server);
  subscribe(next);
  await next.wait('hello');
});
