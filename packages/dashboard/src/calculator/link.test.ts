/** A link gives back the calculation it was made of; what is no link is refused in words. */
import { expect, test } from 'vitest';
import { calculationOf, linkOf } from './link.ts';
import { FIRST_CALCULATION, FIRST_LINE, type Calculation } from './sheet.ts';

const { sheet, wishes } = FIRST_CALCULATION;

const CASES: readonly (readonly [string, Calculation])[] = [
  ['the example', FIRST_CALCULATION],
  [
    'several positions and orders',
    {
      ...FIRST_CALCULATION,
      sheet: {
        ...sheet,
        asOf: '2026-07-02',
        positions: [
          FIRST_LINE,
          { ...FIRST_LINE, market: 'ETHUSDT', side: 'short', mode: 'isolated' },
        ],
        orders: [{ market: 'BTCUSDT', side: 'sell', size: '1', price: '70000', reduceOnly: true }],
      },
      wishes: { ...wishes, chosen: 1, beside: ['okx-linear', 'hyperliquid'] },
    },
  ],
  [
    'names and texts with every separator',
    {
      ...FIRST_CALCULATION,
      sheet: { ...sheet, positions: [{ ...FIRST_LINE, market: 'A;B,C~%2C&=#+ ü', size: '1,5;' }] },
    },
  ],
  [
    'a pasted document, whatever it is',
    { ...FIRST_CALCULATION, form: 'document', text: '{"venue": "custom"} ü 漢 \u0000' },
  ],
];

test.each(CASES)('%s', async (_name, calculation) => {
  const link = await linkOf(calculation);
  const address = new URL(`http://host/#/calculator?c=${link.replaceAll('%', '%25')}`);
  const read = new URLSearchParams(address.hash.split('?')[1]).get('c') ?? '';
  expect(await calculationOf(read)).toEqual({ calculation });
});

test('the example takes fewer than 150 characters', async () => {
  expect((await linkOf(FIRST_CALCULATION)).length).toBeLessThan(150);
});

test.each([
  ['', /version/],
  ['2;0,20', /version 2/],
  ['1;0,20,1,0.2', /cut or damaged/],
  ['1;0,20,1,0.2;binance-usdm,,,5', /cut or damaged/],
  ['1;0,%E0%A4%A;x', /cut or damaged/],
  ['1d;0,20,1,0.2;AAAA', /cut or damaged/],
  ['1d;0,20,1,0.2;***', /cut or damaged/],
])('%s is refused', async (link, problem) => {
  expect(await calculationOf(link)).toEqual({ problem: expect.stringMatching(problem) });
});

test('a link that unfolds to more than a document may be is refused', async () => {
  const large = { ...FIRST_CALCULATION, form: 'document', text: ' '.repeat(1 << 21) } as const;
  expect(await calculationOf(await linkOf(large))).toHaveProperty('problem');
});
