/**
 * The insurance fund: an account like any other, with positions that it took over and sells. It
 * takes over only what it can carry, and its own equity never stays below zero.
 */
import { mulDiv } from '../units/index.ts';
import type { CommandOf, Side } from './command.ts';
import {
  isRefusal,
  knownMarket,
  refuseOutsideBand,
  refuseWithoutMark,
  tradableAccount,
} from './admission.ts';
import { bankruptcyTicks } from './bankruptcy.ts';
import { deleverage } from './deleverage.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  at,
  configured,
  DUST,
  FEES,
  findPosition,
  FUND,
  LIQUIDATING,
  marketAt,
  NONE,
  type Engine,
} from './state.ts';
import { execute, refuseExecution, type Execution } from './trade.ts';
import type { Turn } from './turn.ts';
import { poolRows, type Unit } from './unit.ts';
import { availableOf, poolStanding, positionValue, valueOf } from './valuation.ts';

/** How many lots of a deal the fund can carry: without sinking at the mark, within its leverage. */
export function fundCapacity(engine: Engine, deal: Execution): number {
  const standing = poolStanding(engine, FUND);
  if (standing.equity <= 0) return 0;
  const market = marketAt(engine, deal.market);
  const atMark = valueOf(market, deal.lots, market.markTicks);
  const atDeal = valueOf(market, deal.lots, deal.ticks);
  const loss = deal.side === 'sell' ? atDeal - atMark : atMark - atDeal;
  const bySolvency = fitting(deal.lots, standing.equity, loss);
  const netting = nettedLots(engine, deal);
  const { fundLeverageHundredths } = configured(engine).policy;
  const room = Math.floor((standing.equity / 100) * fundLeverageHundredths) - standing.value;
  const byLeverage = netting + fitting(deal.lots - netting, Math.max(0, room), atMark);
  return Math.min(deal.lots, bySolvency, byLeverage);
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
    refuseWithoutMark(market) ??
    refuseOutsideBand(engine, market, deal.ticks) ??
    refuseExecution(engine, deal)
  );
}

/** Deleverages the fund's own inventory while its equity is below zero, largest first. */
export function keepFundAfloat(turn: Turn): void {
  const { engine } = turn;
  for (let rows = poolRows(engine, FUND); rows.length > 0; rows = poolRows(engine, FUND)) {
    const { equity } = poolStanding(engine, FUND);
    if (equity >= 0) break;
    const row = rows.reduce((a, b) =>
      positionValue(engine, b) > positionValue(engine, a) ? b : a,
    );
    deleverage(turn, { liquidation: 0, row, ticks: bankruptcyTicks(engine, row, equity) });
  }
  const { equity } = poolStanding(engine, FUND);
  if (equity < 0) socialize(turn, { account: FUND, isolated: NONE }, -equity);
  if (turn.cause === 'marks' && engine.positions.count > 0) noteFundLowest(engine);
}

function noteFundLowest(engine: Engine): void {
  engine.fundLowest = Math.min(engine.fundLowest, poolStanding(engine, FUND).equity);
}

/** Pays a closed unit's deficit: the fund as far as it reaches, the rest is socialised. */
export function coverDeficit(
  turn: Turn,
  open: Unit & { readonly id: number },
  deficit: number,
): void {
  const { engine } = turn;
  const { balance } = engine.accounts;
  const reach = Math.max(0, Math.min(at(balance, FUND), poolStanding(engine, FUND).equity));
  const paid = Math.min(deficit, reach);
  balance[FUND] = at(balance, FUND) - paid;
  receive(engine, open, paid);
  turn.emit({
    kind: 'deficit-covered',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    amountAtoms: paid,
    fundBalanceAtoms: at(balance, FUND),
  });
  if (paid < deficit) socialize(turn, open, deficit - paid);
}

function receive(engine: Engine, unit: Unit, atoms: number): void {
  const { accounts, positions } = engine;
  if (unit.isolated === NONE)
    accounts.balance[unit.account] = at(accounts.balance, unit.account) + atoms;
  else positions.margin[unit.isolated] = at(positions.margin, unit.isolated) + atoms;
}

/**
 * The last resort, recorded: `loss` is taken from all accounts in proportion to what they have
 * available, each share rounded up until it is covered; what even that cannot cover, from the fees.
 */
export function socialize(turn: Turn, unit: Unit, loss: number): void {
  const { engine } = turn;
  const shares = availableShares(engine);
  const total = shares.reduce((sum, share) => sum + BigInt(share.atoms), 0n);
  let left = loss;
  for (const { account, atoms } of shares) {
    const due = Number((BigInt(atoms) * BigInt(loss) + total - 1n) / total);
    const taken = Math.min(left, due, atoms);
    if (taken > 0) takeFrom(turn, account, taken);
    left -= taken;
  }
  if (left > 0) takeFrom(turn, FEES, left);
  receive(engine, unit, loss);
  engine.counters.socialized += 1;
}

function availableShares(engine: Engine): { account: number; atoms: number }[] {
  const { accounts } = engine;
  const shares: { account: number; atoms: number }[] = [];
  for (let account = DUST + 1; account < accounts.count; account += 1) {
    if (accounts.standing[account] === LIQUIDATING) continue;
    const available = availableOf(engine, account, poolStanding(engine, account));
    const atoms = Math.min(available, at(accounts.balance, account));
    if (atoms > 0) shares.push({ account, atoms });
  }
  return shares;
}

function takeFrom(turn: Turn, account: number, atoms: number): void {
  const { accounts } = turn.engine;
  accounts.balance[account] = at(accounts.balance, account) - atoms;
  turn.touched.add(account);
  turn.emit({ kind: 'loss-socialized', account: accounts.ids[account] ?? '', amountAtoms: atoms });
}
