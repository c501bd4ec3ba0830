/**
 * Money in and out, and the choices that an account makes: leverage, margin mode, isolated margin.
 */
import type { CommandOf } from './command.ts';
import {
  firstRefusal,
  isRefusal,
  knownMarket,
  MAX_VALUE,
  refuseInLiquidation,
  refuseSunk,
  refuseUncovered,
  refuseUncoveredIsolated,
  tradableAccount,
} from './admission.ts';
import { moveMargin } from './exchange.ts';
import { refusePaused } from './mode.ts';
import { setOwner } from './owner.ts';
import { refuseJoining } from './ownership.ts';
import { reservationsOf, reserveAnew, restoreReservations } from './order.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  addAccount,
  at,
  ensurePosition,
  findPosition,
  FUND,
  FUND_ACCOUNT,
  marketAt,
  NONE,
  ordersOf,
  positionRows,
  rulesAt,
  type Engine,
} from './state.ts';
import type { Turn } from './turn.ts';
import { refuseUntrusted } from './validity.ts';
import {
  availableOf,
  isolatedStanding,
  poolStanding,
  positionProfit,
  type Standing,
} from './valuation.ts';
import { leverageCut } from './volatility.ts';

export function openAccount(turn: Turn, command: CommandOf<'open-account'>): Refusal | null {
  const { engine } = turn;
  const { account, owner } = command;
  if (engine.accounts.rows.has(account)) {
    return refuse('account-exists', `there is an account "${account}" already`, { account });
  }
  const refusal = owner === undefined ? null : refuseJoining(engine, NONE, owner);
  if (refusal !== null) return refusal;
  const row = addAccount(engine.accounts, account);
  turn.emit({ kind: 'account-opened', account });
  if (owner === undefined) return null;
  setOwner(engine, row, owner);
  turn.emit({ kind: 'owner-set', account, owner, before: null });
  return null;
}

/** Anyone's pool, or the insurance fund's. */
export function deposit(turn: Turn, command: CommandOf<'deposit'>): Refusal | null {
  const { engine } = turn;
  const row = command.account === FUND_ACCOUNT ? FUND : tradableAccount(engine, command.account);
  if (isRefusal(row)) return row;
  const balance = at(engine.accounts.balance, row) + command.amountAtoms;
  if (balance > MAX_VALUE) {
    return refuse('too-large', 'the balance would be too large to reckon exactly', {
      balanceAtoms: balance,
      mostAtoms: MAX_VALUE,
    });
  }
  engine.accounts.balance[row] = balance;
  engine.deposited += BigInt(command.amountAtoms);
  noteIgnoredDeposit(engine, at(engine.accounts.liquidation, row), command.amountAtoms);
  turn.touched.add(row);
  const { account, amountAtoms } = command;
  turn.emit({ kind: 'deposited', account, amountAtoms, balanceAtoms: balance });
  return null;
}

/** Where a deposit is not to cure a liquidation, the liquidation does not see it. */
export function noteIgnoredDeposit(engine: Engine, liquidation: number, atoms: number): void {
  const open = engine.liquidations.get(liquidation);
  if (open !== undefined && engine.config?.liquidation.depositCures === false) {
    open.ignoredDeposits += atoms;
  }
}

export function withdraw(turn: Turn, command: CommandOf<'withdraw'>): Refusal | null {
  const { engine } = turn;
  const row = tradableAccount(engine, command.account);
  if (isRefusal(row)) return row;
  const refusal = refuseInLiquidation(engine, row, NONE) ?? refuseAnyStale(engine, row);
  if (refusal !== null) return refusal;
  const standing = poolStanding(engine, row);
  const settled = at(engine.accounts.balance, row) + standing.withdrawableProfit;
  const available = availableOf(engine, row, standing);
  const most = Math.max(0, Math.min(available, settled, aboveLine(standing)));
  if (command.amountAtoms > most) {
    return refuse('insufficient-balance', 'more than min(available, settled balance)', {
      amountAtoms: command.amountAtoms,
      mostAtoms: most,
    });
  }
  const balance = at(engine.accounts.balance, row) - command.amountAtoms;
  engine.accounts.balance[row] = balance;
  engine.withdrawn += BigInt(command.amountAtoms);
  turn.touched.add(row);
  const { account, amountAtoms } = command;
  turn.emit({ kind: 'withdrawn', account, amountAtoms, balanceAtoms: balance });
  return null;
}

