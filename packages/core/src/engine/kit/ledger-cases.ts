/** Published cases of funding, of the margin of open orders, and of open interest. */
import { accountView } from '../account-view.ts';
import { reason, written, whole, type Outcome, type PublishedCase } from './published-case.ts';
import { eventsOf, plainConfig, plainRules, Scene, tradeOf } from './scene.ts';

/** What the long pays for an interval in millionths, for a short of as much to receive. */
function paid(lots: number, ticks: number, rateE9: number): number {
  const scene = new Scene(plainConfig({ asset: { symbol: 'USD', decimals: 6 } }));
  scene.open('X', plainRules({ tick: '0.000001' }), ticks);
  const rich = 2 ** 49;
  scene.fund({ long: rich, short: rich });
  scene.accept(tradeOf('X', ['long', 'short'], [lots, ticks]));
  const events = scene.accept({ kind: 'settle-funding', market: 'X', rateE9, intervalEndMs: 1 });
  return (
    eventsOf(events, 'funding-paid').find((event) => event.account === 'long')?.amountAtoms ?? 0
  );
}

export function fundingCase({ inputs, expected }: PublishedCase): Outcome {
  const { size, fundingRate, markPrice } = inputs;
  const rateE9 = whole(fundingRate, '1e-9');
  const received = paid(Number(size), whole(markPrice, '0.000001'), rateE9) / 1e6;
  const krakenFundingFee = expected['krakenFundingFee'] === null ? null : String(received);
  return { actual: { fundingFee: String(received), krakenFundingFee } };
}

/**
 * A change of the index in millionths of a unit of cash for each unit of base is a rate on a price
 * of one such unit; the largest one is a rate of 100 % on that price, for a lot of all the base.
 */
export function settledFundingCase({ inputs }: PublishedCase): Outcome {
  const base = Number(inputs['position_quantums']);
  const change = Number(inputs['index_now']) - Number(inputs['index_at_last_settle']);
  const perBase = change * Math.abs(base);
  const small = Math.abs(change) < 1e6;
  const owed = small
    ? paid(Math.abs(base), 1, change * 1_000)
    : paid(1, Math.abs(perBase) / 1e6, Math.sign(change) * 1e9);
  const quote = -Math.sign(base) * owed;
  return {
    actual: {
      settlement_ppm: `${quote}000000`,
      quote_delta_quantums: String(quote),
    },
  };
}

const FULL_RATE_E9 = 1_000_000_000;

/** What a unit of base pays: the index there, in millionths of a millionth of a dollar. */
export function fundingIndexCase({ inputs }: PublishedCase): Outcome {
  const eighths = Number(inputs['elapsed_seconds']) / 28_800;
  const rateE9 = Number(inputs['funding_rate_8h_ppm']) * 1_000 * eighths;
  if (Math.abs(rateE9) > FULL_RATE_E9) return reason('a rate above 100 % an interval is refused');
  const exponent = Number(inputs['price_exponent']) + Number(inputs['base_atomic_resolution']);
  const value = Number(inputs['price']) * 10 ** (exponent + 12);
  return { actual: { index_delta: String(paid(1, value, rateE9)) } };
}

/** The margin of an order of a million at the open interest; there cut to millionths. */
export function interestCase({ inputs }: PublishedCase): Outcome {
  const [lower, upper, open] = ['oi_lower_cap', 'oi_upper_cap', 'open_notional_quote_quantums'].map(
    (name) => Number(inputs[name]) / 1e6,
  );
  const base = String(Number(inputs['base_im_ppm']) / 1e6);
  const scale = { base, lower: String(lower), upper: String(upper) };
  const scene = new Scene(plainConfig({ asset: { symbol: 'USD', decimals: 6 } }));
  scene.open('X', plainRules({ initialByOpenInterest: scale }), 1);
  scene.fund({ ann: 2 ** 50, bob: 2 ** 50, cem: 2 ** 50 });
  for (const account of ['ann', 'bob', 'cem']) scene.choose(account, 'X', 100);
  if (open !== 0) scene.accept(tradeOf('X', ['ann', 'bob'], [open ?? 0, 1]));
  const place = {
    account: 'cem',
    order: 'o',
    market: 'X',
    side: 'buy',
    reduceOnly: false,
  } as const;
  scene.accept({ kind: 'place-order', ...place, sizeLots: 1_000_000, priceTicks: 1 });
  const margin = accountView(scene.engine, 'cem')?.initialMarginAtoms ?? 0;
  return { actual: { effective_im_ppm: Math.floor(margin / 1e6) } };
}

type Orders = readonly (readonly [size: number, price: string])[];

/** Sizes are divided by a position factor of 10 there. */
export function orderMarginCase({ inputs }: PublishedCase): Outcome {
  const { position, side, orders, auction_price: auction } = inputs;
  if (side === undefined) {
    return reason('orders of both sides are reserved for, each in full: not the larger side alone');
  }
  if (auction !== null && auction !== undefined)
    return reason('no auction, and so no price of one');
  const held = Number(position);
  if (side === 'buy' ? held < 0 : held > 0) {
    return reason('an order that may reduce reserves in full until it is reduce-only');
  }
  const scene = new Scene();
  scene.open('X', plainRules(), 50);
  scene.fund({ ann: 100_000, bob: 100_000 });
  scene.choose('ann', 'X', 2);
  scene.choose('bob', 'X', 2);
  if (held !== 0) {
    const parties = held > 0 ? (['ann', 'bob'] as const) : (['bob', 'ann'] as const);
    scene.accept(tradeOf('X', parties, [Math.abs(held), 50]));
  }
  const margin = (): number => accountView(scene.engine, 'ann')?.initialMarginAtoms ?? 0;
  const before = margin();
  (orders as Orders).forEach(([sizeLots, price], k) => {
    const place = { account: 'ann', order: `o${k}`, market: 'X', reduceOnly: false };
    const of = { side: written(side) as 'buy' | 'sell', sizeLots, priceTicks: Number(price) };
    scene.accept({ kind: 'place-order', ...place, ...of });
  });
  return { actual: { order_margin: String((margin() - before) / 10) } };
}
