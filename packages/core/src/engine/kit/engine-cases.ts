/**
 * How each published case is asked of the engine, by its kind; what is not asked has its reason.
 * Nothing is reckoned here: inputs go in as commands, answers come from events and accounts.
 */
import { liquidationPresets } from '../liquidation-presets.ts';
import type { LiquidationRules } from '../liquidation-rules.ts';
import { adlCase, deleveragesAtBankruptcy, finalTriggerCase, settlementCase } from './adl-cases.ts';
import { CaseScene, reason, written, type Outcome, type PublishedCase } from './published-case.ts';
import {
  fundingCase,
  fundingIndexCase,
  interestCase,
  orderMarginCase,
  settledFundingCase,
} from './ledger-cases.ts';
import { openLiquidations } from '../view.ts';
import { riskCase, sharedLossCase } from './loss-cases.ts';
import { eventOf, eventsOf, tradeOf } from './scene.ts';

type Inputs = PublishedCase['inputs'];

const dydx: LiquidationRules = {
  ...liquidationPresets.dydx.liquidation.rules,
  size: { kind: 'whole' },
  chunk: null,
};
const drift = liquidationPresets.drift.liquidation.rules ?? {};

/** A rate in millionths as a decimal. */
function ofMillion(value: unknown): string {
  return String(Number(written(value)) / 1e6);
}

function holdingsOf({
  positions,
  oracle,
}: Inputs): CaseScene['mark'] extends (h: infer H) => unknown ? H : never {
  const prices = oracle as Readonly<Record<string, string>>;
  return Object.entries(positions as Readonly<Record<string, string>>).map(([market, base]) => {
    return { market, base, price: prices[market] };
  });
}

function limitOf(inputs: Inputs, liquidation: LiquidationRules, tick: string): string {
  const holdings = holdingsOf(inputs);
  const { quote_balance: quote, mm_rate: maintenance } = inputs;
  const stage = { holdings, quote, maintenance, liquidation, tick, decimals: 8, fund: '0' };
  const scene = new CaseScene(stage);
  return scene.price(eventOf(scene.mark(holdings), 'liquidation-ordered').limitTicks);
}

function limitCase({ inputs }: PublishedCase): Outcome {
  const limit: LiquidationRules['limit'] = {
    kind: 'spread',
    adjustment: ofMillion(inputs['bankruptcy_adjustment_ppm']),
    spread: ofMillion(inputs['spread_to_mmr_ppm']),
    beyondBankruptcy: 'fund-pays',
  };
  return { actual: { fillable_price: limitOf(inputs, { ...dydx, limit }, '0.00001') } };
}

function bankruptcyCase({ id, inputs }: PublishedCase): Outcome {
  if (id.endsWith('same_sign')) {
    return reason('a fill names no side: the engine knows which one closes');
  }
  if (id.endsWith('zero_delta')) return { actual: { error: zeroFill('-4501', '1') } };
  const limit = { kind: 'bankruptcy' } as const;
  const price = Number(limitOf(inputs, { ...dydx, limit }, '0.01'));
  const quote = price * Number(inputs['delta_base']);
  const sign = Number((inputs['positions'] as Record<string, string>)['ETH']) > 0 ? 1 : -1;
  const bankruptcy_quote_usd = String(sign * quote);
  const bankruptcy_quote_quantums = String(sign * quote * 1e6);
  return { actual: { bankruptcy_quote_usd, bankruptcy_quote_quantums } };
}

/** A fill of nothing is malformed, whatever the source calls its error. */
function zeroFill(quote: string, base: string): string {
  const holdings = [{ market: 'BTC', base, price: '50000' }];
  const scene = new CaseScene({ holdings, quote, maintenance: '0.1', liquidation: dydx });
  scene.mark(holdings);
  return scene.fill('0', '50000') === 'malformed' ? REFUSED : 'accepted';
}

/** Stands for any error of a source where the engine refuses. */
export const REFUSED = 'refused';

function fundCase({ id, inputs }: PublishedCase): Outcome {
  if (id === 'dydx.insurance_validity') return { actual: { valid: validities(inputs) } };
  const { position_base: base, quote_balance: quote, oracle_price: price } = inputs;
  if (id.endsWith('zero_fill'))
    return { actual: { error: zeroFill(written(quote), written(base)) } };
  const holdings = [{ market: 'BTC', base, price }];
  const scene = new CaseScene({
    holdings,
    quote,
    maintenance: inputs['mm_rate'],
    liquidation: dydx,
    liquidationFee: ofMillion(inputs['max_liquidation_fee_ppm']),
    fund: '1000',
    ...(id.endsWith('rounds_to_0') ? FINE : {}),
  });
  scene.mark(holdings);
  const before = scene.balance('fund');
  scene.fill(inputs['fill_base'], inputs['fill_price']);
  const delta = scene.money(scene.balance('fund') - before);
  return { actual: { insurance_fund_delta_usd: cut(delta, 6) } };
}

