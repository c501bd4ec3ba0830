/** Laws that hold for every rulebook; how documents, days and venues' own rules meet in them. */
import { describe, expect, test } from 'vitest';
import { check, inForce, parseSchedule } from '../margin/index.ts';
import type { Report, Rulebook, WrittenMarket, WrittenSchedule } from '../margin/index.ts';
import { compare, decimal, over, toNumber } from '../units/index.ts';
import { rulebooks } from './index.ts';

const IDS = `custom binance-usdm binance-coinm bybit-linear bybit-inverse bybit-unified okx-linear
  okx-inverse hyperliquid dydx bitmex deribit kraken-futures gate kucoin bitget mexc orderly drift
  reg-t fixed-margin-futures`.split(/\s+/);
const CONFIDENCE = ['documented', 'code', 'mirror', 'third-party', 'inferred'];
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const books = rulebooks.filter(({ id }) => id !== 'custom');
const dated = books.flatMap((book) =>
  Object.entries(book.markets).flatMap(([symbol, entries]) =>
    entries.map((entry) => ({ name: `${book.id} ${symbol} ${entry.from}`, book, symbol, entry })),
  ),
);

function reportOf(document: object): Report {
  const outcome = check(document, rulebooks);
  if ('error' in outcome) throw new Error(`${outcome.error.path} ${outcome.error.message}`);
  return outcome;
}

interface Held {
  readonly venue: string;
  readonly market: string;
  readonly [field: string]: unknown;
}

function cross({ venue, asOf, markets, policy, collateral = 1e9, ...position }: Held): object {
  const own = { side: 'long', size: 1, entryPrice: 100, markPrice: 100, marginMode: 'cross' };
  const rest = { ...(asOf ? { asOf } : {}), ...(markets ? { markets } : {}) };
  return {
    venue,
    ...rest,
    ...(policy ? { policy } : {}),
    collateral: [{ asset: 'money', amount: collateral }],
    positions: [{ ...own, ...position }],
  };
}

function levelsOf(schedule: WrittenSchedule | undefined): readonly (readonly [number, number])[] {
  if (schedule?.kind !== 'brackets' && schedule?.kind !== 'steps') return [];
  return schedule.levels.map(({ from, rate }) => [Number(from), Number(rate)]);
}

test('every rulebook is listed once', () => {
  expect(rulebooks.map(({ id }) => id)).toEqual(IDS);
});

describe.each(books.map((book): [string, Rulebook] => [book.id, book]))('%s', (_, book) => {
  test('each clause and each date says where it comes from', () => {
    const said = [...book.clauses, ...Object.values(book.markets).flat(), ...(book.others ?? [])];
    expect(book.clauses.length).toBeGreaterThan(2);
    for (const each of said) {
      expect(CONFIDENCE).toContain(each.confidence);
      expect(each.source.length).toBeGreaterThan(3);
    }
  });

  test('dates ascend, and an end is after its beginning', () => {
    for (const entries of [...Object.values(book.markets), book.others ?? []]) {
      const days = entries.map(({ from }) => from);
      expect(days.every((day) => DATE.test(day))).toBe(true);
      expect([...new Set(days)].toSorted()).toEqual(days);
      for (const { from, until } of entries) if (until) expect(until > from).toBe(true);
    }
  });

  test('what was inferred or is not complete says so', () => {
    const entries = Object.values(book.markets).flat();
    const silent = entries.filter((each) => each.confidence === 'inferred' && !each.doubt);
    expect(silent).toEqual([]);
  });
});

describe.each(dated.map((each) => [each.name, each] as const))(
  '%s',
  (_, { book, symbol, entry }) => {
    test('compiles, and its levels rise', () => {
      reportOf(cross({ venue: book.id, market: symbol, asOf: entry.from, size: 1 }));
      for (const schedule of [entry.market.maintenance.schedule, entry.market.initial?.schedule]) {
        const rates = levelsOf(schedule).map(([, rate]) => rate);
        expect(rates.toSorted((a, b) => a - b)).toEqual(rates);
        if (schedule) expect(parseSchedule(schedule, 'schedule')).toHaveProperty('kind');
      }
    });

    test('maintenance never falls as the size grows, nor passes what is needed to open', () => {
      const sizes = sizesOf(entry.market);
      const reports = sizes.map((size) =>
        reportOf(cross({ venue: book.id, market: symbol, asOf: entry.from, size, leverage: 1e9 })),
      );
      const needed = reports.map((each) => Number(each.maintenanceMargin));
      expect(needed.toSorted((a, b) => a - b)).toEqual(needed);
      if (entry.market.initial === undefined) return;
      for (const each of reports) {
        const fees = Number(entry.market.maintenance.closingFeeRate ?? 0);
        const value = Number(each.positions[0]?.value);
        expect(Number(each.maintenanceMargin)).toBeLessThanOrEqual(
          Number(each.initialMargin) + 2 * fees * value,
        );
      }
    });
  },
);

