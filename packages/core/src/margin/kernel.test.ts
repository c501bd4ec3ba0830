/** The double-precision kernel against the exact definition. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check, liquidationPrices, marketColumns, standings } from './index.ts';
import type { MarketColumns, PositionColumns, Report } from './index.ts';

const sample = fc.record({
  contract: fc.constantFrom('linear', 'inverse'),
  kind: fc.constantFrom('brackets', 'steps', 'flat'),
  rates: fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 4, maxLength: 4 }),
  fee: fc.constantFrom('0', '0.0006'),
  side: fc.constantFrom('long', 'short'),
  value: fc.integer({ min: 100, max: 100_000_000 }),
  entry: fc.integer({ min: 40_000, max: 60_000 }),
  margin: fc.integer({ min: 5, max: 900 }),
});

test('liquidation prices and standings agree to 1e-12 of the account', () => {
  fc.assert(
    fc.property(sample, ({ contract, kind, rates, fee, side, value, entry, margin }) => {
      const isInverse = contract === 'inverse';
      const mark = 50_000;
      const unit = isInverse ? 1 / mark : 1;
      const from = ['0', '10000', '200000', '5000000'].map((edge) => String(Number(edge) * unit));
      const levels = rates.map((rate, k) => ({ from: from[k], rate: String(rate / 1000) }));
      const schedule = kind === 'flat' ? { kind, rate: levels.at(0)!.rate } : { kind, levels };
      const market = {
        contract,
        ...(isInverse ? { face: '1' } : {}),
        maintenance: { schedule, closingFeeRate: fee },
      };
      const size = isInverse ? value : value / mark;
      const isolatedMargin = (value * unit * margin) / 1000;
      const position = {
        market: 'M',
        side,
        size,
        entryPrice: entry,
        markPrice: mark,
        marginMode: 'isolated',
        isolatedMargin,
      };
      const report = check(
        { venue: 'custom', positions: [position], markets: { M: market } },
        rulebooks,
      ) as Report;

      const columns = marketColumns({ M: market }, ['M']) as MarketColumns;
      columns.markPrice[0] = mark;
      const positions: PositionColumns = {
        market: Int32Array.of(0),
        amount: Float64Array.of(side === 'long' ? size : -size),
        entryPrice: Float64Array.of(entry),
      };
      const prices = new Float64Array(1);
      liquidationPrices(columns, positions, Float64Array.of(isolatedMargin), prices);
      const exact = report.positions.at(0)!;
      const price = exact.liquidationPrice === null ? Number.NaN : Number(exact.liquidationPrice);
      if (Number.isNaN(price)) expect(prices[0]).toBeNaN();
      else expect(Math.abs(prices.at(0)! - price) / price).toBeLessThan(5e-11);

      const accounts = {
        firstPosition: Int32Array.of(0, 1),
        cash: Float64Array.of(isolatedMargin),
        equity: new Float64Array(1),
        maintenance: new Float64Array(1),
      };
      standings(columns, positions, accounts);
      const scale = value * unit;
      expect(Math.abs(accounts.equity.at(0)! - Number(exact.equity)) / scale).toBeLessThan(1e-11);
      expect(
        Math.abs(accounts.maintenance.at(0)! - Number(exact.maintenanceMargin)) / scale,
      ).toBeLessThan(1e-11);
    }),
    { numRuns: 1000 },
  );
});

test('what the kernel cannot hold is refused', () => {
  const byValue = { maintenance: { schedule: { kind: 'linear', base: '0.1', perUnit: '0' } } };
  expect(marketColumns({ M: byValue }, ['M'])).toMatchObject({
    error: { path: 'markets.M.maintenance' },
  });
  expect(marketColumns({}, ['M'])).toMatchObject({ error: { path: 'markets.M' } });
});
