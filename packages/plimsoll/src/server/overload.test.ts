/**
 * More than the disk can take, on a real server: what is sent in one turn of the event loop meets a
 * disk that has not answered yet, so that every limit is reached exactly and nothing is timed.
 */
import { describe, expect, it } from 'vitest';
import { openLiquidations, type Answer } from '@plimsoll/core/engine';
import { ask, openVenue, RULES, startServer, TRADE } from '../../../../test/http-scene.ts';
import type { Draft, RunningServer } from './index.ts';
import { loadLimits, type LoadLimits } from './load-limits.ts';

const LIMITS = { window: 2, reads: 3, adding: 5, reducing: 7, prices: 2 } as const;
const CROWD = { client: 'crowd' };

/** A venue with these limits; it is set up one command at a time. */
async function startBusy(limits: Partial<LoadLimits> = LIMITS): Promise<RunningServer> {
  const server = await startServer({ limits });
  await openVenue(server);
  await ask(server, 'POST /v1/markets', { market: 'ETH', rules: RULES });
  return server;
}

const send = (server: RunningServer, draft: Draft, client = 'crowd'): Promise<Answer> =>
  server.desk.execute(draft, { client });

/** So many commands that are never turned away and change nothing. */
const fill = (server: RunningServer, count: number): Promise<Answer>[] =>
  Array.from({ length: count }, () => send(server, { kind: 'clock' }, 'filler'));

const marks = (
  sourceSequence: number,
  ticks: Readonly<Record<string, number>>,
  source = 'test',
): Draft => ({
  kind: 'marks',
  source,
  sourceSequence,
  prices: Object.entries(ticks).map(([market, priceTicks]) => ({ market, priceTicks })),
});

const deposit = (amountAtoms = 1): Draft => ({ kind: 'deposit', account: 'ann', amountAtoms });
const withdrawal = (): Draft => ({ kind: 'withdraw', account: 'house', amountAtoms: 1 });
const order = (name: string, reduceOnly = false): Draft => ({
  kind: 'place-order',
  account: 'house',
  order: name,
  market: 'BTC',
  side: 'buy',
  sizeLots: 1,
  priceTicks: 500_000,
  reduceOnly,
});
const trade = (buyer: string, seller: string, sizeLots = 300): Draft => ({
  kind: 'trade',
  market: 'BTC',
  buyer,
  seller,
  sizeLots,
  priceTicks: 500_000,
  taker: 'buy',
  buyOrder: null,
  sellOrder: null,
});

const OVERLOADED = {
  problem: { status: 503, code: 'overloaded' },
  headers: { 'retry-after': '1' },
};

const outcomeOf = (result: PromiseSettledResult<Answer>): string =>
  result.status === 'fulfilled' ? result.value.status : result.reason.problem.code;

const outcomes = async (answers: readonly Promise<Answer>[]): Promise<string[]> =>
  (await Promise.allSettled(answers)).map(outcomeOf);

describe('limits', () => {
  it.each([
    ['an order', 5, () => order('o')],
    ['a withdrawal', 5, withdrawal],
    ['a trade that opens on both sides', 5, () => trade('house', 'ann', 301)],
    ['an order that only reduces', 7, () => order('o', true)],
    ['a cancellation', 7, (): Draft => ({ kind: 'cancel-order', account: 'house', order: 'o' })],
    ['a deposit', 7, () => deposit()],
    ['a trade with which one side closes', 7, () => trade('house', 'ann', 300)],
  ])('take %s up to a load of %i', async (_what, limit, draft) => {
    const server = await startBusy();
    await ask(server, 'POST /v1/trades', TRADE);
    const below = fill(server, limit - 1);
    const last = send(server, draft());
    const beyond = send(server, draft());
    await expect(beyond).rejects.toMatchObject(OVERLOADED);
    expect(['accepted', 'refused']).toContain((await last).status);
    expect(await outcomes(below)).toEqual(Array(limit - 1).fill('accepted'));
  });

  it('turn reads away first, and say so over HTTP', async () => {
    const server = await startBusy();
    const below = fill(server, LIMITS.reads - 1);
    expect(() => server.desk.admitRead()).not.toThrow();
    const last = send(server, { kind: 'clock' });
    expect(() => server.desk.admitRead()).toThrow('reads are not taken then');
    await Promise.all([...below, last]);
    expect((await ask(server, 'GET /v1/markets')).status).toBe(200);
  });

  it.each([{ reads: 0 }, { lagMs: 0 }])('at nothing (%o) leave all but reads', async (limits) => {
    const server = await startBusy(limits);
    const reply = await ask(server, 'GET /v1/accounts');
    expect([reply.status, reply.body.code]).toEqual([503, 'overloaded']);
    expect(reply.headers.get('retry-after')).toBe('1');
    expect((await ask(server, 'POST /v1/check', {})).status).toBe(503);
    expect((await ask(server, 'GET /healthz')).status).toBe(200);
    expect((await ask(server, 'POST /v1/clock', {})).status).toBe(200);
    const { text } = await ask(server, 'GET /metrics');
    expect(text).toMatch(/^plimsoll_shed_total\{class="reads"\} 2$/m);
  });

  it('never turn an execution of a liquidation away', async () => {
    const server = await startBusy();
    await ask(server, 'POST /v1/trades', TRADE);
    await send(server, marks(2, { BTC: 470_000 }));
    const [open] = openLiquidations(server.desk.engine);
    const waiting = fill(server, 40);
    const shed = send(server, deposit());
    await expect(shed).rejects.toMatchObject(OVERLOADED);
    const filled = send(server, {
      kind: 'fill-liquidation',
      liquidation: open?.liquidation ?? 0,
      sizeLots: open?.sizeLots ?? 0,
      priceTicks: 470_000,
      counterparty: 'house',
    });
    expect(await filled).toMatchObject({ status: 'accepted' });
    expect(await outcomes(waiting)).toEqual(Array(40).fill('accepted'));
    expect(openLiquidations(server.desk.engine)).toEqual([]);
  });

  it('must rise in the order in which callers are turned away', () => {
    expect(() => loadLimits({ adding: 10_000 })).toThrow('must rise');
    expect(loadLimits({ reads: 4_096 }).reads).toBe(4_096);
  });
});

