/** A sheet says the same as the account document that a reader would write for it. */
import { check } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { expect, test } from 'vitest';
import { catalogue, likeMarket, marketNamed } from './catalogue.ts';
import {
  FIRST_CALCULATION,
  FIRST_LINE,
  withLine,
  type PositionLine,
  type Sheet,
  type SizeUnit,
} from './sheet.ts';
import { contractsOf, documentOf } from './sheet-document.ts';

const { sheet } = FIRST_CALCULATION;

function sheetWith(venue: string, line: Partial<PositionLine>): Sheet {
  return { ...sheet, venue, positions: [{ ...FIRST_LINE, ...line }] };
}

function venueNamed(id: string): (typeof catalogue)[number] {
  const venue = catalogue.find((each) => each.id === id);
  if (venue === undefined) throw new Error(id);
  return venue;
}

test.each([
  ['okx-linear', 'BTC-USDT-SWAP', '0.5 coin', '50'],
  ['okx-linear', 'BTC-USDT-SWAP', '30000 value', '50'],
  ['okx-linear', 'BTC-USDT-SWAP', '7 contracts', '7'],
  ['binance-usdm', 'BTCUSDT', '20000 value', '0.333333333333333'],
  ['binance-coinm', 'BTCUSD_PERP', '0.5 coin', '300'],
  ['binance-coinm', 'BTCUSD_PERP', '30000 value', '300'],
  ['binance-usdm', 'BTCUSDT', '1,5 coin', '1,5'],
])('%s %s: a size of %s is %s contracts', (id, name, written, contracts) => {
  const market = marketNamed(venueNamed(id), name);
  const [size = '', unit] = written.split(' ');
  const line = { ...FIRST_LINE, unit: unit as SizeUnit, size, mark: '60000' };
  expect(contractsOf(line, market)).toBe(contracts);
});

test('an empty mark is the entry, an empty isolated margin what opening takes', () => {
  const line = { mode: 'isolated', mark: '', size: '2', leverage: '8' } as const;
  const { collateral, positions } = documentOf(sheetWith('binance-usdm', line));
  expect(collateral).toEqual([{ asset: 'USDT', amount: '4000' }]);
  expect(positions).toEqual([
    {
      market: 'BTCUSDT',
      side: 'long',
      size: '2',
      entryPrice: '60000',
      markPrice: '60000',
      marginMode: 'isolated',
      leverage: '8',
      isolatedMargin: '15000',
    },
  ]);
});

test.each(catalogue.map(({ id, markets }) => [id, markets[0]?.name ?? ''] as const))(
  '%s: the document of %s is one that check takes',
  (id, market) => {
    const report = check(
      documentOf(sheetWith(id, { market, unit: 'value', size: '100' })),
      rulebooks,
    );
    expect(report).toHaveProperty('equity');
  },
);

test.each([
  [{ size: 'abc' }, 'positions[0].size'],
  [{ entry: '', mark: '' }, 'positions[0].entryPrice'],
  [{ leverage: '0' }, 'positions[0].leverage'],
  [{ mark: '-5' }, 'positions[0].markPrice'],
  [{ funding: 'x' }, 'markets.BTCUSDT.funding.rate'],
  [{ mode: 'isolated', margin: '1 000 000x' }, 'positions[0].isolatedMargin'],
] as const)('%o is refused at %s', (line, path) => {
  expect(check(documentOf(sheetWith('binance-usdm', line)), rulebooks)).toMatchObject({
    error: { path },
  });
});

test('one mark holds for all positions of a market', () => {
  const two = { ...sheet, positions: [FIRST_LINE, { ...FIRST_LINE, side: 'short' as const }] };
  const marks = withLine(two, 0, { mark: '59000' }).positions.map(({ mark }) => mark);
  expect(marks).toEqual(['59000', '59000']);
});

test('a position that comes to a market leaves the mark there as it is', () => {
  const other = { ...FIRST_LINE, market: 'ETHUSDT', mark: '', funding: '', size: '' };
  const moved = withLine({ ...sheet, positions: [FIRST_LINE, other] }, 1, { market: 'BTCUSDT' });
  expect(moved.positions.map(({ mark, funding }) => [mark, funding])).toEqual([
    ['61000', '0.01'],
    ['61000', '0.01'],
  ]);
});

test.each([
  ['binance-usdm', 'BTCUSDT', 'okx-linear', 'BTC-USDT-SWAP'],
  ['okx-linear', 'ETH-USDT-SWAP', 'hyperliquid', 'ETH'],
  ['hyperliquid', 'BTC', 'bitmex', 'XBTUSD'],
  ['hyperliquid', 'DOGE', 'okx-linear', 'BTC-USDT-SWAP'],
])('%s %s is at %s called %s', (from, name, to, there) => {
  expect(likeMarket(venueNamed(to), marketNamed(venueNamed(from), name)).name).toBe(there);
});
