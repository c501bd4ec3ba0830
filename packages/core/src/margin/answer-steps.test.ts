/** Answers that say how they came about: their steps hold the numbers that they print. */
import { expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import {
  fundingDrag,
  largestSize,
  leastCollateral,
  sensitivity,
  stepsText,
  stopFor,
} from './index.ts';
import type { Step } from './index.ts';

const document = {
  venue: 'custom',
  collateral: [{ asset: 'USD', amount: '5000' }],
  positions: [
    {
      market: 'M',
      side: 'long',
      size: '1',
      entryPrice: '50000',
      markPrice: '50000',
      marginMode: 'cross',
    },
  ],
  markets: {
    M: {
      maintenance: { schedule: { kind: 'flat', rate: '0.05' } },
      funding: { rate: '0.0001', intervalHours: '8' },
    },
  },
};

test.each<[string, object, readonly string[]]>([
  [
    'a size',
    largestSize(document, { distance: '0.1', lot: '0.01' }, rulebooks),
    ['≥ 0.1', 'the largest is 0.68, in lots of 0.01', 'size 0.69: equity 5000'],
  ],
  [
    'collateral',
    leastCollateral(document, { ratio: '0.5' }, rulebooks),
    ['maintenance / 0.5', 'the least is 0'],
  ],
  [
    'a stop',
    stopFor(document, { distance: '0.01', trigger: 'last', gap: '0.002' }, rulebooks),
    ['0.01 + 0 + 0 + 0 + 0.002 = 0.012', '47368.4210526 + 0.012 × 50000 = 47968.4210526'],
  ],
  [
    'funding',
    fundingDrag(document, {}, rulebooks),
    ['0.0001 × 50000 = 5', 'after 500 payments, 4000 hours', '0.003 of the equity 5000'],
  ],
  [
    'sensitivity',
    sensitivity(document, {}, rulebooks),
    ['liquidation price 47368.4210526', 'size', '/ 0.001 = '],
  ],
])('%s', (_, answer, words) => {
  const { steps } = answer as { readonly steps: readonly Step[] };
  const text = stepsText(steps);
  for (const word of words) expect(text).toContain(word);
});

test('a short pays the other way, and its stop lies below the liquidation price', () => {
  const short = {
    ...document,
    positions: document.positions.map((each) => ({ ...each, side: 'short' })),
  };
  const drag = fundingDrag(short, {}, rulebooks) as { readonly steps: readonly Step[] };
  expect(stepsText(drag.steps)).toContain('−0.0001 × 50000 = -5');
  const stop = stopFor(short, { distance: '0.01' }, rulebooks) as {
    readonly steps: readonly Step[];
  };
  expect(stepsText(stop.steps)).toContain('− 0.01 × 50000');
});
