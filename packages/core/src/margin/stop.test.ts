/** Stops: where they belong, when there is no room for one, and how they follow the account. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { stopFor, stopMove } from './stop.ts';
import type { Stop, StopMove, StopRequest } from './stop.ts';
import type { Change } from './what-if-changes.ts';

type Parts = Readonly<Record<string, unknown>>;

/** Long: liquidated at (1000 − margin)/9.5, with margin 145 at 90. Short: at 1145/10.5. */
function documentOf(position: Parts = {}, market: Parts = {}): Parts {
  const own = {
    market: 'M',
    side: 'long',
    size: '10',
    entryPrice: '100',
    markPrice: '100',
    marginMode: 'isolated',
    isolatedMargin: '145',
    ...position,
  };
  const maintenance = { schedule: { kind: 'flat', rate: '0.05' } };
  return { venue: 'custom', positions: [own], markets: { M: { maintenance, ...market } } };
}

const long = documentOf();
const short = documentOf({ side: 'short', isolatedMargin: '155' });

describe('the stop', () => {
  test.each<[string, Parts, StopRequest, string | null]>([
    ['on the line itself', long, { distance: 0 }, '90'],
    ['one percent off', long, { distance: '0.01' }, '91'],
    ['a short', short, { distance: '0.01' }, '109'],
    ['with slippage', long, { distance: '0.01', slippage: '0.002' }, '91.2'],
    ['with a fee', long, { distance: '0.01', feeRate: '0.0005' }, '91.05'],
    [
      'with the fee of the market',
      documentOf({}, { takerFee: '0.001' }),
      { distance: '0.01' },
      '91.1',
    ],
    // z·σ·√(latency / a day) = 2 · 0.1 · √(8640 ms / a day) = 0.002
    [
      'with latency',
      long,
      { distance: '0.01', latencyMs: 8640, volatility: '0.1', sigmas: 2 },
      '91.2',
    ],
    ['on last, without a known gap', long, { distance: '0.01', trigger: 'last' }, '91'],
    ['on last, with its gap', long, { distance: '0.01', trigger: 'last', gap: '0.003' }, '91.3'],
    ['on mark the gap does not count', long, { distance: '0.01', gap: '0.003' }, '91'],
    ['up to the tick', documentOf({}, { tick: 2 }), { distance: '0.01' }, '92'],
    ['nothing liquidates', documentOf({ isolatedMargin: 1000 }), { distance: 1 }, null],
  ])('%s', (_name, document, request, price) => {
    expect((stopFor(document, request, rulebooks) as Stop).stopPrice).toBe(price);
  });
});

describe('what is refused', () => {
  test.each<[string, Parts, unknown, string]>([
    ['no distance', long, {}, 'distance'],
    ['beyond liquidation', long, { distance: '-0.01' }, 'distance'],
    ['no room: on the mark', long, { distance: '0.1' }, 'distance'],
    ['no room: the tick', documentOf({}, { tick: 20 }), { distance: '0.01' }, 'distance'],
    ['liquidated', documentOf({ isolatedMargin: '50' }), { distance: 0 }, 'position'],
    ['an unknown trigger', long, { distance: 0, trigger: 'index' }, 'trigger'],
    ['slippage below 0', long, { distance: 0, slippage: -1 }, 'slippage'],
  ])('%s', (_name, document, request, path) => {
    const answer = stopFor(document, request as StopRequest, rulebooks);
    expect('error' in answer && answer.error.path).toBe(path);
  });
});

test('says what triggers it and what the gap has been', () => {
  const request = { distance: '0.01', trigger: 'last', gap: '0.003' } as const;
  expect(stopFor(long, request, rulebooks)).toMatchObject({ trigger: 'last', gap: '0.003' });
  expect(stopFor(long, { distance: 0 }, rulebooks)).toMatchObject({ trigger: 'mark', gap: null });
});

test.each<[string, Change, string | null]>([
  ['more margin', { kind: 'margin', amount: '9.5' }, '-1'],
  ['funding owed', { kind: 'funding', amount: '9.5' }, '1'],
  ['higher rates', { kind: 'tiers', market: 'M', schedule: { kind: 'flat', rate: '0.1' } }, '5'],
  ['no need any more', { kind: 'margin', amount: '1000' }, null],
])('it moves with %s', (_name, change, gap) => {
  const request = { distance: '0.01' };
  const answer = stopMove(long, request, { changes: [change], rulebooks: rulebooks }) as StopMove;
  expect(answer.change).toBe(gap);
});

test('it moves with nothing that cannot be done', () => {
  const changes: Change[] = [{ kind: 'margin', amount: 'much' }];
  expect(stopMove(long, { distance: 0 }, { changes, rulebooks: rulebooks })).toMatchObject({
    error: { path: 'changes[0].amount' },
  });
});

test('never beyond liquidation, and always between it and the mark', () => {
  const sample = fc.record({
    side: fc.constantFrom('long', 'short'),
    isolatedMargin: fc.integer({ min: 51, max: 2000 }),
    tick: fc.constantFrom('0.01', '0.5', '7'),
    distance: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(sample, ({ side, isolatedMargin, tick, distance }) => {
      const document = documentOf({ side, isolatedMargin }, { tick });
      const answer = stopFor(document, { distance: distance / 1000 }, rulebooks);
      if ('error' in answer || answer.stopPrice === null) return;
      const [stop, line] = [Number(answer.stopPrice), Number(answer.liquidationPrice)];
      const way = side === 'long' ? 1 : -1;
      expect(way * (stop - line)).toBeGreaterThanOrEqual(distance / 10 - 1e-9);
      expect(way * (100 - stop)).toBeGreaterThan(0);
    }),
  );
});
