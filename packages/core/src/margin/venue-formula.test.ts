/** Venues' own formulas, reckoned from their numbers alone, against the price that is given. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { decimal, equals, formatDecimal, type Rational } from '../units/index.ts';
import { isRefusal, readAccount } from './document.ts';
import { figuresOf } from './figures.ts';
import { filledText, sidesOf } from './formula-text.ts';
import { explain, type Explanation, type VenueFormula } from './index.ts';
import { appliedFormula, formulaFor } from './venue-formula.ts';

/** A market of each venue, prices to go with it, and what is special about the venue. */
interface Place {
  readonly venue: string;
  readonly market: string;
  readonly price: number;
  readonly unit: number;
  readonly rules?: object;
  readonly asOf?: string;
}

const LEVELS = [
  { from: '0', rate: '0.005' },
  { from: '50', rate: '0.01' },
  { from: '500', rate: '0.05' },
];
const POWER = {
  kind: 'power',
  by: 'size',
  base: '0.05',
  factor: '0.001',
  exponent: '0.5',
  offset: '0.04',
};

function ruled(face: string, kind: 'brackets' | 'steps'): object {
  return { face, maintenance: { schedule: { kind, levels: LEVELS } } };
}

const places: readonly Place[] = [
  { venue: 'binance-usdm', market: 'BTCUSDT', price: 60_000, unit: 1 },
  { venue: 'binance-coinm', market: 'BTCUSD_PERP', price: 60_000, unit: 100 },
  { venue: 'bybit-linear', market: 'BTCUSDT', price: 60_000, unit: 1 },
  { venue: 'bybit-linear', market: 'BTCUSDT', price: 60_000, unit: 1, asOf: '2025-03-01' },
  { venue: 'bybit-unified', market: 'BTCUSDT', price: 60_000, unit: 1 },
  {
    venue: 'bybit-inverse',
    market: 'BTCUSD',
    price: 60_000,
    unit: 1,
    rules: ruled('1', 'brackets'),
  },
  {
    venue: 'bybit-inverse',
    market: 'BTCUSD',
    price: 60_000,
    unit: 1,
    rules: ruled('1', 'brackets'),
    asOf: '2025-03-01',
  },
  { venue: 'okx-linear', market: 'BTC-USDT-SWAP', price: 60_000, unit: 0.01 },
  {
    venue: 'okx-inverse',
    market: 'BTC-USD-SWAP',
    price: 60_000,
    unit: 100,
    rules: ruled('100', 'steps'),
  },
  { venue: 'hyperliquid', market: 'BTC', price: 60_000, unit: 1 },
  { venue: 'dydx', market: 'SOL-USD', price: 150, unit: 1 },
  { venue: 'bitmex', market: 'XBTUSD', price: 60_000, unit: 1 },
  { venue: 'bitmex', market: 'ETHUSD', price: 3000, unit: 0.000001 },
  { venue: 'deribit', market: 'BTC-PERPETUAL', price: 60_000, unit: 10 },
  { venue: 'deribit', market: 'BTC_USDC-PERPETUAL', price: 60_000, unit: 1 },
  { venue: 'kraken-futures', market: 'PF_XBTUSD', price: 60_000, unit: 1 },
  { venue: 'kraken-futures', market: 'PI_XBTUSD', price: 60_000, unit: 1 },
  { venue: 'gate', market: 'BTC_USDT', price: 60_000, unit: 0.0001 },
  { venue: 'gate', market: 'BTC_USDT', price: 60_000, unit: 0.0001, asOf: '2024-01-01' },
  { venue: 'kucoin', market: 'XBTUSDTM', price: 60_000, unit: 0.001 },
  { venue: 'kucoin', market: 'XBTUSDTM', price: 60_000, unit: 0.001, asOf: '2024-06-01' },
  { venue: 'bitget', market: 'BTCUSDT', price: 60_000, unit: 1 },
  { venue: 'bitget', market: 'BTCUSDT', price: 60_000, unit: 1, asOf: '2025-06-01' },
  { venue: 'mexc', market: 'BTC_USDT', price: 60_000, unit: 0.0001 },
  { venue: 'orderly', market: 'PERP_BTC_USDC', price: 60_000, unit: 1 },
  {
    venue: 'drift',
    market: 'SOL-PERP',
    price: 150,
    unit: 1,
    rules: { maintenance: { schedule: POWER } },
  },
  { venue: 'reg-t', market: 'XYZ', price: 40, unit: 1 },
  { venue: 'fixed-margin-futures', market: 'ES', price: 1050, unit: 50, asOf: '2010-06-01' },
];

interface Sample {
  readonly place: Place;
  readonly side: string;
  readonly isIsolated: boolean;
  /** Value in thousands of the quote, wide enough for several levels. */
  readonly thousands: number;
  /** Hundredths of the value. */
  readonly margin: number;
  readonly leverage: number;
  /** Quarters of a percent between entry and mark. */
  readonly moved: number;
  /** Hundredths of a percent of the value. */
  readonly funding: number;
}