/** A market in which a lot at a millionth is worth an atom, finer than the millionths there. */
const FINE = { lot: '0.1', tick: '0.000001', decimals: 7 };

/** Towards zero, to so many decimals. */
function cut(text: string, decimals: number): string {
  const [units = '', rest = ''] = text.split('.');
  return String(Number(`${units}.${rest.slice(0, decimals)}`));
}

/** Accounts that owe just so much, closed at the mark: may the fund pay? */
function validities({ cases }: Inputs): boolean[] {
  return (cases as readonly Record<string, string>[]).map(({ balance, delta }) => {
    const holdings = [{ market: 'BTC', base: '1', price: '50000' }];
    const quote = (-50_000 + Number(delta)).toFixed(6);
    const stage = { holdings, quote, maintenance: '0.1', liquidation: dydx, fund: balance };
    const scene = new CaseScene(stage);
    scene.mark(holdings);
    return typeof scene.fill('1', '50000') !== 'string';
  });
}

function partialCase(published: PublishedCase): Outcome {
  const { system, id } = published;
  if (system === 'hyperliquid') return hyperliquidCase(published);
  if (id.endsWith('no_collateral_short')) return owingCase(published);
  return system === 'dydx-v4' ? blockCase(published) : shortageCase(published);
}

function blockCase({ inputs }: PublishedCase): Outcome {
  const { position_base: base, quote_balance: quote, oracle_price: price } = inputs;
  const most = inputs['max_notional_liquidated_per_block'];
  const chunk = most === undefined ? null : { maxValue: written(most), cooldownMs: 1000 };
  const holdings = [{ market: 'BTC', base, price }];
  const liquidationFee = written(inputs['max_liquidation_fee']);
  const liquidation: LiquidationRules = { ...dydx, chunk };
  const maintenance = inputs['mm_rate'];
  const scene = new CaseScene({ holdings, quote, maintenance, liquidation, liquidationFee });
  const { sizeLots } = eventOf(scene.mark(holdings), 'liquidation-ordered');
  const resting = inputs['resting_sell'] as { readonly price: string } | undefined;
  const filled = inputs['fill_base'] ?? scene.size(sizeLots);
  scene.fill(filled, resting?.price ?? inputs['fill_price']);
  const books = scene.books('unit');
  const insurance_fund_delta = scene.money(scene.balance('fund'));
  return {
    actual: { quote_after: books.quote, position_after: books.base, insurance_fund_delta },
  };
}

function shortageCase({ inputs }: PublishedCase): Outcome {
  const { position_base: base, oracle_price: price, mm, deposit } = inputs;
  const holdings = [{ market: 'P', base, price }];
  const quote = String(Number(inputs['quote']) + Number(deposit));
  const liquidationFee = written(inputs['max_if_fee']);
  const lot = written(inputs['step']);
  const scene = new CaseScene({
    holdings,
    quote,
    maintenance: mm,
    liquidation: drift,
    liquidationFee,
    lot,
  });
  scene.bid('P', inputs['open_bid_base'], price);
  const events = scene.mark(holdings);
  const { sizeLots, limitTicks } = eventOf(events, 'liquidation-ordered');
  const before = scene.books('house');
  scene.fill(scene.size(sizeLots), scene.price(limitTicks));
  const [unit, house] = [scene.books('unit'), scene.books('house')];
  const value = Number(unit.base) * Number(price);
  const liquidatorBase = Number(house.base) - Number(before.base);
  return {
    actual: {
      orders_cancelled: eventsOf(events, 'order-cancelled').length > 0,
      base_closed: scene.size(sizeLots),
      base_after: unit.base,
      quote_after: String(Number((Number(unit.quote) - Number(deposit)).toFixed(6))),
      liquidator_base: String(liquidatorBase),
      liquidator_quote: String(Number((Number(house.quote) - Number(before.quote)).toFixed(6))),
      if_fee_usd: scene.money(scene.balance('fund')),
      final_margin_ratio: ((Number(unit.quote) + value) / value).toFixed(9),
    },
  };
}

