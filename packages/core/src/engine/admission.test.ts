/**
 * Every command accepted, and every reason to refuse one, as a table: the last column is the
 * verdict.
 */
import { describe, expect, test } from 'vitest';
import type { EventKind } from './event.ts';
import type { LiquidationRules } from './liquidation-rules.ts';
import { apply } from './reducer.ts';
import { REFUSAL_CODES, type RefusalCode } from './refusal.ts';
import {
  eventOf,
  kinds,
  plainConfig,
  plainPrices,
  plainRules,
  Scene,
  tradeOf,
  type Draft,
} from './kit/scene.ts';
import { encodeBook } from './snapshot.ts';
import { createEngine } from './state.ts';

/** Mark 100, 10 % maintenance; ann and bob with 1,000 at leverage 10, cem with nothing. */
function market(liquidation: LiquidationRules = {}): Scene {
  const scene = new Scene();
  scene.open('A', plainRules({ priceBand: '0.5', staleAfterMs: 60_000, liquidation }), 100);
  scene.fund({ ann: 1000, bob: 1000, cem: 0, fund: 500 });
  for (const account of ['ann', 'bob']) scene.choose(account, 'A', 10);
  return scene;
}

/** The same, ann long 10 against bob at 100. */
function held(): Scene {
  const scene = market();
  scene.accept(tradeOf('A', ['ann', 'bob'], [10, 100]));
  return scene;
}

/** The same, isolated on ann's side. */
function isolated(): Scene {
  const scene = market();
  scene.choose('ann', 'A', 10, true);
  scene.accept(tradeOf('A', ['ann', 'bob'], [10, 100]));
  return scene;
}

/** Ann long 50 at leverage 10 with 1,000; at 88 she is below her line and waits to be closed. */
function sinking(): Scene {
  const scene = market();
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  scene.mark({ A: 88 });
  return scene;
}

/** The same, where the fund with its 500 pays for fills up to 25 % below the mark. */
function generous(): Scene {
  const limit = { kind: 'mark', within: '0.25', beyondBankruptcy: 'fund-pays' } as const;
  const scene = market({ limit });
  scene.accept(tradeOf('A', ['ann', 'bob'], [50, 100]));
  scene.mark({ A: 88 });
  return scene;
}

function buy(sizeLots: number, priceTicks: number, reduceOnly = false): Draft {
  const place = { account: 'ann', order: 'o', market: 'A' };
  return { kind: 'place-order', ...place, side: 'buy', sizeLots, priceTicks, reduceOnly };
}

function sell(sizeLots: number, priceTicks: number, reduceOnly = true): Draft {
  return { ...buy(sizeLots, priceTicks, reduceOnly), side: 'sell' } as Draft;
}

function ordered(...drafts: readonly Draft[]): () => Scene {
  return () => {
    const scene = held();
    for (const draft of drafts) scene.accept(draft);
    return scene;
  };
}

const money = (kind: 'deposit' | 'withdraw', account: string, amountAtoms: number): Draft => {
  return { kind, account, amountAtoms };
};
const margin = (kind: 'add-margin' | 'remove-margin', amountAtoms: number): Draft => {
  return { kind, account: 'ann', market: 'A', amountAtoms };
};
const leverage = (times: number): Draft => {
  return { kind: 'set-leverage', account: 'ann', market: 'A', leverageHundredths: times * 100 };
};
const mode = (marginMode: 'cross' | 'isolated', account = 'ann'): Draft => {
  return { kind: 'set-margin-mode', account, market: 'A', marginMode };
};
const funding = (intervalEndMs: number): Draft => {
  return { kind: 'settle-funding', market: 'A', rateE9: 1_000_000, intervalEndMs };
};
const fill = (sizeLots: number, priceTicks: number, counterparty = 'bob'): Draft => {
  return { kind: 'fill-liquidation', liquidation: 1, sizeLots, priceTicks, counterparty };
};
const matched = (sizeLots: number, priceTicks: number): Draft => {
  return { ...tradeOf('A', ['ann', 'bob'], [sizeLots, priceTicks]), buyOrder: 'o' };
};
const marks = (id: string, priceTicks: number, sourceSequence = 99): Draft => {
  return { kind: 'marks', source: 'index', sourceSequence, prices: [{ market: id, priceTicks }] };
};
const update = (rules: Partial<Parameters<typeof plainRules>[0]>): Draft => {
  const changed = plainRules(rules);
  return {
    kind: 'update-market',
    market: 'A',
    rules: changed,
    appliesTo: 'open',
    effectiveMs: null,
  };
};

function later(make: () => Scene, ms: number): () => Scene {
  return () => {
    const scene = make();
    scene.wait(ms);
    return scene;
  };
}

