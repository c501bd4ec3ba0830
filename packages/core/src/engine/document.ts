/**
 * An engine account written as an account document: checked there, it gives the same figures to one
 * atom a position, and never a worse state than the engine's.
 */
import {
  formatDecimal,
  formatFixed,
  integer,
  rational,
  times,
  type Rational,
} from '../units/index.ts';
import { RATE_SCALE, type CompiledRules } from './compile.ts';
import { askedOfAll, type Exposure } from './initial.ts';
import { interestRate } from './interest.ts';
import {
  at,
  configured,
  findPosition,
  marketAt,
  NONE,
  ordersOf,
  positionRows,
  rulesAt,
  type Engine,
  type Market,
  type Order,
} from './state.ts';
import { exposureOf } from './valuation.ts';
import { leverageCut } from './volatility.ts';

/** Plain JSON in the shape of the account document, with the rules inline (`venue: "custom"`). */
export interface AccountDocument {
  readonly venue: 'custom';
  readonly collateral: readonly { readonly asset: string; readonly amount: string }[];
  readonly positions: readonly Readonly<Record<string, string>>[];
  readonly orders: readonly Readonly<Record<string, string | boolean>>[];
  readonly markets: Readonly<Record<string, unknown>>;
  readonly policy: Readonly<Record<string, unknown>>;
}

/** The document of one account, or null when there is none of that name. */
export function toDocument(engine: Engine, id: string): AccountDocument | null {
  const account = engine.accounts.rows.get(id);
  if (account === undefined) return null;
  const { asset } = configured(engine).config;
  const rows = positionRows(engine, account).filter((row) => at(engine.positions.lots, row) !== 0);
  const orders = ordersOf(engine, account);
  const markets = new Map<string, unknown>();
  for (const row of rows) {
    const market = marketAt(engine, at(engine.positions.market, row));
    const rules = at(engine.positions.rules, row);
    markets.set(
      market.id,
      rulesDocument(engine, market, { rules, exposure: exposureOf(engine, row) }),
    );
  }
  for (const order of orders) {
    const market = marketAt(engine, order.market);
    if (!markets.has(market.id)) markets.set(market.id, orderedDocument(engine, order));
  }
  return {
    venue: 'custom',
    collateral: [
      {
        asset: asset.symbol,
        amount: formatFixed(at(engine.accounts.balance, account), asset.decimals),
      },
    ],
    positions: rows.map((row) => positionDocument(engine, row)),
    orders: orders.map((order) => {
      const { contract, id: market } = marketAt(engine, order.market);
      const size = exact(times(integer(order.lots), contract.lot));
      const price = exact(times(integer(order.priceTicks), contract.tick));
      return { market, side: order.side, size, price, reduceOnly: order.reduceOnly };
    }),
    markets: Object.fromEntries(markets),
    policy: policyDocument(engine),
  };
}

/** Enough digits that what is cut off is far below an atom. */
const DIGITS = 40;

function exact(value: Rational): string {
  return formatDecimal(value, DIGITS);
}

function positionDocument(engine: Engine, row: number): Record<string, string> {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, row));
  const lots = at(positions.lots, row);
  const isolated = at(positions.isolated, row) === 1;
  const { decimals } = configured(engine).config.asset;
  return {
    market: market.id,
    side: lots > 0 ? 'long' : 'short',
    size: exact(times(integer(Math.abs(lots)), market.contract.lot)),
    entryPrice: exact(entryPrice(market, lots, at(positions.cost, row))),
    markPrice: exact(times(integer(market.markTicks), market.contract.tick)),
    marginMode: isolated ? 'isolated' : 'cross',
    leverage: exact(rational(BigInt(at(positions.leverage, row)), 100n)),
    ...(isolated ? { isolatedMargin: formatFixed(at(positions.margin, row), decimals) } : {}),
  };
}

function flat(rate: Rational): unknown {
  return { kind: 'flat', rate: exact(rate) };
}

