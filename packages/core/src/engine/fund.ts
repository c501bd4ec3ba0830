/**
 * The insurance fund: an account like any other, with positions that it took over and sells. It
 * takes over only what it can carry, and its own equity never stays below zero.
 */
import { mulDiv } from '../units/index.ts';
import type { CommandOf, Side } from './command.ts';
import {
  isRefusal,
  knownMarket,
  MAX_VALUE,
  refuseOutsideBand,
  refuseWithoutMark,
  tradableAccount,
} from './admission.ts';
import { bankruptcyTicks } from './bankruptcy.ts';
import { deleverage } from './deleverage.ts';
import { refusePaused } from './mode.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  at,
  configured,
  findPosition,
  FUND,
  marketAt,
  NONE,
  type Engine,
  type FundSpending,
} from './state.ts';
import { give, socialize } from './socialize.ts';
import { execute, refuseExecution, type Execution } from './trade.ts';
import type { Turn } from './turn.ts';
import { marksAllow, poolRows, type Unit } from './unit.ts';
import { poolStanding, positionValue } from './valuation.ts';
import { valueOf } from './value.ts';

/**
 * How many lots of a deal the fund can carry: without sinking at the mark, within its leverage, and
 * small enough to be reckoned. Inverse books may lose an atom on each leg, so two are kept back.
 */
export function fundCapacity(engine: Engine, deal: Execution): number {
  const standing = poolStanding(engine, FUND);
  const market = marketAt(engine, deal.market);
  const equity = standing.equity - (market.contract.inverse ? 2 : 0);
  if (equity <= 0) return 0;
  const { loss, atMark } = atTheMark(engine, deal);
  const bySolvency = fitting(deal.lots, equity, loss);
  const netting = nettedLots(engine, deal);
  const { fundLeverageHundredths, fundMostValue, fundMostLoss } = configured(engine).policy;
  const most = Math.min(MAX_VALUE, Math.floor((equity / 100) * fundLeverageHundredths));
  const room = Math.max(0, most - standing.value);
  const byLeverage = netting + fitting(deal.lots - netting, room, atMark);
  const spent = spentNow(engine);
  const byValue = fitting(deal.lots, fundMostValue - spent.value, atMark);
  const byLoss = fitting(deal.lots, fundMostLoss - spent.loss, Math.max(0, loss));
  return Math.min(deal.lots, bySolvency, byLeverage, byValue, byLoss);
}

/** A takeover's value at the mark, and what the fund loses by it there (below zero: gains). */
function atTheMark(engine: Engine, deal: Execution): { loss: number; atMark: number } {
  const market = marketAt(engine, deal.market);
  const atMark = valueOf(market, deal.lots, market.markTicks);
  const atDeal = valueOf(market, deal.lots, deal.ticks);
  const buys = deal.side === 'sell';
  const loss = buys === market.contract.inverse ? atMark - atDeal : atDeal - atMark;
  return { loss, atMark };
}

/** What the fund has taken on since the newest marks. */
function spentNow(engine: Engine): FundSpending {
  const { fundSpent, epoch } = engine;
  return fundSpent.epoch === epoch ? fundSpent : { epoch, value: 0, loss: 0 };
}

/** Counts a takeover against what the fund may take on in an epoch. */
export function noteSpending(engine: Engine, deal: Execution): void {
  const { loss, atMark } = atTheMark(engine, deal);
  const spent = spentNow(engine);
  engine.fundSpent = { ...spent, value: spent.value + atMark };
  noteLoss(engine, Math.max(0, loss));
}

/** Counts what the fund has paid for a fill. */
export function noteLoss(engine: Engine, atoms: number): void {
  const spent = spentNow(engine);
  engine.fundSpent = { ...spent, loss: spent.loss + atoms };
}

/** The part of `lots` whose share of `cost` fits into `room`. */
function fitting(lots: number, room: number, cost: number): number {
  if (cost <= room || lots === 0) return lots;
  return mulDiv(lots, room, cost, 'down');
}

function nettedLots(engine: Engine, deal: Execution): number {
  const row = findPosition(engine, FUND, deal.market);
  const held = row === NONE ? 0 : at(engine.positions.lots, row);
  const reduces = deal.side === 'sell' ? held < 0 : held > 0;
  return reduces ? Math.min(Math.abs(held), deal.lots) : 0;
}

/** Says what the fund now has to sell or buy back in a market. */
export function orderInventory(turn: Turn, market: number): void {
  const row = findPosition(turn.engine, FUND, market);
  const lots = row === NONE ? 0 : at(turn.engine.positions.lots, row);
  if (lots === 0) return;
  turn.emit({
    kind: 'inventory-ordered',
    market: marketAt(turn.engine, market).id,
    side: lots > 0 ? 'sell' : 'buy',
    sizeLots: Math.abs(lots),
  });
}

