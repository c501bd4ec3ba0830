/**
 * The questions that several commands ask before anything changes, each answered by a refusal with
 * its figures or by nothing at all. They are asked in the order of the closed list in `refusal.ts`.
 */
import { isSlowed } from './breaker.ts';
import type { Side } from './command.ts';
import { RATE_SCALE } from './compile.ts';
import { besideLots } from './owner.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  at,
  DUST,
  findPosition,
  LIQUIDATING,
  marketAt,
  NONE,
  rulesAt,
  type Engine,
  type Market,
} from './state.ts';
import { marksAllow, standingOf, type Unit } from './unit.ts';
import {
  isolatedStanding,
  isTriggered,
  poolStanding,
  spareOf,
  type Standing,
} from './valuation.ts';

/** Values stay a factor of four below 2^53, and sums over markets with them. */
export const MAX_VALUE: number = 2 ** 51;
/** Sizes and prices; a position cost above it is refused too. */
export const MAX_UNITS: number = 2 ** 50;

/** The row of an account that may be traded with, or why not. */
export function tradableAccount(engine: Engine, id: string): number | Refusal {
  const row = engine.accounts.rows.get(id);
  if (row === undefined) {
    return refuse('unknown-account', `there is no account "${id}": open it first`, { account: id });
  }
  if (row <= DUST) {
    return refuse('reserved-account', `"${id}" belongs to the engine: use an account of your own`, {
      account: id,
    });
  }
  return row;
}

export function knownMarket(engine: Engine, id: string): number | Refusal {
  const row = engine.marketRows.get(id);
  if (row !== undefined) return row;
  return refuse('unknown-market', `there is no market "${id}": open it first`, { market: id });
}

export function isRefusal(value: number | Refusal | null | undefined): value is Refusal {
  return typeof value === 'object' && value !== null;
}

/** The first of the answers that is a refusal. */
export function firstRefusal(...answers: readonly (number | Refusal | null)[]): Refusal | null {
  return answers.find(isRefusal) ?? null;
}

/** Whether the pool, or the account's isolated position in the market, is being liquidated. */
export function refuseInLiquidation(
  engine: Engine,
  account: number,
  market: number,
): Refusal | null {
  const row = findPosition(engine, account, market);
  const isolated = row !== NONE && at(engine.positions.isolated, row) === 1;
  const standing = isolated
    ? at(engine.positions.standing, row)
    : at(engine.accounts.standing, account);
  if (standing !== LIQUIDATING) return null;
  const id = engine.accounts.ids[account] ?? '';
  return refuse('in-liquidation', `"${id}" is being liquidated: wait until that has ended`, {
    account: id,
  });
}

/**
 * What adds risk to any position is refused while the pool, which has to pay for it, is liquidated.
 */
export function refuseBusy(
  engine: Engine,
  account: number,
  deal: { readonly market: number; readonly addsRisk: boolean },
): Refusal | null {
  return (
    refuseInLiquidation(engine, account, deal.market) ??
    (deal.addsRisk ? refuseInLiquidation(engine, account, NONE) : null)
  );
}

export function refuseWithoutMark(market: Market): Refusal | null {
  if (market.markTicks > 0) return null;
  return refuse('no-mark', `"${market.id}" has no mark price yet: send marks first`, {
    market: market.id,
  });
}

/** Trades and reduce-only orders stay within the price band of the mark. */
export function refuseOutsideBand(engine: Engine, market: Market, ticks: number): Refusal | null {
  return refuseFarFrom(market, ticks, rulesAt(engine, market.rules).priceBand);
}

/** Orders that may add risk stay within a band of their own, where the rules have one. */
export function refuseFarOrder(engine: Engine, market: Market, ticks: number): Refusal | null {
  const { orderBand } = rulesAt(engine, market.rules).guards;
  return orderBand < 0 ? null : refuseFarFrom(market, ticks, orderBand);
}

function refuseFarFrom(market: Market, ticks: number, priceBand: number): Refusal | null {
  const distance = Math.abs(ticks - market.markTicks);
  if (distance * RATE_SCALE <= market.markTicks * priceBand) return null;
  return refuse('outside-band', `the price is too far from the mark of "${market.id}"`, {
    priceTicks: ticks,
    markTicks: market.markTicks,
    band: priceBand / RATE_SCALE,
  });
}

/**
 * A change of `lots` (signed) at a price must leave every figure a safe whole number. What makes a
 * position smaller is asked only whether the deal itself can be reckoned.
 */
