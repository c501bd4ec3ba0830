/** Several sources, one mark: both sides of every boundary, and a naive model beside it. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePrices, type CompiledPrices } from './price-rules.ts';
import { hear, keepListed, NO_FEED, sourceStates, type Heard, type Quote } from './price-feed.ts';
import type { PriceRules } from './config.ts';
import { plainPrices } from './kit/scene.ts';

const SOURCES = plainPrices().sources;

function rulesOf(changes: Partial<PriceRules> = {}): CompiledPrices {
  const rules = compilePrices(plainPrices(changes));
  if (rules === null || typeof rules === 'string') throw new Error(String(rules));
  return rules;
}

interface Said {
  readonly ticks: number;
  readonly source?: string;
  readonly timeMs?: number;
}

/** What is left after the quotes, each by the next source unless it is named, at its own time. */
function told(
  quotes: readonly (number | Said)[],
  changes: Partial<PriceRules> = {},
  markTicks = 0,
): Heard & { readonly markTicks: number } {
  const rules = rulesOf(changes);
  let heard: Heard = { feed: NO_FEED, mark: null };
  let inForce = markTicks;
  let nowMs = 0;
  quotes.forEach((said, k) => {
    const one: Said = typeof said === 'number' ? { ticks: said } : said;
    const source = one.source ?? SOURCES[k % SOURCES.length] ?? '';
    const quote: Quote = { source, ticks: one.ticks, timeMs: one.timeMs ?? k };
    nowMs = Math.max(nowMs, quote.timeMs);
    const hearing = { rules, markTicks: inForce, nowMs, leastTicks: 1, mostTicks: 2 ** 50 };
    heard = hear(heard.feed, quote, hearing);
    inForce = heard.mark?.ticks ?? inForce;
  });
  return { ...heard, markTicks: inForce };
}

describe('the mark of several sources', () => {
  test.each([
    ['one of three: not enough have spoken', [100], 0, 'agreed'],
    ['two that agree: their mean', [100, 102], 101, 'agreed'],
    ['a mean between two ticks goes to the even one', [100, 101], 100, 'agreed'],
    ['and up where that is even', [101, 102], 102, 'agreed'],
    ['three: the middle one', [100, 104, 103], 103, 'agreed'],
    ['one lies low: the middle of all three', [100, 101, 1], 100, 'agreed'],
    ['one lies high', [100, 101, 2 ** 50], 101, 'agreed'],
    ['two of two disagree', [100, 200], 0, 'disputed'],
    ['three that all disagree', [100, 200, 300], 0, 'disputed'],
  ] as const)('%s', (_what, quotes, mark, agreement) => {
    const heard = told(quotes);
    expect([heard.markTicks, heard.feed.agreement]).toEqual([mark, agreement]);
  });

  test.each([
    ['at the deviation', [1000, 1000, 1050], 3],
    ['one tick beyond it', [1000, 1000, 1051], 2],
    ['at it below', [1000, 1000, 950], 3],
    ['one tick beyond it below', [1000, 1000, 949], 2],
  ] as const)('%s: counted or deviating', (_what, quotes, counted) => {
    const { feed } = told(quotes);
    const hearing = { rules: rulesOf(), markTicks: 0, nowMs: 2, leastTicks: 1, mostTicks: 2 ** 50 };
    const states = sourceStates(feed, hearing).map(({ state }) => state);
    expect(states.filter((state) => state === 'counted')).toHaveLength(counted);
    expect(states.filter((state) => state === 'deviating')).toHaveLength(3 - counted);
  });

  test.each([
    ['as old as silence allows', 30_000, 101],
    ['a millisecond older', 30_001, 0],
  ])('a source %s', (_what, timeMs, mark) => {
    const heard = told([
      { ticks: 100, timeMs: 0 },
      { ticks: 102, timeMs },
    ]);
    expect(heard.markTicks).toBe(mark);
    expect(heard.feed.agreement).toBe('agreed');
  });

  test('silence does not settle a dispute', () => {
    const said = [100, 200, { ticks: 200, source: 'b', timeMs: 40_000 }] as const;
    expect(told(said).feed.agreement).toBe('disputed');
  });

  test('a mark is as old as the moment at which enough sources had spoken', () => {
    const said = [
      { ticks: 100, timeMs: 5 },
      { ticks: 100, timeMs: 9 },
      { ticks: 100, timeMs: 7 },
    ];
    expect(told(said).mark).toEqual({ ticks: 100, timeMs: 7 });
    expect(told(said, { minimumAgreeing: 3 }).mark).toEqual({ ticks: 100, timeMs: 5 });
    expect(told(said, { minimumAgreeing: 1 }).mark).toEqual({ ticks: 100, timeMs: 9 });
  });

  test.each([
    ['a source named twice', { sources: ['a', 'a'] }, 'prices.sources: a source is named twice'],
    [
      'more agreeing than there are',
      { minimumAgreeing: 4 },
      'prices.minimumAgreeing must be at most the number of sources',
    ],
    ['a deviation above 1', { maxDeviation: '1.1' }, /^prices.maxDeviation: .*between 0 and 1$/],
    [
      'a threshold finer than 0.0000001',
      { jump: { threshold: '0.00000001', confirmations: 1 } },
      /^prices.jump.threshold: .*whole multiple/,
    ],
  ])('rules with %s are refused', (_what, changes, reason) => {
    expect(compilePrices(plainPrices(changes))).toEqual(
      typeof reason === 'string' ? reason : expect.stringMatching(reason),
    );
  });
});

