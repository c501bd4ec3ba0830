/**
 * `avalanche`: as many liquidations, each ended by one auto-deleveraging fill, as the most that a
 * live venue recorded in one second, through engine, journal and sync. An epoch puts all of them
 * into liquidation beyond their bankruptcy, nobody takes the orders, the fund is empty, and when
 * the orders' time is over everything is deleveraged.
 */
import { rmSync } from 'node:fs';
import { Desk } from '../packages/plimsoll/dist/server/index.js';
import { alone, median, type Benchmark, type Figure } from './harness.ts';
import { LIQUIDATION_TIMEOUT_MS, MARK_TICKS, type Draft } from './load.ts';
import { execute, executeAll, makeFolder } from './venue.ts';
import { marks, opening, victim } from './victims.ts';

/** Hyperliquid, 2025-10-10. */
const LIQUIDATIONS = 11_279;
const ROUNDS = 5;
const CRASH = 0.9;
const RICH_ATOMS = 1_000_000_000_000;

/** Each victim has a counterparty of its own, so that each is deleveraged against one. */
function* scene(): Generator<Draft> {
  yield* opening(0);
  for (let k = 0; k < LIQUIDATIONS; k += 1) {
    const account = `short-${k}`;
    yield { kind: 'open-account', account };
    yield { kind: 'deposit', account, amountAtoms: RICH_ATOMS };
    yield* victim(0, account, `victim-${k}`);
  }
}

async function round(): Promise<{ value: number; processor: number }> {
  const directory = makeFolder();
  const time = { nowMs: 1_000 };
  const desk = await Desk.open({
    directory,
    clock: () => time.nowMs,
    limits: { window: 2_048, reads: 1e9, adding: 1e9, reducing: 1e9, prices: 1, lagMs: Infinity },
    snapshotEvery: 1e9,
    checkEvery: 1e9,
    isFollowed: true,
    ringEvents: 20_000,
    log: () => undefined,
    onHalt: (error) => {
      throw error;
    },
  });
  await executeAll(desk, scene());
  const usage = process.cpuUsage();
  const started = performance.now();
  await execute(desk, marks(2, Math.floor(MARK_TICKS * CRASH)));
  time.nowMs += LIQUIDATION_TIMEOUT_MS;
  await execute(desk, { kind: 'clock' });
  const value = performance.now() - started;
  const { user, system } = process.cpuUsage(usage);
  const { liquidations, deleveraged } = desk.engine.counters;
  if (liquidations !== LIQUIDATIONS || deleveraged !== LIQUIDATIONS)
    throw new Error(`${liquidations} liquidations and ${deleveraged} fills`);
  await desk.close();
  rmSync(directory, { recursive: true });
  return { value: value / 1_000, processor: (user + system) / 1e6 };
}

async function run(): Promise<readonly Figure[]> {
  const taken: { value: number; processor: number }[] = [];
  for (let k = 0; k < ROUNDS; k += 1) taken.push(await round());
  const value = median(taken.map((one) => one.value));
  const processor = median(taken.map((one) => one.processor));
  return [alone({ name: 'avalanche', value, processor, unit: 's', goal: '≤ 1, aim at 0.2' })];
}

export const avalanche: Benchmark = {
  name: 'avalanche',
  about: '11,279 liquidations and 11,279 auto-deleveraging fills, journal and sync included',
  run,
};