/** Contracts at a price of 100 that are on each edge, and a little beyond it. */
function sizesOf(market: WrittenMarket): readonly number[] {
  const { schedule } = market.maintenance;
  const edges = levelsOf(schedule).map(([from]) => from);
  const isBySize = 'by' in schedule && schedule.by === 'size';
  const unit = toNumber(decimal(market.multiplier ?? market.face ?? '1'));
  const value = market.contract === 'inverse' ? unit / 100 : unit * 100;
  const sizes = edges.slice(1).map((edge) => (isBySize ? edge : edge / value));
  const usual = [1, 100, 10_000];
  return [...usual, ...sizes, ...sizes.map((size) => size * 1.01)].toSorted((a, b) => a - b);
}

function bitcoinOn(asOf: string | undefined): Report {
  return reportOf(cross({ venue: 'binance-usdm', market: 'BTCUSDT', asOf, size: 3000 }));
}

describe('days', () => {
  test('the tables of the day apply, the newest without one', () => {
    expect(bitcoinOn('2024-10-24').maintenanceMargin).toBe('1450');
    expect(bitcoinOn('2026-07-01').maintenanceMargin).toBe('1450');
    expect(bitcoinOn('2026-07-02').maintenanceMargin).toBe('1200');
    expect(bitcoinOn(undefined).maintenanceMargin).toBe('1200');
  });

  test.each([
    ['binance-usdm', 'BTCUSDT', '2020-01-01', 'before 2021-03-18'],
    ['gate', 'ETH_USDT', undefined, 'since 2025-07-29'],
    ['fixed-margin-futures', 'ES', '2026-01-01', 'since 2011-01-01'],
    ['okx-linear', 'BNB-USDT-SWAP', undefined, 'known here: BTC-USDT-SWAP'],
    ['hyperliquid', 'toString', undefined, 'has no rules'],
  ])('%s %s as of %s is refused: %s', (venue, market, asOf, words) => {
    const outcome = check(cross({ venue, market, asOf }), rulebooks);
    expect(outcome).toMatchObject({ error: { path: 'positions[0].market' } });
    expect(JSON.stringify(outcome)).toContain(words);
  });

  test('an entry that has ended is not in force on its last day', () => {
    const entries = books.find(({ id }) => id === 'gate')?.markets['ETH_USDT'] ?? [];
    expect(inForce(entries, '2025-07-28')).not.toBeNull();
    expect(inForce(entries, '2025-07-29')).toBeNull();
  });
});

describe('a document over its rulebook', () => {
  const markets = { BTCUSDT: { maintenance: { schedule: { kind: 'flat', rate: '0.1' } } } };

  test('its schedule replaces the table, the rest stays', () => {
    const report = reportOf(
      cross({ venue: 'bybit-linear', market: 'BTCUSDT', leverage: 2, markets }),
    );
    expect(report.maintenanceMargin).toBe('10.0275');
    expect(report.rules?.[0]).toMatchObject({ market: 'BTCUSDT', from: '2025-09-02' });
    expect(report.rules?.[0]?.doubt).toMatch(/^the maintenance schedule is the one that the doc/);
  });

  test('a market that the rulebook does not list comes under the rules of the venue', () => {
    const report = reportOf(
      cross({
        venue: 'okx-inverse',
        market: 'BTC-USD-SWAP',
        markets: { 'BTC-USD-SWAP': { face: 100, ...markets.BTCUSDT } },
      }),
    );
    expect(report.maintenanceMargin).toBe('0.1005');
    expect(report.rules?.[0]?.confidence).toBe('third-party');
  });

  test('the answer names each market’s rules once, and none for custom', () => {
    const document = cross({ venue: 'hyperliquid', market: 'ETH' }) as { positions: object[] };
    const { positions } = document;
    const both = { ...document, positions: [...positions, { ...positions[0], side: 'short' }] };
    expect(reportOf(both).rules?.map(({ market }) => market)).toEqual(['ETH']);
    const custom = { ...both, venue: 'custom', markets: { ETH: markets.BTCUSDT } };
    expect(reportOf(custom)).not.toHaveProperty('rules');
  });

  test.each([
    [{ markets: { ETH: { hedge: 'sum' } } }, 'markets.ETH.hedge'],
    [{ markets: { ETH: { openInterest: 1 } } }, 'markets.ETH.openInterest'],
    [{ markets: { ETH: { leverageDefault: 2 } } }, 'markets.ETH.leverageDefault'],
    [{ markets: { ETH: { maintenance: { short: {} } } } }, 'markets.ETH.maintenance.short'],
  ])('%j is refused: only rulebooks say it', (fields, path) => {
    const document = { ...cross({ venue: 'hyperliquid', market: 'ETH' }), ...fields };
    expect(check(document, rulebooks)).toMatchObject({ error: { path } });
  });
});