type Row = readonly [
  what: string,
  scene: () => Scene,
  draft: Draft,
  verdict: RefusalCode | EventKind,
];

const ROWS: readonly Row[] = [
  [
    'a second configuration',
    market,
    { kind: 'configure', config: plainConfig() },
    'already-configured',
  ],
  ['a market', market, { kind: 'open-market', market: 'B', rules: plainRules() }, 'market-opened'],
  [
    'a market of that name',
    market,
    { kind: 'open-market', market: 'A', rules: plainRules() },
    'market-exists',
  ],
  [
    'tick × lot of half an atom',
    market,
    { kind: 'open-market', market: 'B', rules: plainRules({ tick: '0.5' }) },
    'bad-rules',
  ],
  ['other rules', market, update({ takerFee: '0.001' }), 'market-updated'],
  ['another contract', market, update({ lot: '2' }), 'bad-rules'],
  ['an account', market, { kind: 'open-account', account: 'dan' }, 'account-opened'],
  [
    'an account named __proto__',
    market,
    { kind: 'open-account', account: '__proto__' },
    'account-opened',
  ],
  ['an account of that name', market, { kind: 'open-account', account: 'ann' }, 'account-exists'],
  ['the name of the fund', market, { kind: 'open-account', account: 'fund' }, 'account-exists'],
  ['a name with a space', market, { kind: 'open-account', account: 'a b' }, 'malformed'],
  ['a deposit', market, money('deposit', 'ann', 1), 'deposited'],
  ['a deposit to the fund', market, money('deposit', 'fund', 1), 'deposited'],
  ['a deposit of nothing', market, money('deposit', 'ann', 0), 'malformed'],
  ['a deposit to the fees', market, money('deposit', 'fees', 1), 'reserved-account'],
  ['a deposit to nobody', market, money('deposit', 'zoe', 1), 'unknown-account'],
  ['the largest deposit', market, money('deposit', 'cem', 2 ** 50), 'deposited'],
  ['withdrawn = available', held, money('withdraw', 'ann', 900), 'withdrawn'],
  ['withdrawn = available + 1', held, money('withdraw', 'ann', 901), 'insufficient-balance'],
  ['withdrawn while liquidated', sinking, money('withdraw', 'ann', 1), 'in-liquidation'],
  ['withdrawn under an old mark', later(held, 60_001), money('withdraw', 'ann', 1), 'stale-mark'],
  [
    'withdrawn at the last fresh moment',
    later(held, 60_000),
    money('withdraw', 'ann', 1),
    'withdrawn',
  ],
  ['leverage = the most', market, leverage(100), 'leverage-set'],
  ['leverage above the most', market, leverage(101), 'leverage-too-high'],
  ['leverage that equity just covers', held, leverage(1), 'leverage-set'],
  [
    'leverage that equity does not cover',
    ordered(money('withdraw', 'ann', 1)),
    leverage(1),
    'insufficient-margin',
  ],
  ['isolated margin, flat', market, mode('isolated'), 'margin-mode-set'],
  ['isolated margin, with a position', held, mode('isolated'), 'position-open'],
  ['isolated margin, with an order', ordered(buy(1, 90)), mode('isolated'), 'position-open'],
  ['margin added', isolated, margin('add-margin', 900), 'margin-added'],
  ['margin added = available + 1', isolated, margin('add-margin', 901), 'insufficient-balance'],
  ['margin added to a cross position', held, margin('add-margin', 1), 'not-isolated'],
  ['margin added without a position', market, margin('add-margin', 1), 'no-position'],
  ['margin removed below initial', isolated, margin('remove-margin', 1), 'insufficient-margin'],
  ['an order', held, buy(10, 100), 'order-placed'],
  ['an order that takes all there is', held, buy(90, 100), 'order-placed'],
  ['an order of one lot more', held, buy(91, 100), 'insufficient-margin'],
  ['an order above the mark: the open loss counts', held, buy(83, 101), 'insufficient-margin'],
  ['a second order of that name', ordered(buy(1, 90)), buy(1, 90), 'order-exists'],
  ['an order under an old mark', later(held, 60_001), buy(1, 100), 'stale-mark'],
  ['reduce-only under an old mark', later(held, 60_001), sell(1, 100), 'order-placed'],
  ['reduce-only = the position', held, sell(10, 100), 'order-placed'],
  ['reduce-only above the position', held, sell(11, 100), 'exceeds-position'],
  ['reduce-only on the same side', held, buy(1, 100, true), 'exceeds-position'],
  ['reduce-only at the edge of the band', held, sell(1, 150), 'order-placed'],
  ['reduce-only outside the band', held, sell(1, 151), 'outside-band'],
  [
    'an order in a market without a mark',
    unmarked,
    { ...buy(1, 1), market: 'B' } as Draft,
    'no-mark',
  ],
  ['an order while liquidated', sinking, buy(1, 88), 'in-liquidation'],
  [
    'an order in a halted market',
    ordered({ kind: 'halt-market', market: 'A' }),
    buy(1, 100),
    'market-mode',
  ],
  ['an order too large to reckon', held, buy(2 ** 50, 100), 'too-large'],
  ['the 201st order', crowded, { ...buy(1, 1), order: 'one-more' } as Draft, 'too-many-orders'],
  [
    'cancelled',
    ordered(buy(1, 90)),
    { kind: 'cancel-order', account: 'ann', order: 'o' },
    'order-cancelled',
  ],
  ['cancelled twice', held, { kind: 'cancel-order', account: 'ann', order: 'o' }, 'unknown-order'],
  ['a trade', market, tradeOf('A', ['ann', 'bob'], [100, 100]), 'traded'],
  [
    'a trade of one lot more than covered',
    market,
    tradeOf('A', ['ann', 'bob'], [101, 100]),
    'insufficient-margin',
  ],
  [
    'a position above its cap',
    capped({ openInterest: null, position: '100' }),
    tradeOf('A', ['ann', 'bob'], [2, 100]),
    'position-cap',
  ],
  [
    'open interest above its cap',
    capped({ openInterest: '100', position: null }),
    tradeOf('A', ['ann', 'bob'], [2, 100]),
    'open-interest-cap',
  ],
  ['a trade with oneself', market, tradeOf('A', ['ann', 'ann'], [1, 100]), 'same-account'],
  ['a trade with the fund', market, tradeOf('A', ['ann', 'fund'], [1, 100]), 'reserved-account'],
  ['a trade in no market', market, tradeOf('B', ['ann', 'bob'], [1, 100]), 'unknown-market'],
  [
    'a trade that closes under an old mark',
    later(held, 60_001),
    tradeOf('A', ['bob', 'ann'], [10, 100]),
    'traded',
  ],
  [
    'a trade that turns round under an old mark',
    later(held, 60_001),
    tradeOf('A', ['bob', 'ann'], [11, 100]),
    'stale-mark',
  ],
  ['an order filled at its price', ordered(buy(5, 100)), matched(5, 100), 'traded'],
  ['an order filled above its price', ordered(buy(5, 100)), matched(5, 101), 'worse-than-limit'],
  ['an order filled beyond its size', ordered(buy(5, 100)), matched(6, 100), 'exceeds-order'],
  ['marks', held, marks('A', 101), 'marked'],
  ['marks out of order', held, marks('A', 50, 1), 'price-ignored'],
  ['marks of no market', held, marks('B', 1), 'unknown-market'],
  ['marks of a source that is not listed', sourced(), marks('A', 1), 'unknown-source'],
  ['an order while sources disagree', sourced(100, 50, 150), buy(1, 100), 'disputed-mark'],
  ['an order while a jump is unconfirmed', sourced(100, 80, 80), buy(1, 100), 'jumping-mark'],
  ['a mark beyond exact numbers', held, marks('A', 2 ** 50), 'too-large'],
  ['funding of the interval until now', held, funding(1_000), 'funding-paid'],
  ['funding of an interval that has not ended', held, funding(1_001), 'interval-open'],
  ['funding of an interval twice', ordered(funding(1_000)), funding(1_000), 'interval-settled'],
  ['a fill at the bankruptcy price', sinking, fill(50, 80), 'liquidation-filled'],
  ['a fill below the bankruptcy price', sinking, fill(50, 79), 'worse-than-limit'],
  ['a fill beyond the order', sinking, fill(51, 88), 'exceeds-order'],
  ['a fill beyond bankruptcy that the fund can pay', generous, fill(50, 71), 'deficit-covered'],
  ['a fill beyond bankruptcy that it cannot', generous, fill(50, 69), 'fund-exhausted'],
  ['a fill by the account itself', sinking, fill(50, 88, 'ann'), 'same-account'],
  ['a fill by who cannot afford it', sinking, fill(50, 88, 'cem'), 'insufficient-margin'],
  ['a fill of no liquidation', held, fill(1, 100), 'unknown-liquidation'],
  [
    'a sale of inventory',
    owned,
    { kind: 'fill-inventory', market: 'A', sizeLots: 10, priceTicks: 88, counterparty: 'bob' },
    'inventory-filled',
  ],
  [
    'a sale of more than there is',
    owned,
    { kind: 'fill-inventory', market: 'A', sizeLots: 51, priceTicks: 88, counterparty: 'bob' },
    'exceeds-position',
  ],
];

