/** Caps on what may be open in a market and in one position, by value at the mark. */
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

/** What somebody who adds risk would hold, in lots at the mark, stays within the cap. */
export function refusePosition(engine: Engine, market: Market, lots: number): Refusal | null {
  const { positionCap } = rulesAt(engine, market.rules).guards;
  if (positionCap < 0) return null;
  // Asked beside the question whether it is too large to be reckoned at all.
  const valueAtoms = interestValue(market, Math.abs(lots));
  if (valueAtoms <= BigInt(positionCap)) return null;
  return refuse('position-cap', `the position in "${market.id}" would be above the cap`, {
    market: market.id,
    sizeLots: Math.abs(lots),
    valueAtoms: Number(valueAtoms),
    mostAtoms: positionCap,
  });
}
