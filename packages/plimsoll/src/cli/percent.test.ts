/** Percentages for people, which must not blur the line itself. */
import { expect, it } from 'vitest';
import { percent } from './percent.ts';

it.each([
  ['0.5', '50.00 %'],
  ['0.0526315789474', '5.26 %'],
  ['0', '0.00 %'],
  ['0.99994', '99.99 %'],
  ['0.99999', '< 100 %'],
  ['1', '100.00 %'],
  ['Infinity', 'no equity'],
])('%s is %s', (text, shown) => {
  expect(percent(text)).toBe(shown);
});
