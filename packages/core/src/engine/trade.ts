/**
 * Trades between two accounts and executions against the engine's own orders: asked first, carried
 * out, then checked on the outcome; a refused one is rolled back without a trace.
 */
import type { CommandOf, Side } from './command.ts';
import {
  addsRisk,
  firstRefusal,
  isRefusal,
  knownMarket,
  refuseBusy,
  refuseInLiquidation,
  refuseOutsideBand,
  refuseSunk,
  refuseTooLarge,
  refuseUncovered,
  refuseWithoutMark,
  tradableAccount,
} from './admission.ts';
import { checkpoint, exchange, isReckoned, rollBack, type Realized } from './exchange.ts';
import { refuseTrading } from './mode.ts';
import { besideLots, haveOneOwner, onSide } from './owner.ts';
import { askedOfSiblings, refuseRaised, touchSiblings, type Asked } from './ownership.ts';
import { fillOrder, trimReduceOnly } from './order.ts';
import { refuseInterest, refusePosition } from './caps.ts';
import { refuse, type Refusal } from './refusal.ts';
import { chargeUp } from './requirement.ts';
import { at, findPosition, marketAt, NONE, rulesAt, type Engine, type Order } from './state.ts';
import type { Turn } from './turn.ts';
import { refuseUntrusted } from './validity.ts';
import { isReckonable, valueOf } from './value.ts';

/** One side of a trade, with what it was before. */
interface TradeSide {
  readonly side: Side;
  readonly account: number;
  readonly order: Order | null;
  readonly addsRisk: boolean;
  readonly fee: number;
}

interface TradePlan {
  readonly market: number;
  readonly lots: number;
  readonly ticks: number;
  readonly buyer: TradeSide;
  readonly seller: TradeSide;
}

export function trade(turn: Turn, command: CommandOf<'trade'>): Refusal | null {
  const plan = planTrade(turn.engine, command);
  if ('code' in plan) return plan;
  const refusal = refusePlan(turn.engine, plan);
  if (refusal !== null) return refusal;
  const realized = tryTrade(turn.engine, plan);
  if ('code' in realized) return realized;
  finishTrade(turn, plan, command, realized);
  return null;
}

function planTrade(engine: Engine, command: CommandOf<'trade'>): TradePlan | Refusal {
  const market = knownMarket(engine, command.market);
  if (isRefusal(market)) return market;
  const buyer = planSide(engine, command, 'buy', market);
  if ('code' in buyer) return buyer;
  const seller = planSide(engine, command, 'sell', market);
  if ('code' in seller) return seller;
  if (buyer.account === seller.account) {
    return refuse('same-account', 'buyer and seller are the same account', {
      account: command.buyer,
    });
  }
  return { market, lots: command.sizeLots, ticks: command.priceTicks, buyer, seller };
}

function planSide(
  engine: Engine,
  command: CommandOf<'trade'>,
  side: Side,
  market: number,
): TradeSide | Refusal {
  const account = tradableAccount(engine, side === 'buy' ? command.buyer : command.seller);
  if (isRefusal(account)) return account;
  const order = findOrder(engine, command, side, account);
  if (order !== null && 'code' in order) return order;
  const rules = rulesAt(engine, marketAt(engine, market).rules);
  const { sizeLots, priceTicks } = command;
  const reckonable = isReckonable(marketAt(engine, market), sizeLots, priceTicks);
  const value = reckonable ? valueOf(marketAt(engine, market), sizeLots, priceTicks) : 0;
  const rate = command.taker === side ? rules.takerFee : rules.makerFee;
  return {
    side,
    account,
    order,
    addsRisk: addsRisk(heldLots(engine, account, market), side, command.sizeLots),
    fee: chargeUp(value, rate),
  };
}

function heldLots(engine: Engine, account: number, market: number): number {
  const row = findPosition(engine, account, market);
  return row === NONE ? 0 : at(engine.positions.lots, row);
}

function findOrder(
  engine: Engine,
  command: CommandOf<'trade'>,
  side: Side,
  account: number,
): Order | Refusal | null {
  const id = side === 'buy' ? command.buyOrder : command.sellOrder;
  if (id === null) return null;
  const order = engine.orders.get(account)?.get(id);
  if (
    order === undefined ||
    order.side !== side ||
    marketAt(engine, order.market).id !== command.market
  ) {
    return refuse('unknown-order', `there is no such open ${side} order`, { order: id });
  }
  if (order.lots < command.sizeLots) {
    return refuse('exceeds-order', 'the trade is larger than what is left of the order', {
      order: id,
      sizeLots: command.sizeLots,
      openLots: order.lots,
    });
  }
  const worse =
    side === 'buy' ? command.priceTicks > order.priceTicks : command.priceTicks < order.priceTicks;
  if (!worse) return order;
  return refuse('worse-than-limit', "the price is worse than the order's", {
    order: id,
    priceTicks: command.priceTicks,
    limitTicks: order.priceTicks,
  });
}

