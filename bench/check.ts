/** `check`: one-position documents reckoned exactly, as objects and as JSON lines. */
import { check, type Report } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { parseJson } from '@plimsoll/core/units';
import { randomSource, rateFigures, type Benchmark, type RateCase } from './harness.ts';

const COUNT = 1_000;

/** Documents that differ in every number. */
function makeDocuments(): readonly object[] {
  const random = randomSource(3);
  return Array.from({ length: COUNT }, () => {
    const mark = (20_000 + random() * 80_000).toFixed(1);
    const position = {
      market: 'BTCUSDT',
      side: random() < 0.5 ? 'long' : 'short',
      size: (random() * 20 + 0.001).toFixed(3),
      entryPrice: (Number(mark) * (0.99 + random() * 0.02)).toFixed(1),
      markPrice: mark,
      marginMode: 'cross',
      leverage: '10',
    };
    const collateral = [{ asset: 'USDT', amount: (random() * 200_000).toFixed(2) }];
    return { venue: 'custom', collateral, positions: [position], markets: { BTCUSDT: MARKET } };
  });
}

const MARKET = {
  tick: '0.1',
  maintenance: {
    schedule: {
      kind: 'brackets',
      levels: [
        { from: '0', rate: '0.004' },
        { from: '50000', rate: '0.005' },
        { from: '250000', rate: '0.01' },
        { from: '3000000', rate: '0.025' },
      ],
    },
  },
  liquidationPriceRounding: 'nearest',
};

function checked(document: unknown): Report {
  const report = check(document, rulebooks);
  if ('error' in report) throw new Error(report.error.message);
  return report;
}

function objectsWork(): () => number {
  const documents = makeDocuments();
  return () => {
    for (const document of documents) checked(document);
    return COUNT;
  };
}

function linesWork(): () => number {
  const lines = makeDocuments().map((document) => JSON.stringify(document));
  return () => {
    for (const line of lines) {
      const parsed = parseJson(line);
      if ('value' in parsed) JSON.stringify(checked(parsed.value));
    }
    return COUNT;
  };
}

const CASES: readonly RateCase[] = [
  { name: 'check', goal: '≥ 10,000', makeWork: objectsWork },
  { name: 'check-json-line', goal: 'as measured', makeWork: linesWork },
];

export const checkDocuments: Benchmark = {
  name: 'check',
  about: 'one-position documents, exact rationals, four brackets; then from and to JSON text',
  figures: CASES.map(({ name }) => name),
  run: async (isWanted) => {
    const wanted = CASES.filter(({ name }) => isWanted(name));
    return rateFigures(wanted, { warmUp: 5, measured: 15 });
  },
};