describe('what waits', () => {
  it('goes on by class: prices, liquidations, what reduces, the rest', async () => {
    const server = await startBusy();
    const before = fill(server, 4);
    const sent = [order('a'), deposit(), { kind: 'clock' } as Draft, marks(2, { BTC: 500_010 })];
    const answers = await Promise.all(sent.map((draft) => send(server, draft)));
    const [adding = 0, reducing = 0, liquidation = 0, price = 0] = answers.map((a) => a.sequence);
    expect([price, liquidation, reducing, adding]).toEqual(
      [price, liquidation, reducing, adding].toSorted((a, b) => a - b),
    );
    await Promise.all(before);
  });

  it('lets the clients of a class take turns, each in its own order', async () => {
    const server = await startBusy({ ...LIMITS, adding: 100, reducing: 100 });
    const before = fill(server, 2);
    const clients = ['a', 'a', 'a', 'b', 'b', 'c'];
    const answers = await Promise.all(clients.map((client) => send(server, deposit(), client)));
    const turns = clients
      .map((client, k) => ({ client, sequence: answers[k]?.sequence ?? 0 }))
      .toSorted((x, y) => x.sequence - y.sequence);
    expect(turns.map(({ client }) => client).join('')).toBe('abcaba');
    await Promise.all(before);
  });

  it('is not overtaken by what comes later in its class', async () => {
    const server = await startBusy({ ...LIMITS, adding: 100, reducing: 100 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(server, deposit())));
    const sequences = answers.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  });
});

describe('prices that wait', () => {
  const PAIR = { BTC: 500_010, ETH: 20_000 };

  it('give way to the newest of their source, and are answered as not applied', async () => {
    const server = await startBusy();
    const before = fill(server, 4);
    const answers = [2, 3, 4].map((k) => send(server, marks(k, { BTC: 500_000 + k })));
    expect(await outcomes(answers)).toEqual(['superseded', 'superseded', 'accepted']);
    await Promise.all(before);
    expect((await ask(server, 'GET /v1/markets')).body.markets[0].mark).toBe('50000.4');
    const told = await ask(server, 'GET /v1/events?kind=marked&limit=10');
    expect(told.body.events).toHaveLength(2);
    expect((await ask(server, 'GET /metrics')).text).toMatch(
      /^plimsoll_marks_superseded_total 2$/m,
    );
  });

  it('are ignored by the engine when an epoch that gave way comes again', async () => {
    const server = await startBusy();
    const before = fill(server, 4);
    const answers = [2, 3].map((k) => send(server, marks(k, { BTC: 500_000 + k })));
    await Promise.allSettled([...before, ...answers]);
    expect(await send(server, marks(2, { BTC: 500_002 }))).toMatchObject({ status: 'accepted' });
    const told = await ask(server, 'GET /v1/events?kind=price-ignored');
    expect(told.body.events).toMatchObject([{ sourceSequence: 2, newestSequence: 3 }]);
  });

  it.each([
    ['another market', [marks(2, { BTC: 500_010 }), marks(3, { ETH: 20_000 })], 'aa'],
    ['a part of the markets', [marks(2, PAIR), marks(3, { BTC: 500_010 })], 'aa'],
    ['all of the markets', [marks(2, { BTC: 500_010 }), marks(3, PAIR)], 'sa'],
    ['another source', [marks(2, PAIR), marks(3, PAIR, 'other')], 'aa'],
    ['an older epoch', [marks(3, PAIR), marks(2, PAIR)], 'as'],
    ['the same epoch', [marks(3, PAIR), marks(3, PAIR)], 'as'],
    [
      'two that together have all of its markets',
      [marks(2, PAIR), marks(3, { BTC: 500_010 }), marks(4, { ETH: 20_000 })],
      'saa',
    ],
  ])('before %s', async (_what, drafts, verdicts) => {
    const server = await startBusy({ ...LIMITS, prices: 100 });
    const before = fill(server, 4);
    const told = await outcomes(drafts.map((draft) => send(server, draft)));
    expect(told.map((outcome) => outcome.charAt(0)).join('')).toBe(verdicts);
    await Promise.all(before);
  });

  it('are bounded in number', async () => {
    const server = await startBusy();
    const before = fill(server, 4);
    const sources = ['a', 'b', 'c'].map((source) => send(server, marks(1, PAIR, source)));
    expect(await outcomes(sources)).toEqual(['accepted', 'accepted', 'overloaded']);
    await Promise.all(before);
  });

  it('are not held up by a window that is full of other commands', async () => {
    const server = await startBusy();
    const before = [deposit(), deposit(), deposit()].map((draft) => send(server, draft));
    const applied = server.desk.engine.epoch;
    const own = server.desk.execute(marks(2, { BTC: 500_010 }), CROWD);
    expect(server.desk.engine.epoch).toBeGreaterThan(applied);
    await Promise.all([...before, own]);
  });
});
