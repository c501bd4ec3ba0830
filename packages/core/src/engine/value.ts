/** What lots of a market are worth at a price: pure functions of the contract, in atoms. */
import { mulDiv } from '../units/index.ts';
import type { Market } from './state.ts';

/** Value of `lots` (not negative) at a price, atoms; inverse contracts round up. */
export function valueOf(market: Market, lots: number, ticks: number): number {
  const { inverse, unit } = market.contract;
  return inverse ? mulDiv(lots, unit, ticks, 'up') : lots * ticks * unit;
}

/** Whether `lots` at a price have a value that is a safe whole number. */
export function isReckonable(market: Market, lots: number, ticks: number): boolean {
  const { inverse, unit } = market.contract;
  const value = inverse ? (lots / ticks) * unit : lots * ticks * unit;
  return value < Number.MAX_SAFE_INTEGER;
}

/** Unrealised profit of signed `lots` with signed `cost` at a price, atoms, rounded down. */
export function profitOf(market: Market, lots: number, cost: number, ticks: number): number {
  const { inverse, unit } = market.contract;
  if (lots === 0) return 0;
  return inverse ? cost - mulDiv(lots, unit, ticks, 'up') : (lots * ticks - cost) * unit;
}

/** Value at the entry price, atoms. */
export function entryValueOf(market: Market, cost: number): number {
  return market.contract.inverse ? Math.abs(cost) : Math.abs(cost) * market.contract.unit;
}
