/** Which files are played together, by their names alone. */
import { expect, it } from 'vitest';
import { reelsOf } from './reels.ts';

const B = '/data/BTCUSDT';
const E = '/data/ETHUSDT';

type Row = readonly [
  name: string,
  paths: readonly string[],
  reels: readonly (readonly [string, readonly unknown[], readonly unknown[], readonly unknown[]])[],
];

const rows: readonly Row[] = [
  ['one file', [`${B}.csv`], [['BTCUSDT.csv', [`${B}.csv`], [null], [null]]]],
  [
    'markets of one time',
    [`${B}-1m-2025.csv`, `${E}-1m-2025.csv`, `${E}-1m-2026.csv`],
    [
      [
        'BTCUSDT+ETHUSDT-1m-2025.csv',
        [`${B}-1m-2025.csv`, `${E}-1m-2025.csv`],
        [null, null],
        [null, null],
      ],
      ['ETHUSDT-1m-2026.csv', [`${E}-1m-2026.csv`], [null], [null]],
    ],
  ],
  [
    'marks and rates of the same market and time',
    [
      `${B}-1h-mark-2025-12_2026-01.csv.gz`,
      `${B}-5m-last-2025-12_2026-01.csv.gz`,
      `${B}-8h-funding-2025-12_2026-01.csv.gz`,
      `${E}-5m-last-2025-12_2026-01.csv.gz`,
      `${E}-8h-funding-2025-11.csv.gz`,
    ],
    [
      [
        'BTCUSDT+ETHUSDT-5m-last-2025-12_2026-01.csv.gz',
        [`${B}-5m-last-2025-12_2026-01.csv.gz`, `${E}-5m-last-2025-12_2026-01.csv.gz`],
        [`${B}-1h-mark-2025-12_2026-01.csv.gz`, null],
        [`${B}-8h-funding-2025-12_2026-01.csv.gz`, null],
      ],
    ],
  ],
  [
    'marks alone are played, rates alone are not',
    [`${B}-1h-mark-2024.csv`, `${B}-8h-funding-2024.csv`, `${E}-8h-funding-2024.csv`],
    [['BTCUSDT-1h-mark-2024.csv', [`${B}-1h-mark-2024.csv`], [null], [`${B}-8h-funding-2024.csv`]]],
  ],
  [
    'candles of two intervals share them, and of two the first is taken',
    [
      `${B}_15m_2024.csv`,
      `${B}_1m_2024.csv`,
      `${B}_1h_mark_2024.csv`,
      `${B}_8h_mark_2024.csv`,
      `${B}_1m_2024.csv`,
    ],
    [
      ['BTCUSDT_15m_2024.csv', [`${B}_15m_2024.csv`], [`${B}_1h_mark_2024.csv`], [null]],
      ['BTCUSDT_1m_2024.csv', [`${B}_1m_2024.csv`], [`${B}_1h_mark_2024.csv`], [null]],
    ],
  ],
  [
    'a market called like a kind, and a time like an interval',
    ['/data/mark-1m-2024.csv', '/data/funding.csv', `${B}-1d-30d.csv`],
    [
      ['mark-1m-2024.csv', ['/data/mark-1m-2024.csv'], [null], [null]],
      ['funding.csv', ['/data/funding.csv'], [null], [null]],
      ['BTCUSDT-1d-30d.csv', [`${B}-1d-30d.csv`], [null], [null]],
    ],
  ],
];

it.each(rows)('%s', (_name, paths, reels) => {
  const found = reelsOf(paths).map(({ file, candles, marks, funding }) => [
    file,
    candles,
    marks,
    funding,
  ]);
  expect(found).toEqual(reels);
});
