/** Numbers as they are written and as they are typed. */
import { expect, test } from 'vitest';
import { useLocale } from '../format.ts';
import { amount, decimalSign, quantity, share, typed } from './display.ts';

test.each([
  ['52208.8353414', '52,208.84'],
  ['0', '0.00'],
  ['0.0271111111111', '0.027111'],
  ['1.23456789', '1.2346'],
  ['-12.5', '−12.50'],
  ['Infinity', '∞'],
  [null, '–'],
])('amount %s is %s', (text, shown) => {
  expect(amount(text)).toBe(shown);
});

test.each([
  ['0.14411745342', '14.41 %'],
  ['Infinity', '∞'],
])('share %s is %s', (text, shown) => {
  expect(share(text)).toBe(shown);
});

test('the calculator writes numbers as the rest of the page does', () => {
  try {
    useLocale('de-DE');
    expect([amount('52208.8353414'), decimalSign()]).toEqual(['52.208,84', ',']);
  } finally {
    useLocale('en-US');
  }
});

test('a size shows all the digits that it has', () => {
  expect(quantity('0.36304375')).toBe('0.36304375');
});

test.each([
  ['de', ','],
  ['en', '.'],
])('in %s decimals come after %s', (locale, sign) => {
  expect(decimalSign(locale)).toBe(sign);
});

test.each([
  ['60,000', '.', '60000'],
  ['60 000.5', '.', '60000.5'],
  ['1,5', '.', '1,5'],
  ['1,5', ',', '1.5'],
  ['60.000,5', ',', '60000.5'],
  ['1.234', ',', '1.234'],
  ['1.5', ',', '1.5'],
  ["60'000", '.', '60000'],
  ['abc', '.', 'abc'],
  ['1.000.000', ',', '1000000'],
  ['1,00,000.5', '.', '100000.5'],
  ['−12.5', '.', '-12.5'],
  ['٦٠٬٠٠٠٫٥', '٫', '60000.5'],
  ['۱۲', '.', '12'],
])('%s typed where decimals come after %s is %s', (text, sign, value) => {
  expect(typed(text, sign)).toBe(value);
});
