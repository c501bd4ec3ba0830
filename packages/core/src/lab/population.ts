/**
 * A population of leveraged accounts for replays and demonstrations: sizes log-normal, leverage
 * from
 * 1 to 125, long and short, cross and isolated, in one market or several. All whole numbers drawn
 * from
 * tables, so that one seed gives one population on every machine.
 */
import { pick, pickWeighted } from './random.ts';

/** What a member of the population wants to hold in one market. */
export interface Intention {
  /** Index of the market. */
  readonly market: number;
  readonly side: 'buy' | 'sell';
  /** Position value in thousandths of the median position's. */
  readonly valueThousandths: number;
  readonly leverage: number;
  readonly marginMode: 'cross' | 'isolated';
}

export interface Member {
  readonly account: string;
  readonly intentions: readonly Intention[];
  /** Collateral beyond initial margin, in thousandths of it. */
  readonly spareThousandths: number;
}

/** exp(1.6 z) × 1,000 at the midpoints of 128 equal shares of the normal distribution. */
const LOG_NORMAL: readonly number[] = [
  14, 27, 37, 46, 55, 64, 73, 82, 90, 99, 108, 117, 126, 135, 144, 154, 164, 173, 183, 194, 204,
  214, 225, 236, 247, 259, 271, 283, 295, 307, 320, 333, 347, 360, 374, 389, 403, 418, 434, 449,
  466, 482, 499, 517, 534, 553, 571, 591, 611, 631, 652, 673, 695, 718, 741, 765, 790, 815, 841,
  868, 896, 925, 954, 984, 1_016, 1_048, 1_082, 1_116, 1_152, 1_188, 1_227, 1_266, 1_307, 1_349,
  1_393, 1_438, 1_485, 1_534, 1_585, 1_638, 1_693, 1_750, 1_809, 1_871, 1_936, 2_004, 2_074, 2_148,
  2_225, 2_306, 2_391, 2_480, 2_573, 2_672, 2_776, 2_885, 3_001, 3_123, 3_253, 3_391, 3_538, 3_694,
  3_862, 4_040, 4_233, 4_439, 4_663, 4_904, 5_167, 5_454, 5_768, 6_114, 6_496, 6_923, 7_401, 7_941,
  8_557, 9_267, 10_096, 11_078, 12_264, 13_732, 15_605, 18_098, 21_632, 27_157, 37_561, 70_535,
];

const LEVERAGES: readonly number[] = [1, 2, 3, 5, 10, 20, 25, 50, 75, 100, 125];
const LEVERAGE_WEIGHTS: readonly number[] = [6, 8, 10, 15, 20, 14, 8, 9, 3, 4, 3];

const SPARE_THOUSANDTHS: readonly number[] = [50, 150, 400, 1_000, 3_000];
const SPARE_WEIGHTS: readonly number[] = [20, 30, 25, 15, 10];

/** Shares of a hundred. */
const LONG_SHARE = 55;
const CROSS_SHARE = 60;
const MARKETS_WEIGHTS: readonly number[] = [70, 20, 10];

/** Draws the accounts `a000001` … for markets 0 to `markets` − 1. */
export function population(accounts: number, markets: number, seed: number): Member[] {
  return Array.from({ length: accounts }, (_, index) => member(index, markets, seed));
}

/** One account of the population; asked again it is the same. */
export function member(index: number, markets: number, seed: number): Member {
  const wanted = 1 + pickWeighted(MARKETS_WEIGHTS, seed, index, 1);
  const first = pick(markets, seed, index, 2);
  const count = Math.min(wanted, markets);
  const intentions = Array.from({ length: count }, (_, k) => {
    return intention(seed, index, (first + k) % markets);
  });
  const spareThousandths = SPARE_THOUSANDTHS[pickWeighted(SPARE_WEIGHTS, seed, index, 3)] ?? 0;
  return { account: `a${String(index + 1).padStart(6, '0')}`, intentions, spareThousandths };
}

function intention(seed: number, index: number, market: number): Intention {
  return {
    market,
    side: pick(100, seed, index, market, 4) < LONG_SHARE ? 'buy' : 'sell',
    valueThousandths: LOG_NORMAL[pick(LOG_NORMAL.length, seed, index, market, 5)] ?? 1_000,
    leverage: LEVERAGES[pickWeighted(LEVERAGE_WEIGHTS, seed, index, market, 6)] ?? 1,
    marginMode: pick(100, seed, index, market, 7) < CROSS_SHARE ? 'cross' : 'isolated',
  };
}
