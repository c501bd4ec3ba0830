/** A shadow of ourselves finds nothing, and a planted difference is found alone. */
import { describe, expect, test } from 'vitest';
import { POLICIES, venueRun, type Line } from './kit/venue-run.ts';
import { Shadow, type ShadowDifference, type ShadowProblem, type ShadowSummary } from './shadow.ts';

interface Ran {
  readonly differences: readonly ShadowDifference[];
  readonly problems: readonly ShadowProblem[];
  readonly summary: ShadowSummary;
}

function follow(lines: readonly unknown[], toleranceMs = 0): Ran {
  const shadow = new Shadow({ toleranceMs });
  const news = lines.map((line, k) => shadow.take(k + 1, line));
  const { differences, summary } = shadow.finish();
  return {
    differences: [...news.flatMap((each) => each.differences), ...differences],
    problems: news.flatMap(({ problem }) => problem ?? []),
    summary,
  };
}

describe('a shadow of our own engine', () => {
  test.each(Object.entries(POLICIES))('finds nothing under %s', (_, policy) => {
    let decided = 0;
    for (let seed = 1; seed <= 4; seed += 1) {
      const { differences, problems, summary } = follow(venueRun(seed, policy, 600));
      expect(problems, `seed ${seed}`).toEqual([]);
      expect(differences, `seed ${seed}`).toEqual([]);
      decided += summary.matched;
    }
    expect(decided).toBeGreaterThan(50);
  });
});

describe('a planted difference is found alone', () => {
  const lines = venueRun(3, POLICIES['at once'] ?? never(), 600);
  const planted = lines.findIndex(({ kind }) => kind === 'liquidated');
  const said = lines[planted] ?? {};
  const { account, timeMs } = said;

  test('a liquidation that they leave out', () => {
    const { differences, summary } = follow(lines.toSpliced(planted, 1));
    expect(differences).toMatchObject([
      { difference: 'ours-only', decision: 'liquidated', account, theirs: null, ours: { timeMs } },
    ]);
    expect(summary).toMatchObject({ oursOnly: 1, theirsOnly: 0, earlier: 0, later: 0 });
  });

  test('a liquidation that nobody else sees', () => {
    const extra = { timeMs, kind: 'liquidated', account: 'a0', market: null };
    const { differences } = follow(lines.toSpliced(planted, 0, extra));
    expect(differences).toMatchObject([
      { difference: 'theirs-only', decision: 'liquidated', account: 'a0', ours: null },
    ]);
  });

  test.each([
    [0, ['earlier']],
    [1_000_000, []],
  ])('one that comes later, with a tolerance of %i ms', (toleranceMs, verdict) => {
    const after = lines.findIndex((line) => Number(line['timeMs']) > Number(timeMs));
    const at = Number(lines[after]?.['timeMs']);
    const late = lines.toSpliced(planted, 1).toSpliced(after - 1, 0, { ...said, timeMs: at });
    const { differences, summary } = follow(late, toleranceMs);
    expect(differences.map(({ difference }) => difference)).toEqual(verdict);
    expect(summary.worstLagMs).toBe(Number(timeMs) - at);
    expect(summary.medianLagMs).toBe(0);
  });
});

function never(): never {
  throw new Error('there is no such policy');
}

const VENUE = {
  timeMs: 0,
  kind: 'venue',
  asset: { symbol: 'USD', decimals: 2 },
  policy: { marginCallAt: '0.8' },
};
const RULES = { tick: '1', lot: '1', maintenance: { schedule: { kind: 'flat', rate: '0.1' } } };
const MARKET = { timeMs: 0, kind: 'market', market: 'A', rules: RULES };
const MARKS = { timeMs: 1, kind: 'marks', prices: { A: '100' } };
const LONG = { market: 'A', side: 'long', size: '10', entryPrice: '100' };
const ANN = { timeMs: 1, kind: 'account', account: 'ann', balance: '200', positions: [LONG] };
const OPENING: readonly Line[] = [VENUE, MARKET, MARKS, ANN];

