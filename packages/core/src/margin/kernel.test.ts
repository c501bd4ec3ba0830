/** The double-precision kernel against the exact definition. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { absolute, plus, sum, toNumber } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account } from './account.ts';
import { excessAt } from './boundary.ts';
import { readAccount } from './document.ts';
import { figuresOf } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { coordinate } from './geometry.ts';
import {
  documentColumns,
  liquidationPrices,
  marketColumns,
  STATE,
  standings,
  type KernelColumns,
  type Rulebook,
} from './index.ts';
import type { Hedge } from './rules.ts';

const MARK = 100;
const CLOSE = 1e-12;

const decimalOf = (min: number, max: number, places: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: Math.ceil(min * 10 ** places), max: Math.floor(max * 10 ** places) })
    .map((n) => (n / 10 ** places).toFixed(places));
const rate = decimalOf(0, 0.5, 3);
const by = fc.constantFrom('value', 'size');
const levels = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    fc.array(rate, { minLength: 6, maxLength: 6 }),
  )
  .map(([edges, rates]) =>
    [0, ...edges.map((edge) => edge * 50).toSorted((a, b) => a - b)].map((from, k) => ({
      from: String(from),
      rate: rates.at(k)!,
    })),
  );

type Written = { readonly kind: string } & Readonly<Record<string, unknown>>;
const SCHEDULES: Readonly<Record<string, fc.Arbitrary<Written>>> = {
  flat: fc.record({ kind: fc.constant('flat'), rate }),
  brackets: fc.record({ kind: fc.constant('brackets'), by, levels }),
  steps: fc.record({ kind: fc.constant('steps'), by, levels }),
  linear: fc.record({
    kind: fc.constant('linear'),
    by,
    base: rate,
    perUnit: decimalOf(0, 0.001, 5),
  }),
  'per-unit': fc.record({ kind: fc.constant('per-unit'), amount: decimalOf(0, 60, 1) }),
  power: fc.record({
    kind: fc.constant('power'),
    by,
    base: decimalOf(0, 0.3, 3),
    factor: decimalOf(0, 0.01, 5),
    exponent: fc.constantFrom('0', '0.5', '1', '0.8'),
    offset: decimalOf(-0.1, 0.2, 2),
  }),
};
const plain = fc.oneof(...Object.values(SCHEDULES));
const largest = fc.record({
  kind: fc.constant('max'),
  of: fc.array(plain, { minLength: 1, maxLength: 3 }),
});

const maintenanceOf = (schedule: fc.Arbitrary<Written>): fc.Arbitrary<object> =>
  fc.record({
    schedule,
    basis: fc.constantFrom('mark', 'mark', 'mark', 'entry'),
    closingFeeRate: fc.constantFrom('0', '0.001', '0.05'),
    closingFeeAt: fc.constantFrom('mark', 'bankruptcy', 'leverage'),
  });

const leg = fc.record({
  size: fc.integer({ min: 1, max: 20 }).map(String),
  entryPrice: decimalOf(60, 140, 0),
  leverage: fc.constantFrom('1', '5', '0.5', '20'),
  unpaidFunding: fc.constantFrom('0', '0.5', '-3'),
});

interface Place {
  readonly maintenance: object;
  readonly trigger: string;
  readonly legs: Readonly<Record<'long' | 'short', object | null>>;
  readonly mode: object;
}

const placeOf = (schedule: fc.Arbitrary<Written>): fc.Arbitrary<Place> =>
  fc.record({
    maintenance: maintenanceOf(schedule),
    trigger: fc.constantFrom('below', 'at-or-below'),
    legs: fc
      .record({ long: fc.option(leg), short: fc.option(leg) })
      .filter(({ long, short }) => long !== null || short !== null),
    mode: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ marginMode: 'cross' }) },
      {
        weight: 1,
        arbitrary: fc.record({
          marginMode: fc.constant('isolated'),
          isolatedMargin: decimalOf(10, 900, 0),
        }),
      },
    ),
  });

interface Sample {
  readonly isInverse: boolean;
  readonly cash: string;
  readonly places: readonly Place[];
}

const sampleOf = (schedule: fc.Arbitrary<Written>): fc.Arbitrary<Sample> =>
  fc.record({
    isInverse: fc.boolean(),
    cash: decimalOf(-100, 4_000, 1),
    places: fc.array(placeOf(schedule), { minLength: 1, maxLength: 4 }),
  });

function documentOf({ isInverse, cash, places }: Sample, venue = 'custom'): object {
  const unit = isInverse ? { contract: 'inverse', face: '10000' } : { multiplier: '1' };
  const positions = places.flatMap(({ legs, mode }, k) =>
    Object.entries(legs).flatMap(([side, each]) =>
      each === null ? [] : [{ market: `M${k}`, side, markPrice: MARK, ...each, ...mode }],
    ),
  );
  const markets = Object.fromEntries(
    places.map(({ maintenance, trigger }, k) => [`M${k}`, { ...unit, maintenance, trigger }]),
  );
  return { venue, collateral: [{ asset: 'C', amount: cash }], positions, markets };
}

interface Reckoned {
  readonly columns: KernelColumns;
  readonly prices: Float64Array;
}

function reckon(document: object, books: readonly Rulebook[]): Reckoned | null {
  const columns = documentColumns([document], books);
  if ('error' in columns) {
    expect(columns.error.message).toContain('different exponents');
    return null;
  }
  standings(columns.markets, columns.positions, columns.accounts);
  const prices = new Float64Array(columns.place.length);
  liquidationPrices(columns.markets, columns.positions, columns.accounts, prices);
  return { columns, prices };
}

/** What all figures of the account are small or large beside. */
function sizeOf(account: Account, figures: readonly PositionFigures[]): number {
  const values = figures.map(({ value, pnl }) => plus(value, absolute(pnl)));
  const held = account.collateral.map(({ value }) => absolute(value));
  const margins = account.positions.map(({ isolatedMargin }) => isolatedMargin ?? held.at(0)!);
  return toNumber(sum([...values, ...held, ...margins.map(absolute)]));
}

