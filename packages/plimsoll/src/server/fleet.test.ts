/** The fleet in columns: who is in it, what its numbers are, and the rule of its sample. */
import { describe, expect, it } from 'vitest';
import { plainRules, Scene, tradeOf } from '../../../core/src/engine/kit/scene.ts';
import { fleetOf } from './fleet.ts';
import { scaleOf } from './scale.ts';
import { standingOf } from './standing.ts';

const SCALES = { atom: scaleOf('0.01'), market: () => undefined };
const TRADERS = Array.from({ length: 20 }, (_, k) => `t${k}`);

/** Twenty longs with ever less margin, the last of them called; one account that holds nothing. */
function makeScene(): Scene {
  const scene = new Scene();
  scene.open('A', plainRules(), 1_000);
  scene.open('B', plainRules(), 10);
  scene.fund({ idle: 1 });
  scene.fund(Object.fromEntries(TRADERS.map((name, k) => [name, 520 - 20 * k])));
  scene.fund({ house: 1_000_000 });
  for (const name of TRADERS) {
    scene.choose(name, 'A', 50);
    scene.accept(tradeOf('A', [name, 'house'], [1, 1_000]));
  }
  scene.accept(tradeOf('B', ['t0', 'house'], [1, 10]));
  scene.mark({ A: 975 });
  return scene;
}

interface Columns {
  readonly number: number[];
  readonly ratio: number[];
  readonly value: number[];
  readonly state: number[];
  readonly markets: number[];
}

function read(scene: Scene, most?: number, allowed: ReadonlySet<string> | null = null) {
  const limit = most === undefined ? {} : { most };
  const fleet = fleetOf(standingOf(scene.engine), {
    scales: SCALES,
    markets: ['A', 'B'],
    allowed,
    ...limit,
  });
  const { columns } = fleet as unknown as { columns: Record<keyof Columns, string> };
  const bytes = (name: keyof Columns): ArrayBuffer =>
    Uint8Array.from(Buffer.from(columns[name], 'base64')).buffer;
  return {
    fleet,
    number: [...new Uint32Array(bytes('number'))],
    ratio: [...new Float32Array(bytes('ratio'))],
    value: [...new Float32Array(bytes('value'))],
    state: [...new Uint8Array(bytes('state'))],
    markets: [...new Uint32Array(bytes('markets'))],
  };
}

describe('the fleet', () => {
  it('is everybody with a position, numbered in the order of opening', () => {
    const { fleet, number, ratio, value, markets } = read(makeScene());
    expect(fleet).toMatchObject({ accounts: 22, total: 21, shown: 21, healthyEvery: 1 });
    expect(number).toEqual(Array.from({ length: 21 }, (_, k) => k + 1));
    expect(ratio[5]).toBeCloseTo(98 / (520 - 100 - 25), 6);
    expect(value[5]).toBeCloseTo(9.75, 5);
    expect([markets[0], markets[1], markets[20]]).toEqual([3, 1, 3]);
  });

  it('names states by their place', () => {
    const { fleet, ratio, state } = read(makeScene());
    expect(fleet['states']).toEqual(['healthy', 'margin-call', 'liquidation', 'bankrupt']);
    const isCalled = ratio.map((each) => (each >= 0.8 ? 1 : 0));
    expect(state).toEqual(isCalled);
    expect(isCalled).toContain(1);
  });

  it('above the limit has everybody in trouble and every so many of the healthy', () => {
    const { fleet, number, state } = read(makeScene(), 8);
    expect(fleet).toMatchObject({ total: 21, shown: number.length });
    expect(number.length).toBeLessThanOrEqual(8);
    const troubled = read(makeScene()).state.filter((each) => each > 0).length;
    expect(state.filter((each) => each > 0)).toHaveLength(troubled);
    const healthy = number.filter((_, k) => state[k] === 0);
    const every = Number(fleet['healthyEvery']);
    expect(every).toBeGreaterThan(1);
    expect(healthy[1]).toBe((healthy[0] ?? 0) + every);
  });

  it('shows a key for certain accounts only these', () => {
    const { fleet, number } = read(makeScene(), undefined, new Set(['t3']));
    expect([fleet['total'], number]).toEqual([1, [4]]);
  });
});
