/**
 * Standings of whole accounts in IEEE doubles over typed columns, for bulk work; `check` is the
 * definition, and the two agree to 1e-12 of the account's size. No object is made for a row.
 * An account is a unit that stands or falls: a cross pool, or one isolated position by itself.
 * Collateral tied to a market, open orders and `policy.call` are not taken: ask `check`.
 */
import {
  bankruptcyCoordinate,
  gainAtMark,
  joinHedge,
  loadMover,
  makeMover,
  requirementAtMark,
} from './kernel-mover.ts';
import { STATE } from './kernel-shape.ts';
import type { AccountColumns, MarketColumns, PositionColumns } from './kernel-shape.ts';

/** Writes every account's figures and every position's maintenance, at the markets' marks. */
export function standings(
  markets: MarketColumns,
  positions: PositionColumns,
  accounts: AccountColumns,
): void {
  const { firstPosition, cash, equity } = accounts;
  for (let account = 0; account < cash.length; account += 1) {
    let own = cash[account] as number;
    const end = firstPosition[account + 1] as number;
    for (let row = firstPosition[account] as number; row < end; row += 1)
      own += gainAtMark(markets, positions, row);
    equity[account] = own;
    writeStanding(markets, positions, accounts, account);
  }
}

const OWN = makeMover();
const OTHER = makeMover();

/** The account's requirement, position by position, and how it stands against its equity. */
function writeStanding(
  markets: MarketColumns,
  positions: PositionColumns,
  accounts: AccountColumns,
  account: number,
): void {
  const equity = accounts.equity[account] as number;
  const end = accounts.firstPosition[account + 1] as number;
  let total = 0;
  let touches = 0;
  for (let row = accounts.firstPosition[account] as number; row < end; row += 1) {
    loadMover(markets, positions, row, OWN);
    const partner = positions.partner[row] as number;
    if (partner >= 0) {
      loadMover(markets, positions, partner, OTHER);
      joinHedge(markets, OWN, OTHER);
    }
    const slope = partner < 0 ? OWN.gain : OWN.gain + OTHER.gain;
    const exit = bankruptcyCoordinate(markets, OWN, equity, slope);
    const required = requirementAtMark(markets, OWN, exit);
    accounts.positionMaintenance[row] = required;
    total += required;
    touches |= markets.atOrBelow[OWN.market] as number;
  }
  accounts.maintenance[account] = total;
  accounts.marginRatio[account] = equity > 0 ? total / equity : Number.POSITIVE_INFINITY;
  const isTriggered = end > (accounts.firstPosition[account] as number) && equity < total;
  const isTouched = touches === 1 && equity === total;
  accounts.state[account] = stateOf(accounts, account, isTriggered || isTouched);
}

function stateOf(accounts: AccountColumns, account: number, isTriggered: boolean): number {
  const equity = accounts.equity[account] as number;
  if (equity < 0) return STATE.bankrupt;
  if (isTriggered) return STATE.liquidation;
  const required = accounts.maintenance[account] as number;
  const isEmpty = accounts.firstPosition[account] === accounts.firstPosition[account + 1];
  if (isEmpty || accounts.marginCallAt === Number.POSITIVE_INFINITY) return STATE.healthy;
  return required >= accounts.marginCallAt * equity ? STATE['margin-call'] : STATE.healthy;
}
