/**
 * The questions that several commands ask before anything changes, each answered by a refusal with
 * its figures or by nothing at all. They are asked in the order of the closed list in `refusal.ts`.
 */
import type { Side } from './command.ts';
import { RATE_SCALE } from './compile.ts';
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
import { isolatedStanding, isTriggered, poolStanding, spareOf } from './valuation.ts';

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

export function refuseWithoutMark(market: Market): Refusal | null {
  if (market.markTicks > 0) return null;
  return refuse('no-mark', `"${market.id}" has no mark price yet: send marks first`, {
    market: market.id,
  });
}

/** What adds risk needs a fresh price; what reduces it never does. */
export function refuseStale(engine: Engine, market: Market): Refusal | null {
  const ageMs = engine.timeMs - market.markMs;
  const { staleAfterMs } = rulesAt(engine, market.rules);
  if (ageMs <= staleAfterMs) return null;
  return refuse(
    'stale-mark',
    `the mark of "${market.id}" is ${ageMs} ms old: only reducing is allowed`,
    {
      market: market.id,
      ageMs,
      staleAfterMs,
    },
  );
}

export function refuseOutsideBand(engine: Engine, market: Market, ticks: number): Refusal | null {
  const { priceBand } = rulesAt(engine, market.rules);
  const distance = Math.abs(ticks - market.markTicks);
  if (distance * RATE_SCALE <= market.markTicks * priceBand) return null;
  return refuse('outside-band', `the price is too far from the mark of "${market.id}"`, {
    priceTicks: ticks,
    markTicks: market.markTicks,
    band: priceBand / RATE_SCALE,
  });
}

/** A change of `lots` (signed) at a price must leave every figure a safe whole number. */
export function refuseTooLarge(
  engine: Engine,
  account: number,
  deal: { readonly market: number; readonly lots: number; readonly ticks: number },
): Refusal | null {
  const market = marketAt(engine, deal.market);
  const row = findPosition(engine, account, deal.market);
  const held = row === NONE ? 0 : at(engine.positions.lots, row);
  const lots = Math.max(Math.abs(held), Math.abs(held + deal.lots), Math.abs(deal.lots));
  const ticks = Math.max(deal.ticks, market.markTicks, 1);
  const { inverse, unit } = market.contract;
  const lowest = Math.max(1, Math.min(deal.ticks, market.markTicks || deal.ticks));
  const value = inverse ? (lots * unit) / lowest : lots * ticks * unit;
  if (value <= MAX_VALUE && lots * ticks <= MAX_UNITS) return null;
  return refuse(
    'too-large',
    `the position in "${market.id}" would be too large to reckon exactly`,
    {
      lots,
      valueAtoms: value,
      mostAtoms: MAX_VALUE,
    },
  );
}

/** Whether buying or selling `lots` makes the account's position larger, or turns it round. */
export function addsRisk(held: number, side: Side, lots: number): boolean {
  const after = held + (side === 'buy' ? lots : -lots);
  return Math.abs(after) > Math.abs(held) || held * after < 0;
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

/**
 * After any change: neither the pool nor the position in the market may be left to be liquidated
 * at once. Where a call has a deadline, an account may reduce while it stands below its line.
 */
export function refuseSunk(engine: Engine, account: number, market: number): Refusal | null {
  const row = findPosition(engine, account, market);
  const isolated = row !== NONE && at(engine.positions.isolated, row) === 1;
  const pool = poolStanding(engine, account);
  const standing = isolated ? isolatedStanding(engine, row) : pool;
  const mayStandBelow = (engine.policy?.deadlineMs ?? -1) >= 0;
  const floats = mayStandBelow || !isTriggered(standing);
  if (standing.equity >= 0 && pool.equity >= 0 && floats) return null;
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
