/**
 * Worked cases that others have published, in this engine's own terms: deleveraging at the
 * bankruptcy
 * price, bankruptcy prices, what a fill brings the account or costs the fund, funding, reduced
 * risk.
 */
import { describe, expect, test } from 'vitest';
import { accountView } from './account-view.ts';
import { eventOf, eventsOf, kinds, plainConfig, plainRules, Scene, tradeOf } from './kit/scene.ts';

const policy = { marginCallAt: null, marginCallClearAt: null, call: null };

/**
 * A short of 1 against a long of 1, each with a balance as "quote" in the sources: cash after the
 * position was opened. Opened at 50,000, so a quote of q means q − 50,000 (short) or q + 50,000 of
 * money.
 */
function shortAgainstLong(shortQuote: number, longQuote: number): Scene {
  const scene = new Scene(plainConfig({ policy }));
  scene.open('BTC', plainRules({ maxLeverage: '100' }), 50_000);
  scene.fund({ carl: 50_000, dave: 50_000 });
  scene.accept(tradeOf('BTC', ['dave', 'carl'], [1, 50_000]));
  const { balance, rows } = scene.engine.accounts;
  balance[rows.get('carl') ?? 0] = shortQuote - 50_000;
  balance[rows.get('dave') ?? 0] = longQuote + 50_000;
  scene.engine.deposited = BigInt(shortQuote + longQuote);
  return scene;
}

describe('dYdX: deleveraged at the bankruptcy price of the short (mark 50,000)', () => {
  test.each([
    [49_999, 50_000, 49_999, 99_999],
    [49_999, -45_001, 49_999, 4_998],
    [50_000, -50_000, 50_000, 0],
    [54_999, 50_000, 54_999, 104_999],
    [54_999, -45_001, 54_999, 9_998],
    [54_999, -50_000, 54_999, 4_999],
  ])('quotes %i and %i: at %i, the long is left with %i', (short, long, price, left) => {
    const scene = shortAgainstLong(short, long);
    const ordered = eventOf(scene.mark({ BTC: 50_000 }), 'liquidation-ordered');
    expect(ordered.limitTicks).toBe(price);
    const closed = eventsOf(scene.wait(10_000), 'deleveraged');
    expect(closed[0]).toMatchObject({ account: 'carl', counterparty: 'dave', priceTicks: price });
    const ends = ['carl', 'dave'].map((id) => accountView(scene.engine, id)?.balanceAtoms);
    expect(ends).toEqual([0, left]);
  });

  test.each([
    [49_999, -50_000],
    [49_999, -50_001],
    [50_000, -50_001],
  ])('quotes %i and %i: the two bankruptcy prices do not overlap', (short, long) => {
    const scene = shortAgainstLong(short, long);
    scene.mark({ BTC: 50_000 });
    const closed = eventsOf(scene.wait(10_000), 'deleveraged');
    expect(closed.map((event) => event.priceTicks)).toEqual([50_000]);
  });
});

describe('dYdX: what closing 0.1 leaves, in lots of 0.1 and money of 0.1', () => {
  test.each([
    [
      'long',
      { quote: -510_000, fee: '0.005', fill: 561_000 },
      'the fee, 0.5 % of the value',
      2_805,
    ],
    ['long', { quote: -510_000, fee: '1', fill: 561_000 }, 'the fee takes all there is', 51_000],
    ['long', { quote: -510_000, fee: '0.005', fill: 510_510 }, 'less is left than the fee', 510],
    ['long', { quote: -510_000, fee: '0.005', fill: 510_000 }, 'filled at the bankruptcy price', 0],
    ['short', { quote: 490_000, fee: '0.025', fill: 441_000 }, 'the fee of a short', 11_025],
  ] as const)('a %s, %o: %s, fund %i', (side, how, _why, paid) => {
    const scene = closing(side, how.quote, how.fee);
    scene.mark({ BTC: 500_000 });
    const before = accountView(scene.engine, 'fund')?.balanceAtoms ?? 0;
    const fill = { liquidation: 1, sizeLots: 1, priceTicks: how.fill, counterparty: 'house' };
    scene.accept({ kind: 'fill-liquidation', ...fill });
    expect((accountView(scene.engine, 'fund')?.balanceAtoms ?? 0) - before).toBe(paid);
  });
});