/** A long of 10,000 contracts and a short of 15,000. */
function hedged(venue: string, market: string, price: number): Report {
  const long = { market, side: 'long', size: 10_000, marginMode: 'cross', leverage: 100 };
  const prices = { entryPrice: price, markPrice: price };
  const positions = [
    { ...long, ...prices },
    { ...long, ...prices, side: 'short', size: 15_000 },
  ];
  return reportOf({ venue, collateral: [{ asset: 'money', amount: 1e7 }], positions });
}

describe('hedges', () => {
  test('OKX adds both sides to find the tier: 25,000 contracts of ETH are of tier 3', () => {
    const { positions, maintenanceMargin } = hedged('okx-linear', 'ETH-USDT-SWAP', 1000);
    expect(positions.map((each) => each.maintenanceMargin)).toEqual(['8000', '12000']);
    expect(maintenanceMargin).toBe('20000');
  });

  test('Bitget adds both sides and each bears its share of the slices', () => {
    const { positions, maintenanceMargin } = hedged('bitget', 'ETHUSDT', 100);
    // 2,500,000: 900,000 × 0.5 % + 1,600,000 × 1 %, and the fee.
    expect(maintenanceMargin).toBe('22000');
    expect(positions.map((each) => each.maintenanceMargin)).toEqual(['8800', '13200']);
  });

  test('Kraken asks for the larger side alone', () => {
    const { positions, maintenanceMargin, initialMargin } = hedged(
      'kraken-futures',
      'PF_XBTUSD',
      100,
    );
    expect(positions.map((each) => each.maintenanceMargin)).toEqual(['0', '20000']);
    expect([maintenanceMargin, initialMargin]).toEqual(['20000', '40000']);
  });

  test('Gate: both pay the rate of the larger since the change, each its own before', () => {
    const price = { entryPrice: 100, markPrice: 100, marginMode: 'cross', leverage: 100 };
    const schedule = {
      kind: 'brackets',
      levels: [
        { from: 0, rate: '0.01' },
        { from: 1000, rate: '0.02' },
      ],
    };
    const markets = { M: { maintenance: { schedule, closingFeeRate: 0 } } };
    const positions = [
      { market: 'M', side: 'long', size: 20, ...price },
      { market: 'M', side: 'short', size: 5, ...price },
    ];
    const collateral = [{ asset: 'money', amount: 500 }];
    const needed = (asOf: string, some: readonly object[]): readonly string[] =>
      reportOf({ venue: 'gate', asOf, markets, collateral, positions: some }).positions.map(
        (each) => each.maintenanceMargin,
      );
    // 2,000 asks for 30, 1.5 %; 500 of it 7.5 instead of 5.
    expect(needed('2025-07-29', positions)).toEqual(['30', '7.5']);
    expect(needed('2025-07-29', positions.toReversed())).toEqual(['7.5', '30']);
    expect(needed('2025-07-28', positions)).toEqual(['30', '5']);
    const isolated = positions.map((each) => ({
      ...each,
      marginMode: 'isolated',
      isolatedMargin: 50,
    }));
    expect(needed('2025-07-29', isolated)).toEqual(['30', '5']);
    // The level of the larger moves with the price, and the smaller pays a quarter of it.
    const [long] = reportOf({
      venue: 'gate',
      asOf: '2025-07-29',
      markets,
      collateral,
      positions,
    }).positions;
    const line = Number(long?.liquidationPrice);
    expect(500 + 15 * (line - 100)).toBeCloseTo((0.02 * 20 * line - 10) * 1.25, 8);
  });

  test('Binance asks each side for its own', () => {
    const { positions } = hedged('binance-usdm', 'BTCUSDT', 100);
    expect(positions.map((each) => each.maintenanceMargin)).toEqual(['5000', '8250']);
  });

  test.each(['okx-linear ETH-USDT-SWAP', 'bitget ETHUSDT', 'kraken-futures PF_XBTUSD'])(
    '%s: equity is the requirement at the liquidation price',
    (text) => {
      const [venue = '', market = ''] = text.split(' ');
      const { positions } = hedged(venue, market, 100);
      const price = positions[0]?.liquidationPrice ?? '0';
      const moved = (size: number, side: string): object => ({
        market,
        side,
        size,
        marginMode: 'cross',
        leverage: 100,
        entryPrice: 100,
        markPrice: price,
      });
      const there = reportOf({
        venue,
        collateral: [{ asset: 'money', amount: 1e7 }],
        positions: [moved(10_000, 'long'), moved(15_000, 'short')],
      });
      expect(Number(there.equity)).toBeCloseTo(Number(there.maintenanceMargin), 2);
    },
  );
});

