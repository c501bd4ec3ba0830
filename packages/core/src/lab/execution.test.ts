/**
 * The built-in execution port: prices, depth, delay, and that the same scene gives the same fills.
 */
import { describe, expect, it } from 'vitest';
import type { LiquidationView } from '../engine/index.ts';
import { simulatedExecution, type ExecutionScene } from './execution.ts';

const options = {
  seed: 3,
  depthLots: { BTC: 1_000 },
  slippageMillionths: 10_000,
  delayMsMax: 1_000,
  counterparty: 'house',
};

const order: LiquidationView = {
  liquidation: 1,
  account: 'ann',
  scope: null,
  market: 'BTC',
  side: 'sell',
  sizeLots: 100,
  limitTicks: 900,
  startedMs: 0,
  expiresMs: 60_000,
  equityAtoms: 0,
};

function scene(change: Partial<ExecutionScene>): ExecutionScene {
  const tradeTicks = new Map([['BTC', 1_000]]);
  return { nowMs: 10_000, liquidations: [order], inventory: [], tradeTicks, ...change };
}

describe('the built-in execution port', () => {
  const port = simulatedExecution(options);

  it('sells below the trade price and buys above it, by at most its slippage', () => {
    const [sold] = port.step(scene({}));
    expect(sold).toMatchObject({ kind: 'fill-liquidation', liquidation: 1, sizeLots: 100 });
    expect(sold?.priceTicks).toBeLessThan(1_000);
    expect(sold?.priceTicks).toBeGreaterThanOrEqual(990);
    const bought = port.step(
      scene({ liquidations: [{ ...order, side: 'buy', limitTicks: 1_100 }] }),
    );
    expect(bought[0]?.priceTicks).toBeGreaterThan(1_000);
  });

  it.each([
    [
      'a price worse than the bankruptcy price',
      { liquidations: [{ ...order, limitTicks: 1_001 }] },
    ],
    ['an order that has not waited', { liquidations: [{ ...order, startedMs: 10_000 }] }],
    ['a market without a price', { tradeTicks: new Map<string, number>() }],
  ])('does not fill %s', (_, change) => {
    expect(port.step(scene(change))).toEqual([]);
  });

  it('fills in part when depth runs out, the older order first', () => {
    const large = { ...order, sizeLots: 1_200 };
    const fills = port.step(scene({ liquidations: [large, { ...large, liquidation: 2 }] }));
    const filled = fills.reduce((total, fill) => total + fill.sizeLots, 0);
    expect(filled).toBeLessThanOrEqual(1_750);
    expect(filled).toBeGreaterThanOrEqual(250);
    expect(fills[0]).toMatchObject({ liquidation: 1 });
  });

  it('sells the inventory of the fund with what depth is left', () => {
    const inventory = [{ market: 'BTC', side: 'buy' as const, sizeLots: 50 }];
    const fills = port.step(scene({ liquidations: [], inventory }));
    expect(fills).toMatchObject([{ kind: 'fill-inventory', market: 'BTC', sizeLots: 50 }]);
  });

  it('does the same again for the same scene, and something else for another seed', () => {
    const large = scene({ liquidations: [{ ...order, sizeLots: 5_000 }] });
    expect(simulatedExecution(options).step(large)).toEqual(port.step(large));
    expect(simulatedExecution({ ...options, seed: 4 }).step(large)).not.toEqual(port.step(large));
  });
});