export function refuseTooLarge(
  engine: Engine,
  account: number,
  deal: { readonly market: number; readonly lots: number; readonly ticks: number },
): Refusal | null {
  const market = marketAt(engine, deal.market);
  const row = findPosition(engine, account, deal.market);
  const held = row === NONE ? 0 : at(engine.positions.lots, row);
  const grows = addsLots(held, deal.lots);
  const lots = grows ? ownedWith(engine, account, deal, held) : Math.abs(deal.lots);
  const ticks = grows ? Math.max(deal.ticks, market.markTicks) : deal.ticks;
  const { inverse, unit } = market.contract;
  const lowest = grows ? Math.min(deal.ticks, market.markTicks || deal.ticks) : deal.ticks;
  const value = inverse ? (lots / lowest) * unit : lots * ticks * unit;
  const most = grows ? MAX_VALUE : Number.MAX_SAFE_INTEGER;
  if (value <= most && lots * ticks <= (grows ? MAX_UNITS : most)) return null;
  return refuse(
    'too-large',
    `the position in "${market.id}" would be too large to reckon exactly`,
    { market: market.id, sizeLots: lots, valueAtoms: Math.ceil(value), mostAtoms: most },
  );
}

/** Lots that all accounts of the owner would hold on the deal's side; no less than the deal. */
function ownedWith(
  engine: Engine,
  account: number,
  deal: { readonly market: number; readonly lots: number },
  held: number,
): number {
  const { market, lots } = deal;
  const beside = besideLots(engine, account, { market, side: lots > 0 ? 'buy' : 'sell' });
  return Math.max(Math.abs(held + lots), Math.abs(lots)) + beside;
}

function addsLots(held: number, lots: number): boolean {
  const after = held + lots;
  return Math.abs(after) > Math.abs(held) || held * after < 0;
}

/** Whether buying or selling `lots` makes the account's position larger, or turns it round. */
export function addsRisk(held: number, side: Side, lots: number): boolean {
  return addsLots(held, side === 'buy' ? lots : -lots);
}

/** After a change that added risk: the pool must cover its initial margin and its orders. */
export function refuseUncovered(engine: Engine, account: number): Refusal | null {
  const standing = poolStanding(engine, account);
  const spare = spareOf(engine, account, standing);
  if (spare >= 0) return null;
  return refuse(
    'insufficient-margin',
    'initial margin would not be covered: deposit, or trade less',
    {
      account: engine.accounts.ids[account] ?? '',
      equityAtoms: standing.equity,
      initialMarginAtoms: standing.initial,
      missingAtoms: -spare,
    },
  );
}

/** The same of an isolated position, which must cover its initial margin alone. */
export function refuseUncoveredIsolated(engine: Engine, position: number): Refusal | null {
  const standing = isolatedStanding(engine, position);
  if (standing.equity >= standing.initial) return null;
  return refuse(
    'insufficient-margin',
    'isolated margin would not cover initial margin: add some first',
    {
      account: engine.accounts.ids[at(engine.positions.account, position)] ?? '',
      equityAtoms: standing.equity,
      initialMarginAtoms: standing.initial,
    },
  );
}

/**
 * After any change: nothing may be left to be liquidated at once. What adds risk must leave both
 * the position's unit and the pool above their lines; what reduces may leave a unit below that
 * stands there already, with a deadline to meet or a mark that must not be liquidated on.
 */
export function refuseSunk(
  engine: Engine,
  account: number,
  deal: { readonly market: number; readonly addsRisk: boolean },
): Refusal | null {
  const row = findPosition(engine, account, deal.market);
  const isolated = row !== NONE && at(engine.positions.isolated, row) === 1;
  const unit = { account, isolated: isolated ? row : NONE };
  const own = standingOf(engine, unit);
  const tolerated = !deal.addsRisk && own.equity >= 0 && mayStandBelow(engine, unit);
  const sunk = isSunk(own) && !tolerated;
  if (sunk) return refuseSinking(engine, account, own);
  if (!isolated || !deal.addsRisk) return null;
  const pool = poolStanding(engine, account);
  return isSunk(pool) ? refuseSinking(engine, account, pool) : null;
}

function isSunk(standing: Standing): boolean {
  return standing.equity < 0 || isTriggered(standing);
}

function mayStandBelow(engine: Engine, unit: Unit): boolean {
  if ((engine.policy?.deadlineMs ?? -1) >= 0) return true;
  return !marksAllow(engine, unit, 'liquidate') || isSlowed(engine, unit);
}

function refuseSinking(engine: Engine, account: number, standing: Standing): Refusal {
  return refuse(
    'insufficient-margin',
    'equity would fall below maintenance margin: trade at a better price',
    {
      account: engine.accounts.ids[account] ?? '',
      equityAtoms: standing.equity,
      maintenanceAtoms: standing.maintenance,
    },
  );
}
