/**
 * Accounts that have one owner: the command that joins them, and what a deal of one of them asks of
 * the others. Opening more than before raises what the schedule of the initial margin asks of every
 * account on that side, and each must be able to hold its own part.
 */
import {
  isRefusal,
  MAX_UNITS,
  MAX_VALUE,
  refuseUncovered,
  refuseUncoveredIsolated,
  tradableAccount,
} from './admission.ts';
import type { CommandOf, Side } from './command.ts';
import { MOST_ACCOUNTS, onSide, setOwner, siblingsOf } from './owner.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  at,
  configured,
  findPosition,
  marketAt,
  NONE,
  positionRows,
  rulesAt,
  type Engine,
} from './state.ts';
import type { Turn } from './turn.ts';
import { positionInitial } from './valuation.ts';

/** Gives an account an owner, another one, or none; nobody is liquidated for it. */
export function assignOwner(turn: Turn, command: CommandOf<'set-owner'>): Refusal | null {
  const { engine } = turn;
  const row = tradableAccount(engine, command.account);
  if (isRefusal(row)) return row;
  const before = engine.owners.byAccount.get(row)?.id ?? null;
  const { owner } = command;
  const refusal = owner === null || owner === before ? null : refuseJoining(engine, row, owner);
  if (refusal !== null) return refusal;
  touchSiblings(turn, row);
  if (owner !== before) setOwner(engine, row, owner);
  touchSiblings(turn, row);
  turn.touched.add(row);
  turn.emit({ kind: 'owner-set', account: command.account, owner, before });
  return null;
}

/** An owner has room for one more account, and all that it would hold can be reckoned. */
export function refuseJoining(engine: Engine, account: number, id: string): Refusal | null {
  const owner = engine.owners.byId.get(id);
  if (owner === undefined) return null;
  if (owner.accounts.size >= MOST_ACCOUNTS) {
    return refuse('too-large', `"${id}" has as many accounts as one owner may have`, {
      owner: id,
      most: MOST_ACCOUNTS,
    });
  }
  for (const row of account === NONE ? [] : positionRows(engine, account)) {
    const lots = at(engine.positions.lots, row);
    const market = at(engine.positions.market, row);
    const beside = (lots > 0 ? owner.long : owner.short).get(market) ?? 0;
    const refusal = refuseUnreckoned(engine, market, beside + Math.abs(lots));
    if (refusal !== null) return refusal;
  }
  return null;
}

function refuseUnreckoned(engine: Engine, row: number, lots: number): Refusal | null {
  const market = marketAt(engine, row);
  const { markTicks: ticks } = market;
  const { inverse, unit } = market.contract;
  const value = inverse ? (lots / ticks) * unit : lots * ticks * unit;
  if (lots === 0 || (value <= MAX_VALUE && lots * ticks <= MAX_UNITS)) return null;
  return refuse('too-large', `the owner would hold too much of "${market.id}" to reckon exactly`, {
    market: market.id,
    sizeLots: lots,
    mostAtoms: MAX_VALUE,
  });
}

/** Where a call ends at initial margin, a sibling's may end when others close. */
export function touchSiblings(turn: Turn, account: number): void {
  const { engine } = turn;
  if (!configured(engine).policy.restoreToInitial) return;
  for (const sibling of siblingsOf(engine, account)) turn.touched.add(sibling);
}

/** What the siblings' positions on a side of a market ask for now, by position. */
export type Asked = ReadonlyMap<number, number>;

/** Empty where no schedule looks at sizes, so that nothing can rise. */
export function askedOfSiblings(
  engine: Engine,
  account: number,
  place: { readonly market: number; readonly side: Side },
): Asked {
  const asked = new Map<number, number>();
  for (const sibling of siblingsOf(engine, account)) {
    const row = findPosition(engine, sibling, place.market);
    if (row === NONE || onSide(place.side, at(engine.positions.lots, row)) === 0) continue;
    if (rulesAt(engine, at(engine.positions.rules, row)).initial === null) continue;
    asked.set(row, positionInitial(engine, row));
  }
  return asked;
}

/** The first sibling that is asked for more than before and does not have it. */
export function refuseRaised(engine: Engine, before: Asked): Refusal | null {
  for (const [row, asked] of before) {
    if (positionInitial(engine, row) <= asked) continue;
    const refusal =
      at(engine.positions.isolated, row) === 1
        ? refuseUncoveredIsolated(engine, row)
        : refuseUncovered(engine, at(engine.positions.account, row));
    if (refusal !== null) return refusal;
  }
  return null;
}