describe('venues’ own policies', () => {
  test('a margin account is called to maintenance, a future to its initial margin', () => {
    const stock = { venue: 'reg-t', market: 'AAPL', size: 100, collateral: 2000 };
    const called = reportOf(cross({ ...stock, entryPrice: 100, markPrice: 100 }));
    expect([called.state, called.callAmount, called.initialMargin]).toEqual([
      'margin-call',
      '500',
      '5000',
    ]);
    const es = { venue: 'fixed-margin-futures', market: 'ES', asOf: '2010-06-01' };
    expect(reportOf(cross({ ...es, collateral: 3000 })).callAmount).toBe('1000');
  });

  test('a document’s own policy comes first', () => {
    const stock = { venue: 'reg-t', market: 'AAPL', size: 100, collateral: 2000 };
    const report = reportOf(cross({ ...stock, policy: { marginCallAt: '0.8' } }));
    expect(report.state).toBe('liquidation');
  });

  test('shorts of stocks are ruled otherwise than longs', () => {
    const short = { venue: 'reg-t', market: 'AAPL', side: 'short', collateral: 1e6 };
    const asked = (price: number): string =>
      reportOf(cross({ ...short, entryPrice: price, markPrice: price })).maintenanceMargin;
    expect([1, 2.5, 3, 5, 16, 20].map(asked)).toEqual(['2.5', '2.5', '3', '5', '5', '6']);
  });

  test.each([
    [0, '0.05'],
    [40_000_000, '0.05'],
    [70_000_000, '0.525'],
    [100_000_000, '1'],
    [1e12, '1'],
  ])('dYdX: an open interest of %d asks for %s', (openInterest, rate) => {
    const markets = { 'SOL-USD': { openInterest } };
    const held = { venue: 'dydx', market: 'SOL-USD', leverage: 100, markets };
    const { initialMargin, maintenanceMargin } = reportOf(cross(held));
    expect(compare(over(decimal(initialMargin), decimal('100')), decimal(rate))).toBe(0);
    expect(maintenanceMargin).toBe('3');
  });
});

/** A long with leverage 10 and orders of the same market. */
function ordered(row: {
  readonly venue: string;
  readonly market: string;
  readonly size: number;
  readonly orders: readonly (readonly [side: string, size: number, price: number])[];
  readonly markets?: object;
}): Report {
  const { orders, ...rest } = row;
  const document = cross({ ...rest, leverage: 10, entryPrice: 100_000, markPrice: 100_000 });
  const all = orders.map(([side, size, price]) => ({ market: row.market, side, size, price }));
  return reportOf({ ...document, orders: all });
}

