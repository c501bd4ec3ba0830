/** Worked examples of venues without a fee inside, of stocks and of futures. */
import { BANKRUPT, CENT, IM, LP, MM, cross, flat, isolated } from './example-rows.ts';
import type { Row } from './example-rows.ts';

export const MEXC: readonly Row[] = [
  [
    '0.1 BTC at 50,000 with leverage 25, fees left out',
    'blog on the liquidation price',
    isolated(
      'mexc',
      { market: 'EXAMPLE', size: '0.1', price: 50_000, leverage: 25, isolatedMargin: 200 },
      flat('EXAMPLE', '0.004'),
    ),
    LP,
    '48200',
    '0.501',
  ],
];

const KRAKEN_LONG = { market: 'PI_XBTUSD', size: 1000, price: 8000, isolatedMargin: '0.01' };
const KRAKEN_A = { market: 'PF_XBTUSD', size: 35, price: 100_000, collateral: 200_000 };
export const KRAKEN: readonly Row[] = [
  [
    'inverse long, 1,000 contracts at 8,000',
    '360022835671 (it prints 7,481)',
    isolated('kraken-futures', KRAKEN_LONG),
    LP,
    '7481.48',
    CENT,
  ],
  [
    'its bankruptcy',
    '360022835671 (it prints 7,407)',
    isolated('kraken-futures', KRAKEN_LONG),
    BANKRUPT,
    '7407.41',
    CENT,
  ],
  [
    'class A, 3.5 M: initial',
    '360022632452',
    cross('kraken-futures', KRAKEN_A),
    IM,
    '135000',
    '0.501',
  ],
  ['class A, 3.5 M', '360022632452', cross('kraken-futures', KRAKEN_A), MM, '67500', '0.501'],
];

function deribitLinear(size: number, collateral: number): object {
  return cross('deribit', { market: 'BTC_USDC-PERPETUAL', size, price: 100_000, collateral });
}

const DERIBIT_INVERSE = {
  market: 'BTC-PERPETUAL',
  size: 1_000_000,
  price: 100_000,
  collateral: 5,
};
export const DERIBIT: readonly Row[] = [
  ['25 BTC: initial', '25944738177565', deribitLinear(25, 125_000), IM, '53125', '0.501'],
  ['25 BTC', '25944738177565', deribitLinear(25, 125_000), MM, '28125', '0.501'],
  ['350 BTC: initial', '25944738177565', deribitLinear(350, 9e6), IM, '1312500', '0.501'],
  ['350 BTC', '25944738177565', deribitLinear(350, 9e6), MM, '962500', '0.501'],
  [
    '25 BTC long with 125,000',
    'worked out from 25944738177565',
    deribitLinear(25, 125_000),
    LP,
    '96080.91',
    CENT,
  ],
  [
    'inverse long of 10 M USD with 5 BTC',
    'worked out from 25944826427293',
    cross('deribit', DERIBIT_INVERSE),
    LP,
    '96683.00',
    CENT,
  ],
  [
    'inverse short of 10 M USD with 5 BTC',
    'worked out from 25944826427293',
    cross('deribit', { ...DERIBIT_INVERSE, side: 'short' }),
    LP,
    '103703.00',
    CENT,
  ],
];

function bitmexCross(size: number): object {
  const own = { market: 'XBTUSD', size, price: 10_000, leverage: 100, collateral: 50 };
  return cross('bitmex', own);
}

const BITMEX_EXAMPLE = isolated(
  'bitmex',
  { market: 'EXAMPLE', size: 1, price: 100, leverage: 100, isolatedMargin: 1 },
  flat('EXAMPLE', '0.005'),
);
export const BITMEX: readonly Row[] = [
  ['180 XBT', 'riskLimitsExamples', bitmexCross(1_800_000), MM, '0.90', CENT],
  ['230 XBT', 'riskLimitsExamples', bitmexCross(2_300_000), MM, '2.30', CENT],
  ['230 XBT: initial', 'riskLimitsExamples', bitmexCross(2_300_000), IM, '3.45', CENT],
  ['long at 100, leverage 100', 'liquidationExamples', BITMEX_EXAMPLE, LP, '99.5', '0.0501'],
  ['its bankruptcy', 'liquidationExamples', BITMEX_EXAMPLE, BANKRUPT, '99.0', '0.0501'],
];