function refusePlan(engine: Engine, plan: TradePlan): Refusal | null {
  const market = marketAt(engine, plan.market);
  const { buyer, seller, ticks, lots } = plan;
  const mark = firstRefusal(
    refuseBusy(engine, buyer.account, { market: plan.market, addsRisk: buyer.addsRisk }),
    refuseBusy(engine, seller.account, { market: plan.market, addsRisk: seller.addsRisk }),
    refuseTrading(market, buyer.addsRisk || seller.addsRisk),
    refuseWithoutMark(market),
  );
  if (mark !== null) return mark;
  const stale =
    buyer.addsRisk || seller.addsRisk ? refuseUntrusted(engine, market, 'add-risk') : null;
  return firstRefusal(
    stale,
    refuseTooLarge(engine, buyer.account, { market: plan.market, lots, ticks }),
    refuseTooLarge(engine, seller.account, { market: plan.market, lots: -lots, ticks }),
    refuseOutsideBand(engine, market, ticks),
    refuseReduceOnly(engine, plan, buyer),
    refuseReduceOnly(engine, plan, seller),
    refuseCapped(engine, plan, buyer),
    refuseCapped(engine, plan, seller),
    refuseInterest(engine, market, interestAfter(engine, plan)),
  );
}

function refuseReduceOnly(engine: Engine, plan: TradePlan, side: TradeSide): Refusal | null {
  if (side.order === null || !side.order.reduceOnly || !side.addsRisk) return null;
  return refuse('exceeds-position', 'a reduce-only order cannot add to a position', {
    order: side.order.id,
    heldLots: heldLots(engine, side.account, plan.market),
  });
}

function lotsAfter(engine: Engine, plan: TradePlan, { account, side }: TradeSide): number {
  return heldLots(engine, account, plan.market) + (side === 'buy' ? plan.lots : -plan.lots);
}

function refuseCapped(engine: Engine, plan: TradePlan, side: TradeSide): Refusal | null {
  if (!side.addsRisk) return null;
  return refusePosition(engine, marketAt(engine, plan.market), ownedAfter(engine, plan, side));
}

/** What the side's owner would hold on it, lots; the other side may be one of the owner's too. */
function ownedAfter(engine: Engine, plan: TradePlan, asked: TradeSide): number {
  const { account, side } = asked;
  const other = asked === plan.buyer ? plan.seller : plan.buyer;
  const beside = besideLots(engine, account, { market: plan.market, side });
  const own = Math.abs(lotsAfter(engine, plan, asked));
  if (!haveOneOwner(engine, account, other.account)) return own + beside;
  const before = onSide(side, heldLots(engine, other.account, plan.market));
  return own + beside + onSide(side, lotsAfter(engine, plan, other)) - before;
}

/** Open interest once the trade is done, lots. */
function interestAfter(engine: Engine, plan: TradePlan): number {
  return [plan.buyer, plan.seller].reduce((lots, side) => {
    const before = heldLots(engine, side.account, plan.market);
    return lots + Math.max(0, lotsAfter(engine, plan, side)) - Math.max(0, before);
  }, marketAt(engine, plan.market).longLots);
}

function tryTrade(engine: Engine, plan: TradePlan): Realized | Refusal {
  const { buyer, seller, market, lots, ticks } = plan;
  const accounts = [buyer.account, seller.account];
  const saved = checkpoint(engine, market, accounts);
  const [bought, sold] = [askedBeside(engine, market, buyer), askedBeside(engine, market, seller)];
  const realized = exchange(engine, {
    market,
    lots,
    ticks,
    buyer: { account: buyer.account, feeAtoms: buyer.fee, releases: true },
    seller: { account: seller.account, feeAtoms: seller.fee, releases: true },
  });
  const refusal =
    refuseOutcome(engine, market, buyer) ??
    refuseOutcome(engine, market, seller) ??
    refuseRaised(engine, bought) ??
    refuseRaised(engine, sold);
  if (refusal === null) return realized;
  rollBack(engine, market, saved);
  return refusal;
}

/** What an order that is filled had reserved was asked when it was placed. */
function askedBeside(engine: Engine, market: number, { account, side, ...deal }: TradeSide): Asked {
  if (!deal.addsRisk || deal.order !== null) return new Map();
  return askedOfSiblings(engine, account, { market, side });
}

function refuseOverflow(engine: Engine, account: number, market: number): Refusal | null {
  if (isReckoned(engine, account, market)) return null;
  return refuse('too-large', 'the account would be too large to reckon exactly', {
    account: engine.accounts.ids[account] ?? '',
    mostAtoms: Number.MAX_SAFE_INTEGER,
  });
}

/** A side that adds risk without a reservation covers initial margin; every side stays afloat. */
function refuseOutcome(engine: Engine, market: number, side: TradeSide): Refusal | null {
  const { account } = side;
  const asked = side.addsRisk && side.order === null;
  const uncovered = asked ? refuseUncovered(engine, account) : null;
  return (
    uncovered ??
    refuseSunk(engine, account, { market, addsRisk: side.addsRisk }) ??
    refuseOverflow(engine, account, market)
  );
}

