/** Exact numbers against decimal.js, and the roundings against their definitions. */
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ceiling,
  compare,
  decimal,
  divideRounded,
  floor,
  formatDecimal,
  formatFixed,
  integerRoot,
  lowestTerms,
  minus,
  mulDiv,
  over,
  parseDecimal,
  plus,
  power,
  significant,
  squareRoot,
  sum,
  times,
  toNumber,
} from './index.ts';
import type { Rational } from './index.ts';

const Exact = Decimal.clone({
  precision: 400,
  rounding: Decimal.ROUND_HALF_EVEN,
  toExpNeg: -4000,
  toExpPos: 4000,
});

const text = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 24 }))
  .map(([isNegative, digits, places]) => (isNegative ? '-' : '') + formatFixed(digits, places));

function shown(value: Decimal, digits = 12): string {
  return value.toSignificantDigits(digits).toFixed();
}

describe('against decimal.js', () => {
  test.each([
    ['plus', plus, (a: Decimal, b: Decimal) => a.plus(b)],
    ['minus', minus, (a: Decimal, b: Decimal) => a.minus(b)],
    ['times', times, (a: Decimal, b: Decimal) => a.times(b)],
  ] as [string, (a: Rational, b: Rational) => Rational, (a: Decimal, b: Decimal) => Decimal][])(
    '%s',
    (_, own, oracle) => {
      fc.assert(
        fc.property(text, text, (a, b) => {
          const expected = oracle(new Exact(a), new Exact(b));
          expect(formatDecimal(own(decimal(a), decimal(b)))).toBe(
            shown(expected).replace(/^-0$/, '0'),
          );
        }),
      );
    },
  );

  test('over, compare, toNumber', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(compare(decimal(a), decimal(b))).toBe(new Exact(a).cmp(b));
        const double = toNumber(decimal(a));
        expect(Math.abs(double - Number(a))).toBeLessThanOrEqual(Math.abs(Number(a)) * 4e-16);
        if (Number(b) === 0) return;
        const expected = new Exact(a).div(b);
        expect(formatDecimal(over(decimal(a), decimal(b)))).toBe(
          shown(expected).replace(/^-0$/, '0'),
        );
      }),
    );
  });

  test('squareRoot and power, to 35 digits', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('0.3', '0.5', '0.8', '1', '2', '7', '0.123456789', '-0.8', '10'),
        (a, e) => {
          const base = a.replace('-', '');
          if (Number(base) === 0) return;
          const root = new Exact(base).sqrt();
          expect(formatDecimal(squareRoot(decimal(base)), 35)).toBe(shown(root, 35));
          const Near = Decimal.clone({
            precision: 80,
            toExpNeg: -4000,
            toExpPos: 4000,
            rounding: Decimal.ROUND_HALF_EVEN,
          });
          const raised = new Near(base).pow(e);
          expect(formatDecimal(power(decimal(base), decimal(e)), 35)).toBe(shown(raised, 35));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Denominators as they come about: of decimals, of powers, awkward ones, and products of them. */
const denominator = fc
  .tuple(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(1n, 3n, 7n, 1009n, 2n ** 61n - 1n),
  )
  .chain(([tens, twos, odd]) =>
    fc.constantFrom(
      10n ** BigInt(tens),
      odd,
      (10n ** BigInt(tens)) << BigInt(twos),
      (odd * 10n ** BigInt(tens)) << BigInt(twos),
    ),
  );

const fraction = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), denominator)
  .map(([n, d]): Rational => ({ n, d }));

