/** The simulated venue: alive, the same from the same seed, and never at odds with its own laws. */
import { createHash } from 'node:crypto';
import {
  apply,
  createEngine,
  createWatch,
  encodeBook,
  totalsView,
  violations,
  type Command,
  type Engine,
} from '@plimsoll/core/engine';
import { describe, expect, it } from 'vitest';
import { ask, startServer, temporaryFolder } from '../../../../test/http-scene.ts';
import { Simulation } from './demo.ts';
import { CYCLE_MS, weatherAt } from './weather.ts';

const START = 100_000 * CYCLE_MS;
const MINUTE_MS = 60_000;

interface Played {
  readonly engine: Engine;
  readonly broken: string[];
  readonly playUntil: (minute: number) => Promise<void>;
}

/** A simulation on a bare engine; every command is watched. */
async function play(seed: number): Promise<Played> {
  const engine = createEngine();
  const watch = createWatch(true);
  const time = { clock: () => 0 };
  const broken: string[] = [];
  const execute = (draft: object): Promise<void> => {
    const timeMs = Math.max(engine.timeMs, time.clock());
    const command = {
      ...draft,
      client: 'demo',
      id: String(engine.sequence + 1),
      timeMs,
    } as Command;
    broken.push(...watch.observe(command, apply(engine, command)));
    return Promise.resolve();
  };
  const options = { wanted: true, seed, time, log: () => undefined };
  const simulation = new Simulation({ engine, execute }, options);
  await simulation.setUp(START);
  return {
    engine,
    broken,
    playUntil: (minute) => simulation.playUntil(START + minute * MINUTE_MS),
  };
}

const hashOf = (engine: Engine): string =>
  createHash('sha256').update(encodeBook(engine)).digest('hex');

describe('twelve simulated hours', () => {
  it('have calls before the crash, liquidations, fund and deleveraging in it, and life after it', async () => {
    const { engine, broken, playUntil } = await play(1);
    expect(totalsView(engine).withPositions).toBeGreaterThan(1_900);
    await playUntil(220);
    const before = totalsView(engine);
    expect(before.counters.marginCalls).toBeGreaterThan(50);
    await playUntil(270);
    const after = totalsView(engine);
    expect(after.counters.liquidations).toBeGreaterThan(before.counters.liquidations + 300);
    expect(after.counters.deleveraged).toBeGreaterThan(0);
    expect(after.fundEquityAtoms).toBeLessThan(before.fundEquityAtoms);
    expect(after.fundLowestAtoms).toBeGreaterThanOrEqual(0);
    await playUntil(600);
    expect(totalsView(engine).withPositions).toBeGreaterThan(after.withPositions + 300);
    expect(violations(engine)).toEqual([]);
    expect(broken).toEqual([]);
  });

  it('are the same from the same seed, and others from another', async () => {
    const [one, two, other] = [await play(5), await play(5), await play(6)];
    await one.playUntil(200);
    await two.playUntil(200);
    await other.playUntil(200);
    expect(hashOf(two.engine)).toBe(hashOf(one.engine));
    expect(hashOf(other.engine)).not.toBe(hashOf(one.engine));
  });

  it('begin and end quiet', () => {
    expect(weatherAt(START).name).toBe('quiet');
    expect(weatherAt(START + 245 * MINUTE_MS).name).toBe('crash');
    expect(weatherAt(START + CYCLE_MS - 1).name).toBe('cooling');
  });
});

describe('served', () => {
  it('is labelled, moves, and continues after a restart', async () => {
    const data = temporaryFolder();
    const first = await startServer({ data, demo: true });
    const scene = await ask(first, 'GET /v1/scene');
    expect(scene.body).toMatchObject({ simulated: true });
    expect(scene.body.name).toContain('imulated');
    const { sequence } = first.desk.engine;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(first.desk.engine.sequence).toBeGreaterThan(sequence);
    await first.close();
    const stoppedAt = first.desk.engine.sequence;
    const second = await startServer({ data, demo: true });
    expect(second.desk.engine.sequence).toBeGreaterThanOrEqual(stoppedAt);
    const candles = await ask(second, 'GET /v1/markets/BTC-PERP/candles?interval=1m&limit=1500');
    expect(candles.body.candles.length).toBeGreaterThan(80);
    await second.close();
    const quiet = await startServer({ data, demo: false });
    expect((await ask(quiet, 'GET /v1/scene')).body).toMatchObject({ simulated: true });
    const still = quiet.desk.engine.sequence;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(quiet.desk.engine.sequence - still).toBeLessThanOrEqual(1);
  });

  it('stays off in a folder that holds something else', async () => {
    const data = temporaryFolder();
    const first = await startServer({ data });
    await ask(first, 'POST /v1/clock', {});
    const { openVenue } = await import('../../../../test/http-scene.ts');
    await openVenue(first);
    await first.close();
    const lines: string[] = [];
    const second = await startServer({ data, demo: true, log: (line) => lines.push(line) });
    expect((await ask(second, 'GET /v1/scene')).body.simulated).toBe(false);
    expect(lines.join()).toContain('stays off');
  });
});