/** A double as the rational that it is. */
function rationalOf(value: number): Rational {
  const bits = 2 ** 60;
  return { n: BigInt(value * bits), d: BigInt(bits) };
}

/**
 * The prices agree to 1e-12, or, where the line is flat or far, what the exact definition leaves at
 * the kernel's price is below 1e-12 of the account.
 */
function expectSameLine(price: number, exact: PositionFigures, size: number): void {
  const line = exact.liquidation.exact === null ? Number.NaN : toNumber(exact.liquidation.exact);
  if (Number.isNaN(price) && Number.isNaN(line)) return;
  if (Math.abs(price - line) / line <= CLOSE) return;
  const x = coordinate(exact.position.market, rationalOf(price));
  const left = toNumber(excessAt(exact.movement, exact.burden, x));
  const isFlat = Math.abs(left) <= CLOSE * size && exact.liquidation.boundary.kind === 'root';
  expect(isFlat ? line : price).toBe(line);
}

function expectAgreement(document: object, books: readonly Rulebook[] = rulebooks): void {
  const reckoned = reckon(document, books);
  if (reckoned === null) return;
  const { columns, prices } = reckoned;
  const { accounts } = columns;
  const account = readAccount(document, books) as Account;
  const { positions } = figuresOf(account);
  const size = sizeOf(account, positions);
  for (let unit = 0; unit < accounts.cash.length; unit += 1) {
    const first = accounts.firstPosition.at(unit)!;
    const { standing } = positions.at(columns.place.at(first)!)!;
    const [equity, maintenance] = [toNumber(standing.equity), toNumber(standing.maintenance)];
    expect(Math.abs(accounts.equity.at(unit)! - equity)).toBeLessThanOrEqual(CLOSE * size);
    expect(Math.abs(accounts.maintenance.at(unit)! - maintenance)).toBeLessThanOrEqual(
      CLOSE * size,
    );
    const isTooClose = Math.min(Math.abs(equity - maintenance), Math.abs(equity)) < CLOSE * size;
    if (isTooClose) continue;
    expect(accounts.state.at(unit)).toBe(STATE[standing.state]);
    for (let row = first; row < accounts.firstPosition.at(unit + 1)!; row += 1)
      expectSameLine(prices.at(row)!, positions.at(columns.place.at(row)!)!, size);
  }
}

describe('standings and liquidation prices agree with check to 1e-12', () => {
  for (const [kind, schedule] of Object.entries({ ...SCHEDULES, max: largest })) {
    test(kind, () => {
      const runs = { numRuns: kind === 'power' || kind === 'max' ? 60 : 250 };
      fc.assert(
        fc.property(sampleOf(schedule), (sample) => expectAgreement(documentOf(sample))),
        runs,
      );
    });
  }

  test('markets of different kinds in one pool', () => {
    const any = fc.oneof(plain, largest);
    fc.assert(
      fc.property(sampleOf(any), (sample) => expectAgreement(documentOf(sample))),
      { numRuns: 120 },
    );
  });
});

