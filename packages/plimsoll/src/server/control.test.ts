/** The operator's controls over real HTTP: who may use them, and what they answer and show. */
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import {
  ask,
  openVenue,
  RULES,
  startServer,
  temporaryFolder,
  TRADE,
} from '../../../../test/http-scene.ts';
import { addKey, type Role } from './index.ts';
import { RehearsalAnswer } from './schema/reading.ts';

const RESUMPTION = {
  confirmations: 1,
  tolerance: '0.01',
  reduceOnlyMs: 0,
  liquidationsMs: 604_800_000,
};

const addKeyFor = (data: string, role: Role): string =>
  addKey(data, { name: role, role, accounts: null, createdAt: '2026-01-01T00:00:00Z' });

describe('controls', () => {
  it('halt, resume and delist a market, each an event', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    const modeNow = async (): Promise<string> => {
      return (await ask(server, 'GET /v1/markets')).body.markets[0].mode as string;
    };
    expect(await modeNow()).toBe('open');
    expect((await ask(server, 'POST /v1/markets/BTC/halt', {})).status).toBe(200);
    const refused = await ask(server, 'POST /v1/trades', TRADE);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'market-mode', figures: { market: 'BTC', mode: 'halted' } },
    });
    expect((await ask(server, 'POST /v1/markets/BTC/resumption', RESUMPTION)).status).toBe(200);
    expect(await modeNow()).toBe('confirming');
    const prices = { BTC: '50100' };
    await ask(server, 'POST /v1/marks', { source: 'test', sourceSequence: 2, prices });
    expect(await modeNow()).toBe('reduce-only');
    await ask(server, 'POST /v1/markets/BTC/mode', { mode: 'open' });
    expect(await modeNow()).toBe('open');
    const delisting = { price: '50200', reason: 'delisting' };
    const open = await ask(server, 'POST /v1/markets/BTC/delisting', delisting);
    expect(open.body.code).toBe('market-mode');
    await ask(server, 'POST /v1/markets/BTC/halt', {});
    expect((await ask(server, 'POST /v1/markets/BTC/delisting', delisting)).status).toBe(200);
    expect(await modeNow()).toBe('delisted');
    const { body } = await ask(
      server,
      'GET /v1/events?kind=position-settled&kind=market-delisted&order=oldest',
    );
    expect(body.events).toMatchObject([
      { kind: 'position-settled', account: 'ann', realized: '60', price: '50200' },
      { kind: 'position-settled', account: 'house', realized: '-60' },
      { kind: 'market-delisted', market: 'BTC', long: '0.3', dust: '0' },
    ]);
  });

  it.each([
    ['halt', {}],
    ['resumption', RESUMPTION],
    ['mode', { mode: 'reduce-only' }],
    ['delisting', { price: '50000', reason: 'expiry' }],
  ])('%s is for operators alone', async (control, body) => {
    const data = temporaryFolder();
    const keys = (['reader', 'trader', 'publisher', 'operator'] as const).map((role) => {
      return [role, { authorization: `Bearer ${addKeyFor(data, role)}` }] as const;
    });
    const server = await startServer({ data });
    const [, operator] = keys[3] ?? [];
    await openVenue(server, operator);
    for (const [role, headers] of keys) {
      const reply = await ask(server, `POST /v1/markets/BTC/${control}`, body, headers);
      expect([role, reply.status === 403]).toEqual([role, role !== 'operator']);
    }
  });

  it.each([
    ['mode', { mode: 'halted' }],
    ['resumption', { ...RESUMPTION, confirmations: 0 }],
    ['resumption', { ...RESUMPTION, tolerance: '-0.01' }],
    ['resumption', { ...RESUMPTION, reduceOnlyMs: 604_800_001 }],
    ['delisting', { price: '50000.05', reason: 'expiry' }],
    ['delisting', { price: '0', reason: 'expiry' }],
  ])('%s %j is malformed', async (control, body) => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/markets/BTC/halt', {});
    const reply = await ask(server, `POST /v1/markets/BTC/${control}`, body);
    expect(reply).toMatchObject({ status: 400 });
    expect(reply.body.path).toEqual(expect.any(String));
  });

  it('says who owns an account, when it is opened and later', async () => {
    const server = await startServer();
    await openVenue(server);
    const opened = await ask(server, 'POST /v1/accounts', { account: 'ann-2', owner: 'desk' });
    expect(opened.status).toBe(200);
    const ownerOf = async (account: string): Promise<unknown> => {
      return (await ask(server, `GET /v1/accounts/${account}`)).body.owner as unknown;
    };
    expect([await ownerOf('ann-2'), await ownerOf('ann')]).toEqual(['desk', null]);
    await ask(server, 'POST /v1/accounts/ann/owner', { owner: 'desk' });
    expect(await ownerOf('ann')).toBe('desk');
    const { body: joined } = await ask(server, 'GET /v1/accounts/ann');
    expect(joined.siblings).toEqual(['ann-2']);
    expect((await ask(server, 'GET /v1/accounts/house')).body.siblings).toEqual([]);
    await ask(server, 'POST /v1/accounts/ann/owner', { owner: null });
    const { body } = await ask(server, 'GET /v1/events?kind=owner-set&order=oldest');
    expect(body.events).toMatchObject([
      { account: 'ann-2', owner: 'desk', before: null },
      { account: 'ann', owner: 'desk', before: null },
      { account: 'ann', owner: null, before: 'desk' },
    ]);
    const malformed = await ask(server, 'POST /v1/accounts/ann/owner', {});
    expect(malformed).toMatchObject({ status: 400 });
  });

  it.each(['reader', 'trader', 'publisher'] as const)('a %s sets no owner', async (role) => {
    const data = temporaryFolder();
    const operator = { authorization: `Bearer ${addKeyFor(data, 'operator')}` };
    const headers = { authorization: `Bearer ${addKeyFor(data, role)}` };
    const server = await startServer({ data });
    await openVenue(server, operator);
    const reply = await ask(server, 'POST /v1/accounts/ann/owner', { owner: 'x' }, headers);
    expect(reply.status).toBe(403);
  });

  it('names no account to a key that may not read it', async () => {
    const data = temporaryFolder();
    const createdAt = new Date(0).toISOString();
    const operator = { authorization: `Bearer ${addKeyFor(data, 'operator')}` };
    const own = { name: 'ann', role: 'trader', accounts: ['ann'], createdAt } as const;
    const trader = { authorization: `Bearer ${addKey(data, own)}` };
    const server = await startServer({ data });
    await openVenue(server, operator);
    for (const account of ['ann', 'house'])
      await ask(server, `POST /v1/accounts/${account}/owner`, { owner: 'desk' }, operator);
    const siblings = async (headers: typeof trader): Promise<unknown> =>
      (await ask(server, 'GET /v1/accounts/ann', undefined, headers)).body.siblings as unknown;
    expect([await siblings(operator), await siblings(trader)]).toEqual([['house'], []]);
  });

  it('rehearses a change of rules, says who would fall, and changes nothing', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    const before = server.desk.bookHash();
    const maintenance = { ...RULES.maintenance, schedule: { kind: 'flat', rate: '0.07' } };
    const url = 'POST /v1/rehearsal';
    const rehearsed = (rules: object): ReturnType<typeof ask> => ask(server, url, { rules });
    const reply = await rehearsed({ BTC: { ...RULES, maintenance } });
    expect(Compile(RehearsalAnswer).Errors(reply.body)).toEqual([]);
    expect(reply.body).toMatchObject({
      called: 0,
      liquidated: 1,
      missing: '57.5',
      markets: [
        { market: 'BTC', positions: 2, maintenanceBefore: '300', maintenanceAfter: '2100' },
      ],
      units: [{ account: 'ann', market: null, equity: '992.5', missing: '57.5' }],
    });
    expect(server.desk.bookHash()).toBe(before);
    const other = await rehearsed({ BTC: { ...RULES, lot: '1' } });
    expect(other).toMatchObject({ status: 422, body: { code: 'bad-rules' } });
    const nowhere = await rehearsed({ BTC: RULES, ETH: RULES });
    expect(nowhere.status).toBe(404);
  });
});