const samples: fc.Arbitrary<Sample> = fc.record({
  place: fc.constantFrom(...places),
  side: fc.constantFrom('long', 'short'),
  isIsolated: fc.boolean(),
  thousands: fc.integer({ min: 1, max: 20_000 }),
  margin: fc.integer({ min: 2, max: 80 }),
  leverage: fc.integer({ min: 2, max: 40 }),
  moved: fc.integer({ min: -8, max: 8 }),
  funding: fc.integer({ min: -3, max: 3 }),
});

const INVERSE = new Set(['binance-coinm', 'bybit-inverse', 'okx-inverse']);

function isInverse({ venue, market }: Place): boolean {
  return INVERSE.has(venue) || ['XBTUSD', 'BTC-PERPETUAL', 'PI_XBTUSD'].includes(market);
}

function documentOf(sample: Sample): object {
  const { place, side, isIsolated, thousands, moved } = sample;
  const { venue, market, price, unit, rules, asOf } = place;
  const inverse = isInverse(place);
  const size = Math.max(1, Math.round((thousands * 1000) / (inverse ? unit : unit * price)));
  const value = inverse ? (size * unit) / price : size * unit * price;
  const margin = ((value * sample.margin) / 100).toFixed(8);
  return {
    venue,
    ...(asOf === undefined ? {} : { asOf }),
    collateral: isIsolated ? [] : [{ asset: 'X', amount: margin }],
    positions: [
      {
        market,
        side,
        size: String(size),
        entryPrice: String(price),
        markPrice: String((price * (100 + moved / 4)) / 100),
        marginMode: isIsolated ? 'isolated' : 'cross',
        leverage: String(sample.leverage),
        unpaidFunding: ((value * sample.funding) / 10_000).toFixed(8),
        ...(isIsolated ? { isolatedMargin: margin } : {}),
      },
    ],
    ...(rules === undefined ? {} : { markets: { [market]: rules } }),
  };
}

interface Applied {
  readonly formula: VenueFormula;
  readonly exact: Rational;
  readonly left: Rational | null;
  readonly right: Rational | null;
  readonly holds: boolean;
  readonly values: Readonly<Record<string, Rational | undefined>>;
}

function applied(document: object): Applied | null {
  const account = readAccount(document, rulebooks);
  if (isRefusal(account)) throw new Error(`${account.path}: ${account.message}`);
  const { positions } = figuresOf(account);
  const figures = positions.at(0)!;
  const rulebook = rulebooks.find(({ id }) => id === (document as { venue: string }).venue)!;
  const formula = formulaFor(rulebook, figures);
  if (formula === undefined) return null;
  const result = appliedFormula(formula, figures, positions);
  return result === null ? null : { ...result, exact: figures.liquidation.exact! };
}

/** Their formula has a term for margin added that the price here leaves out. */
function isApart({ formula, values }: Applied): boolean {
  const added = values['E'] ?? values['extra'];
  const isDivided = / (E|extra) \/ \(1/.test(formula.formula);
  return isDivided && added !== undefined && added.n !== 0n;
}

/** Powers and square roots are rounded; everything else is exact. */
function isRounded({ formula }: Applied): boolean {
  return formula.formula.includes(' ^ ') || formula.formula.includes('growth');
}

test('a venue’s formula gives the exact price of any position that it is for', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(samples, (sample) => {
      const found = applied(documentOf(sample));
      if (found === null || isApart(found)) return;
      const { formula, left, right, holds } = found;
      expect(holds, formula.formula).toBe(true);
      if (!isRounded(found)) expect(equals(left!, right!), formula.formula).toBe(true);
      seen.add(formula.formula);
    }),
    { numRuns: 1500 },
  );
  expect(seen.size).toBeGreaterThan(25);
});

interface Held {
  readonly market: string;
  readonly side: string;
  readonly size: string;
  readonly entry: string;
  readonly mark: string;
}

function pooled(venue: string, collateral: string, held: readonly Held[]): object {
  return {
    venue,
    collateral: [{ asset: 'USDT', amount: collateral }],
    positions: held.map(({ market, side, size, entry, mark }) => ({
      market,
      side,
      size,
      entryPrice: entry,
      markPrice: mark,
      marginMode: 'cross',
      leverage: '10',
    })),
  };
}

const long = { market: 'BTCUSDT', side: 'long', size: '20', entry: '60000', mark: '61000' };
const short = { market: 'BTCUSDT', side: 'short', size: '3', entry: '62000', mark: '61000' };
const ether = { market: 'ETHUSDT', side: 'short', size: '40', entry: '3000', mark: '3100' };
const inContracts = { ...long, market: 'XBTUSDTM', size: '20000' };