/** A venue with what no document can write itself: hedges reckoned together, rules for shorts. */
function bookOf(hedge: Hedge, hasShortRule: boolean): Rulebook {
  const dated = { from: '2020-01-01', source: 'a test', confidence: 'inferred' } as const;
  const schedule = { kind: 'flat', rate: '0.2' } as const;
  const byPrice = [
    { from: '0', rate: '0.5' },
    { from: '80', rate: '0.1' },
  ];
  const short = { schedule, byPrice };
  const market = hasShortRule ? { hedge, maintenance: { schedule, short } } : { hedge };
  return { ...rulebooks.at(0)!, id: 'hedged', others: [{ ...dated, market }] };
}

const ruled = fc.record({
  sample: sampleOf(plain),
  hedge: fc.constantFrom<Hedge>('separate', 'sum', 'larger', 'rate-of-larger'),
  hasShortRule: fc.boolean(),
});

test('hedges reckoned together and rules for shorts agree as well', () => {
  fc.assert(
    fc.property(ruled, ({ sample, hedge, hasShortRule }) => {
      const places = sample.places.map((place) => {
        const { schedule: _, ...rest } = place.maintenance as Record<string, unknown>;
        return hasShortRule ? { ...place, maintenance: rest } : place;
      });
      const document = documentOf({ ...sample, isInverse: false, places }, 'hedged');
      expectAgreement(document, [bookOf(hedge, hasShortRule)]);
    }),
    { numRuns: 250 },
  );
});

const CLIFF = {
  maintenance: {
    schedule: {
      kind: 'steps',
      levels: [
        { from: '0', rate: '0.01' },
        { from: '3000', rate: '0.4' },
      ],
    },
  },
};

function cliffPrice(side: 'long' | 'short', position: object, cash: string): number {
  const held = { market: 'M', side, marginMode: 'cross', ...position };
  const collateral = [{ asset: 'C', amount: cash }];
  const document = { venue: 'custom', collateral, positions: [held], markets: { M: CLIFF } };
  return reckon(document, rulebooks)!.prices.at(0)!;
}

test("a step's edge is met exactly, and a mark on it belongs to the level below", () => {
  const short = { size: '0.3', entryPrice: '9000', markPrice: '9000' };
  expect(cliffPrice('short', short, '900')).toBe(10_000);
  expect(cliffPrice('short', { ...short, markPrice: '10000' }, '900')).toBe(10_000);
  expect(cliffPrice('short', { ...short, markPrice: '10000.1' }, '900')).toBe(10_000.1);
  const long = { size: '0.3', entryPrice: '10000', markPrice: '10000' };
  expect(cliffPrice('long', long, '600')).toBeCloseTo(2400 / 0.3 / 0.99, 8);
});

function bent(exponent: string): object {
  return { kind: 'power', base: '0', factor: '0.001', exponent };
}

test('what the kernel cannot hold is refused, with the place', () => {
  const schedule = { kind: 'max', of: [bent('0.5'), bent('0.8')] };
  const mixed = { maintenance: { schedule } };
  expect(marketColumns({ M: mixed }, ['M'])).toMatchObject({
    error: { path: 'markets.M.maintenance' },
  });
  expect(marketColumns({}, ['M'])).toMatchObject({ error: { path: 'markets.M' } });
  const tied = { asset: 'C', amount: '1', price: '100', market: 'M' };
  const whole = { venue: 'custom', positions: [], markets: { M: CLIFF } };
  const refusals: readonly (readonly [object, string])[] = [
    [{ ...whole, collateral: [tied] }, '[1].collateral[0].market'],
    [{ ...whole, policy: { marginCallAt: '0.8' } }, '[1].policy'],
    [{ ...whole, venue: 'nowhere' }, '[1].venue'],
  ];
  for (const [document, path] of refusals)
    expect(documentColumns([whole, document], rulebooks)).toMatchObject({ error: { path } });
});

test('a margin call begins at its ratio', () => {
  const position = { market: 'M', side: 'long', size: '1', entryPrice: 100, markPrice: 100 };
  const schedule = { kind: 'flat', rate: '0.05' };
  const document = {
    venue: 'custom',
    collateral: [{ asset: 'C', amount: '6.25' }],
    positions: [{ ...position, marginMode: 'cross' }],
    markets: { M: { maintenance: { schedule } } },
  };
  const columns = documentColumns([document], rulebooks) as KernelColumns;
  for (const [marginCallAt, state] of [
    [0.8, STATE['margin-call']],
    [0.81, STATE.healthy],
  ] as const) {
    const accounts = { ...columns.accounts, marginCallAt };
    standings(columns.markets, columns.positions, accounts);
    expect([accounts.marginRatio.at(0), accounts.state.at(0)]).toEqual([0.8, state]);
  }
});
