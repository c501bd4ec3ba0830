/**
 * Expiry and delisting: every order of a market cancelled and every position closed at one final
 * price, exactly; what anybody then owes goes the way of every deficit. The market stays closed.
 */
import { isRefusal, knownMarket } from './admission.ts';
import type { CommandOf } from './command.ts';
import { moveMargin, settleAt } from './exchange.ts';
import { refuseDelisted } from './mode.ts';
import { cancelOrder } from './order.ts';
import { refuseUnreckonable } from './prices.ts';
import { setMode } from './recovery.ts';
import { refuse, type Refusal } from './refusal.ts';
import { at, DUST, LIQUIDATING, marketAt, ordersOf, type Engine, type Market } from './state.ts';
import type { Turn } from './turn.ts';
import { profitOf } from './value.ts';

export function delistMarket(turn: Turn, command: CommandOf<'delist-market'>): Refusal | null {
  const { engine } = turn;
  const row = knownMarket(engine, command.market);
  if (isRefusal(row)) return row;
  const market = marketAt(engine, row);
  const { priceTicks } = command;
  const refusal =
    refuseDelisted(market) ??
    refuseOpen(market) ??
    refuseUnreckonable(market, priceTicks) ??
    refuseOverflow(engine, row, priceTicks);
  if (refusal !== null) return refusal;
  cancelAll(turn, row);
  const settled = settleAll(turn, row, priceTicks);
  market.markTicks = priceTicks;
  market.markMs = engine.timeMs;
  market.pending = [];
  market.recovery = null;
  setMode(turn, row, 'delisted');
  const { market: id, reason } = command;
  turn.emit({ kind: 'market-delisted', market: id, reason, priceTicks, ...settled });
  return null;
}

/** Two steps, so that a slip of one command cannot close a market that trades. */
function refuseOpen(market: Market): Refusal | null {
  if (market.mode !== 'open') return null;
  return refuse('market-mode', `"${market.id}" is open: halt it before it is delisted`, {
    market: market.id,
    mode: market.mode,
  });
}

function openRows(engine: Engine, market: number): number[] {
  const { positions } = engine;
  const rows: number[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.market[row] === market && positions.lots[row] !== 0) rows.push(row);
  }
  return rows;
}

/** Everything that an account could be left with must still be a safe whole number. */
function refuseOverflow(engine: Engine, market: number, ticks: number): Refusal | null {
  const { positions, accounts } = engine;
  for (const row of openRows(engine, market)) {
    const [lots, cost] = [at(positions.lots, row), at(positions.cost, row)];
    const profit = profitOf(marketAt(engine, market), lots, cost, ticks);
    const account = at(positions.account, row);
    const balance = at(accounts.balance, account);
    const margin = at(positions.margin, row);
    const sums = [profit, balance + profit, margin + profit, balance + margin + profit];
    if (sums.every(Number.isSafeInteger)) continue;
    return refuse('too-large', 'an account would be too large to reckon exactly', {
      account: accounts.ids[account] ?? '',
      profitAtoms: profit,
    });
  }
  return null;
}

function cancelAll(turn: Turn, market: number): void {
  const { engine } = turn;
  for (const account of engine.orders.keys()) {
    for (const order of ordersOf(engine, account)) {
      if (order.market === market) cancelOrder(turn, order, 'delisted');
    }
  }
}

interface Settled {
  readonly positions: number;
  readonly longLots: number;
  readonly dustAtoms: number;
}

function settleAll(turn: Turn, market: number, priceTicks: number): Settled {
  const { engine } = turn;
  const rows = openRows(engine, market);
  let longLots = 0;
  let dustAtoms = 0;
  for (const row of rows) {
    longLots += Math.max(0, at(engine.positions.lots, row));
    dustAtoms -= settleOne(turn, row, priceTicks);
  }
  const { balance } = engine.accounts;
  balance[DUST] = at(balance, DUST) + dustAtoms;
  return { positions: rows.length, longLots, dustAtoms };
}

/** Gives what the books of an inverse position received, which its counterparties' do not match. */
function settleOne(turn: Turn, row: number, priceTicks: number): number {
  const { engine } = turn;
  const { positions, accounts } = engine;
  const lots = at(positions.lots, row);
  const account = at(positions.account, row);
  const { realized, received } = settleAt(engine, row, priceTicks);
  const margin = at(positions.margin, row);
  // A debt stays where it arose: the review covers it, and the pool does not answer for it.
  if (margin > 0 && positions.standing[row] !== LIQUIDATING) moveMargin(engine, row, -margin);
  turn.touched.add(account);
  turn.emit({
    kind: 'position-settled',
    account: accounts.ids[account] ?? '',
    market: marketAt(engine, at(positions.market, row)).id,
    side: lots > 0 ? 'long' : 'short',
    sizeLots: Math.abs(lots),
    priceTicks,
    realizedAtoms: realized,
  });
  return received;
}