const alone = (...prices: number[]): Said[] =>
  prices.map((ticks, timeMs) => ({ ticks, timeMs, source: 'a' }));

describe('a jump of more than 10 %, three confirmations', () => {
  const calm = [1000, 1000, 1000];
  test.each([
    ['two at the threshold', [...calm, 900, 900], 900, 'agreed'],
    ['two a tick beyond it: held', [...calm, 899, 899], 1000, 'jumping'],
    ['three: confirmed at once', [...calm, 800, 800, 800], 800, 'agreed'],
    ['upwards too', [...calm, 1101, 1101], 1000, 'jumping'],
    [
      'two, then one of them again',
      [...calm, 800, 800, { ticks: 800, source: 'a' }],
      800,
      'agreed',
    ],
    [
      'two, then one of them again with the same event time',
      [...calm, 800, { ticks: 800, timeMs: 4 }, { ticks: 800, source: 'b', timeMs: 4 }],
      1000,
      'jumping',
    ],
    ['two, and the third stays: no confirmation', [...calm, 800, 800, 1000], 1000, 'jumping'],
    [
      'two that come back',
      [...calm, 800, 800, 1000, 1000, { ticks: 800, source: 'b' }],
      1000,
      'agreed',
    ],
    ['the first mark is no jump', [800, 800], 800, 'agreed'],
  ] as const)('%s', (_what, quotes, mark, agreement) => {
    const heard = told(quotes);
    expect([heard.markTicks, heard.feed.agreement]).toEqual([mark, agreement]);
  });

  const lone = { sources: ['a'], minimumAgreeing: 1 };
  test.each([
    ['once', alone(1000, 800), 1000],
    ['twice', alone(1000, 800, 800), 1000],
    ['three times: it insists', alone(1000, 800, 800, 800), 800],
    ['falling on within the threshold', alone(1000, 800, 750, 700), 700],
    ['somewhere else each time', alone(1000, 800, 600, 400), 1000],
    ['and back', alone(1000, 800, 800, 1000, 800), 1000],
  ])('a lone source jumps %s', (_what, quotes, mark) => {
    expect(told(quotes, lone).markTicks).toBe(mark);
  });

  test('without a rule for jumps none waits', () => {
    expect(told([...calm, 100, 100], { jump: null }).markTicks).toBe(100);
  });
});

test('other rules forget whoever they do not list', () => {
  const { feed } = told([100, 200, 300]);
  const kept = keepListed(feed, rulesOf({ sources: ['b', 'x'] }));
  expect(kept.quotes.map(({ source }) => source)).toEqual(['b']);
  expect(kept.agreement).toBe('disputed');
  expect(keepListed(feed, null)).toEqual(NO_FEED);
});

/** The rule in words, with fractions instead of whole numbers and without jumps. */
function naiveMark(latest: readonly Quote[], nowMs: number, held: number): number {
  const prices = latest.filter((q) => nowMs - q.timeMs <= 30_000).map((q) => q.ticks);
  prices.sort((a, b) => a - b);
  const half = prices.length / 2;
  const exact =
    prices.length % 2 === 1
      ? (prices[Math.floor(half)] ?? 0)
      : ((prices[half - 1] ?? 0) + (prices[half] ?? 0)) / 2;
  const down = Math.floor(exact);
  const median = exact === down ? exact : down % 2 === 0 ? down : down + 1;
  const near = prices.filter((price) => Math.abs(price - median) * 20 <= median);
  return near.length >= 2 ? median : held;
}

test('any quotes at any times: the mark of the naive model', () => {
  const quote = fc.record({
    source: fc.constantFrom(...SOURCES),
    ticks: fc.oneof(fc.integer({ min: 90, max: 110 }), fc.integer({ min: 1, max: 2 ** 40 })),
    waitMs: fc.constantFrom(0, 1, 9_999, 30_000, 30_001),
    lateMs: fc.constantFrom(0, 0, 1, 30_000, 30_001),
  });
  const rules = rulesOf({ jump: null });
  const property = fc.property(fc.array(quote, { maxLength: 40 }), (quotes) => {
    let feed = NO_FEED;
    let held = 0;
    let nowMs = 100_000;
    const latest = new Map<string, Quote>();
    for (const { source, ticks, waitMs, lateMs } of quotes) {
      nowMs += waitMs;
      const one = { source, ticks, timeMs: nowMs - lateMs };
      latest.set(source, one);
      const hearing = { rules, markTicks: held, nowMs, leastTicks: 1, mostTicks: 2 ** 50 };
      const heard = hear(feed, one, hearing);
      feed = heard.feed;
      const expected = naiveMark([...latest.values()], nowMs, held);
      held = heard.mark?.ticks ?? held;
      expect(held).toBe(expected);
    }
  });
  fc.assert(property, { numRuns: 2000, seed: 7 });
});
