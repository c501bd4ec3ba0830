/** Where ships float, and how they get there. */
import { describe, expect, test } from 'vitest';
import type { AccountRow } from './api.ts';
import { Drift } from './drift.ts';
import { depthOf, muster, shipAt } from './fleet.ts';

function row(account: string, marginRatio: string | null, positionValue: string): AccountRow {
  return {
    account,
    marginRatio,
    positionValue,
    state: 'healthy',
    equity: '1',
    maintenanceMargin: '1',
    initialMargin: '1',
    available: '0',
    distance: null,
    nearestMarket: null,
    markets: [],
    deadline: null,
  };
}

describe('muster', () => {
  const ships = muster([row('a', '0.5', '100'), row('b', '1', '400'), row('c', null, '0')], 600);

  test('only accounts with positions sail', () =>
    expect(ships.map(({ account }) => account)).toEqual(['b', 'a']));

  test('the area of a dot is the value of its positions', () => {
    const [large, small] = ships;
    expect(((large?.radius ?? 0) - 2) / ((small?.radius ?? 0) - 2)).toBeCloseTo(2, 6);
  });

  test('no equity left is the foot of the picture, not outside', () => {
    expect(depthOf(Infinity)).toBe(1);
    expect(depthOf(-1)).toBe(0);
  });

  test('an account keeps its place whatever sails beside it', () => {
    const alone = muster([row('a', '0.9', '5')], 600);
    expect(alone[0]?.along).toBe(ships[1]?.along);
  });

  test('places spread over the whole width', () => {
    const many = muster(
      Array.from({ length: 1_000 }, (_, index) => row(`acct-${index}`, '0.5', '1')),
      600,
    );
    const tenths = new Set(many.map(({ along }) => Math.floor(along * 10)));
    expect(tenths.size).toBe(10);
  });

  test('a pointer finds the smaller ship that is drawn on top', () => {
    const found = shipAt(ships, { x: 10, y: 10 }, () => ({ x: 11, y: 11 }));
    expect(found?.account).toBe('a');
    expect(shipAt(ships, { x: 90, y: 10 }, () => ({ x: 11, y: 11 }))).toBeUndefined();
  });
});

describe('drift', () => {
  const [shallow] = muster([row('a', '0.2', '5')], 600);
  const [deep] = muster([row('a', '0.8', '5')], 600);
  if (!shallow || !deep) throw new Error('both sail');

  test('a ship glides and arrives', () => {
    const drift = new Drift();
    expect(drift.step([shallow], false).moving).toBe(false);
    const first = drift.step([deep], false);
    expect(first.moving).toBe(true);
    expect(first.ships[0]?.depth).toBeLessThan(deep.depth);
    let frames = 1;
    while (drift.step([deep], false).moving) frames += 1;
    expect(frames).toBeLessThan(60);
  });

  test('with reduced motion it is there at once', () => {
    const drift = new Drift();
    drift.step([shallow], true);
    expect(drift.step([deep], true)).toEqual({ ships: [deep], moving: false });
  });
});
