/**
 * Moves a position from one account to another at a price: the one place where lots, cost and
 * realised profit change hands. Nothing is checked here; whoever calls has asked or will undo.
 *
 * Money is conserved exactly: Σ balance + Σ isolated margin − Σ linear cost × unit + Σ inverse cost
 * stays what it was. Inverse legs round against both sides, and the residue goes to `dust`.
 */
import { mulDiv } from '../units/index.ts';
import type { Side } from './command.ts';
import { initialOf } from './initial.ts';
import { besideLots, noteSize } from './owner.ts';
import {
  at,
  DUST,
  ensurePosition,
  FEES,
  findPosition,
  marketAt,
  NONE,
  rulesAt,
  type Engine,
  type Market,
} from './state.ts';
import { isolatedStanding } from './valuation.ts';

/** One side of an exchange. */
export interface Party {
  readonly account: number;
  readonly feeAtoms: number;
  /** Whether reducing an isolated position gives its margin back (not while it is liquidated). */
  readonly releases: boolean;
}

export interface Exchange {
  readonly market: number;
  readonly buyer: Party;
  readonly seller: Party;
  readonly lots: number;
  readonly ticks: number;
}

export interface Realized {
  readonly buyer: number;
  readonly seller: number;
}

/** Carries the exchange out and says what each side realised, before fees. */
export function exchange(engine: Engine, deal: Exchange): Realized {
  const buyer = carryOut(engine, deal, deal.buyer, deal.lots);
  const seller = carryOut(engine, deal, deal.seller, -deal.lots);
  const { balance } = engine.accounts;
  balance[DUST] = at(balance, DUST) - buyer.received - seller.received;
  balance[FEES] = at(balance, FEES) + deal.buyer.feeAtoms + deal.seller.feeAtoms;
  return { buyer: buyer.realized, seller: seller.realized };
}

export interface Leg {
  realized: number;
  /** Inverse only: atoms by which the side's books grew; both sides sum to the residue. */
  received: number;
}

/** Carries out one side alone: `lots` above 0 are bought, below 0 sold. */
export function carryOut(
  engine: Engine,
  deal: Pick<Exchange, 'market' | 'ticks'>,
  party: Party,
  lots: number,
): Leg {
  const { positions } = engine;
  const row = ensurePosition(engine, party.account, deal.market);
  const market = marketAt(engine, deal.market);
  const held = at(positions.lots, row);
  const closing = held * lots < 0 ? Math.sign(lots) * Math.min(Math.abs(lots), Math.abs(held)) : 0;
  const opening = lots - closing;
  const leg: Leg = { realized: 0, received: 0 };
  if (opening !== 0) {
    const side = opening > 0 ? 'buy' : 'sell';
    fundIsolated(engine, row, { side, lots: Math.abs(opening), ticks: deal.ticks });
  }
  if (closing !== 0) close(engine, { row, market, lots: closing, ticks: deal.ticks }, leg);
  credit(engine, row, leg.realized - party.feeAtoms);
  if (opening !== 0) open(engine, { row, market, lots: opening, ticks: deal.ticks }, leg);
  if (closing !== 0 && party.releases) releaseIsolated(engine, row, Math.abs(closing / held));
  return leg;
}

interface Step {
  readonly row: number;
  readonly market: Market;
  /** Signed: above 0 bought. */
  readonly lots: number;
  readonly ticks: number;
}

/** Bought atoms are rounded down and sold ones up, so signed atoms round down both ways. */
function inverseAtoms(step: Step): number {
  return mulDiv(step.lots, step.market.contract.unit, step.ticks, 'down');
}

/** Sets a position's lots, and with them the open interest and what the owner holds. */
export function holdLots(engine: Engine, row: number, lots: number): void {
  const { positions } = engine;
  const place = { account: at(positions.account, row), market: at(positions.market, row) };
  const market = marketAt(engine, place.market);
  noteSize(engine, place, { before: at(positions.lots, row), after: lots });
  market.longLots += Math.max(0, lots) - Math.max(0, at(positions.lots, row));
  market.largestLots = Math.max(market.largestLots, Math.abs(lots));
  positions.lots[row] = lots;
}