export const GATE: readonly Row[] = [
  [
    '150,000 in marginal levels, without fee',
    'announcement of 2025-07-29',
    cross(
      'gate',
      { market: 'BTC_USDT', size: 1500, price: 1_000_000, leverage: 1, collateral: 150_000 },
      { markets: { BTC_USDT: { maintenance: { closingFeeRate: 0 } } } },
    ),
    MM,
    '815',
    '0.501',
  ],
];

const ORDERLY_BTC = {
  market: 'PERP_BTC_USDC',
  size: 10,
  price: 100_000,
  leverage: 100,
  collateral: 100_000,
};
export const OTHERS: readonly Row[] = [
  [
    'BTC, 1,000,000',
    'margin-leverage-and-pnl',
    cross('orderly', ORDERLY_BTC),
    MM,
    '14196.54',
    CENT,
  ],
  [
    'BTC, 1,000,000: initial 2.3661 %',
    'margin-leverage-and-pnl',
    cross('orderly', ORDERLY_BTC),
    IM,
    '23661',
    '0.501',
  ],
  [
    'mid-cap at an open interest of 70 M: 52.5 %',
    'docs on open interest caps',
    cross(
      'dydx',
      { market: 'SOL-USD', size: 10, price: 100, leverage: 20, collateral: 1000 },
      { markets: { 'SOL-USD': { openInterest: 70_000_000 } } },
    ),
    IM,
    '525',
    '0.501',
  ],
  [
    'BTC, 200 M',
    'margin-tiers',
    cross('hyperliquid', { market: 'BTC', size: 2000, price: 100_000, collateral: 1e7 }),
    MM,
    '3125000',
    '0.501',
  ],
  ...(
    [
      ['2024-10-24', '1', '50001', '200.005', '0.000501'],
      ['2021-04-01', '200', '40000', '183700', '0.501'],
      ['2021-07-01', '200', '40000', '258700', '0.501'],
    ] as const
  ).map(([asOf, size, price, expected, tolerance]): Row => [
    `${size} BTC at ${price}, as of ${asOf}`,
    'announcements of 2021, brackets of 2024-10-24',
    cross('binance-usdm', { market: 'BTCUSDT', size, price, collateral: 1_000_000 }, { asOf }),
    MM,
    expected,
    tolerance,
  ]),
  [
    '60 BTC: 60 × 5 % − 1.81',
    'ceccfcfb4e3a45e3b48b0b1bb1a8ae46',
    cross(
      'binance-coinm',
      { market: 'BTCUSD_PERP', size: 6000, price: 10_000, collateral: 60 },
      { asOf: '2020-12-01' },
    ),
    MM,
    '1.19',
    CENT,
  ],
];

function stock(size: number, price: string, deposit: string, side = 'short'): object {
  return cross('reg-t', { market: 'STOCK', side, size, price, collateral: deposit });
}

export const REG_T: readonly Row[] = [
  [
    'long with a debit of 5,000',
    '4210(c)(1)',
    stock(100, '100', '5000', 'long'),
    LP,
    '66.67',
    CENT,
  ],
  ['short, credit 75', '4210(c)(3)', stock(100, '50', '2500'), LP, '57.69', CENT],
  ['short, credit 15', '4210(c)(3)', stock(100, '9', '600'), LP, '10', CENT],
  ['short, credit 8', '4210(c)(2)', stock(100, '3.5', '450'), LP, '4', CENT],
  ['short, credit 4', '4210(c)(2)', stock(100, '1', '300'), LP, '1.50', CENT],
  ['1,000 short at 50', '4210(c)(3)', stock(1000, '50', '25000'), MM, '15000', '0.501'],
  ['10,000 short at 5', '4210(c)(3)', stock(10_000, '5', '90000'), MM, '50000', '0.501'],
  ['10,000 short at 4.50', '4210(c)(2)', stock(10_000, '4.5', '90000'), MM, '45000', '0.501'],
  ['50,000 short at 1', '4210(c)(2)', stock(50_000, '1', '200000'), MM, '125000', '0.501'],
];

const E_MINI = { market: 'ES', size: 1, price: 1050, collateral: 4000 };
export const FIXED: readonly Row[] = [
  [
    'E-mini long from 1,050: called below',
    'performance bonds FAQ',
    cross('fixed-margin-futures', E_MINI, { asOf: '2010-06-01' }),
    LP,
    '1034',
    CENT,
  ],
  [
    'the call at 1,033: 4,000 − 3,150',
    'performance bonds FAQ',
    cross('fixed-margin-futures', { ...E_MINI, markPrice: 1033 }, { asOf: '2010-06-01' }),
    'callAmount',
    '850',
    CENT,
  ],
];
