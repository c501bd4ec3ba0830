/** The picture of a replay with more epochs than points. */
import type { ReplaySample } from '@plimsoll/core/lab';
import { expect, it } from 'vitest';
import { chartSvg } from './chart.ts';

it('shows the lowest price and the lowest fund of a long replay', () => {
  const samples = Array.from({ length: 50_000 }, (_, k): ReplaySample => {
    const lowPrice = k === 31_337;
    const lowFund = k === 12_345;
    return {
      epoch: k + 1,
      epochs: 50_000,
      timeMs: 1_700_000_000_000 + k * 15_000,
      markTicks: lowPrice ? 777 : 1_000,
      called: 0,
      liquidated: 0,
      fundAtoms: lowFund ? 333 : 2_000,
    };
  });
  const svg = chartSvg(samples, { title: 't', tick: 1, atoms: 1, asset: 'USD', market: 'A' });
  expect(svg).toContain('>777<');
  expect(svg).toContain('>333<');
  expect(svg.length).toBeLessThan(100_000);
});