function open(engine: Engine, step: Step, leg: Leg): void {
  const { positions } = engine;
  const { row, market } = step;
  if (at(positions.lots, row) === 0) positions.rules[row] = market.rules;
  const added = market.contract.inverse ? inverseAtoms(step) : step.lots * step.ticks;
  if (market.contract.inverse) leg.received += added;
  positions.cost[row] = at(positions.cost, row) + added;
  holdLots(engine, row, at(positions.lots, row) + step.lots);
}

function close(engine: Engine, step: Step, leg: Leg): void {
  const { positions } = engine;
  const { row, market } = step;
  const held = at(positions.lots, row);
  const cost = at(positions.cost, row);
  const closedCost = mulDiv(cost, Math.abs(step.lots), Math.abs(held), 'down');
  if (market.contract.inverse) {
    const atoms = inverseAtoms(step);
    leg.received += atoms;
    leg.realized += closedCost + atoms;
  } else {
    leg.realized += (-step.lots * step.ticks - closedCost) * market.contract.unit;
  }
  positions.cost[row] = cost - closedCost;
  holdLots(engine, row, held + step.lots);
}

/** Closes a whole position at a price without anybody on the other side. */
export function settleAt(engine: Engine, row: number, ticks: number): Leg {
  const market = marketAt(engine, at(engine.positions.market, row));
  const leg: Leg = { realized: 0, received: 0 };
  close(engine, { row, market, lots: -at(engine.positions.lots, row), ticks }, leg);
  credit(engine, row, leg.realized);
  return leg;
}

/** Puts money into the unit that the position belongs to. */
export function credit(engine: Engine, row: number, atoms: number): void {
  const { accounts, positions } = engine;
  const account = at(positions.account, row);
  if (at(positions.isolated, row) === 1) positions.margin[row] = at(positions.margin, row) + atoms;
  else accounts.balance[account] = at(accounts.balance, account) + atoms;
}

/** Moves atoms from the pool into an isolated position; below zero, back. */
export function moveMargin(engine: Engine, row: number, atoms: number): void {
  const { accounts, positions } = engine;
  const account = at(positions.account, row);
  accounts.balance[account] = at(accounts.balance, account) - atoms;
  positions.margin[row] = at(positions.margin, row) + atoms;
}

/** Takes what an order of that size would have reserved out of the pool. */
function fundIsolated(
  engine: Engine,
  row: number,
  opened: { readonly side: Side; readonly lots: number; readonly ticks: number },
): void {
  const { positions } = engine;
  if (at(positions.isolated, row) === 0) return;
  const market = marketAt(engine, at(positions.market, row));
  const place = { market: at(positions.market, row), side: opened.side };
  const beside = besideLots(engine, at(positions.account, row), place);
  const exposure = { ...opened, leverage: at(positions.leverage, row), beside };
  moveMargin(engine, row, initialOf(market, rulesAt(engine, market.rules), exposure));
}

/** Whether all that an exchange has changed of an account is still a safe whole number. */
export function isReckoned(engine: Engine, account: number, market: number): boolean {
  const { accounts, positions } = engine;
  const row = findPosition(engine, account, market);
  const { inverse, unit } = marketAt(engine, market).contract;
  const cost = row === NONE ? 0 : at(positions.cost, row) * (inverse ? 1 : unit);
  const margin = row === NONE ? 0 : at(positions.margin, row);
  return [at(accounts.balance, account), cost, margin].every(Number.isSafeInteger);
}

