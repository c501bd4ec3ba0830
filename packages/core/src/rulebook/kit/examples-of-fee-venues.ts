/** Worked examples of venues that have a closing fee inside the requirement. */
import { BANKRUPT, CENT, IM, LP, MM, OWN_MM, cross, flat, isolated } from './example-rows.ts';
import type { Row } from './example-rows.ts';

export const BYBIT: readonly Row[] = [
  [
    'fee to close inside maintenance: 250 + 24.75',
    'Order Cost (USDT Contract)',
    isolated('bybit-linear', {
      market: 'BTCUSDT',
      size: 1,
      price: 50_000,
      leverage: 10,
      isolatedMargin: '5024.75',
    }),
    OWN_MM,
    '274.75',
    CENT,
  ],
  [
    'long, since 2025-09-02',
    'worked out from the documented IM and MM',
    isolated('bybit-linear', {
      market: 'BTCUSDT',
      size: 1,
      price: 20_000,
      leverage: 50,
      isolatedMargin: '410.78',
    }),
    LP,
    '19698.49',
    CENT,
  ],
  [
    'short, since 2025-09-02',
    'worked out from the documented IM and MM',
    isolated('bybit-linear', {
      market: 'BTCUSDT',
      side: 'short',
      size: 1,
      price: 20_000,
      leverage: 50,
      isolatedMargin: '411.22',
    }),
    LP,
    '20298.51',
    CENT,
  ],
  [
    'the same long by the entry, before',
    'liquidation price page of 2024',
    isolated(
      'bybit-linear',
      { market: 'BTCUSDT', size: 1, price: 20_000, leverage: 50, isolatedMargin: '410.78' },
      { asOf: '2025-01-01' },
    ),
    LP,
    '19700',
    '0.501',
  ],
  [
    'bankruptcy of a long at 10,000 with leverage 50',
    'Bankruptcy Price (USDT Contract)',
    isolated('bybit-linear', {
      market: 'BTCUSDT',
      size: 1,
      price: 10_000,
      leverage: 50,
      isolatedMargin: 200,
    }),
    BANKRUPT,
    '9800',
    '0.501',
  ],
  [
    'four tiers of 1,000 at 2, 2.5, 3, 3.5 %',
    'margin parameters page',
    isolated(
      'bybit-linear',
      { market: 'EXAMPLE', size: 35, price: 100, leverage: 1, isolatedMargin: 3500 },
      {
        markets: {
          EXAMPLE: {
            maintenance: {
              schedule: {
                kind: 'brackets',
                levels: [
                  { from: 0, rate: '0.02' },
                  { from: 1000, rate: '0.025' },
                  { from: 2000, rate: '0.03' },
                  { from: 3000, rate: '0.035' },
                ],
              },
            },
          },
        },
      },
    ),
    OWN_MM,
    '92.5',
    '0.0501',
  ],
  ...(
    [
      ['short', '0.120594', '2026-06-01', '55277.78'],
      ['short', '0.120594', '2025-01-01', '55248.62'],
      ['long', '0.120726', '2026-06-01', '45681.82'],
      ['long', '0.120726', '2025-01-01', '45662.10'],
    ] as const
  ).map(([side, isolatedMargin, asOf, price]): Row => [
    `inverse ${side}, as of ${asOf}`,
    'liquidation price page of 2026-05-27 and the one before',
    isolated(
      'bybit-inverse',
      { market: 'BTCUSD', side, size: 60_000, price: 50_000, leverage: 10, isolatedMargin },
      { asOf, ...flat('BTCUSD', '0.005', { face: 1 }) },
    ),
    LP,
    price,
    CENT,
  ]),
  [
    'unified account, cross long',
    'worked out from Trading Terms and Formulas in UTA',
    cross('bybit-unified', {
      market: 'BTCUSDT',
      size: 1,
      price: 50_000,
      leverage: 10,
      collateral: 6000,
    }),
    LP,
    '44245.98',
    CENT,
  ],
];

export const OKX: readonly Row[] = [
  [
    'isolated long, margin 5,000',
    'copies of the help text on margin ratio',
    isolated('okx-linear', {
      market: 'BTC-USDT-SWAP',
      size: 100,
      price: 50_000,
      leverage: 10,
      isolatedMargin: 5000,
    }),
    LP,
    '45203.42',
    CENT,
  ],
  ...(
    [
      [MM, '16200', '4 % and the fee'],
      [IM, '24000', '6 %'],
    ] as const
  ).map(([figure, expected, what]): Row => [
    `ASTER, 400,000 contracts are of tier 5: ${what}`,
    'adjust position tiers of certain perpetuals, 2025-11-07',
    cross('okx-linear', {
      market: 'ASTER-USDT-SWAP',
      size: 400_000,
      price: 1,
      leverage: 100,
      collateral: 50_000,
    }),
    figure,
    expected,
    '0.501',
  ]),
];

export const BITGET: readonly Row[] = (
  [
    ['2025-11-09', OWN_MM, '1848', '0.501'],
    ['2025-11-10', OWN_MM, '1648', '0.501'],
    ['2025-11-09', LP, '105088.50', CENT],
    ['2025-11-10', LP, '105021.45', CENT],
  ] as const
).map(([asOf, figure, expected, tolerance]) => [
  `3 BTC at 110,000, as of ${asOf}`,
  'update maintenance margin calculation for classic account futures',
  isolated(
    'bitget',
    { market: 'BTCUSDT', size: 3, price: 110_000, leverage: 20, isolatedMargin: 16_500 },
    { asOf },
  ),
  figure,
  expected,
  tolerance,
]);

const KUCOIN_SHORT = {
  market: 'EXAMPLE',
  side: 'short',
  size: 1,
  price: 28_000,
  leverage: 100,
  isolatedMargin: 280,
};
const KUCOIN_OLD = {
  asOf: '2025-01-01',
  markets: {
    EXAMPLE: { maintenance: { schedule: { kind: 'flat', rate: '0.004' }, closingFeeRate: 0 } },
  },
};
export const KUCOIN: readonly Row[] = [
  [
    'short, since 2025-05-22, fee 0.06 %',
    'announcement of 2025-05-20; the fee rate is assumed',
    isolated('kucoin', KUCOIN_SHORT, flat('EXAMPLE', '0.004')),
    LP,
    '28150.51',
    CENT,
  ],
  [
    'the same short by the entry, without fee',
    'How to Calculate the Liquidation Price',
    isolated('kucoin', KUCOIN_SHORT, KUCOIN_OLD),
    LP,
    '28168',
    '0.501',
  ],
  [
    'its bankruptcy',
    'bankruptcy price page',
    isolated('kucoin', KUCOIN_SHORT, KUCOIN_OLD),
    BANKRUPT,
    '28280',
    '0.501',
  ],
  [
    'bankruptcy of an inverse long with leverage 50',
    'bankruptcy price page (it prints 27,450)',
    isolated(
      'kucoin',
      { market: 'EXAMPLE', size: 28_000, price: 28_000, leverage: 50, isolatedMargin: '0.02' },
      flat('EXAMPLE', '0.004', { contract: 'inverse', face: 1 }),
    ),
    BANKRUPT,
    '27450.98',
    CENT,
  ],
];
