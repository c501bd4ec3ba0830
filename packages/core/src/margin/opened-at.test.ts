/** Positions opened before a change that spares them keep the rules of their day. */
import { describe, expect, test } from 'vitest';
import { check } from './check.ts';
import type { Report } from './check.ts';
import { explain } from './explain.ts';
import type { DatedMarket, Rulebook } from './rulebook.ts';

const SOURCE = { source: 'a test', confidence: 'inferred' } as const;

function dated(from: string, rate: string, appliesTo?: 'open' | 'new'): DatedMarket {
  const market = { maintenance: { schedule: { kind: 'flat', rate } } } as const;
  return { from, market, ...SOURCE, ...(appliesTo === undefined ? {} : { appliesTo }) };
}

const RULEBOOK: Rulebook = {
  id: 'venue',
  title: 'A venue',
  clauses: [{ about: 'dates', says: 'Some spare open positions.', ...SOURCE }],
  markets: {
    M: [
      dated('2024-01-01', '0.01'),
      dated('2024-03-01', '0.02', 'new'),
      dated('2024-05-01', '0.03', 'new'),
      dated('2024-07-01', '0.04', 'open'),
      dated('2024-09-01', '0.05', 'new'),
    ],
    LATE: [dated('2024-03-01', '0.02', 'new')],
  },
};

const LONG = { market: 'M', side: 'long', size: 10, entryPrice: 100, markPrice: 100 };

function documentOf(asOf: string | undefined, ...positions: readonly object[]): object {
  const all = positions.map((each) => ({ ...LONG, marginMode: 'cross', ...each }));
  const collateral = [{ asset: 'money', amount: 500 }];
  return { venue: 'venue', ...(asOf ? { asOf } : {}), collateral, positions: all };
}

function reportOf(document: object): Report {
  const outcome = check(document, [RULEBOOK]);
  if ('error' in outcome) throw new Error(`${outcome.error.path} ${outcome.error.message}`);
  return outcome;
}

test.each([
  ['2024-02-01', '2024-01-15', '10', '2024-01-01'],
  ['2024-04-01', '2024-02-01', '10', '2024-01-01'],
  ['2024-04-01', '2024-02-29', '10', '2024-01-01'],
  ['2024-04-01', '2024-03-01', '20', '2024-03-01'],
  ['2024-06-01', '2024-02-01', '10', '2024-01-01'],
  ['2024-06-01', '2024-04-01', '20', '2024-03-01'],
  ['2024-06-01', undefined, '30', '2024-05-01'],
  ['2024-08-01', '2024-02-01', '40', '2024-07-01'],
  ['2024-10-01', '2024-02-01', '40', '2024-07-01'],
  [undefined, '2024-02-01', '40', '2024-07-01'],
  [undefined, undefined, '50', '2024-09-01'],
])('as of %s, opened at %s: %s', (asOf, openedAt, maintenance, from) => {
  const report = reportOf(documentOf(asOf, openedAt === undefined ? {} : { openedAt }));
  expect(report.maintenanceMargin).toBe(maintenance);
  expect(report.rules).toMatchObject([{ market: 'M', from, positions: [0] }]);
});

describe('a long kept under the old rules and a new short', () => {
  const document = documentOf(
    '2024-04-01',
    { openedAt: '2024-02-01' },
    { side: 'short', size: 4, openedAt: '2024-03-02' },
  );
  const report = reportOf(document);

  test('each is under its own, and the answer says which', () => {
    expect(report.positions.map((each) => each.maintenanceMargin)).toEqual(['10', '8']);
    expect(report.rules).toMatchObject([
      { market: 'M', from: '2024-01-01', positions: [0] },
      { market: 'M', from: '2024-03-01', appliesTo: 'new', positions: [1] },
    ]);
  });

  test('they are of one market and move together: 500 + 6 (P − 100) = 0.1 P + 0.08 P', () => {
    const price = 100 / 5.82;
    for (const each of report.positions)
      expect(Number(each.liquidationPrice)).toBeCloseTo(price, 8);
  });

  test.each([
    [0, 'opened 2024-02-01; in force from 2024-01-01, '],
    [1, 'opened 2024-03-02; in force from 2024-03-01 for positions opened since then, '],
  ])('the explanation of position %s says so', (index, words) => {
    const outcome = explain(document, index, [RULEBOOK]);
    if ('error' in outcome) throw new Error(outcome.error.message);
    expect(outcome.steps.find(({ title }) => title === 'rules')?.text).toContain(words);
  });

  test('they are of one market and have one mark', () => {
    const other = { side: 'short', size: 4, openedAt: '2024-03-02', markPrice: 101 };
    const outcome = check(documentOf('2024-04-01', { openedAt: '2024-02-01' }, other), [RULEBOOK]);
    expect(outcome).toMatchObject({ error: { path: 'positions[1].markPrice' } });
  });
});

test('what the document writes of the market is laid over the rules of each day', () => {
  const markets = { M: { maintenance: { closingFeeRate: '0.001' } } };
  const both = [{ openedAt: '2024-02-01' }, { side: 'short' }];
  const report = reportOf({ ...documentOf('2024-04-01', ...both), markets });
  expect(report.positions.map((each) => each.maintenanceMargin)).toEqual(['11', '21']);
});

test('an order is of the document’s day, and takes the leverage of the position that is kept', () => {
  const document = documentOf('2024-04-01', { openedAt: '2024-02-01', leverage: 5 });
  const orders = [{ market: 'M', side: 'buy', size: 1, price: 100 }];
  const report = reportOf({ ...document, orders });
  expect(report.initialMargin).toBe('220');
  expect(report.rules?.map(({ from, positions }) => [from, positions])).toEqual([
    ['2024-01-01', [0]],
    ['2024-03-01', []],
  ]);
});

test.each([
  [{ openedAt: '2024-05-01' }, 'positions[0].openedAt', 'is after asOf'],
  [{ openedAt: '2024-02-30' }, 'positions[0].openedAt', 'must be a date'],
  [{ openedAt: 20240201 }, 'positions[0].openedAt', 'must be a date'],
  [{ market: 'LATE', openedAt: '2024-02-01' }, 'positions[0].market', 'before 2024-03-01'],
])('%j is refused at %s: %s', (change, path, words) => {
  const outcome = check(documentOf('2024-04-01', change), [RULEBOOK]);
  expect(outcome).toMatchObject({ error: { path } });
  expect(JSON.stringify(outcome)).toContain(words);
});
