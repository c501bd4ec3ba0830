/**
 * Owners: who holds several accounts, and what these hold together. A position counts for caps and
 * for the initial margin's schedule as large as all that its owner holds on its side of the market;
 * longs and shorts never offset each other. Maintenance knows nothing of owners.
 */
import type { Side } from './command.ts';
import { at, findPosition, marketAt, NONE, positionRows, type Engine } from './state.ts';

export interface Owner {
  readonly id: string;
  /** Rows, in the order in which they joined. */
  readonly accounts: Set<number>;
  /** By market: lots of all its accounts that are long, and of all that are short. */
  readonly long: Map<number, number>;
  readonly short: Map<number, number>;
}

export interface Owners {
  readonly byId: Map<string, Owner>;
  readonly byAccount: Map<number, Owner>;
}

/** Most accounts of one owner: what is asked of each of them has a bound. */
export const MOST_ACCOUNTS = 200;

/** What a signed size is on one side. */
export function onSide(side: Side, lots: number): number {
  return Math.max(0, side === 'buy' ? lots : -lots);
}

function held(owner: Owner, side: Side): Map<number, number> {
  return side === 'buy' ? owner.long : owner.short;
}

function heldBy(engine: Engine, account: number, market: number): number {
  const row = findPosition(engine, account, market);
  return row === NONE ? 0 : at(engine.positions.lots, row);
}

/** Lots that the account's owner holds on a side of a market in other accounts; 0 without one. */
export function besideLots(
  engine: Engine,
  account: number,
  place: { readonly market: number; readonly side: Side },
): number {
  const owner = engine.owners.byAccount.get(account);
  if (owner === undefined) return 0;
  const { market, side } = place;
  const all = held(owner, side).get(market) ?? 0;
  return all === 0 ? 0 : all - onSide(side, heldBy(engine, account, market));
}

/** The other accounts of the account's owner, in the order in which they joined. */
export function siblingsOf(engine: Engine, account: number): number[] {
  const owner = engine.owners.byAccount.get(account);
  return owner === undefined ? [] : [...owner.accounts].filter((row) => row !== account);
}

export function haveOneOwner(engine: Engine, a: number, b: number): boolean {
  const owner = engine.owners.byAccount.get(a);
  return owner !== undefined && owner === engine.owners.byAccount.get(b);
}

/** A position's size has changed: so has what its owner holds. */
export function noteSize(
  engine: Engine,
  place: { readonly account: number; readonly market: number },
  change: { readonly before: number; readonly after: number },
): void {
  const owner = engine.owners.byAccount.get(place.account);
  if (owner === undefined) return;
  for (const side of ['buy', 'sell'] as const) {
    const grown = onSide(side, change.after) - onSide(side, change.before);
    if (grown === 0) continue;
    const market = marketAt(engine, place.market);
    const lots = add(held(owner, side), place.market, grown);
    market.largestLots = Math.max(market.largestLots, lots);
  }
}

/** Sums of nothing are left out, so that equal states have equal tables. */
function add(sums: Map<number, number>, market: number, lots: number): number {
  const sum = (sums.get(market) ?? 0) + lots;
  if (sum === 0) sums.delete(market);
  else sums.set(market, sum);
  return sum;
}

/** Makes the account one of the owner's, or of nobody's, with all that it holds. */
export function setOwner(engine: Engine, account: number, id: string | null): void {
  const before = engine.owners.byAccount.get(account);
  if (before !== undefined) leave(engine, before, account);
  if (id !== null) join(engine, id, account);
}

function join(engine: Engine, id: string, account: number): void {
  const { byId, byAccount } = engine.owners;
  const known = byId.get(id);
  const owner = known ?? { id, accounts: new Set(), long: new Map(), short: new Map() };
  if (known === undefined) byId.set(id, owner);
  owner.accounts.add(account);
  byAccount.set(account, owner);
  countAll(engine, account, 1);
}

function leave(engine: Engine, owner: Owner, account: number): void {
  countAll(engine, account, 0);
  const { byId, byAccount } = engine.owners;
  byAccount.delete(account);
  owner.accounts.delete(account);
  if (owner.accounts.size === 0) byId.delete(owner.id);
}

/** Counts every position of the account in (1) or out (0). */
function countAll(engine: Engine, account: number, inOrOut: 0 | 1): void {
  const { market, lots } = engine.positions;
  for (const row of positionRows(engine, account)) {
    const size = at(lots, row);
    const change = inOrOut === 1 ? { before: 0, after: size } : { before: size, after: 0 };
    noteSize(engine, { account, market: at(market, row) }, change);
  }
}

/** 16: what owners hold is what the positions of their accounts say. */
export function ownerViolations(engine: Engine): string[] {
  const found: string[] = [];
  for (const owner of engine.owners.byId.values()) {
    if (owner.accounts.size === 0 || owner.accounts.size > MOST_ACCOUNTS)
      found.push(`16: ${owner.id} owns ${owner.accounts.size} accounts`);
    engine.markets.forEach(({ id }, market) => {
      for (const side of ['buy', 'sell'] as const) {
        const said = held(owner, side).get(market) ?? 0;
        const lots = [...owner.accounts].reduce(
          (sum, account) => sum + onSide(side, heldBy(engine, account, market)),
          0,
        );
        if (said !== lots) found.push(`16: ${owner.id} holds ${lots} lots of ${id}, not ${said}`);
      }
    });
  }
  return found;
}