describe('fractions over any denominator', () => {
  test('plus and minus lose nothing, and no denominator passes the product', () => {
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        const [total, rest] = [plus(a, b), minus(a, b)];
        expect(total.n * a.d * b.d).toBe((a.n * b.d + b.n * a.d) * total.d);
        expect(rest.n * a.d * b.d).toBe((a.n * b.d - b.n * a.d) * rest.d);
        expect(total.d > 0n && total.d <= a.d * b.d && rest.d <= a.d * b.d).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a sum of decimals keeps the finest of their denominators', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (texts) => {
        const all = texts.map(decimal);
        const finest = all.reduce((most, { d }) => (d > most ? d : most), 1n);
        expect(sum(all).d).toBe(finest);
      }),
    );
  });

  test('lowest terms are the same value and have no divisor in common', () => {
    const euclid = (a: bigint, b: bigint): bigint => (b === 0n ? a : euclid(b, a % b));
    fc.assert(
      fc.property(fraction, fc.bigInt({ min: 1n, max: 10n ** 30n }), ({ n, d }, k) => {
        const low = lowestTerms({ n: n * k, d: d * k });
        expect(low.n * d).toBe(n * low.d);
        expect(euclid(low.n < 0n ? -low.n : low.n, low.d)).toBe(1n);
      }),
      { numRuns: 1000 },
    );
  });

  test('printing is the same however a value is written', () => {
    fc.assert(
      fc.property(
        text,
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        fc.integer({ min: 1, max: 40 }),
        (written, k, digits) => {
          const { n, d } = decimal(written);
          const expected = shown(new Exact(written), digits).replace(/^-0$/, '0');
          expect(formatDecimal({ n, d }, digits)).toBe(expected);
          expect(formatDecimal({ n: n * 10n, d: d * 10n }, digits)).toBe(expected);
          expect(formatDecimal({ n: n * k, d: d * k }, digits)).toBe(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('decimals', () => {
  test.each([
    ['1e-6', '0.000001'],
    ['.5', '0.5'],
    ['1.', '1'],
    ['-0', '0'],
    ['007', '7'],
    ['1E+30', `1${'0'.repeat(30)}`],
    [1e21, `1${'0'.repeat(21)}`],
    [1e-7, '0.0000001'],
    [-2.5, '-2.5'],
    ['999999999999.5', '1000000000000'],
    ['0.0000001234567890125', '0.000000123456789012'],
  ])('%s is %s', (value, expected) => {
    expect(formatDecimal(parseDecimal(value)!)).toBe(expected);
  });

  test.each([
    '+1',
    ' 1',
    '1 ',
    '1/3',
    'NaN',
    'Infinity',
    'true',
    '',
    '.',
    '-',
    '-.',
    'e5',
    '1e',
    '1e31',
    '1e-31',
    '0x10',
    '1_000',
    '١',
    true,
    null,
    undefined,
    {},
    [],
    ['1'],
    1n,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e31,
    `0.${'1'.repeat(500)}`,
  ])('%o is none', (value) => {
    expect(parseDecimal(value)).toBeUndefined();
  });

  test('formatFixed', () => {
    expect(formatFixed(-1230n, 3)).toBe('-1.23');
    expect(formatFixed(5, 0)).toBe('5');
  });
});

test('roots are exact when they are rational', () => {
  expect(lowestTerms(squareRoot(decimal('2.25')))).toEqual({ n: 3n, d: 2n });
  expect(integerRoot(10n ** 40n, 5)).toBe(10n ** 8n);
  expect(() => squareRoot(decimal(-1))).toThrow(RangeError);
});

test('a long sum of awkward quotients stays short and close', () => {
  let total = decimal(0);
  let oracle = new Exact(0);
  for (let k = 1; k <= 400; k += 1) {
    total = plus(total, over(decimal(1), decimal(1000 + 7 * k)));
    oracle = oracle.plus(new Exact(1).div(1000 + 7 * k));
  }
  expect(formatDecimal(total, 100)).toBe(shown(oracle, 100));
  expect(total.d.toString(2).length).toBeLessThan(2200);
});

test('what is short in lowest terms is never rounded, however long it was written', () => {
  const long = 7n ** 300n;
  const third = { n: long, d: 3n * long };
  expect(times(third, { n: 3n * long, d: long })).toEqual({ n: 1n, d: 1n });
});

test('floor and ceiling below and above zero', () => {
  expect([
    floor(decimal('-1.5')),
    ceiling(decimal('-1.5')),
    floor(decimal('1.5')),
    ceiling(decimal(2)),
  ]).toEqual([-2n, -1n, 1n, 2n]);
  expect(significant(decimal('-0.1'), 8).n < 0n).toBe(true);
});

test('mulDiv rounds as divideRounded does, in range and beyond it', () => {
  const whole = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
  fc.assert(
    fc.property(
      whole,
      whole,
      fc.integer({ min: 1, max: 2 ** 45 }),
      fc.constantFrom('down', 'up', 'half-even'),
      (a, b, c, mode) => {
        const expected = divideRounded(BigInt(a) * BigInt(b), BigInt(c), mode);
        if (expected > 2n ** 53n - 1n || expected < -(2n ** 53n) + 1n) return;
        expect(mulDiv(a, b, c, mode)).toBe(Number(expected));
      },
    ),
  );
});