/** The same market, made of three sources which say at last what is given. */
function sourced(...last: readonly number[]): () => Scene {
  return () => {
    const scene = market();
    scene.accept(update({ prices: plainPrices() }));
    const sources = ['a', 'b', 'c'];
    for (const source of sources) scene.quote(source, { A: 100 });
    last.forEach((ticks, k) => scene.quote(sources[k] ?? '', { A: ticks }));
    return scene;
  };
}

function capped(caps: { openInterest: string | null; position: string | null }): () => Scene {
  return () => {
    const scene = market();
    scene.accept(update({ caps }));
    return scene;
  };
}

function unmarked(): Scene {
  const scene = held();
  scene.accept({ kind: 'open-market', market: 'B', rules: plainRules() });
  return scene;
}

function crowded(): Scene {
  const scene = held();
  for (let k = 0; k < 200; k += 1) scene.accept({ ...buy(1, 1), order: `o${k}` } as Draft);
  return scene;
}

/** Ann's 50 lots in the hands of the fund, which can carry them. */
function owned(): Scene {
  const scene = sinking();
  scene.accept(money('deposit', 'fund', 5000));
  scene.wait(10_000);
  scene.mark({ A: 88 });
  return scene;
}

describe('what is asked of a command', () => {
  test.each(ROWS)('%s', (_what, make, draft, verdict) => {
    const scene = make();
    const before = encodeBook(scene.engine);
    const { answer, events } = scene.send(draft);
    if (answer.status === 'accepted') expect(kinds(events)).toContain(verdict);
    else {
      expect(answer.refusal.code).toBe(verdict);
      expect(answer.refusal.message.length).toBeGreaterThan(10);
      expect(Buffer.compare(before, encodeBook(scene.engine))).toBe(0);
    }
  });

  test('every reason to refuse is in the table, or here', () => {
    const seen = new Set<string>(ROWS.map(([, , , verdict]) => verdict));
    const elsewhere = ['not-configured', 'id-reused', 'id-too-old'];
    expect(REFUSAL_CODES.filter((code) => !seen.has(code))).toEqual(
      elsewhere.toSorted(
        (a, b) => REFUSAL_CODES.indexOf(a as RefusalCode) - REFUSAL_CODES.indexOf(b as RefusalCode),
      ),
    );
  });

  test('an engine that is not configured answers nothing else', () => {
    const command = { kind: 'clock', client: 'c', id: '1', timeMs: 0 } as const;
    const { answer } = apply(createEngine(), command);
    expect(answer).toMatchObject({ status: 'refused', refusal: { code: 'not-configured' } });
  });
});