function finishTrade(
  turn: Turn,
  plan: TradePlan,
  command: CommandOf<'trade'>,
  realized: Realized,
): void {
  const { buyer, seller } = plan;
  for (const side of [buyer, seller]) {
    if (side.order !== null) fillOrder(turn.engine, side.order, plan.lots);
    turn.touched.add(side.account);
    touchSiblings(turn, side.account);
  }
  turn.emit({
    kind: 'traded',
    market: command.market,
    buyer: command.buyer,
    seller: command.seller,
    sizeLots: plan.lots,
    priceTicks: plan.ticks,
    taker: command.taker,
    buyOrder: command.buyOrder,
    sellOrder: command.sellOrder,
    buyerFeeAtoms: buyer.fee,
    sellerFeeAtoms: seller.fee,
    buyerRealizedAtoms: realized.buyer,
    sellerRealizedAtoms: realized.seller,
  });
  for (const side of [buyer, seller]) trimReduceOnly(turn, side.account, plan.market);
}

/** An execution between an account that the engine is closing and an ordinary counterparty. */
export interface Execution {
  readonly market: number;
  /** Side of the account that is being closed. */
  readonly side: Side;
  readonly closing: number;
  readonly counterparty: number;
  readonly lots: number;
  readonly ticks: number;
}

export interface ExecutionRealized {
  readonly closing: number;
  readonly counterparty: number;
}

/**
 * Carries an execution out without asking anything: take-overs and deleveraging use it as it is.
 */
export function execute(turn: Turn, deal: Execution): ExecutionRealized {
  const realized = exchangeFor(turn.engine, deal);
  assertReckoned(turn.engine, deal);
  turn.touched.add(deal.counterparty);
  for (const account of [deal.closing, deal.counterparty]) touchSiblings(turn, account);
  trimReduceOnly(turn, deal.counterparty, deal.market);
  return realized;
}

/** Nobody can be refused here: better to halt than to lose an atom. */
function assertReckoned(engine: Engine, deal: Execution): void {
  for (const account of [deal.closing, deal.counterparty]) {
    if (isReckoned(engine, account, deal.market)) continue;
    throw new RangeError(`${engine.accounts.ids[account]} outgrew exact numbers`);
  }
}

function exchangeFor(engine: Engine, deal: Execution): ExecutionRealized {
  const closing = { account: deal.closing, feeAtoms: 0, releases: false };
  const { market, lots, ticks } = deal;
  const releases = refuseInLiquidation(engine, deal.counterparty, market) === null;
  const counterparty = { account: deal.counterparty, feeAtoms: 0, releases };
  if (deal.side === 'buy') {
    const realized = exchange(engine, {
      market,
      lots,
      ticks,
      buyer: closing,
      seller: counterparty,
    });
    return { closing: realized.buyer, counterparty: realized.seller };
  }
  const realized = exchange(engine, { market, lots, ticks, buyer: counterparty, seller: closing });
  return { closing: realized.seller, counterparty: realized.buyer };
}

/** What the counterparty's owner would hold on its side, lots. */
function ownedWith(
  engine: Engine,
  { counterparty, market, closing }: Execution,
  lots: number,
): number {
  const side: Side = lots > 0 ? 'buy' : 'sell';
  const own = Math.abs(heldLots(engine, counterparty, market) + lots);
  const beside = besideLots(engine, counterparty, { market, side });
  const closed = onSide(side, heldLots(engine, closing, market));
  const isMoved = closed > 0 && haveOneOwner(engine, counterparty, closing);
  return own + beside - (isMoved ? Math.min(closed, Math.abs(lots)) : 0);
}

/** Whether the counterparty could afford the execution; tried and undone, so it leaves no trace. */
export function refuseExecution(engine: Engine, deal: Execution): Refusal | null {
  const { market, counterparty } = deal;
  const side: Side = deal.side === 'buy' ? 'sell' : 'buy';
  const lots = side === 'buy' ? deal.lots : -deal.lots;
  const adds = addsRisk(heldLots(engine, counterparty, market), side, deal.lots);
  const before = firstRefusal(
    refuseBusy(engine, counterparty, { market, addsRisk: adds }),
    refuseTooLarge(engine, counterparty, { market, lots, ticks: deal.ticks }),
    adds ? refusePosition(engine, marketAt(engine, market), ownedWith(engine, deal, lots)) : null,
  );
  if (before !== null) return before;
  const saved = checkpoint(engine, market, [deal.closing, counterparty]);
  const asked = adds ? askedOfSiblings(engine, counterparty, { market, side }) : new Map();
  exchangeFor(engine, deal);
  const uncovered = adds ? refuseUncovered(engine, counterparty) : null;
  const refusal =
    uncovered ??
    refuseSunk(engine, counterparty, { market, addsRisk: adds }) ??
    refuseOverflow(engine, counterparty, market) ??
    refuseOverflow(engine, deal.closing, market) ??
    refuseRaised(engine, asked);
  rollBack(engine, market, saved);
  return refusal;
}
