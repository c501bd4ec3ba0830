/** The past of an account over HTTP: what it says of then is what was answered then. */
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { ask, openVenue, startServer, TRADE, type Reply } from '../../../../test/http-scene.ts';
import { AccountHistory, LiquidationHistory } from './schema/account-past.ts';
import type { RunningServer } from './index.ts';

type Body = Reply['body'];

async function mark(server: RunningServer, sourceSequence: number, price: string): Promise<void> {
  const prices = { BTC: price };
  await ask(server, 'POST /v1/marks', { source: 'test', sourceSequence, prices });
}

async function figures(server: RunningServer, account: string): Promise<Body> {
  const { body } = await ask(server, `GET /v1/accounts/${account}`);
  const { equity, initialMargin, maintenanceMargin } = body;
  return { equity, initialMargin, maintenanceMargin };
}

describe('the figures of an account over time', () => {
  it('end with those of now, reach back to the opening, and keep their schema', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    await mark(server, 2, '51000');
    const { body } = await ask(server, `GET /v1/accounts/${TRADE.buyer}/history`);
    expect(Compile(AccountHistory).Errors(body)).toEqual([]);
    const { time: _time, ...last } = body.points.at(-1);
    expect(last).toEqual(await figures(server, TRADE.buyer));
    expect([body.account, body.whole, body.interval]).toEqual([TRADE.buyer, true, '1m']);
    expect(Date.parse(body.from)).toBeLessThanOrEqual(Date.parse(body.points[0].time));
  });

  it('adds up the funding of what is open since it was opened', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    for (const day of ['2026-01-01', '2026-01-02']) {
      const intervalEnd = `${day}T00:00:00Z`;
      await ask(server, 'POST /v1/funding', { market: 'BTC', rate: '0.0001', intervalEnd });
    }
    const value = Number((await ask(server, `GET /v1/accounts/${TRADE.buyer}`)).body.positionValue);
    const { body } = await ask(server, `GET /v1/accounts/${TRADE.buyer}/history`);
    expect(body.funding).toEqual([{ market: 'BTC', paid: String(2 * value * 0.0001) }]);
    const other = await ask(server, `GET /v1/accounts/${TRADE.seller}/history`);
    expect(other.body.funding).toEqual([{ market: 'BTC', paid: String(-2 * value * 0.0001) }]);
  });

  it('are refused for who is not there', async () => {
    const server = await startServer();
    await openVenue(server);
    expect((await ask(server, 'GET /v1/accounts/nobody/history')).status).toBe(404);
    expect((await ask(server, 'GET /v1/accounts/ann/history?limit=0')).status).toBe(400);
  });
});

describe('a liquidation, step by step', () => {
  it('starts with the figures that decided it and ends with nothing open', async () => {
    const server = await startServer();
    await openVenue(server);
    await ask(server, 'POST /v1/trades', TRADE);
    await mark(server, 2, '47250');
    await mark(server, 3, '47000');
    const past = await ask(
      server,
      `GET /v1/events?account=${TRADE.buyer}&kind=liquidation-started`,
    );
    const [start] = past.body.events;
    const path = `accounts/${TRADE.buyer}/liquidations/${start.liquidation}`;
    const { body } = await ask(server, `GET /v1/${path}`);
    expect(Compile(LiquidationHistory).Errors(body)).toEqual([]);
    const { equity, maintenanceMargin, marks, event } = body.steps[0];
    expect([equity, maintenanceMargin]).toEqual([start.equity, start.maintenance]);
    expect([marks.BTC, event]).toEqual(['47000', start]);
    expect(body.steps[0].positions).toEqual([{ market: 'BTC', side: 'long', size: TRADE.size }]);
    await finish(server, body);
    expect((await ask(server, 'GET /v1/accounts/ann/liquidations/999')).status).toBe(404);
  });
});

/** Fills what is ordered; then equity and requirement of what was closed are gone. */
async function finish(server: RunningServer, { liquidation, steps }: Body): Promise<void> {
  const ordered = steps.find((step: Body) => step['event'].kind === 'liquidation-ordered').event;
  const fill = { size: ordered.size, price: ordered.limit, counterparty: TRADE.seller };
  const done = await ask(server, `POST /v1/liquidations/${liquidation}/fills`, fill);
  expect(done.status).toBe(200);
  const { body } = await ask(server, `GET /v1/accounts/${TRADE.buyer}/liquidations/${liquidation}`);
  expect(body.ended).toBe(true);
  const kinds = body.steps.map((step: Body) => step['event'].kind);
  expect(kinds.slice(-2)).toEqual(['liquidation-filled', 'liquidation-ended']);
  const [filled, ended] = body.steps.slice(-2);
  expect([filled.positions, filled.maintenanceMargin]).toEqual([[], '0']);
  const fee = Number(ended.event.fee);
  const given = ended.event.remainderTo === 'fund' ? Number(ended.event.remainder) : 0;
  expect(Number(ended.equity)).toBeCloseTo(Number(filled.equity) - fee - given, 6);
}
