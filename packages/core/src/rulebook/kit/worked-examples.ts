/**
 * The worked examples that venues and regulators print, or that follow from their printed formulas,
 * as accounts under the rulebooks. The last column is the figure; its tolerance half a unit of what
 * is printed.
 */
import { BITGET, BYBIT, KUCOIN, OKX } from './examples-of-fee-venues.ts';
import { BITMEX, DERIBIT, FIXED, GATE, KRAKEN, MEXC, OTHERS, REG_T } from './examples-of-others.ts';

/** One figure of one account. */
export interface WorkedExample {
  readonly venue: string;
  readonly what: string;
  readonly source: string;
  readonly document: object;
  /** As in the answer of `check`. */
  readonly figure: string;
  readonly expected: string;
  readonly tolerance: string;
}

const ROWS = [
  ...OTHERS,
  ...BYBIT,
  ...OKX,
  ...BITGET,
  ...KUCOIN,
  ...MEXC,
  ...KRAKEN,
  ...DERIBIT,
  ...BITMEX,
  ...GATE,
  ...REG_T,
  ...FIXED,
];

/** Every example, under the venue that its document names. */
export const workedExamples: readonly WorkedExample[] = ROWS.map(
  ([what, source, document, figure, expected, tolerance]) => {
    const { venue } = document as { readonly venue: string };
    return { venue, what, source, document, figure, expected, tolerance };
  },
);

/** Examples that are printed and do not come out, and why. */
export const unreproduced: readonly (readonly [string, string, string])[] = [
  [
    'gate',
    '1,200,000 of BTC_USDT: 6,000 before 2025-07-29, 4,900 since',
    'the tables behind it are not published; the known ones give 12,000 and 13,165',
  ],
  [
    'kucoin',
    'cross liquidation price of a BTC long, 47,956',
    'the page’s own formula gives 48,243.01 for its own inputs',
  ],
  [
    'bybit-inverse',
    'old cross page: 5,739.50',
    'the requirement of the old cross account is not in the rulebook; its formula gives 5,739.08 before the tick',
  ],
  [
    'mexc',
    'margin of 0.1 BTC at 50,000 in the blog’s line',
    'the line has a size of 0.01; with 0.1 its result comes out',
  ],
];
