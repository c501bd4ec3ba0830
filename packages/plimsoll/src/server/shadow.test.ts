/** The clock that lets the engine verify its index on a running server, and what a miss does. */
import { describe, expect, it } from 'vitest';
import { indexView } from '@plimsoll/core/engine';
import { ask, openVenue, startServer, TRADE } from '../../../../test/http-scene.ts';
import type { RunningServer } from './index.ts';

const mark = (server: RunningServer, sourceSequence: number, price: string): Promise<unknown> =>
  ask(server, 'POST /v1/marks', { source: 'test', sourceSequence, prices: { BTC: price } });

/** Two accounts that hold against each other and are cold after an epoch. */
async function startCold(): Promise<RunningServer> {
  const server = await startServer();
  await openVenue(server);
  await ask(server, 'POST /v1/trades', TRADE);
  await mark(server, 2, '50000');
  await ask(server, 'POST /v1/clock', {});
  return server;
}

const tick = (server: RunningServer): Promise<unknown> =>
  server.desk.execute({ kind: 'clock' }, { client: 'clock' });

it('wants as many clock commands after marks as it takes to look at everybody', async () => {
  const server = await startCold();
  let ticks = 1;
  for (; server.desk.awaitsTime(); ticks += 1) await tick(server);
  expect(ticks).toBe(60);
  await mark(server, 3, '50000');
  expect(server.desk.awaitsTime()).toBe(true);
});

it('sends them itself', async () => {
  const server = await startServer({ clockMs: 1 });
  await openVenue(server);
  const before = server.desk.engine.sequence;
  while (server.desk.engine.sequence < before + 3) await new Promise(setImmediate);
  expect(server.desk.sequencer.state).toBe('running');
});

describe('an account that the index has missed', () => {
  it('halts the engine, with an alarm and the metric', async () => {
    const server = await startCold();
    const { engine } = server.desk;
    expect(indexView(engine)).toMatchObject({ hot: 0 });
    expect(await server.desk.metricsText()).toMatch(/^plimsoll_sweep_violations_total 0$/m);
    const ann = engine.accounts.rows.get('ann') ?? 0;
    const house = engine.accounts.rows.get('house') ?? 0;
    // Money is moved past the engine's own doors, so that nobody is told.
    engine.accounts.balance[ann] = (engine.accounts.balance[ann] ?? 0) - 990_000_000;
    engine.accounts.balance[house] = (engine.accounts.balance[house] ?? 0) + 990_000_000;
    const ticks = Array.from({ length: 60 }, () => tick(server));
    const last = (await Promise.allSettled(ticks)).at(-1);
    expect(last).toMatchObject({ reason: { problem: { code: 'halted' } } });
    const text = await server.desk.metricsText();
    expect(text).toMatch(/^plimsoll_sweep_violations_total 1$/m);
    expect(text).toMatch(/^plimsoll_halted 1$/m);
    expect(text).toMatch(/^plimsoll_accounts 2$/m);
    expect((await server.stopped)?.message).toMatch(/the index missed account ann.*is kept in/s);
  });
});
