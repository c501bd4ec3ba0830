/** How figures are written: units, rounding, and what is missing. */
import { afterEach, describe, expect, test } from 'vitest';
import * as format from './format.ts';

afterEach(() => format.useLocale('en-US'));

describe('money', () => {
  test.each([
    ['1204.1', 2, '1,204.10'],
    ['-148.205', 2, '−148.21'],
    ['0', 0, '0'],
    [null, 2, '–'],
    ['not a number', 2, '–'],
  ] as const)('%s with %i decimals is %s', (value, decimals, text) => {
    expect(format.fixed(value, decimals)).toBe(text);
  });

  test.each([
    ['17.984', '17.98'],
    ['0', '0'],
    ['2276.4', '2,276'],
    ['99999.4', '99,999'],
    ['4210000123.5', '4.210\u202fB'],
    ['-31200000', '−31.20\u202fM'],
    [null, '–'],
  ] as const)('%s is short as %s', (value, text) => {
    expect(format.compact(value)).toBe(text);
  });

  test('a gain shows its sign, nothing does not', () => {
    expect(format.signed('12.00')).toBe('+12.00');
    expect(format.signed('−12.00')).toBe('−12.00');
    expect(format.signed('0.00')).toBe('0.00');
    expect(format.signed('0.00 %')).toBe('0.00 %');
    expect(format.signed('0.33 %')).toBe('+0.33 %');
  });
});

describe('prices follow the tick', () => {
  test.each([
    ['104212.5', '0.1', '104,212.5'],
    ['104212.5', '0.10', '104,212.5'],
    ['104212.5', '1', '104,213'],
    ['0.00001234', '1e-8', '0.00001234'],
    [null, '0.1', '–'],
  ] as const)('%s at tick %s is %s', (value, tick, text) => {
    expect(format.price(value, tick)).toBe(text);
  });
});

describe('ratios, shares and times', () => {
  test.each([
    ['0.5', '0.500'],
    ['1', '1.000'],
    ['Infinity', '∞'],
    ['250', '> 100'],
    [null, '–'],
  ] as const)('a ratio of %s is %s', (value, text) => {
    expect(format.ratio(value)).toBe(text);
  });

  test('a fraction is a percentage', () => {
    expect(format.percent('0.0125')).toBe('1.25 %');
    expect(format.percent('0.0001', 4)).toBe('0.0100 %');
    expect(format.percent(null)).toBe('–');
  });

  test('times are UTC', () => {
    expect(format.clock('2025-10-10T21:20:31.402Z')).toBe('21:20:31');
    expect(format.moment('2025-10-10T21:20:31.402Z')).toBe('2025-10-10 21:20:31 UTC');
  });

  test('work is told in the unit that can be read', () => {
    expect(format.took(0.0124)).toBe('12 µs');
    expect(format.took(57.25)).toBe('57.3 ms');
    expect(format.took(328)).toBe('328 ms');
  });
});

describe('numbers follow the reader', () => {
  test.each([
    ['de-DE', '1.204,10', '104.212,5', '0,500'],
    ['en-IN', '1,204.10', '1,04,212.5', '0.500'],
    ['fr-FR', '1\u202f204,10', '104\u202f212,5', '0,500'],
    ['xx-unknown', '1,204.10', '104,212.5', '0.500'],
  ] as const)('%s', (locale, money, price, ratio) => {
    format.useLocale(locale);
    expect(format.fixed('1204.1', 2)).toBe(money);
    expect(format.price('104212.5', '0.1')).toBe(price);
    expect(format.ratio('0.5')).toBe(ratio);
    expect(format.signed(format.fixed('0', 2))).toBe(format.fixed('0', 2));
  });

  test('a time is UTC first, then what the reader’s clock shows', () => {
    expect(format.moments('2025-10-10T21:20:31.402Z')).toMatch(
      /^2025-10-10 21:20:31 UTC, .*\d+:20:31.* where you are$/,
    );
  });
});

test.each(['fa-IR', 'ar-EG', 'de-DE'])('a sign stays a sign in %s', (tag) => {
  format.useLocale(tag);
  expect(format.signed(format.percent('-0.1958'))).toMatch(/^−\p{Nd}/u);
  expect(format.signed(format.percent('0.1958'))).toMatch(/^\+\p{Nd}/u);
  expect(format.signed(format.percent('0'))).toMatch(/^\p{Nd}/u);
});

test('one is one, and a distance beyond any move says no more than that', () => {
  expect(format.counted(1, 'account')).toBe('1 account');
  expect(format.counted(0, 'account')).toBe('0 accounts');
  expect(format.counted(1_200, 'bankruptcy', 'bankruptcies')).toBe('1,200 bankruptcies');
  expect(format.distance('0.0125')).toBe('1.25 %');
  expect(format.distance('7920.7859')).toBe('> 1,000 %');
  expect(format.distance(null)).toBe('–');
});

test('a time of another day says which', () => {
  expect(format.since('2025-10-10T09:05:07Z', '2025-10-10T21:20:31Z')).toBe('09:05:07');
  expect(format.since('2025-10-09T23:05:07Z', '2025-10-10T21:20:31Z')).toBe('10-09 23:05');
});
