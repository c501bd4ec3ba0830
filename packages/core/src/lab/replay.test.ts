/**
 * A replay of a made-up crash: conserved, audited, repeatable; and the audit itself is put to the
 * test.
 */
import { describe, expect, it } from 'vitest';
import {
  accountView,
  apply,
  encodeState,
  fundInventory,
  type MarketRules,
} from '../engine/index.ts';
import { missedBreaches } from './audit.ts';
import { pathOf, type Candle } from './path.ts';
import { population } from './population.ts';
import { replay, type ReplayReport, type ReplaySample } from './replay.ts';
import type { ReplayMarket, ReplayPlan } from './script.ts';

const rules: MarketRules = {
  contract: 'linear',
  tick: '0.1',
  lot: '0.001',
  maintenance: {
    basis: 'mark',
    schedule: {
      kind: 'brackets',
      levels: [
        { from: '0', rate: '0.004' },
        { from: '50000', rate: '0.01' },
      ],
    },
    closingFeeRate: '0',
    closingFeeAt: 'mark',
  },
  initial: null,
  maxLeverage: '100',
  makerFee: '0.0002',
  takerFee: '0.0005',
  liquidationFee: '0.005',
  trigger: 'below',
  priceBand: '0.1',
  profitWithdrawable: false,
  staleAfterMs: null,
  invalidAfterMs: null,
};

/** A quiet half, a fall of a quarter in ten candles, a recovery of half of it. */
function crash(start: number, seed: number): Candle[] {
  let price = start;
  return Array.from({ length: 40 }, (_, k) => {
    const drift = k < 15 ? ((k * seed) % 5) - 2 : k < 25 ? -25 : 12;
    const open = price;
    price = Math.round((price * (1000 + drift)) / 1000);
    const [low, high] = open < price ? [open, price] : [price, open];
    return {
      timeMs: 1_700_000_000_000 + k * 60_000,
      open,
      high: high + 20,
      low: low - 20,
      close: price,
    };
  });
}

function market(id: string, start: number, seed: number): ReplayMarket {
  const path = pathOf(crash(start, seed), 60_000, 'away-first');
  const funding = [{ timeMs: 1_700_000_000_000 + 10 * 60_000, rateE9: 100_000 }];
  return { id, rules, path, funding, depthLots: 4_000 };
}

function plan(change: Partial<ReplayPlan> = {}): ReplayPlan {
  return {
    config: {
      asset: { symbol: 'USDT', decimals: 6 },
      policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
      liquidation: {
        timeoutMs: 30_000,
        remainderTo: 'account',
        depositCures: true,
        fundLeverage: '10',
      },
      rememberedIds: 16,
    },
    markets: [market('BTC', 500_000, 3), market('ETH', 40_000, 4)],
    members: population(300, 2, 5),
    seed: 5,
    medianValueAtoms: 2_000_000_000,
    fundMillionths: 5_000,
    slippageMillionths: 2_000,
    delayMsMax: 15_000,
    ...change,
  };
}

function run(one: ReplayPlan): { report: ReplayReport; samples: ReplaySample[] } {
  const samples: ReplaySample[] = [];
  const going = replay(one);
  for (;;) {
    const step = going.next();
    if (step.done === true) return { report: step.value, samples };
    samples.push(step.value);
  }
}

describe('a replay of a crash', () => {
  const { report, samples } = run(plan());

  it('calls and liquidates, and conserves money to the atom', () => {
    expect(report.opened).toBeGreaterThan(300);
    expect(report.totals.counters.marginCalls).toBeGreaterThan(50);
    expect(report.totals.counters.liquidations).toBeGreaterThan(50);
    expect(report.moneyDifferenceAtoms).toBe(0n);
    expect(report.violations).toEqual([]);
  });

  it('misses no breach and leaves nobody below zero', () => {
    expect(report.missedBreaches).toBe(0);
    expect(report.belowZero).toBe(0);
  });

  it('says after each epoch how the book stands', () => {
    expect(samples).toHaveLength(report.epochs);
    expect(samples.at(-1)).toMatchObject({ liquidated: report.totals.counters.liquidations });
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    expect(encodeState(run(plan()).report.engine)).toEqual(encodeState(report.engine));
    const other = run(plan({ seed: 6, members: population(300, 2, 6) }));
    expect(encodeState(other.report.engine)).not.toEqual(encodeState(report.engine));
  });

  it.each([
    ['an empty fund: all is deleveraged', { fundMillionths: 0 }],
    ['no depth at all', { slippageMillionths: 900_000 }],
    ['a fill in no time', { delayMsMax: 0 }],
  ] as const)('holds with %s', (_, change) => {
    const again = run(plan(change)).report;
    expect(again.violations).toEqual([]);
    expect(again.moneyDifferenceAtoms).toBe(0n);
    expect(again.missedBreaches).toBe(0);
    expect(again.belowZero).toBe(0);
  });
});

it('keeps a house that can pay in a market that rises tenfold', () => {
  const rise = Array.from({ length: 40 }, (_, k) => {
    const open = Math.round(40_000 * 1.06 ** k);
    const close = Math.round(open * 1.06);
    return { timeMs: 1_700_000_000_000 + k * 60_000, open, high: close, low: open, close };
  });
  const path = pathOf(rise, 60_000, 'away-first');
  const up = { ...market('UP', 40_000, 3), path, funding: [] };
  const { report } = run(plan({ markets: [up], members: population(100, 1, 5) }));
  const house = accountView(report.engine, 'house');
  expect(house?.equityAtoms).toBeGreaterThan(0);
  expect(fundInventory(report.engine)).toEqual([]);
  expect(report.violations).toEqual([]);
});

describe('the audit', () => {
  it('reports a breach that the engine was kept from seeing', () => {
    const { engine } = run(plan({ members: population(50, 2, 5) })).report;
    expect(missedBreaches(engine)).toEqual([]);
    for (const one of engine.markets) one.markTicks = Math.floor(one.markTicks / 2);
    expect(missedBreaches(engine).length).toBeGreaterThan(0);
  });

  it('is silent again once the engine has seen the prices', () => {
    const { engine } = run(plan({ members: population(50, 2, 5) })).report;
    const prices = engine.markets.map(({ id, markTicks }) => ({
      market: id,
      priceTicks: Math.floor(markTicks / 2),
    }));
    const envelope = { client: 'test', id: '1', timeMs: engine.timeMs };
    apply(engine, { kind: 'marks', source: 'test', sourceSequence: 1, prices, ...envelope });
    expect(missedBreaches(engine)).toEqual([]);
  });
});
