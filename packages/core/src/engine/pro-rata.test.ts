/** Shares are whole, together exact, and the same however an account is split. */
import { expect, test } from 'vitest';
import { Dice } from './kit/dice.ts';
import { apportion } from './pro-rata.ts';

test.each([
  [10, [1, 1, 1], [4, 3, 3], 'the first of equals gets what is left over'],
  [10, [5, 3, 2], [5, 3, 2], 'without remainders'],
  [7, [5, 3, 2], [4, 2, 1], '3.5, 2.1 and 1.4: to the largest remainder'],
  [0, [5, 3], [0, 0], 'nothing to share'],
  [1, [0, 0], [0, 0], 'nobody to share with'],
  [2 ** 50, [2 ** 50, 2 ** 50, 1], [2 ** 49, 2 ** 49, 0], 'beyond what doubles multiply exactly'],
])('%i over %j: %j (%s)', (total, weights, shares, _why) => {
  expect(apportion(total, weights)).toEqual(shares);
});

test('shares sum to the total, none exceeds its weight or is off by a whole lot', () => {
  const dice = new Dice(7);
  for (let draw = 0; draw < 500; draw += 1) {
    const weights = Array.from({ length: dice.between(1, 9) }, () => dice.between(0, 1000));
    const sum = weights.reduce((all, weight) => all + weight, 0);
    const total = dice.between(0, sum);
    const shares = apportion(total, weights);
    expect(shares.reduce((all, share) => all + share, 0)).toBe(total);
    shares.forEach((share, index) => {
      const weight = weights[index] ?? 0;
      expect(share).toBeLessThanOrEqual(weight);
      expect(Math.abs(share - (total * weight) / Math.max(1, sum))).toBeLessThan(1);
    });
  }
});

test('an account split in parts bears the same, up to a lot a part', () => {
  const whole = apportion(500, [400, 600])[0] ?? 0;
  const parts = apportion(500, [100, 100, 100, 100, 600]).slice(0, 4);
  const together = parts.reduce((all, part) => all + part, 0);
  expect(Math.abs(whole - together)).toBeLessThan(4);
});