describe('orders inside maintenance', () => {
  const markets = { M: { maintenance: { schedule: { kind: 'flat', rate: '0.05' } } } };

  test.each([
    // 10,000 alone is 5,000; 2,350,000 with the order is 11,960; fees 495 and 668.25.
    ['bybit-unified', 'BTCUSDT', 10, [['buy', 15, 90_000]], '13123.25'],
    // 400 and a fee of 50; 2,000 contracts, of tier 2: 9,000 and 900.
    ['okx-linear', 'BTC-USDT-SWAP', 100, [['buy', 2000, 90_000]], '10350'],
    // 10,000 alone is 40 and a fee of 6; 30,000 with the order is 210, its fee 12.
    ['kucoin', 'XBTUSDTM', 100, [['buy', 200, 100_000]], '228'],
    // 1.5; the order’s initial margin is a tenth of 1,000.
    ['mexc', 'BTC_USDT', 100, [['sell', 100, 100_000]], '101.5'],
    ['binance-usdm', 'BTCUSDT', 1, [['buy', 1, 100_000]], '400'],
    ['hyperliquid', 'BTC', 1, [['buy', 1, 100_000]], '1250'],
    ['bybit-linear', 'BTCUSDT', 10, [['buy', 15, 90_000]], '5495'],
  ] as const)('%s %s', (...row) => {
    const [venue, market, size, orders, expected] = row;
    expect(ordered({ venue, market, size, orders }).maintenanceMargin).toBe(expected);
    expect(ordered({ venue, market, size, orders: [] }).positions[0]?.maintenanceMargin).toBe(
      ordered({ venue, market, size, orders }).positions[0]?.maintenanceMargin,
    );
  });

  test('Drift counts the worse side: three to sell, not two to buy', () => {
    const orders = [
      ['buy', 2, 100_000],
      ['sell', 3, 100_000],
    ] as const;
    const report = ordered({ venue: 'drift', market: 'M', size: 1, orders, markets });
    expect([report.maintenanceMargin, report.initialMargin]).toEqual(['20000', '40000']);
  });

  test.each(['bybit-unified', 'okx-linear', 'okx-inverse', 'kucoin', 'mexc', 'drift'])(
    '%s says so in a clause and in the doubt of every answer that has orders in it',
    (id) => {
      const book = books.find((each) => each.id === id);
      expect(book?.clauses.map(({ about }) => about)).toContain('orders');
      const entries = [...Object.values(book?.markets ?? {}).flat(), ...(book?.others ?? [])];
      for (const { market } of entries) expect(market.orders?.maintenance).toBeDefined();
    },
  );
});

describe('positions opened before a change that spares them', () => {
  const bitcoin = { venue: 'bitget', market: 'BTCUSDT', size: 3, entryPrice: 110_000 };

  test.each([
    ['2025-11-12', undefined, '1648', '2025-11-10'],
    ['2025-11-12', '2025-11-10', '1648', '2025-11-10'],
    ['2025-11-12', '2025-11-09', '1848', '2025-04-04'],
    ['2025-11-09', '2025-11-09', '1848', '2025-04-04'],
  ])('Bitget as of %s, opened at %s: %s', (asOf, openedAt, expected, from) => {
    const opened = openedAt === undefined ? {} : { openedAt };
    const report = reportOf(cross({ ...bitcoin, markPrice: 110_000, asOf, ...opened }));
    expect(report.maintenanceMargin).toBe(expected);
    expect(report.rules).toMatchObject([{ from, positions: [0] }]);
  });

  test('BitMEX: 325 XBT are of the second level now and were of the third step before', () => {
    const own = { venue: 'bitmex', market: 'XBTUSD', size: 3_250_000, asOf: '2022-01-01' };
    const prices = { entryPrice: 10_000, markPrice: 10_000 };
    const now = reportOf(cross({ ...own, ...prices }));
    const kept = reportOf(cross({ ...own, ...prices, openedAt: '2021-08-01' }));
    expect([now.maintenanceMargin, kept.maintenanceMargin]).toEqual(['2.275', '3.4125']);
  });

  test('Binance: the brackets before the first known ones are refused, not guessed', () => {
    const own = { venue: 'binance-usdm', market: 'BTCUSDT', asOf: '2021-04-01' };
    const outcome = check(cross({ ...own, openedAt: '2021-03-17' }), rulebooks);
    expect(outcome).toMatchObject({ error: { path: 'positions[0].market' } });
    const later = { ...own, asOf: '2021-07-01', size: 2000, openedAt: '2021-03-17' };
    expect(reportOf(cross(later)).maintenanceMargin).toBe('950');
  });
});