/** Gives back the closed share of an isolated margin, never so much that initial margin fails. */
function releaseIsolated(engine: Engine, row: number, share: number): void {
  const { positions } = engine;
  if (at(positions.isolated, row) === 0) return;
  const margin = at(positions.margin, row);
  if (at(positions.lots, row) === 0) {
    moveMargin(engine, row, -margin);
    return;
  }
  const standing = isolatedStanding(engine, row);
  const spare = Math.min(Math.floor(margin * share), standing.equity - standing.initial, margin);
  if (spare > 0) moveMargin(engine, row, -spare);
}

/**
 * What `look` sees if `lots` of the position at `row` were closed at a price, money included; then
 * everything is as it was before.
 */
export function ifClosed<T>(
  engine: Engine,
  row: number,
  deal: { readonly lots: number; readonly ticks: number },
  look: () => T,
): T {
  const { positions } = engine;
  const market = at(positions.market, row);
  const saved = checkpoint(engine, market, [at(positions.account, row)]);
  const leg: Leg = { realized: 0, received: 0 };
  const lots = -Math.sign(at(positions.lots, row)) * deal.lots;
  close(engine, { row, market: marketAt(engine, market), lots, ticks: deal.ticks }, leg);
  credit(engine, row, leg.realized);
  const seen = look();
  rollBack(engine, market, saved);
  return seen;
}

/** What an exchange between two accounts can change, kept so that a refused one leaves no trace. */
export interface Checkpoint {
  readonly positionCount: number;
  readonly largestLots: number;
  readonly balances: readonly (readonly [row: number, atoms: number])[];
  readonly rows: readonly SavedPosition[];
}

interface SavedPosition {
  readonly account: number;
  readonly row: number;
  readonly lots: number;
  readonly cost: number;
  readonly margin: number;
  readonly rules: number;
}

export function checkpoint(
  engine: Engine,
  market: number,
  accounts: readonly number[],
): Checkpoint {
  const { balance } = engine.accounts;
  return {
    positionCount: engine.positions.count,
    largestLots: marketAt(engine, market).largestLots,
    balances: [...accounts, FEES, DUST].map((row) => [row, at(balance, row)] as const),
    rows: accounts.map((account) => savePosition(engine, account, market)),
  };
}

function savePosition(engine: Engine, account: number, market: number): SavedPosition {
  const { positions } = engine;
  const row = findPosition(engine, account, market);
  if (row === NONE) return { account, row, lots: 0, cost: 0, margin: 0, rules: 0 };
  return {
    account,
    row,
    lots: at(positions.lots, row),
    cost: at(positions.cost, row),
    margin: at(positions.margin, row),
    rules: at(positions.rules, row),
  };
}

/** Puts everything back as it was at the checkpoint. */
export function rollBack(engine: Engine, market: number, saved: Checkpoint): void {
  const { accounts, positions } = engine;
  for (const [row, atoms] of saved.balances) accounts.balance[row] = atoms;
  for (const one of saved.rows) {
    if (one.row === NONE) forgetPosition(engine, one.account, saved.positionCount);
    else restorePosition(engine, one);
  }
  positions.count = saved.positionCount;
  marketAt(engine, market).largestLots = saved.largestLots;
}

function restorePosition(engine: Engine, one: SavedPosition): void {
  const { positions } = engine;
  holdLots(engine, one.row, one.lots);
  positions.cost[one.row] = one.cost;
  positions.margin[one.row] = one.margin;
  positions.rules[one.row] = one.rules;
}

/** Takes rows from `firstNew` on off the account's chain and clears them. */
function forgetPosition(engine: Engine, account: number, firstNew: number): void {
  const { accounts, positions } = engine;
  if (at(accounts.first, account) >= firstNew) accounts.first[account] = NONE;
  for (let row = at(accounts.first, account); row !== NONE; row = at(positions.next, row)) {
    if (at(positions.next, row) >= firstNew) positions.next[row] = NONE;
  }
  for (let row = firstNew; row < positions.count; row += 1) {
    holdLots(engine, row, 0);
    for (const column of Object.values(positions)) {
      if (typeof column !== 'number') column[row] = 0;
    }
    positions.next[row] = NONE;
  }
}
