/** `liquidation-price`: the double-precision kernel beside a published package's function. */
import { readFileSync } from 'node:fs';
import { positions as orderly } from '@orderly.network/perp';
import { liquidationPrices, marketColumns, type PositionColumns } from '@plimsoll/core/margin';
import { randomSource, ratesOf, type Benchmark, type Figure } from './harness.ts';

const COUNT = 200_000;
const PEER_COUNT = 1_000;
const MARK = 50_000;
const BASE_MMR = 0.012;
const BASE_IMR = 0.02;
const IMR_FACTOR = 0.0000002;

const MARKET = {
  maintenance: {
    schedule: {
      kind: 'brackets',
      levels: [
        { from: '0', rate: '0.004' },
        { from: '50000', rate: '0.005' },
        { from: '250000', rate: '0.01' },
        { from: '3000000', rate: '0.025' },
        { from: '20000000', rate: '0.05' },
      ],
    },
  },
};

interface Book {
  readonly positions: PositionColumns;
  readonly backing: Float64Array;
}

type Side = 'long' | 'short';

/** Sizes over four magnitudes, leverage from 2 to 50. */
function makeBook(side: Side): Book {
  const random = randomSource(7);
  const positions = {
    market: new Int32Array(COUNT),
    amount: new Float64Array(COUNT),
    entryPrice: new Float64Array(COUNT),
  };
  const backing = new Float64Array(COUNT);
  for (let row = 0; row < COUNT; row += 1) {
    const size = 10 ** (random() * 4 - 2);
    positions.amount[row] = side === 'short' ? -size : size;
    positions.entryPrice[row] = MARK * (0.98 + random() * 0.04);
    backing[row] = (size * MARK) / (2 + random() * 48);
  }
  return { positions, backing };
}

function kernelWork({ positions, backing }: Book): () => number {
  const markets = marketColumns({ M: MARKET }, ['M']);
  if ('error' in markets) throw new Error(markets.error.message);
  markets.markPrice[0] = MARK;
  const prices = new Float64Array(COUNT);
  return () => {
    liquidationPrices(markets, positions, backing, prices);
    return COUNT;
  };
}

/** The peer's own schedule at the mark, which its callers hand in. */
function mmrOf(positionQty: number): number {
  const value = Math.abs(positionQty) * MARK;
  return Math.max(BASE_MMR, (BASE_MMR / BASE_IMR) * IMR_FACTOR * value ** 0.8);
}

function peerWork({ positions, backing }: Book): () => number {
  return () => {
    for (let row = 0; row < PEER_COUNT; row += 1) {
      const positionQty = positions.amount[row] ?? 0;
      const pnl = positionQty * (MARK - (positions.entryPrice[row] ?? 0));
      orderly.liqPrice({
        markPrice: MARK,
        symbol: 'M',
        totalCollateral: (backing[row] ?? 0) + pnl,
        positionQty,
        positions: [],
        MMR: mmrOf(positionQty),
        baseMMR: mmrOf(positionQty),
        baseIMR: BASE_IMR,
        IMRFactor: IMR_FACTOR,
        costPosition: positionQty * (positions.entryPrice[row] ?? 0),
      });
    }
    return PEER_COUNT;
  };
}

/** The peer bisects for shorts and often not for longs, so each side is compared on its own. */
async function runSide(side: Side, version: string): Promise<Figure> {
  const book = makeBook(side);
  const works = [kernelWork(book), peerWork(book)];
  const [own = 0, peer = 0] = await ratesOf(works, { warmUp: 3, measured: 11 });
  const against = `@orderly.network/perp ${version}: ${Math.round(peer)} 1/s`;
  const name = side === 'long' ? 'liquidation-price' : 'liquidation-price-short';
  return { name, value: own, unit: '1/s', ratio: own / peer, against, goal: '≥ 5,000,000' };
}

async function run(): Promise<readonly Figure[]> {
  const file = new URL('../node_modules/@orderly.network/perp/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return [await runSide('long', version), await runSide('short', version)];
}

export const liquidationPrice: Benchmark = {
  name: 'liquidation-price',
  about: 'liquidation prices in doubles, five brackets, one thread; longs, then shorts',
  run,
};
