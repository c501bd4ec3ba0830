/** Laws that hold for every account, and explanations that say what `check` says. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check, explain, explanationText } from './index.ts';
import type { Explanation, PositionReport, Report } from './index.ts';

interface Case {
  readonly side: string;
  readonly size: number;
  readonly margin: number;
  readonly kind: string;
  readonly rates: readonly number[];
  readonly contract: string;
}

const cases = fc.record({
  side: fc.constantFrom('long', 'short'),
  size: fc.integer({ min: 1, max: 2000 }),
  margin: fc.integer({ min: 1, max: 1500 }),
  kind: fc.constantFrom('brackets', 'steps'),
  rates: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 4, maxLength: 4 }),
  contract: fc.constantFrom('linear', 'inverse'),
});

interface Change {
  /** Thousandths of the value. */
  readonly margin?: number;
  readonly size?: number;
  readonly ascending?: boolean;
  /** Scales all money: prices and level edges (linear), or face and edges (inverse). */
  readonly money?: number;
  readonly mark?: string;
  readonly tick?: string;
}

/** An isolated position at 100, value = size × 100 (linear) or size × 10000 / 100 coins. */
function documentOf(sample: Case, change: Change = {}): object {
  const { money = 1 } = change;
  const size = change.size ?? sample.size;
  const isInverse = sample.contract === 'inverse';
  const price = isInverse ? 100 : 100 * money;
  const rates = change.ascending === true ? sample.rates.toSorted((a, b) => a - b) : sample.rates;
  const levels = [0, 10_000, 50_000, 90_000].map((from, k) => ({
    from: from * money,
    rate: rates.at(k)! / 100,
  }));
  const rounding =
    change.tick === undefined ? {} : { tick: change.tick, liquidationPriceRounding: 'nearest' };
  return {
    venue: 'custom',
    positions: [
      {
        market: 'M',
        side: sample.side,
        size,
        entryPrice: price,
        markPrice: change.mark ?? price,
        marginMode: 'isolated',
        isolatedMargin: ((change.margin ?? sample.margin) * sample.size * money) / 10,
      },
    ],
    markets: {
      M: {
        contract: sample.contract,
        ...(isInverse ? { face: 10_000 * money } : {}),
        ...rounding,
        maintenance: { schedule: { kind: sample.kind, levels } },
      },
    },
  };
}

function positionOf(sample: Case, change: Change = {}): PositionReport {
  return (check(documentOf(sample, change), rulebooks) as Report).positions.at(0)!;
}

function headroom({ equity, maintenanceMargin }: PositionReport): number {
  return Number(equity) - Number(maintenanceMargin);
}

/** How far the price may still move; Infinity when no price triggers. */
function room({ liquidationPrice }: PositionReport): number {
  return liquidationPrice === null ? Infinity : Math.abs(Number(liquidationPrice) - 100);
}