describe('a small stream', () => {
  test('is judged as the policy says, each decision with its figures', () => {
    const { differences } = follow([
      ...OPENING,
      { timeMs: 2, kind: 'marks', prices: { A: '90' } },
      { timeMs: 3, kind: 'marks', prices: { A: '85' } },
    ]);
    expect(differences.map(({ decision, ours }) => ({ decision, ours }))).toEqual([
      {
        decision: 'called',
        ours: { timeMs: 2, line: 5, equity: '100', maintenanceMargin: '90', marks: marked('90') },
      },
      {
        decision: 'liquidated',
        ours: { timeMs: 3, line: 6, equity: '50', maintenanceMargin: '85', marks: marked('85') },
      },
    ]);
  });

  test('a statement takes the place of what facts add up to, and is counted where they differ', () => {
    const { differences, summary } = follow([
      ...OPENING,
      { timeMs: 2, kind: 'balance', account: 'ann', balance: '200' },
      { timeMs: 3, kind: 'balance', account: 'ann', balance: '110' },
    ]);
    expect(summary).toMatchObject({ corrections: 1, largestCorrection: '90' });
    expect(differences).toMatchObject([{ decision: 'called', ours: { equity: '110' } }]);
  });

  test('rules may come from a rulebook', () => {
    const steps = { tick: '0.1', lot: '0.001' };
    const rules = { ...MARKET, market: 'BTCUSDT', venue: 'binance-usdm', rules: steps };
    const { problems } = follow([
      { ...VENUE, asset: { symbol: 'USDT', decimals: 4 } },
      rules,
      { ...MARKS, prices: { BTCUSDT: '50000' } },
    ]);
    expect(problems).toEqual([]);
  });

  test.each<[string, Line, string, string]>([
    ['no object', [] as unknown as Line, '', 'must be an object'],
    ['no time', { kind: 'clock' }, 'timeMs', 'whole milliseconds'],
    ['going back', { timeMs: 0, kind: 'clock' }, 'timeMs', 'sort the stream'],
    ['no such kind', { timeMs: 2, kind: 'margin' }, 'kind', 'must be one of venue, market'],
    ['a field too many', { timeMs: 2, kind: 'clock', x: 1 }, 'x', 'leave it out'],
    ['no account', deposit({ account: 'bob' }), '', 'there is no account "bob"'],
    ['an amount too fine', deposit({ amount: '0.001' }), 'amount', 'more "decimals"'],
    ['no amount', deposit({ amount: 'much' }), 'amount', 'must be a decimal'],
    ['no market', fill({ market: 'B' }), 'market', 'a "market" line opens it'],
    ['between ticks', fill({ price: '99.5' }), 'price', 'no multiple of the tick'],
    ['between lots', fill({ size: '0.5' }), 'size', 'no multiple of the lot'],
    ['nothing at all', fill({ size: '0' }), 'size', 'must be above 0'],
    ['more than is held', fill({ size: '11', reason: 'adl' }), '', 'a fill before it is missing'],
    ['the wrong way', fill({ side: 'buy', reason: 'liquidation' }), '', 'is missing'],
    ['an account twice', { ...ANN, timeMs: 2 }, '', 'there is an account "ann" already'],
    ['a mode while open', mode('isolated'), '', 'changes without a position'],
    ['a pool’s margin', { ...deposit({}), kind: 'add-margin', market: 'A' }, '', 'leave "market"'],
    ['a decision nowhere', { timeMs: 2, kind: 'called', account: 'bob' }, '', 'no account "bob"'],
    ['a feed', market({ prices: {} }), '', 'leave "prices" out'],
    ['bad rules', market({ maintenance: { schedule: { kind: 'flat' } } }), '', 'rate'],
    ['no such venue', { ...MARKET, timeMs: 2, venue: 'x' }, 'venue', 'see plimsoll venues'],
  ])('passes over %s, and says where and why', (_, line, path, message) => {
    const { problems, summary } = follow([...OPENING, line]);
    expect(problems).toMatchObject([{ line: 5, path }]);
    expect(problems[0]?.message).toContain(message);
    expect(summary).toMatchObject({ lines: 5, problems: 1, oursOnly: 0 });
  });

  test('a position before its market has a mark, and anything before the venue', () => {
    const { problems } = follow([ANN, VENUE, MARKET, ANN]);
    expect(problems).toMatchObject([
      { line: 1, path: 'kind', message: expect.stringContaining('a "venue" line is the first') },
      { line: 4, path: '', message: expect.stringContaining('send marks first') },
    ]);
  });
});

function marked(price: string): unknown {
  return [{ market: 'A', price }];
}

function deposit(changes: Line): Line {
  return { timeMs: 2, kind: 'deposit', account: 'ann', amount: '1', ...changes };
}

function fill(changes: Line): Line {
  const trade = { account: 'ann', market: 'A', side: 'sell', size: '1', price: '100' };
  return { timeMs: 2, kind: 'fill', ...trade, ...changes };
}

function mode(marginMode: string): Line {
  return { timeMs: 2, kind: 'margin-mode', account: 'ann', market: 'A', marginMode };
}

function market(changes: Line): Line {
  return { ...MARKET, timeMs: 2, rules: { ...RULES, ...changes } };
}
