/**
 * Auto-deleveraging: what nobody buys is closed against the other side, at the bankruptcy price: in
 * order of rank, or everyone in proportion to size; whoever that would sink is passed over.
 */
import { groupOf, queueAgainst, type AdlQueue, type Ranked } from './adl-rank.ts';
import { termsOf } from './liquidation-terms.ts';
import { apportion } from './pro-rata.ts';
import { at, findPosition, FUND, FUND_ACCOUNT, marketAt, NONE, type Engine } from './state.ts';
import { execute, type Execution } from './trade.ts';
import type { Turn } from './turn.ts';
import { lossOfClosing, unitStanding } from './valuation.ts';

export interface Deleveraging {
  /** 0 for the insurance fund's own inventory. */
  readonly liquidation: number;
  /** Row of the position that must be closed. */
  readonly row: number;
  /** How much of it. */
  readonly lots: number;
  readonly ticks: number;
}

/** How far a deleveraging has come, and whether it may sink somebody. */
interface Progress extends Deleveraging {
  left: number;
  readonly evenSinking: boolean;
}

/**
 * Closes `lots` of the position at `row`. Should the other side not suffice at that price, the rest
 * is closed at the mark, where it sinks nobody, and the deficit stays with the account for the fund
 * to cover.
 */
export function deleverage(turn: Turn, what: Deleveraging): void {
  const { engine } = turn;
  const market = at(engine.positions.market, what.row);
  const { proRata } = termsOf(engine, what.row);
  const queue = queueAgainst(turn, what.row);
  const first: Progress = { ...what, left: what.lots, evenSinking: false };
  if (proRata) closeByShares(turn, first, queue);
  closeInOrder(turn, first, queue);
  if (first.left === 0) return;
  const ticks = marketAt(engine, market).markTicks;
  const last: Progress = { ...what, left: first.left, ticks, evenSinking: true };
  if (proRata) closeByShares(turn, last, queue);
  closeInOrder(turn, last, queue);
  closeInOrder(turn, last, fundPosition(engine, market));
}

function fundPosition(engine: Engine, market: number): Ranked[] {
  const row = findPosition(engine, FUND, market);
  return row === NONE ? [] : [{ row, score: 0, id: FUND_ACCOUNT }];
}

function closeInOrder(turn: Turn, what: Progress, queue: Iterable<Ranked>): void {
  for (const { row } of queue) {
    if (what.left === 0) return;
    const lots = Math.min(what.left, openAgainst(turn.engine, what, row));
    if (lots > 0 && mayClose(turn.engine, what, row, lots)) closeOne(turn, what, row, lots);
  }
}

/** Lots that a position still holds against the one to be closed. */
function openAgainst(engine: Engine, what: Progress, row: number): number {
  const { lots } = engine.positions;
  return at(lots, row) * at(lots, what.row) < 0 ? Math.abs(at(lots, row)) : 0;
}

/** Who would sink is left out, and the rest shares anew; after so many rounds the queue decides. */
const MOST_ROUNDS = 8;

/** In proportion to size, group by group: those in profit, those not, those in liquidation. */
function closeByShares(turn: Turn, what: Progress, queue: AdlQueue): void {
  const open = [...queue];
  for (const group of [0, 1, 2]) {
    const members = open.filter((one) => groupOf(one.score) === group);
    members.sort((a, b) => (a.id < b.id ? -1 : 1));
    let rows = members.map(rowOf);
    for (let round = 0; round < MOST_ROUNDS && what.left > 0; round += 1) {
      const shares = sharesOf(turn.engine, what, rows);
      const sinking = new Set(
        shares.filter(({ row, lots }) => !mayClose(turn.engine, what, row, lots)).map(rowOf),
      );
      if (sinking.size === 0) {
        for (const { row, lots } of shares) closeOne(turn, what, row, lots);
        break;
      }
      rows = rows.filter((row) => !sinking.has(row));
    }
  }
}

function rowOf({ row }: { readonly row: number }): number {
  return row;
}

function sharesOf(
  engine: Engine,
  what: Progress,
  rows: readonly number[],
): { readonly row: number; readonly lots: number }[] {
  const held = rows.map((row) => openAgainst(engine, what, row));
  const total = Math.min(
    what.left,
    held.reduce((all, lots) => all + lots, 0),
  );
  const shares = apportion(total, held);
  return rows
    .map((row, index) => ({ row, lots: shares[index] ?? 0 }))
    .filter((share) => share.lots > 0);
}

/** Whether closing `lots` at the price leaves the counterparty's unit at or above zero. */
function mayClose(engine: Engine, what: Progress, row: number, lots: number): boolean {
  if (what.evenSinking) return true;
  const loss = lossOfClosing(engine, row, { lots, ticks: what.ticks });
  return unitStanding(engine, row).equity - loss >= 0;
}

function closeOne(turn: Turn, what: Progress, row: number, lots: number): void {
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
  what.left -= lots;
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
    feeAtoms: 0,
    realizedAtoms: realized.closing,
    counterpartyRealizedAtoms: realized.counterparty,
  });
}
