/**
 * `liquidation-price`: liquidation prices of one-position accounts by the kernel in doubles, their
 * standings known, beside a published package's function; then every kind of schedule by itself.
 */
import { readFileSync } from 'node:fs';
import { positions as orderly } from '@orderly.network/perp';
import {
  accountColumns,
  liquidationPrices,
  marketColumns,
  standings,
  type AccountColumns,
  type PositionColumns,
} from '@plimsoll/core/margin';
import { measureRates, randomSource, rateFigures } from './harness.ts';
import type { Benchmark, Figure, RateCase, Work } from './harness.ts';

const COUNT = 200_000;
const PEER_COUNT = 1_000;
const MARK = 50_000;
const BASE_MMR = 0.012;
const BASE_IMR = 0.02;
const IMR_FACTOR = 0.0000002;

const LEVELS = [
  { from: '0', rate: '0.004' },
  { from: '50000', rate: '0.005' },
  { from: '250000', rate: '0.01' },
  { from: '3000000', rate: '0.025' },
  { from: '20000000', rate: '0.05' },
];
const SIZES = LEVELS.map(({ from, rate }) => ({ from: String(Number(from) / MARK), rate }));
const BRACKETS = { kind: 'brackets', levels: LEVELS };
const POWER = { kind: 'power', base: '0.012', factor: '0.00000012', exponent: '0.8' };

const SCHEDULES: Readonly<Record<string, object>> = {
  flat: { kind: 'flat', rate: '0.005' },
  'brackets-by-size': { kind: 'brackets', by: 'size', levels: SIZES },
  steps: { kind: 'steps', levels: LEVELS },
  'steps-by-size': { kind: 'steps', by: 'size', levels: SIZES },
  linear: { kind: 'linear', base: '0.005', perUnit: '0.0001' },
  'linear-by-value': { kind: 'linear', by: 'value', base: '0.005', perUnit: '0.00000001' },
  'per-unit': { kind: 'per-unit', amount: '500' },
  max: { kind: 'max', of: [BRACKETS, { kind: 'per-unit', amount: '500' }] },
  power: POWER,
};

interface Book {
  readonly positions: PositionColumns;
  readonly accounts: AccountColumns;
}

type Side = 'long' | 'short';

/** Sizes over four magnitudes, leverage from 2 to 50; an account for each position. */
function makeBook(side: Side | 'both'): Book {
  const random = randomSource(7);
  const positions = {
    market: new Int32Array(COUNT),
    amount: new Float64Array(COUNT),
    entryPrice: new Float64Array(COUNT),
    leverage: new Float64Array(COUNT).fill(10),
    partner: new Int32Array(COUNT).fill(-1),
  };
  const margin = new Float64Array(COUNT);
  for (let row = 0; row < COUNT; row += 1) {
    const size = 10 ** (random() * 4 - 2);
    const isShort = side === 'both' ? random() < 0.5 : side === 'short';
    positions.amount[row] = isShort ? -size : size;
    positions.entryPrice[row] = MARK * (0.98 + random() * 0.04);
    margin[row] = (size * MARK) / (2 + random() * 48);
  }
  const firstPosition = Int32Array.from({ length: COUNT + 1 }, (_, row) => row);
  return { positions, accounts: accountColumns(firstPosition, margin) };
}

function kernelWork({ positions, accounts }: Book, rules: object): Work {
  const markets = marketColumns({ M: rules }, ['M']);
  if ('error' in markets) throw new Error(markets.error.message);
  markets.markPrice[0] = MARK;
  const prices = new Float64Array(COUNT);
  const own = accountColumns(accounts.firstPosition, accounts.cash);
  standings(markets, positions, own);
  return () => {
    liquidationPrices(markets, positions, own, prices);
    return COUNT;
  };
}

/** The peer's own schedule at the mark, which its callers hand in. */
function mmrOf(positionQty: number): number {
  const value = Math.abs(positionQty) * MARK;
  return Math.max(BASE_MMR, (BASE_MMR / BASE_IMR) * IMR_FACTOR * value ** 0.8);
}

function peerWork({ positions, accounts }: Book): Work {
  return () => {
    for (let row = 0; row < PEER_COUNT; row += 1) {
      const positionQty = positions.amount[row] ?? 0;
      const pnl = positionQty * (MARK - (positions.entryPrice[row] ?? 0));
      orderly.liqPrice({
        markPrice: MARK,
        symbol: 'M',
        totalCollateral: (accounts.cash[row] ?? 0) + pnl,
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

const SIDES: Readonly<Record<string, Side>> = {
  'liquidation-price': 'long',
  'liquidation-price-short': 'short',
};

/** The peer bisects for shorts and often not for longs, so each side is compared on its own. */
async function runSide(name: string, side: Side): Promise<Figure> {
  const book = makeBook(side);
  const rules = { maintenance: { schedule: BRACKETS } };
  const works = [kernelWork(book, rules), peerWork(book)];
  const [own, peer] = await measureRates(works, { warmUp: 3, measured: 11 });
  if (own === undefined || peer === undefined) throw new Error('two rates were to be measured');
  const against = `@orderly.network/perp ${peerVersion()}: ${Math.round(peer.value)} 1/s`;
  const ratio = own.value / peer.value;
  return { name, ...own, unit: '1/s', ratio, against, goal: '≥ 5,000,000' };
}

function peerVersion(): string {
  const file = new URL('../node_modules/@orderly.network/perp/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

const RULES: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    Object.entries(SCHEDULES).map(([kind, schedule]) => [kind, { maintenance: { schedule } }]),
  ),
  'fee-at-bankruptcy': {
    maintenance: { schedule: BRACKETS, closingFeeRate: '0.0006', closingFeeAt: 'bankruptcy' },
  },
  inverse: { contract: 'inverse', face: '1', maintenance: { schedule: SCHEDULES['flat'] } },
};

/** Longs and shorts mixed. */
const KINDS: readonly RateCase[] = Object.entries(RULES).map(([kind, rules]) => ({
  name: `liquidation-price-${kind}`,
  goal: kind === 'power' ? 'as measured' : '≥ 2,000,000',
  makeWork: () => kernelWork(makeBook('both'), rules),
}));

async function run(isWanted: (figure: string) => boolean): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, side] of Object.entries(SIDES))
    if (isWanted(name)) figures.push(await runSide(name, side));
  const wanted = KINDS.filter(({ name }) => isWanted(name));
  return [...figures, ...(await rateFigures(wanted, { warmUp: 3, measured: 11 }))];
}

export const liquidationPrice: Benchmark = {
  name: 'liquidation-price',
  about: 'liquidation prices in doubles, one thread; brackets, then every kind of schedule',
  figures: [...Object.keys(SIDES), ...KINDS.map(({ name }) => name)],
  run,
};