describe('laws', () => {
  test('equity less requirement changes sign at the liquidation price, to one tick', () => {
    fc.assert(
      fc.property(cases, (sample) => {
        const now = positionOf(sample, { tick: '0.01' });
        if (now.liquidationPrice === null || headroom(now) <= 0) return;
        const price = Number(now.liquidationPrice);
        const way = Math.sign(price - 100) || (sample.side === 'long' ? -1 : 1);
        if (price <= 0.02) return;
        const before = positionOf(sample, { mark: (price - way * 0.01).toFixed(4) });
        const beyond = positionOf(sample, { mark: (price + way * 0.01).toFixed(4) });
        if (Math.abs(price - 100) > 0.01) expect(headroom(before)).toBeGreaterThan(0);
        expect(headroom(beyond)).toBeLessThan(0);
      }),
      { numRuns: 400 },
    );
  });

  test('more collateral never moves the liquidation price closer', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 500 }), (sample, more) => {
        const after = positionOf(sample, { margin: sample.margin + more });
        expect(room(after)).toBeGreaterThanOrEqual(room(positionOf(sample)));
      }),
      { numRuns: 400 },
    );
  });

  test('the requirement never falls as the size grows while rates do not fall', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 500 }), (sample, more) => {
        const small = positionOf(sample, { ascending: true });
        const large = positionOf(sample, { ascending: true, size: sample.size + more });
        expect(Number(large.maintenanceMargin)).toBeGreaterThanOrEqual(
          Number(small.maintenanceMargin),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('brackets are continuous', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(100, 500, 900), (sample, size) => {
        const linear = { ...sample, kind: 'brackets', contract: 'linear' };
        const on = Number(positionOf(linear, { size }).maintenanceMargin);
        const past = Number(positionOf(linear, { size: size + 1e-9 }).maintenanceMargin);
        expect(Math.abs(past - on)).toBeLessThan(1e-6);
      }),
      { numRuns: 100 },
    );
  });

  test('scaling all money scales all money', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(2, 10, 1000), (sample, money) => {
        const one = positionOf(sample);
        const scaled = positionOf(sample, { money });
        const prices = sample.contract === 'linear' ? money : 1;
        expect(Number(scaled.maintenanceMargin)).toBeCloseTo(
          Number(one.maintenanceMargin) * money,
          4,
        );
        expect(scaled.marginRatio).toBe(one.marginRatio);
        expect(scaled.distance).toBe(one.distance);
        expect(Number(scaled.liquidationPrice)).toBeCloseTo(
          Number(one.liquidationPrice) * prices,
          4,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('filling one order in several trades at one price changes nothing', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(cases, parts, (sample, trades) => {
        const size = trades.reduce((sum, trade) => sum + trade, 0);
        const orders = trades.map((trade) => ({
          market: 'M',
          side: 'buy',
          size: trade,
          price: 100,
        }));
        const whole = [{ market: 'M', side: 'buy', size, price: 100 }];
        const at = (list: object[]): string =>
          (check({ ...documentOf(sample), orders: list }, rulebooks) as Report).initialMargin;
        expect(at(orders)).toBe(at(whole));
        const cost = trades.reduce((sum, trade) => sum + trade * 100, 0);
        const filled = check(withEntry(documentOf(sample, { size }), cost / size), rulebooks);
        expect(filled).toEqual(check(documentOf(sample, { size }), rulebooks));
      }),
      { numRuns: 100 },
    );
  });

  test('an explanation never disagrees with check', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(undefined, '0.5'), (sample, tick) => {
        const document = documentOf(sample, tick === undefined ? {} : { tick });
        const explanation = explain(document, 0, rulebooks) as Explanation;
        const { liquidationPrice } = positionOf(sample, tick === undefined ? {} : { tick });
        expect(explanation.liquidationPrice).toBe(liquidationPrice);
        expect(explanationText(explanation)).toContain(
          `liquidation price ${liquidationPrice ?? 'none'}`,
        );
      }),
      { numRuns: 200 },
    );
  });
});

function withEntry(document: object, entryPrice: number): object {
  const { positions } = document as { positions: object[] };
  return { ...document, positions: [{ ...positions.at(0)!, entryPrice }] };
}

function read(name: string): unknown {
  const file = new URL(`../../../../examples/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe('examples', () => {
  test.each([
    ['textbook-long', 0, '47368.4210526'],
    ['textbook-long-entry', 0, '47500'],
    ['textbook-short', 0, '42000'],
    ['cross-markets', 0, '50883.5'],
    ['inverse-coin', 0, '40429.5'],
    ['futures-call', 0, '5160'],
  ])('%s, position %i: %s', (name, position, price) => {
    const outcome = check(read(name), rulebooks) as Report;
    expect(outcome).not.toHaveProperty('error');
    expect(outcome.positions.at(position)!.liquidationPrice).toBe(price);
  });

  test('the textbook long, explained', () => {
    const text = explanationText(
      explain(read('textbook-long'), 'BTCUSD', rulebooks) as Explanation,
    );
    expect(text).toMatchSnapshot();
  });

  test('a position that is not there', () => {
    expect(explain(read('textbook-long'), 7, rulebooks)).toMatchObject({
      error: { path: 'position' },
    });
    expect(explain({}, 0, rulebooks)).toMatchObject({ error: { path: 'venue' } });
  });
});
