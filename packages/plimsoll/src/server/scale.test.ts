/** Between decimals and whole numbers: exact both ways, or refused with the neighbours. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present, type Scales } from './present.ts';
import { decimalScale, scaleOf, textToNearestUnits, textToUnits, unitsToText } from './scale.ts';

const scales: Scales = {
  atom: decimalScale(6),
  market: (id) => (id === 'BTC' ? { tick: scaleOf('0.5'), lot: scaleOf('0.001') } : undefined),
};

describe('scales', () => {
  it('brings every whole number back, whatever the unit', () => {
    const unit = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(unit, fc.maxSafeInteger(), ([digits, places], units) => {
        const scale = scaleOf(unitsToText(digits, decimalScale(places)));
        expect(textToUnits(unitsToText(units, scale), scale, 'x')).toEqual({ units });
      }),
    );
  });

  it.each([
    ['50000.3', '0.5', 'price 50000.3 is not a multiple of 0.5; use 50000 or 50000.5'],
    ['-0.3', '0.5', 'price -0.3 is not a multiple of 0.5; use -0.5 or 0'],
    ['NaN', '0.5', 'price must be a finite decimal in a string, such as "1250.5"'],
    ['1e30', '0.5', 'price 1e30 is beyond what the engine can count; use a smaller one'],
  ])('refuses %s in units of %s', (text, unit, problem) => {
    expect(textToUnits(text, scaleOf(unit), 'price')).toEqual({ problem });
  });

  it.each([
    ['50000.25', 100_000],
    ['50000.75', 100_002],
    ['50000.3', 100_001],
    ['0.1', 0],
  ])('rounds %s to the nearest half, ties to even', (text, units) => {
    expect(textToNearestUnits(text, scaleOf('0.5'), 'mark')).toEqual({ units });
  });
});

describe('presenting', () => {
  it('gives every field its unit by its ending, and a nested market its own', () => {
    const event = {
      account: 'ann',
      amountAtoms: -1_500_000,
      totalAtoms: 12n,
      leverageHundredths: 1_250,
      rateE9: 100_000,
      deadlineMs: null,
      timeMs: 0,
      count: 7,
      prices: [{ market: 'BTC', priceTicks: 100_001 }],
      rules: { staleAfterMs: 5 },
    };
    expect(present(event, scales)).toEqual({
      account: 'ann',
      amount: '-1.5',
      total: '0.000012',
      leverage: '12.5',
      rate: '0.0001',
      deadline: null,
      time: '1970-01-01T00:00:00.000Z',
      count: 7,
      prices: [{ market: 'BTC', price: '50000.5' }],
      rules: { staleAfterMs: 5 },
    });
  });
});
