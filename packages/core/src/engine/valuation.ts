/**
 * What a position, a pool and an isolated position are worth at the marks, in atoms: values and
 * requirements rounded up, profit rounded down. This is the exact definition inside the engine; the
 * sweep computes the same with its loops unrolled.
 */
import { mulDiv } from '../units/index.ts';
import { RATE_SCALE, type CompiledRules } from './compile.ts';
import { initialOf, type Exposure } from './initial.ts';
import { besideLots } from './owner.ts';
import { chargeUp, leverageMargin, requirementOf } from './requirement.ts';
import { at, marketAt, NONE, rulesAt, type Engine } from './state.ts';
import { entryValueOf, profitOf, valueOf } from './value.ts';

export function positionProfit(engine: Engine, position: number): number {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, position));
  return profitOf(
    market,
    at(positions.lots, position),
    at(positions.cost, position),
    market.markTicks,
  );
}

export function positionValue(engine: Engine, position: number): number {
  const market = marketAt(engine, at(engine.positions.market, position));
  return valueOf(market, Math.abs(at(engine.positions.lots, position)), market.markTicks);
}

/**
 * What closing `lots` of a position at a price loses against the mark, atoms; below zero a gain.
 * Inverse books may lose an atom on each leg, so two more are reckoned with.
 */
export function lossOfClosing(
  engine: Engine,
  position: number,
  close: { readonly lots: number; readonly ticks: number },
): number {
  const market = marketAt(engine, at(engine.positions.market, position));
  const signed = Math.sign(at(engine.positions.lots, position)) * close.lots;
  const atMark = profitOf(market, signed, 0, market.markTicks);
  const residue = market.contract.inverse ? 2 : 0;
  return atMark - profitOf(market, signed, 0, close.ticks) + residue;
}

/** Maintenance margin of one position at its mark, its closing fee included; by its own rules. */
export function positionMaintenance(
  engine: Engine,
  position: number,
  rules: CompiledRules = rulesAt(engine, at(engine.positions.rules, position)),
): number {
  const { positions } = engine;
  const lots = Math.abs(at(positions.lots, position));
  if (lots === 0) return 0;
  const market = marketAt(engine, at(positions.market, position));
  const value = valueOf(market, lots, market.markTicks);
  const { closingFeeRate, closingFeeAtLeverage, entryBasis } = rules;
  if (!entryBasis && !closingFeeAtLeverage)
    return requirementOf(rules.maintenance, value, lots, closingFeeRate);
  const seen = entryBasis ? entryValueOf(market, at(positions.cost, position)) : value;
  const closingValue = closingFeeAtLeverage ? leverageExitValue(engine, position) : value;
  return requirementOf(rules.maintenance, seen, lots) + chargeUp(closingValue, closingFeeRate);
}

/** Value at the price at which the chosen leverage is used up. */
function leverageExitValue(engine: Engine, position: number): number {
  const { positions } = engine;
  const market = marketAt(engine, at(positions.market, position));
  const entry = entryValueOf(market, at(positions.cost, position));
  const leverage = at(positions.leverage, position);
  const long = at(positions.lots, position) > 0;
  const grows = long === market.contract.inverse;
  if (grows) return entry + leverageMargin(entry, leverage);
  return leverage <= 100 ? 0 : mulDiv(entry, leverage - 100, leverage, 'up');
}

/** Initial margin of one position at its mark; by its own rules. */
export function positionInitial(
  engine: Engine,
  position: number,
  rules: CompiledRules = rulesAt(engine, at(engine.positions.rules, position)),
): number {
  const { positions } = engine;
  if (at(positions.lots, position) === 0) return 0;
  const market = marketAt(engine, at(positions.market, position));
  return initialOf(market, rules, exposureOf(engine, position));
}

/** What the initial margin of a position depends on, at its mark. */
export function exposureOf(engine: Engine, position: number): Exposure {
  const { positions } = engine;
  const market = at(positions.market, position);
  const lots = at(positions.lots, position);
  const side = lots > 0 ? 'buy' : 'sell';
  return {
    lots: Math.abs(lots),
    ticks: marketAt(engine, market).markTicks,
    leverage: at(positions.leverage, position),
    beside: besideLots(engine, at(positions.account, position), { market, side }),
  };
}

