/**
 * Auto-deleveraging: what nobody buys is closed against the other side, at the bankruptcy price,
 * the
 * most profitable and most leveraged first; whoever that would sink is passed over.
 */
import { at, DUST, FUND, LIQUIDATING, marketAt, type Engine } from './state.ts';
import { execute, type Execution } from './trade.ts';
import type { Turn } from './turn.ts';
import {
  entryValueOf,
  positionProfit,
  positionValue,
  profitOf,
  unitStanding,
} from './valuation.ts';

export interface Deleveraging {
  /** 0 for the insurance fund's own inventory. */
  readonly liquidation: number;
  /** Row of the position that must be closed. */
  readonly row: number;
  readonly ticks: number;
}

/**
 * Closes the whole position at `row`. Should the queue not suffice at that price, the rest is
 * closed
 * at the mark, where it sinks nobody, and the deficit stays with the account for the fund to cover.
 */
export function deleverage(turn: Turn, what: Deleveraging): void {
  const { engine } = turn;
  const market = at(engine.positions.market, what.row);
  const queue = queueAgainst(turn, what.row);
  closeAgainst(turn, what, queue, false);
  if (at(engine.positions.lots, what.row) === 0) return;
  closeAgainst(
    turn,
    { ...what, ticks: marketAt(engine, market).markTicks },
    [...queue, ...fundRow(engine, market)],
    true,
  );
}

function fundRow(engine: Engine, market: number): number[] {
  const { positions } = engine;
  const rows: number[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.account[row] === FUND && positions.market[row] === market) rows.push(row);
  }
  return rows;
}

function closeAgainst(
  turn: Turn,
  what: Deleveraging,
  queue: readonly number[],
  evenSinking: boolean,
): void {
  const { engine } = turn;
  const { positions } = engine;
  for (const row of queue) {
    const left = at(positions.lots, what.row);
    if (left === 0) return;
    const held = at(positions.lots, row);
    if (held * left >= 0 || row === what.row) continue;
    const lots = Math.min(Math.abs(left), Math.abs(held));
    if (!evenSinking && wouldSink(engine, row, lots, what.ticks)) continue;
    closeOne(turn, what, row, lots);
  }
}

function closeOne(turn: Turn, what: Deleveraging, row: number, lots: number): void {
  const { engine } = turn;
  const { positions, accounts } = engine;
  const deal: Execution = {
    market: at(positions.market, what.row),
    side: at(positions.lots, what.row) > 0 ? 'sell' : 'buy',
    closing: at(positions.account, what.row),
    counterparty: at(positions.account, row),
    lots,
    ticks: what.ticks,
  };
  const realized = execute(turn, deal);
  engine.counters.deleveraged += 1;
  turn.emit({
    kind: 'deleveraged',
    liquidation: what.liquidation,
    account: accounts.ids[deal.closing] ?? '',
    market: marketAt(engine, deal.market).id,
    side: deal.side,
    sizeLots: lots,
    priceTicks: what.ticks,
    counterparty: accounts.ids[deal.counterparty] ?? '',
    realizedAtoms: realized.closing,
    counterpartyRealizedAtoms: realized.counterparty,
  });
}

/** Whether closing `lots` at the price would leave the counterparty's unit below zero. */
function wouldSink(engine: Engine, row: number, lots: number, ticks: number): boolean {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, row));
  const signed = Math.sign(at(positions.lots, row)) * lots;
  const loss = profitOf(market, signed, 0, market.markTicks) - profitOf(market, signed, 0, ticks);
  const residue = market.contract.inverse ? 2 : 0;
  return unitStanding(engine, row).equity - loss - residue < 0;
}

/** Positions on the other side, highest rank first; ranked once in a turn for a market and side. */
function queueAgainst(turn: Turn, against: number): number[] {
  const { positions } = turn.engine;
  const side = Math.sign(at(positions.lots, against));
  const key = `${at(positions.market, against)}:${side}`;
  const known = turn.queues.get(key);
  if (known !== undefined) return known;
  const queue = rank(turn.engine, at(positions.market, against), -side);
  turn.queues.set(key, queue);
  return queue;
}

function rank(engine: Engine, market: number, side: number): number[] {
  const { positions, accounts } = engine;
  const ranked: { row: number; score: number; id: string }[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.market[row] !== market || Math.sign(at(positions.lots, row)) !== side) continue;
    const account = at(positions.account, row);
    if (account <= DUST) continue;
    ranked.push({ row, score: rankOf(engine, row), id: accounts.ids[account] ?? '' });
  }
  ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return ranked.map((one) => one.row);
}

/**
 * Profit (as a share of the entry value) × effective leverage; a loss is divided by leverage
 * instead. Units in liquidation come last. Plain IEEE division, the same on every machine.
 */
export function rankOf(engine: Engine, row: number): number {
  const { positions, accounts } = engine;
  const entry = entryValueOf(marketAt(engine, at(positions.market, row)), at(positions.cost, row));
  const { equity } = unitStanding(engine, row);
  const busy =
    positions.standing[row] === LIQUIDATING ||
    (positions.isolated[row] === 0 &&
      accounts.standing[at(positions.account, row)] === LIQUIDATING);
  if (equity <= 0 || entry === 0 || busy) return -Infinity;
  const profit = positionProfit(engine, row) / entry;
  const leverage = positionValue(engine, row) / equity;
  return profit > 0 ? profit * leverage : profit / leverage;
}