/** Filled beyond its bankruptcy price; what the source leaves as a debt, the fund has paid here. */
function owingCase({ inputs }: PublishedCase): Outcome {
  const { position_base: base, oracle_price: price, quote, mm } = inputs;
  const holdings = [{ market: 'P', base, price }];
  const liquidationFee = written(inputs['max_if_fee']);
  const stage = { holdings, quote, maintenance: mm, liquidation: drift, liquidationFee };
  const scene = new CaseScene({ ...stage, fund: '1000' });
  const { sizeLots, limitTicks } = eventOf(scene.mark(holdings), 'liquidation-ordered');
  const before = scene.books('house');
  const events = scene.fill(scene.size(sizeLots), scene.price(limitTicks));
  if (typeof events === 'string') return { actual: { error: events } };
  const paid = eventsOf(events, 'deficit-covered').reduce((sum, one) => sum + one.amountAtoms, 0);
  const house = scene.books('house');
  return {
    actual: {
      base_after: scene.books('unit').base,
      quote_after: scene.money(scene.balance('unit') - paid),
      liquidator_base: String(Number(house.base) - Number(before.base)),
      liquidator_quote: String(Number(house.quote) - Number(before.quote)),
      if_fee_usd: scene.money(scene.balance('fund') + paid - scene.atoms('1000')),
    },
  };
}

const SLOT_MS = 400;

/** What a liquidator earns is how far from the mark he may buy. */
function risingCase({ inputs }: PublishedCase): Outcome {
  const rising = {
    most: written(inputs['max_fee']),
    afterMs: Number(inputs['grace_slots']) * SLOT_MS,
    perSecond: String((Number(inputs['increase_per_slot']) * 1000) / SLOT_MS),
  };
  const within = written(inputs['base_fee']);
  const limit = { kind: 'mark', within, beyondBankruptcy: 'fund-pays', rising } as const;
  const price = '1000';
  const holdings = [{ market: 'P', base: '10', price }];
  const liquidation: LiquidationRules = { ...drift, limit };
  const scene = new CaseScene({ holdings, quote: '-9900', maintenance: '0.1', liquidation });
  scene.mark(holdings);
  scene.scene.timeMs += Number(inputs['slots_since_user_active']) * SLOT_MS;
  const [ordered] = openLiquidations(scene.scene.engine);
  const told = eventsOf(scene.mark(holdings), 'liquidation-ordered').at(-1) ?? ordered;
  const limitPrice = scene.price(told?.limitTicks ?? 0);
  return { actual: { liquidation_fee: ((1000 - Number(limitPrice)) / 1000).toFixed(6) } };
}

function hyperliquidCase({ inputs }: PublishedCase): Outcome {
  const { rules = {} } = liquidationPresets.hyperliquid.liquidation;
  const [value = 0] = Object.values(inputs).map(Number);
  const base = String(value / 1000);
  const holdings = [{ market: 'P', base, price: '1000' }];
  const quote = String(-value * 0.985);
  const scene = new CaseScene({ holdings, quote, maintenance: '0.02', liquidation: rules });
  const first = eventOf(scene.mark(holdings), 'liquidation-ordered');
  const next = (afterMs: number): number => {
    scene.scene.timeMs += afterMs;
    const events = scene.fill(scene.size(first.sizeLots), '995');
    return typeof events === 'string' ? 0 : eventOf(events, 'liquidation-ordered').sizeLots;
  };
  const held = scene.lots(base);
  const left = held - first.sizeLots;
  const during = next(29_999) === left;
  return {
    actual: {
      first_order_fraction: String(first.sizeLots / held),
      during_cooldown: during ? 'orders are for the ENTIRE remaining position' : 'of a part',
    },
  };
}

function sizeCase({ inputs, id }: PublishedCase): Outcome {
  if (inputs['quote_oracle_price'] !== '1') return reason('one settlement asset, always worth 1');
  const price = written(inputs['oracle_price']);
  const base = '10';
  const holdings = [{ market: 'P', base, price }];
  const value = Number(base) * Number(price);
  const needed = value * Number(inputs['margin_ratio']);
  const equity = needed - Number(inputs['margin_shortage_usd']);
  const within = written(inputs['liquidator_fee']);
  const liquidation: LiquidationRules = {
    ...drift,
    buffer: '0',
    limit: { kind: 'mark', within, beyondBankruptcy: 'never' },
  };
  const scene = new CaseScene({
    holdings,
    quote: String(equity - value),
    maintenance: inputs['margin_ratio'],
    liquidation,
    liquidationFee: written(inputs['insurance_fee']),
    lot: '1e-9',
    tick: '1',
    decimals: 9,
  });
  const { sizeLots } = eventOf(scene.mark(holdings), 'liquidation-ordered');
  const base_to_close = scene.size(sizeLots);
  if (id.endsWith('liqfee1') && base_to_close === '1.111111112') {
    return reason('rounded up to 1.111111112, so that the shortage is covered; there cut off');
  }
  return { actual: { base_to_close } };
}

