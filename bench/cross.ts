/**
 * `cross`: accounts of 30 cross positions in 30 markets, exactly by `check` and in doubles by the
 * kernel: the account's figures alone, then with all 30 liquidation prices.
 */
import {
  check,
  documentColumns,
  liquidationPrices,
  standings,
  type KernelColumns,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { randomSource, rateFigures, type Benchmark, type RateCase } from './harness.ts';

const MARKETS = 30;
const CHECKED = 50;
const ACCOUNTS = 2_000;

const SCHEDULES = {
  brackets: {
    kind: 'brackets',
    levels: [
      { from: '0', rate: '0.004' },
      { from: '50000', rate: '0.005' },
      { from: '250000', rate: '0.01' },
      { from: '3000000', rate: '0.025' },
    ],
  },
  power: { kind: 'power', base: '0.012', factor: '0.00000012', exponent: '0.8' },
};

/** Documents that differ in every number; equity is a fifth of what they hold, give or take. */
function makeDocuments(schedule: object, count: number): readonly object[] {
  const random = randomSource(3);
  const maintenance = { schedule };
  const names = Array.from({ length: MARKETS }, (_, k) => `M${k}`);
  const market = { tick: '0.0001', maintenance, liquidationPriceRounding: 'nearest' };
  const markets = Object.fromEntries(names.map((name) => [name, market]));
  return Array.from({ length: count }, () => {
    let held = 0;
    const positions = names.map((name) => {
      const mark = 10 ** (random() * 5);
      const size = ((1 + random() * 50_000) / mark).toFixed(6);
      held += mark * Number(size);
      const side = random() < 0.5 ? 'long' : 'short';
      const entryPrice = (mark * (0.97 + random() * 0.06)).toFixed(4);
      const markPrice = mark.toFixed(4);
      return { market: name, side, size, entryPrice, markPrice, marginMode: 'cross' };
    });
    const collateral = [{ asset: 'USDT', amount: (held / 5).toFixed(2) }];
    return { venue: 'custom', collateral, positions, markets };
  });
}

function checkWork(schedule: object): () => number {
  const documents = makeDocuments(schedule, CHECKED);
  return () => {
    for (const document of documents) {
      const report = check(document, rulebooks);
      if ('error' in report) throw new Error(report.error.message);
    }
    return CHECKED;
  };
}

/** Columns of their own markets, as every document has marks of its own. */
function columnsOf(schedule: object): KernelColumns {
  const columns = documentColumns(makeDocuments(schedule, ACCOUNTS), rulebooks);
  if ('error' in columns) throw new Error(columns.error.message);
  return columns;
}

function figuresWork(): () => number {
  const { markets, positions, accounts } = columnsOf(SCHEDULES.brackets);
  return () => {
    standings(markets, positions, accounts);
    return ACCOUNTS;
  };
}

function pricesWork(): () => number {
  const { markets, positions, accounts } = columnsOf(SCHEDULES.brackets);
  const prices = new Float64Array(positions.market.length);
  return () => {
    standings(markets, positions, accounts);
    liquidationPrices(markets, positions, accounts, prices);
    return ACCOUNTS;
  };
}

const CASES: readonly RateCase[] = [
  { name: 'check-30-cross', goal: '≥ 500', makeWork: () => checkWork(SCHEDULES.brackets) },
  { name: 'check-30-cross-power', goal: 'as measured', makeWork: () => checkWork(SCHEDULES.power) },
  { name: 'kernel-30-cross', goal: '≥ 100,000', makeWork: figuresWork },
  { name: 'kernel-30-cross-prices', goal: 'as measured', makeWork: pricesWork },
];

export const cross: Benchmark = {
  name: 'cross',
  about: 'accounts of 30 cross positions: exact, then in doubles without and with 30 prices each',
  figures: CASES.map(({ name }) => name),
  run: async (isWanted) => {
    const wanted = CASES.filter(({ name }) => isWanted(name));
    return rateFigures(wanted, { warmUp: 5, measured: 15 });
  },
};