/** What may leave a unit without bringing it to its line: initial margin may lie below that. */
function aboveLine(standing: Standing): number {
  const least = standing.maintenance + (standing.atOrBelow && standing.value > 0 ? 1 : 0);
  return standing.equity - least;
}

function refuseAnyStale(engine: Engine, account: number): Refusal | null {
  for (const row of positionRows(engine, account)) {
    if (at(engine.positions.lots, row) === 0) continue;
    const market = marketAt(engine, at(engine.positions.market, row));
    const stale = refusePaused(market) ?? refuseUntrusted(engine, market, 'withdraw');
    if (stale !== null) return stale;
  }
  return null;
}

/** Sets leverage; lower leverage must be covered at once. */
export function setLeverage(turn: Turn, command: CommandOf<'set-leverage'>): Refusal | null {
  const { engine } = turn;
  const place = accountAndMarket(engine, command);
  if ('code' in place) return place;
  const placed = marketAt(engine, place.market);
  const rules = rulesAt(engine, placed.rules);
  const most = Math.min(rules.maxLeverageHundredths, leverageCut(placed, rules));
  if (command.leverageHundredths > most) {
    return refuse('leverage-too-high', `at most ${most / 100} in "${command.market}"`, {
      leverageHundredths: command.leverageHundredths,
      mostHundredths: most,
    });
  }
  const refusal = changeLeverage(engine, place, command.leverageHundredths);
  if (refusal !== null) return refusal;
  turn.touched.add(place.account);
  const { account, market, leverageHundredths } = command;
  turn.emit({ kind: 'leverage-set', account, market, leverageHundredths });
  return null;
}

interface Place {
  readonly account: number;
  readonly market: number;
}

function accountAndMarket(
  engine: Engine,
  command: { readonly account: string; readonly market: string },
): Place | Refusal {
  const market = knownMarket(engine, command.market);
  if (isRefusal(market)) return market;
  const account = tradableAccount(engine, command.account);
  if (isRefusal(account)) return account;
  return refuseInLiquidation(engine, account, market) ?? { account, market };
}

/**
 * Nothing can be uncovered where there is neither position nor order, so nothing is undone there.
 */
function changeLeverage(engine: Engine, place: Place, leverage: number): Refusal | null {
  const { positions } = engine;
  const row = ensurePosition(engine, place.account, place.market);
  const before = at(positions.leverage, row);
  const reserved = reservationsOf(engine, place.account);
  positions.leverage[row] = leverage;
  reserveAnew(engine, place.account, place.market);
  if (!isUsed(engine, place, row)) return null;
  const uncovered =
    leverage < before
      ? (refuseUncovered(engine, place.account) ?? refuseIsolatedInitial(engine, row))
      : null;
  const deal = { market: place.market, addsRisk: false };
  const refusal = uncovered ?? refuseSunk(engine, place.account, deal);
  if (refusal === null) return null;
  positions.leverage[row] = before;
  restoreReservations(engine, reserved);
  return refusal;
}

function isUsed(engine: Engine, place: Place, row: number): boolean {
  if (at(engine.positions.lots, row) !== 0) return true;
  return ordersOf(engine, place.account).some((order) => order.market === place.market);
}

function refuseIsolatedInitial(engine: Engine, row: number): Refusal | null {
  if (at(engine.positions.isolated, row) === 0 || at(engine.positions.lots, row) === 0) return null;
  return refuseUncoveredIsolated(engine, row);
}