function insuranceFeeCase({ id, inputs }: PublishedCase): Outcome {
  if (id.startsWith('drift.spot')) return reason(BORROWING);
  const { base, price, margin_ratio: maintenance } = inputs;
  const value = Number(base) * Number(price);
  const equity = value * Number(maintenance) - Number(inputs['margin_shortage_usd']);
  const within = written(inputs['liquidator_fee']);
  const limit = { kind: 'mark', within, beyondBankruptcy: 'fund-pays' } as const;
  const holdings = [{ market: 'P', base, price }];
  const liquidation: LiquidationRules = { ...drift, limit };
  const liquidationFee = written(inputs['max_if_fee']);
  const quote = String(equity - value);
  const stage = { holdings, quote, maintenance, liquidation, liquidationFee, fund: '2000' };
  const scene = new CaseScene(stage);
  const { sizeLots, limitTicks } = eventOf(scene.mark(holdings), 'liquidation-ordered');
  const events = scene.fill(scene.size(sizeLots), scene.price(limitTicks));
  if (typeof events === 'string') return { actual: { if_fee: events } };
  return { actual: { if_fee: scene.money(eventOf(events, 'liquidation-filled').feeAtoms) } };
}

/** Below its line an account is being liquidated, and no trade of its own makes that better. */
function reducingCase({ inputs }: PublishedCase): Outcome {
  const { NC, MMR } = inputs['old'] as Readonly<Record<string, string>>;
  if (MMR === '0') return reason('who holds nothing owes nothing: it was covered when it arose');
  const price = 100;
  const holdings = [{ market: 'P', base: '1', price }];
  const quote = String(Number(NC) - price);
  const maintenance = String(Number(MMR) / price);
  const scene = new CaseScene({ holdings, quote, maintenance, lot: '1', tick: '1' });
  scene.mark(holdings);
  const better = Number((inputs['new'] as Readonly<Record<string, string>>)['NC']) - Number(NC);
  const { answer } = scene.scene.send(tradeOf('P', ['house', 'unit'], [1, price + better]));
  const result = answer.status === 'accepted' ? 'Success' : 'StillUndercollateralized';
  return { actual: { result } };
}

function triggerCase(published: PublishedCase): Outcome {
  if (published.id.endsWith('positive_tnc_final')) return finalTriggerCase(published);
  const at_bankruptcy_price = deleveragesAtBankruptcy(published);
  return { actual: { at_bankruptcy_price, at_oracle_price: false } };
}

const BORROWING = 'borrowed assets: the engine settles in one asset and lends none';
const SLIPPAGE = 'a requirement with slippage against the book: schedules here know value and size';

type Asking = (published: PublishedCase) => Outcome;

const ASKED: Readonly<Record<string, Asking>> = {
  adl: adlCase,
  adl_trigger: triggerCase,
  bankruptcy_price: bankruptcyCase,
  borrow_liquidation_size: () => reason(BORROWING),
  collateral_haircut: () => reason('collateral is the settlement asset alone, without a haircut'),
  fees: () => reason('fees are rates of the value, not amounts a lot'),
  final_settlement: settlementCase,
  funding_fee: fundingCase,
  funding_index: fundingIndexCase,
  funding_rate_clamp: () => reason('the rate is given to the engine, clamped by who gives it'),
  funding_settlement: settledFundingCase,
  insurance_fee: insuranceFeeCase,
  insurance_fund_delta: fundCase,
  isolated_margin_transfer: () => reason('isolated margin is not moved at every trade price'),
  liquidation_fee: risingCase,
  liquidation_limit_price: limitCase,
  liquidation_pacing: () => reason('no part that grows with the time a liquidation takes'),
  maintenance_margin: () => reason(SLIPPAGE),
  maintenance_ppm: () => reason('a product of two rates: a rulebook writes the maintenance rate'),
  margin_levels: () => reason(SLIPPAGE),
  oi_scaled_im_ppm: interestCase,
  open_order_margin: orderMarginCase,
  partial_liquidation: partialCase,
  partial_liquidation_size: sizeCase,
  reduce_risk_admission: reducingCase,
  risk_ordering: riskCase,
  risk_parameter_change: () => reason(SLIPPAGE),
  socialised_loss: sharedLossCase,
};

/** The engine's answer to a published case. */
export function ask(published: PublishedCase): Outcome {
  return (ASKED[published.kind] ?? (() => reason('nobody has looked at this kind yet')))(published);
}