/** Rules, and the position under them, if there is one. */
interface Ruled {
  readonly rules: number;
  readonly exposure?: Exposure;
}

/**
 * The initial schedule, with the flat rates that the market's guards ask for now beside it. A
 * document knows nothing of other accounts: where the schedule looks at all that an owner holds, it
 * becomes the flat rate that it comes to.
 */
function initialDocument(
  market: Market,
  rules: CompiledRules,
  exposure: Exposure | undefined,
): Record<string, unknown> {
  const cut = leverageCut(market, rules);
  const of = [
    ...scheduleDocument(market, rules, exposure),
    ...(cut === Infinity ? [] : [flat(rational(100n, BigInt(cut)))]),
    ...(rules.guards.byOpenInterest === null
      ? []
      : [flat(rational(BigInt(interestRate(market, rules)), BigInt(RATE_SCALE)))]),
  ];
  if (of.length === 0) return {};
  return { initial: { schedule: of.length === 1 ? of[0] : { kind: 'max', of } } };
}

function scheduleDocument(
  market: Market,
  { initial, source }: CompiledRules,
  exposure: Exposure | undefined,
): unknown[] {
  if (initial === null || source.initial === null) return [];
  if (exposure === undefined || exposure.beside === 0) return [source.initial.schedule];
  const { asked, value } = askedOfAll(market, initial, exposure);
  return [flat(rational(BigInt(asked), BigInt(value)))];
}

/** A cost that was rounded to no atom at all is written as a millionth of one. */
const WORTH_NOTHING = 1_000_000;

/** Linear: cost / lots ticks. Inverse: lots × unit / cost ticks. */
export function entryPrice(market: Market, lots: number, cost: number): Rational {
  const { inverse, unit, tick } = market.contract;
  if (!inverse) return times(rational(BigInt(cost), BigInt(lots)), tick);
  const value = BigInt(lots) * BigInt(unit);
  if (cost !== 0) return times(rational(value, BigInt(cost)), tick);
  return times(times(integer(Math.abs(lots)), integer(unit * WORTH_NOTHING)), tick);
}

function rulesDocument(
  engine: Engine,
  market: Market,
  { rules, exposure }: Ruled,
): Record<string, unknown> {
  const { source } = rulesAt(engine, rules);
  const unit =
    source.contract === 'inverse'
      ? { face: source.face }
      : { multiplier: source.multiplier ?? '1' };
  return {
    contract: source.contract,
    ...unit,
    tick: formatDecimal(market.contract.tick, DIGITS),
    maintenance: source.maintenance,
    ...initialDocument(market, rulesAt(engine, rules), exposure),
    takerFee: source.takerFee,
    trigger: source.trigger,
    liquidationPriceRounding: 'none',
  };
}

/**
 * The rules of a market that an account has orders in but no position. A document knows leverage
 * from positions alone, so here it becomes part of what the initial schedule asks for.
 */
function orderedDocument(engine: Engine, order: Order): Record<string, unknown> {
  const market = marketAt(engine, order.market);
  const row = findPosition(engine, order.account, order.market);
  const leverage = BigInt(row === NONE ? 100 : at(engine.positions.leverage, row));
  const byLeverage = { kind: 'flat', rate: exact(rational(100n, leverage)) };
  const { initial } = rulesAt(engine, market.rules).source;
  const schedule =
    initial === null ? byLeverage : { kind: 'max', of: [byLeverage, initial.schedule] };
  return { ...rulesDocument(engine, market, { rules: market.rules }), initial: { schedule } };
}

function policyDocument(engine: Engine): Record<string, unknown> {
  const { policy } = configured(engine).config;
  if (policy.call === null) return { marginCallAt: policy.marginCallAt };
  const { restoreTo, deadlineHours, liquidateBelow } = policy.call;
  return {
    call: { restoreTo, deadlineHours, ...(liquidateBelow === null ? {} : { liquidateBelow }) },
  };
}