export function fillInventory(turn: Turn, command: CommandOf<'fill-inventory'>): Refusal | null {
  const { engine } = turn;
  const market = knownMarket(engine, command.market);
  if (isRefusal(market)) return market;
  const counterparty = tradableAccount(engine, command.counterparty);
  if (isRefusal(counterparty)) return counterparty;
  const row = findPosition(engine, FUND, market);
  const held = row === NONE ? 0 : at(engine.positions.lots, row);
  const side: Side = held > 0 ? 'sell' : 'buy';
  const deal = {
    market,
    side,
    closing: FUND,
    counterparty,
    lots: command.sizeLots,
    ticks: command.priceTicks,
  };
  const refusal = refuseInventory(engine, deal, Math.abs(held));
  if (refusal !== null) return refusal;
  const realized = execute(turn, deal);
  turn.emit({
    kind: 'inventory-filled',
    market: command.market,
    side,
    sizeLots: deal.lots,
    priceTicks: deal.ticks,
    counterparty: command.counterparty,
    realizedAtoms: realized.closing,
    fundBalanceAtoms: at(engine.accounts.balance, FUND),
  });
  return null;
}

function refuseInventory(engine: Engine, deal: Execution, held: number): Refusal | null {
  const market = marketAt(engine, deal.market);
  if (deal.lots > held) {
    return refuse('exceeds-position', 'the fund does not hold that much', {
      sizeLots: deal.lots,
      heldLots: held,
    });
  }
  return (
    refusePaused(market) ??
    refuseWithoutMark(market) ??
    refuseOutsideBand(engine, market, deal.ticks) ??
    refuseExecution(engine, deal)
  );
}

/** Keeps the fund's equity from staying below zero; on marks that cannot be trusted it waits. */
export function keepFundAfloat(turn: Turn): void {
  const { engine } = turn;
  if (marksAllow(engine, { account: FUND, isolated: NONE }, 'deleverage')) refloatFund(turn);
  if (turn.cause === 'marks' && engine.positions.count > 0) noteFundLowest(engine);
}

/** Deleverages the fund's own inventory while its equity is below zero, largest first. */
function refloatFund(turn: Turn): void {
  const { engine } = turn;
  for (let rows = poolRows(engine, FUND); rows.length > 0; rows = poolRows(engine, FUND)) {
    const { equity } = poolStanding(engine, FUND);
    if (equity >= 0) break;
    const row = rows.reduce((a, b) =>
      positionValue(engine, b) > positionValue(engine, a) ? b : a,
    );
    const lots = Math.abs(at(engine.positions.lots, row));
    const ticks = bankruptcyTicks(engine, row, equity);
    deleverage(turn, { liquidation: 0, row, lots, ticks });
  }
  const { equity } = poolStanding(engine, FUND);
  if (equity < 0) socialize(turn, { account: FUND, isolated: NONE }, -equity);
}

function noteFundLowest(engine: Engine): void {
  engine.fundLowest = Math.min(engine.fundLowest, poolStanding(engine, FUND).equity);
}

/** What the fund can pay out without owing, atoms. */
function moneyOf(engine: Engine): number {
  const balance = at(engine.accounts.balance, FUND);
  return Math.max(0, Math.min(balance, poolStanding(engine, FUND).equity));
}

/** What the fund may still pay in this epoch for fills beyond a bankruptcy price, atoms. */
export function fundReach(engine: Engine): number {
  const most = configured(engine).policy.fundMostLoss - spentNow(engine).loss;
  return Math.max(0, Math.min(most, moneyOf(engine)));
}

/** Pays a closed unit's deficit: the fund as far as it reaches, the rest is socialised. */
export function coverDeficit(
  turn: Turn,
  open: Unit & { readonly id: number; readonly position?: number },
  deficit: number,
): void {
  const { engine } = turn;
  const { balance } = engine.accounts;
  const paid = Math.min(deficit, moneyOf(engine));
  balance[FUND] = at(balance, FUND) - paid;
  give(engine, open, paid);
  turn.emit({
    kind: 'deficit-covered',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    amountAtoms: paid,
    fundBalanceAtoms: at(balance, FUND),
  });
  if (paid === deficit) return;
  const { position = NONE } = open;
  const market = position === NONE ? NONE : at(engine.positions.market, position);
  socialize(turn, open, deficit - paid, market);
}