/** A pool's or an isolated position's figures, atoms. */
export interface Standing {
  equity: number;
  maintenance: number;
  initial: number;
  value: number;
  /** Whether equity that equals maintenance already triggers. */
  atOrBelow: boolean;
  /** Unrealised profit above zero that the markets' rules allow to be withdrawn. */
  withdrawableProfit: number;
}

/** The cross pool of an account; `initial` includes open orders. */
export function poolStanding(engine: Engine, account: number): Standing {
  const { accounts, positions } = engine;
  const standing = emptyStanding(at(accounts.balance, account), at(accounts.orderMargin, account));
  for (let row = at(accounts.first, account); row !== NONE; row = at(positions.next, row)) {
    if (at(positions.isolated, row) === 0) addPosition(engine, row, standing);
  }
  return standing;
}

/** An isolated position on its own. */
export function isolatedStanding(engine: Engine, position: number): Standing {
  const standing = emptyStanding(at(engine.positions.margin, position), 0);
  addPosition(engine, position, standing);
  return standing;
}

/** Of the unit that a position belongs to: its own if isolated, else its account's pool. */
export function unitStanding(engine: Engine, position: number): Standing {
  const isolated = at(engine.positions.isolated, position) === 1;
  return isolated
    ? isolatedStanding(engine, position)
    : poolStanding(engine, at(engine.positions.account, position));
}

function emptyStanding(equity: number, initial: number): Standing {
  return { equity, initial, maintenance: 0, value: 0, atOrBelow: false, withdrawableProfit: 0 };
}

function addPosition(engine: Engine, row: number, standing: Standing): void {
  if (at(engine.positions.lots, row) === 0) return;
  const rules = rulesAt(engine, at(engine.positions.rules, row));
  const profit = positionProfit(engine, row);
  standing.equity += profit;
  standing.maintenance += positionMaintenance(engine, row);
  standing.initial += positionInitial(engine, row);
  standing.value += positionValue(engine, row);
  if (rules.atOrBelow) standing.atOrBelow = true;
  if (rules.profitWithdrawable && profit > 0) standing.withdrawableProfit += profit;
}

/** Whether the trigger holds: equity below (or at) maintenance while there is something to hold. */
export function isTriggered(standing: Standing): boolean {
  if (standing.value === 0) return false;
  return standing.atOrBelow
    ? standing.equity <= standing.maintenance
    : standing.equity < standing.maintenance;
}

/** Whether equity ≥ (1 + buffer) × maintenance and the trigger does not hold; buffer in 1e-7. */
export function isAfloat(standing: Standing, buffer: number): boolean {
  if (isTriggered(standing)) return false;
  if (buffer === 0) return true;
  const scale = BigInt(RATE_SCALE);
  const target = BigInt(standing.maintenance) * (scale + BigInt(buffer));
  return BigInt(standing.equity) * scale >= target;
}

/** Whether maintenance ≥ ratio × equity, exactly; `ratio` is in 1e-7. */
export function isAtRatio(equity: number, maintenance: number, ratio: number): boolean {
  const left = maintenance * RATE_SCALE;
  const right = equity * ratio;
  const close = 1e-9 * (left + Math.abs(right));
  if (Math.abs(left - right) > close) return left > right;
  return BigInt(maintenance) * BigInt(RATE_SCALE) >= BigInt(equity) * BigInt(ratio);
}

/** What an account may still use: equity − initial margin − what its orders hold, or 0. */
export function availableOf(engine: Engine, account: number, standing: Standing): number {
  return Math.max(0, spareOf(engine, account, standing));
}

/** The same, below zero when initial margin is not covered. */
export function spareOf(engine: Engine, account: number, standing: Standing): number {
  return standing.equity - standing.initial - at(engine.accounts.orderHold, account);
}