describe('the memory of ids', () => {
  const again = { client: 'c', timeMs: 5_000 };
  const send = (scene: Scene, id: string, amountAtoms: number): ReturnType<typeof apply> => {
    return apply(scene.engine, { kind: 'deposit', account: 'ann', amountAtoms, id, ...again });
  };

  test('the same id answers the same and changes nothing', () => {
    const scene = market();
    const first = send(scene, '1', 5);
    const second = send(scene, '1', 5);
    expect(second).toEqual({ answer: first.answer, events: [], recorded: false });
  });

  test('the same id with another body is refused', () => {
    const scene = market();
    send(scene, '1', 5);
    expect(send(scene, '1', 6).answer).toMatchObject({ refusal: { code: 'id-reused' } });
  });

  test('a forgotten id is too old, also when it was never used', () => {
    const scene = new Scene(plainConfig({ rememberedIds: 3 }));
    scene.fund({ ann: 0 });
    for (const id of ['10', '20', '30', '40', '50']) send(scene, id, 1);
    expect(send(scene, '20', 1).answer).toMatchObject({ refusal: { code: 'id-too-old' } });
    expect(send(scene, '15', 1).answer).toMatchObject({ refusal: { code: 'id-too-old' } });
    expect(send(scene, '35', 1).answer).toMatchObject({ status: 'accepted' });
  });
});

test('funding is paid by longs, received by shorts, and sums to the dust that is said', () => {
  const scene = held();
  const settled = eventOf(scene.accept(funding(1_000)), 'funding-settled');
  expect(settled).toMatchObject({ paidAtoms: 1, receivedAtoms: 1, dustAtoms: 0, priceTicks: 100 });
});

test('so many sources have a name, and not one more', () => {
  const scene = new Scene();
  scene.open('A', plainRules(), 100);
  for (let k = 1; k < 1000; k += 1) scene.quote(`s${k}`, { A: 100 });
  const one = { kind: 'marks', sourceSequence: 10_000 } as const;
  const prices = [{ market: 'A', priceTicks: 101 }];
  const before = encodeBook(scene.engine);
  expect(scene.verdict({ ...one, source: 'another', prices })).toBe('too-large');
  expect(Buffer.compare(encodeBook(scene.engine), before)).toBe(0);
  expect(scene.verdict({ ...one, source: 's7', prices })).toBe('accepted');
});
