/** Draws are the same everywhere, and the population has the spread that it claims. */
import { describe, expect, it } from 'vitest';
import { population } from './population.ts';
import { draw, pick, pickWeighted } from './random.ts';

describe('draws', () => {
  it('are the same on every machine', () => {
    expect([draw(7), draw(7, 1), draw(7, 1, 2), draw(2 ** 40 + 7, 1)]).toMatchInlineSnapshot(`
      [
        1220097424,
        2312858865,
        1678276816,
        1301171882,
      ]
    `);
  });

  it('fill their range evenly', () => {
    const counts = new Uint32Array(10);
    for (let i = 0; i < 100_000; i += 1) {
      const drawn = pick(10, 3, i);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('follow their weights', () => {
    let second = 0;
    for (let i = 0; i < 10_000; i += 1) if (pickWeighted([1, 3, 0], 5, i) === 1) second += 1;
    expect(Math.abs(second - 7_500)).toBeLessThan(300);
  });
});

describe('a population', () => {
  const members = population(5_000, 3, 11);

  it('is the same for the same seed, member by member', () => {
    expect(population(100, 3, 11)).toEqual(members.slice(0, 100));
    expect(population(100, 3, 12)).not.toEqual(members.slice(0, 100));
  });

  it('has distinct names', () => {
    expect(new Set(members.map((one) => one.account)).size).toBe(5_000);
  });

  it('has a log-normal spread of sizes: median one, mean about exp(1.6² / 2)', () => {
    const sizes = members.flatMap((one) => one.intentions.map((each) => each.valueThousandths));
    sizes.sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeGreaterThan(900);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(1_120);
    const mean = sizes.reduce((total, size) => total + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(2_800);
    expect(mean).toBeLessThan(4_000);
  });

  it('holds long and short, cross and isolated, one market and several, leverage 1 to 125', () => {
    const all = members.flatMap((one) => one.intentions);
    const share = (count: number): number => count / all.length;
    expect(share(all.filter((one) => one.side === 'buy').length)).toBeCloseTo(0.55, 1);
    expect(share(all.filter((one) => one.marginMode === 'cross').length)).toBeCloseTo(0.6, 1);
    expect(Math.min(...all.map((one) => one.leverage))).toBe(1);
    expect(Math.max(...all.map((one) => one.leverage))).toBe(125);
    expect(members.some((one) => one.intentions.length === 3)).toBe(true);
  });

  it('never holds one market twice', () => {
    for (const { intentions } of members) {
      expect(new Set(intentions.map((one) => one.market)).size).toBe(intentions.length);
    }
  });
});