describe('formulas of a pool', () => {
  test.each<[string, object, string]>([
    ['two markets', pooled('binance-usdm', '150000', [long, ether]), 'UPNL1'],
    ['a long and a short', pooled('binance-usdm', '150000', [long, short, ether]), 'EPS'],
    ['any legs', pooled('kraken-futures', '150000', [{ ...long, market: 'PF_XBTUSD' }]), 'MM'],
    ['a signed size', pooled('dydx', '90000', [{ ...long, market: 'BTC-USD' }]), 'MMF'],
    ['the margin over all positions', pooled('kucoin', '150000', [inContracts]), 'Σ|MV|'],
  ])('%s', (_, document, symbol) => {
    const found = applied(document)!;
    expect(Object.keys(found.values)).toContain(symbol);
    expect(equals(found.left!, found.right!)).toBe(true);
  });

  test('symbols are of the level at the liquidation price, not at the mark', () => {
    const { values, holds } = applied(pooled('binance-usdm', '1000000', [long]))!;
    expect(holds).toBe(true);
    expect(formatDecimal(values['MMR']!)).toBe('0.004');
    const { steps } = explain(
      pooled('binance-usdm', '1000000', [long]),
      0,
      rulebooks,
    ) as Explanation;
    const level = steps.find(({ title }) => title === 'level at that price')!;
    expect(level.text).toContain(`rate ${formatDecimal(values['MMR']!)}, amount`);
    expect(level.text).toContain(formatDecimal(values['cumB']!));
  });
});

function textOf(document: object, title: string): string {
  const explanation = explain(document, 0, rulebooks);
  if ('error' in explanation) throw new Error(explanation.error.message);
  return explanation.steps.find((step) => step.title.startsWith(title))?.text ?? '';
}

function isolated(venue: string, market: string, rules: object = {}): object {
  const position = { market, side: 'long', size: '1', entryPrice: '60000', markPrice: '60000' };
  const margin = { marginMode: 'isolated', isolatedMargin: '9000', leverage: '10' };
  return { venue, positions: [{ ...position, ...margin }], markets: { [market]: rules } };
}

describe('what is said of it', () => {
  test('where it comes to another price, both are given, and why', () => {
    const text = textOf(isolated('bybit-linear', 'BTCUSDT'), 'formula of');
    expect(text).toContain('it comes to');
    expect(text).toContain('moves the bankruptcy price');
  });

  test('where a document has what it does not know, that is the reason', () => {
    const rules = { maintenance: { closingFeeRate: '0.001' } };
    const text = textOf(isolated('binance-usdm', 'BTCUSDT', rules), 'formula of');
    expect(text).toContain('it leaves out');
  });

  test('without an equation it is not filled in', () => {
    const document = isolated('hyperliquid', 'BTC');
    const [position] = (document as { positions: object[] }).positions;
    const safe = { ...document, positions: [{ ...position, isolatedMargin: '70000' }] };
    expect(textOf(safe, 'formula of')).toContain('not filled in');
  });

  test('without a formula the rule stands in its place', () => {
    const crossed = pooled('gate', '9000', [{ ...long, market: 'BTC_USDT', size: '10000' }]);
    expect(textOf({ ...crossed, asOf: '2024-01-01' }, 'formula of')).toContain('none is known');
    expect(textOf({ ...crossed, asOf: '2024-01-01' }, 'rules')).toContain(
      'in force from 2023-05-24',
    );
  });
});

describe('the notation', () => {
  const values = { a: decimal('3'), 'a b': decimal('-2'), '|a|': decimal('5') };

  test.each([
    ['a = 1 + 2 × 3 − 4 / 2', '5'],
    ['a = −(a − 5) × 2', '4'],
    ['a = 50 % × |a| + a b', '0.5'],
    ['a = max(1, a, min(7, 6)) ^ 2', '36'],
  ])('%s: %s', (text, value) => {
    expect(formatDecimal(sidesOf(text, values).right!)).toBe(value);
  });

  test('what divides by 0, or raises what is not above 0, has no value', () => {
    expect(sidesOf('a = 1 / (a − 3)', values).right).toBeNull();
    expect(sidesOf('a = a b ^ 0.5', values).right).toBeNull();
  });

  test.each(['a = 1 +', 'a = (1', 'a = c', 'a = 1 2', 'a = max 1', 'a = 1 = 1'])(
    'refuses %s',
    (text) => {
      expect(() => sidesOf(text, values)).toThrow(RangeError);
    },
  );

  test('numbers stand in the places of the symbols', () => {
    expect(filledText('a = |a| × a b', values)).toBe('3 = 5 × (-2)');
  });

  test('every formula of every rulebook can be read', () => {
    for (const { formula, symbols } of rulebooks.flatMap(({ formulas = [] }) => formulas)) {
      const ones = Object.fromEntries(Object.keys(symbols).map((name) => [name, decimal('1')]));
      expect(() => sidesOf(formula, ones), formula).not.toThrow();
      for (const name of Object.keys(symbols)) expect(formula).toContain(name);
    }
  });
});