describe('funding: value × rate, shorts receive when the rate is above zero', () => {
  test.each([
    [10, 100_000, 2_000_000, 2_000],
    [10, 200_000, 2_500_000, 5_000],
  ])(
    '%i at a rate of %i e-9: the short receives, in millionths',
    (size, rateE9, ticks, received) => {
      const scene = new Scene(plainConfig({ asset: { symbol: 'USD', decimals: 6 } }));
      scene.open('X', plainRules({ tick: '0.000001' }), ticks);
      scene.fund({ long: 1_000_000_000, short: 1_000_000_000 });
      scene.accept(tradeOf('X', ['long', 'short'], [size, ticks]));
      const events = scene.accept({
        kind: 'settle-funding',
        market: 'X',
        rateE9,
        intervalEndMs: 1,
      });
      const paid = events.filter((event) => event.kind === 'funding-paid');
      expect(paid.map((event) => [event.account, event.amountAtoms])).toEqual([
        ['long', received],
        ['short', -received],
      ]);
    },
  );
});

test('exchange-core: fees come from cash, margin is a check and never moved', () => {
  const scene = new Scene();
  // 3 and 2 a lot at a price of 10,770, as rates of that value:
  // rounded up over 30 lots to 91 and 61.
  const rules = plainRules({ takerFee: '0.0002786', makerFee: '0.0001858' });
  scene.open('X', rules, 10_770);
  scene.fund({ seller: 240_000, buyer: 150_000 });
  for (const account of ['seller', 'buyer']) scene.choose(account, 'X', 10);
  const events = scene.accept(tradeOf('X', ['buyer', 'seller'], [30, 10_770]));
  expect(eventOf(events, 'traded')).toMatchObject({ buyerFeeAtoms: 91, sellerFeeAtoms: 61 });
  expect(accountView(scene.engine, 'buyer')?.balanceAtoms).toBe(150_000 - 91);
  expect(kinds(events)).toEqual(['traded']);
});

test('Vega: a long of 4 pays for all its buys, at the price and leverage of each (factor 0.5)', () => {
  const scene = new Scene();
  scene.open('X', plainRules(), 50);
  scene.fund({ ann: 10_000, bob: 10_000 });
  scene.choose('ann', 'X', 2);
  const orders = [
    [10, 50],
    [20, 40],
    [30, 20],
  ] as const;
  orders.forEach(([sizeLots, priceTicks], k) => {
    const order = { account: 'ann', order: `o${k}`, market: 'X', side: 'buy' } as const;
    scene.accept({ kind: 'place-order', ...order, sizeLots, priceTicks, reduceOnly: false });
  });
  // The source divides sizes by a position factor of 10: its 95 is 950 here.
  expect(accountView(scene.engine, 'ann')?.initialMarginAtoms).toBe(950);
});

/** A unit with a position of one lot and so much quote; mark 50,000 with 10 % maintenance. */
function closing(side: 'long' | 'short', quote: number, feeRate: string): Scene {
  const scene = new Scene(plainConfig({ policy, asset: { symbol: 'USD', decimals: 2 } }));
  const rules = plainRules({ lot: '0.1', tick: '0.1', liquidationFee: feeRate });
  scene.open('BTC', rules, 500_000);
  scene.fund({ unit: 10_000_000, house: 100_000_000, fund: 1_000_000 });
  const parties = side === 'long' ? (['unit', 'house'] as const) : (['house', 'unit'] as const);
  scene.accept(tradeOf('BTC', parties, [1, 500_000]));
  const { balance, rows } = scene.engine.accounts;
  const row = rows.get('unit') ?? 0;
  const money = side === 'long' ? quote + 500_000 : quote - 500_000;
  scene.engine.deposited += BigInt(money - (balance[row] ?? 0));
  balance[row] = money;
  return scene;
}