export function setMarginMode(turn: Turn, command: CommandOf<'set-margin-mode'>): Refusal | null {
  const { engine } = turn;
  const place = accountAndMarket(engine, command);
  if ('code' in place) return place;
  const found = findPosition(engine, place.account, place.market);
  if (found !== NONE && isUsed(engine, place, found)) return refuseOpen(command);
  if (found === NONE && ordersOf(engine, place.account).some((o) => o.market === place.market)) {
    return refuseOpen(command);
  }
  const row = ensurePosition(engine, place.account, place.market);
  engine.positions.isolated[row] = command.marginMode === 'isolated' ? 1 : 0;
  const { account, market, marginMode } = command;
  turn.emit({ kind: 'margin-mode-set', account, market, marginMode });
  return null;
}

function refuseOpen(command: CommandOf<'set-margin-mode'>): Refusal {
  return refuse('position-open', 'close the position and cancel its orders first', {
    account: command.account,
    market: command.market,
  });
}

export function addMargin(turn: Turn, command: CommandOf<'add-margin'>): Refusal | null {
  const { engine } = turn;
  const row = isolatedPosition(engine, command, true);
  if (isRefusal(row)) return row;
  const account = at(engine.positions.account, row);
  const standing = poolStanding(engine, account);
  const most = Math.min(
    availableOf(engine, account, standing),
    at(engine.accounts.balance, account),
    aboveLine(standing),
  );
  if (command.amountAtoms > most) {
    return refuse('insufficient-balance', 'more than min(available, settled balance)', {
      amountAtoms: command.amountAtoms,
      mostAtoms: Math.max(0, most),
    });
  }
  noteIgnoredDeposit(engine, at(engine.positions.liquidation, row), command.amountAtoms);
  shiftMargin(turn, command, row, command.amountAtoms);
  return null;
}

export function removeMargin(turn: Turn, command: CommandOf<'remove-margin'>): Refusal | null {
  const { engine } = turn;
  const row = isolatedPosition(engine, command, false);
  if (isRefusal(row)) return row;
  const market = marketAt(engine, at(engine.positions.market, row));
  const stale = refusePaused(market) ?? refuseUntrusted(engine, market, 'withdraw');
  if (stale !== null) return stale;
  const standing = isolatedStanding(engine, row);
  const withoutProfit = standing.equity - Math.max(0, positionProfit(engine, row));
  const spare = Math.min(withoutProfit - standing.initial, aboveLine(standing));
  const most = Math.max(0, spare);
  if (command.amountAtoms > most) {
    return refuse('insufficient-margin', 'what stays must cover initial margin without profit', {
      amountAtoms: command.amountAtoms,
      mostAtoms: most,
    });
  }
  shiftMargin(turn, command, row, -command.amountAtoms);
  return null;
}

type MarginCommand = CommandOf<'add-margin' | 'remove-margin'>;

function isolatedPosition(
  engine: Engine,
  command: MarginCommand,
  adding: boolean,
): number | Refusal {
  const market = knownMarket(engine, command.market);
  const account = tradableAccount(engine, command.account);
  const unknown = firstRefusal(market, account);
  if (unknown !== null || isRefusal(market) || isRefusal(account)) return unknown ?? NONE;
  const busy = refuseInLiquidation(engine, account, adding ? NONE : market);
  if (busy !== null) return busy;
  const row = findPosition(engine, account, market);
  const place = { account: command.account, market: command.market };
  if (row === NONE || at(engine.positions.lots, row) === 0) {
    return refuse('no-position', 'there is no open position in this market', place);
  }
  if (at(engine.positions.isolated, row) === 1) return row;
  return refuse('not-isolated', 'the position is in the cross pool: deposit instead', place);
}

function shiftMargin(turn: Turn, command: MarginCommand, row: number, atoms: number): void {
  const { engine } = turn;
  moveMargin(engine, row, atoms);
  turn.touched.add(at(engine.positions.account, row));
  turn.emit({
    kind: command.kind === 'add-margin' ? 'margin-added' : 'margin-removed',
    account: command.account,
    market: command.market,
    amountAtoms: command.amountAtoms,
    isolatedMarginAtoms: at(engine.positions.margin, row),
  });
}
