/** Caps on what may be open in a market and in one position, by value at the mark. */
import { RATE_SCALE } from './compile.ts';
import type { CompiledGuards } from './compile-guards.ts';
import { interestValue } from './interest.ts';
import { refuse, type Refusal } from './refusal.ts';
import { rulesAt, type Engine, type Market } from './state.ts';

/** Open interest may not grow beyond its cap; `after` is what a trade would make of it, in lots. */
export function refuseInterest(engine: Engine, market: Market, after: number): Refusal | null {
  const { openInterestCap } = rulesAt(engine, market.rules).guards;
  if (openInterestCap < 0 || after <= market.longLots) return null;
  const value = interestValue(market, after);
  if (value <= BigInt(openInterestCap)) return null;
  return refuse('open-interest-cap', `"${market.id}" is full: trade against open positions`, {
    market: market.id,
    openInterestAtoms: Number(value),
    mostAtoms: openInterestCap,
  });
}

/**
 * What somebody who adds risk would hold on a side with all other accounts of the owner, in lots at
 * the mark, stays within the cap: max(fixed, share × open interest) [OKX, Bybit].
 */
export function refusePosition(engine: Engine, market: Market, lots: number): Refusal | null {
  const most = mostHeld(market, rulesAt(engine, market.rules).guards);
  if (most === null) return null;
  // Asked beside the question whether it is too large to be reckoned at all.
  const valueAtoms = interestValue(market, lots);
  if (valueAtoms <= most) return null;
  const message = `more of "${market.id}" than one owner may hold in all accounts: trade less`;
  return refuse('position-cap', message, {
    market: market.id,
    sizeLots: lots,
    valueAtoms: Number(valueAtoms),
    mostAtoms: Number(most),
  });
}

/** Atoms; null without a cap. Open interest is what it is before the deal, rounded down here. */
function mostHeld(market: Market, { positionCap, positionShare }: CompiledGuards): bigint | null {
  if (positionCap < 0) return null;
  const fixed = BigInt(positionCap);
  const value = interestValue(market, market.longLots);
  const shared = (value * BigInt(Math.max(0, positionShare))) / BigInt(RATE_SCALE);
  return shared > fixed ? shared : fixed;
}
