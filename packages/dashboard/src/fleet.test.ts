/** The fleet's columns, who a filter lets through, and where each account floats. */
import { describe, expect, test } from 'vitest';
import * as fleets from './fleet.ts';
import { histogram } from './histogram.ts';

function base64(column: Uint32Array | Float32Array | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(column.buffer)));
}

const FLEET = fleets.readFleet({
  sequence: 1,
  accounts: 9,
  total: 5,
  shown: 4,
  healthyEvery: 2,
  // Another order than the page's own: names count, places do not.
  states: ['margin-call', 'healthy', 'liquidation', 'bankrupt'],
  markets: ['A', 'B'],
  columns: {
    number: base64(Uint32Array.of(0, 3, 70_000, 900_000)),
    ratio: base64(Float32Array.of(0.1, 0.85, Infinity, 0.05)),
    value: base64(Float32Array.of(100, 10_000, 50, 400)),
    state: base64(Uint8Array.of(1, 0, 2, 1)),
    markets: base64(Uint32Array.of(1, 3, 2, 1)),
  },
});

/** Everybody in one place. */
function place(): fleets.Point {
  return { x: 10, y: 10 };
}

describe('filters', () => {
  test.each([
    [{}, [0, 1, 2, 3]],
    [{ state: 'margin-call' }, [1]],
    [{ state: 'healthy' }, [0, 3]],
    [{ market: 'A' }, [0, 1, 3]],
    [{ market: 'B' }, [1, 2]],
    [{ market: 'B', least: 60 }, [1]],
    [{ state: 'bankrupt' }, []],
  ] as const)('%j lets %j through', (filter, rows) => {
    expect([...fleets.rowsOf(FLEET, { ...fleets.EVERYBODY, ...filter })]).toEqual(rows);
  });
});

describe('depth', () => {
  test('more maintenance for the equity is deeper, and nothing leaves the picture', () => {
    const depths = [-1, 0, 0.1, 0.5, 0.8, 1, 1.5, Infinity].map(fleets.depthOf);
    expect(depths).toEqual(depths.toSorted((a, b) => a - b));
    expect([depths[0], depths.at(-1)]).toEqual([0, 1]);
    expect(fleets.depthOf(1)).toBeLessThan(1);
  });
});

describe('ships', () => {
  const rows = fleets.rowsOf(FLEET, fleets.EVERYBODY);
  const ships = fleets.muster(FLEET, rows, 800);

  test('the healthy are painted first, of these the large first, so that nobody is hidden', () => {
    expect([...ships.rows]).toEqual([3, 0, 1, 2]);
    expect(ships.radius[2]).toBeGreaterThan(ships.radius[0] ?? 0);
  });

  test('keep their place whoever else is there', () => {
    const alone = fleets.muster(FLEET, Uint32Array.of(1), 800);
    expect(alone.along[0]).toBe(ships.along[2]);
    expect(new Set(ships.along).size).toBe(4);
  });

  test('are found under the pointer, the one painted last first', () => {
    expect(fleets.shipAt(ships, { x: 11, y: 10 }, place)).toBe(3);
    expect(fleets.shipAt(ships, { x: 60, y: 60 }, place)).toBe(-1);
  });

  test('are walked from the deepest upwards', () => {
    const order = fleets.deepestFirst(FLEET, ships);
    expect([...order].map((ship) => ships.rows[ship])).toEqual([2, 1, 0, 3]);
  });
});

describe('drift', () => {
  const ships = fleets.muster(FLEET, Uint32Array.of(0, 2), 800);

  test('a new ship is where it is; a moved one glides and arrives', () => {
    const drift = new fleets.Drift();
    const depths = new Float32Array(2);
    expect(drift.step(FLEET, ships, depths, false)).toBe(false);
    expect([...depths]).toEqual([...ships.depth]);
    const sunk = { ...ships, depth: Float32Array.of(0.9, 1) };
    expect(drift.step(FLEET, sunk, depths, false)).toBe(true);
    expect(depths[0]).toBeGreaterThan(ships.depth[0] ?? 1);
    expect(depths[0]).toBeLessThan(0.9);
    let frames = 0;
    while (drift.step(FLEET, sunk, depths, false) && frames < 100) frames += 1;
    expect(depths[0]).toBeCloseTo(0.9, 6);
    expect(frames).toBeLessThan(60);
  });

  test('where motion is unwanted it jumps', () => {
    const drift = new fleets.Drift();
    const depths = new Float32Array(2);
    drift.step(FLEET, ships, depths, true);
    expect(drift.step(FLEET, { ...ships, depth: Float32Array.of(0.9, 1) }, depths, true)).toBe(
      false,
    );
    expect(depths[0]).toBeCloseTo(0.9, 6);
  });
});

describe('the histogram', () => {
  test('counts every account once, a sampled one for those it stands for', () => {
    const bars = histogram(FLEET, fleets.rowsOf(FLEET, fleets.EVERYBODY));
    expect(bars.reduce((sum, { total }) => sum + total, 0)).toBe(2 + 1 + 1 + 2);
    expect(bars.filter(({ total }) => total > 0).map(({ from, counts }) => [from, counts])).toEqual(
      [
        [0.05, [2, 0, 0, 0]],
        [0.1, [2, 0, 0, 0]],
        [17 * 0.05, [0, 1, 0, 0]],
        [29 * 0.05, [0, 0, 1, 0]],
      ],
    );
  });
});
