/**
 * The exact sweep: every account at the marks, and those whose recorded standing may have to change.
 * It is the same arithmetic as `valuation.ts` with its loops unrolled over the columns; what it
 * reports is reviewed exactly, so a report too many costs time and a report too few is impossible.
 */
import { RATE_SCALE, type CompiledRules } from './compile.ts';
import { CALLED, configured, DUST, HEALTHY, NONE, type Engine } from './state.ts';
import { positionMaintenance, positionProfit } from './valuation.ts';

/** Markets and rules laid flat for the loop; made once a sweep. */
interface Tables {
  /** By market: mark × unit for linear contracts, 0 for inverse ones. */
  readonly tickValue: Float64Array;
  readonly unit: Float64Array;
  /** By rules: first and last level in the columns below; −1 where the slow path must be taken. */
  readonly firstLevel: Int32Array;
  readonly lastLevel: Int32Array;
  readonly closingFee: Float64Array;
  readonly from: Float64Array;
  readonly rate: Float64Array;
  readonly deduction: Float64Array;
}

/** Adds to `found` every account row whose standing may differ from what is recorded. */
export function sweep(engine: Engine, found: Set<number>): void {
  const tables = layOut(engine);
  const thresholds = thresholdsOf(engine);
  for (let account = DUST + 1; account < engine.accounts.count; account += 1) {
    if (engine.accounts.first[account] === NONE) continue;
    if (isSuspect(engine, account, tables, thresholds)) found.add(account);
  }
}

function layOut(engine: Engine): Tables {
  const levels = engine.rules.map(fastLevels);
  const count = levels.reduce((total, one) => total + (one?.from.length ?? 0), 0);
  const tables: Tables = {
    tickValue: Float64Array.from(engine.markets, (market) =>
      market.contract.inverse ? 0 : market.markTicks * market.contract.unit,
    ),
    unit: Float64Array.from(engine.markets, (market) => market.contract.unit),
    firstLevel: new Int32Array(levels.length).fill(NONE),
    lastLevel: new Int32Array(levels.length).fill(NONE),
    closingFee: Float64Array.from(engine.rules, (rules) => rules.closingFeeRate),
    from: new Float64Array(count),
    rate: new Float64Array(count),
    deduction: new Float64Array(count),
  };
  let next = 0;
  levels.forEach((one, rules) => {
    if (one === null) return;
    tables.from.set(one.from, next);
    tables.rate.set(one.rate, next);
    tables.deduction.set(one.deduction, next);
    tables.firstLevel[rules] = next;
    next += one.from.length;
    tables.lastLevel[rules] = next - 1;
  });
  return tables;
}

interface Levels {
  readonly from: Float64Array;
  readonly rate: Float64Array;
  readonly deduction: Float64Array;
}

/** Brackets by value at the mark, and flat rates as brackets of one level; null for all else. */
function fastLevels(rules: CompiledRules): Levels | null {
  if (rules.entryBasis || rules.closingFeeAtLeverage) return null;
  const { maintenance } = rules;
  if (maintenance.kind === 'flat') {
    const zero = new Float64Array(1);
    return { from: zero, rate: Float64Array.of(maintenance.rate), deduction: zero };
  }
  return maintenance.kind === 'brackets' && maintenance.by === 'value' ? maintenance : null;
}

interface Thresholds {
  /** A healthy unit is suspect from maintenance ≥ this × equity. */
  readonly suspect: number;
  /** A called one is suspect too below this × equity. */
  readonly cleared: number;
}

/** Widened by a billionth, so that rounding can only report too much. */
function thresholdsOf(engine: Engine): Thresholds {
  const { policy } = configured(engine);
  const callAt = policy.callAt >= 0 ? policy.callAt / RATE_SCALE : 1;
  const clearAt = policy.callAt >= 0 ? policy.clearAt / RATE_SCALE : Infinity;
  return { suspect: callAt * (1 - 1e-9), cleared: clearAt * (1 + 1e-9) };
}

const NEARLY_ONE = 1 - 1e-9;

function isUnitSuspect(
  standing: number,
  equity: number,
  maintenance: number,
  limits: Thresholds,
): boolean {
  if (standing === HEALTHY) return maintenance >= equity * limits.suspect;
  if (standing !== CALLED) return true;
  return maintenance >= equity * NEARLY_ONE || maintenance <= equity * limits.cleared;
}

// One loop without calls for the common position: this is where a sweep spends its time.
// oxlint-disable-next-line eslint/complexity
function isSuspect(engine: Engine, account: number, tables: Tables, limits: Thresholds): boolean {
  const { accounts, positions } = engine;
  const { lots: allLots, cost, market, rules, isolated, margin, next } = positions;
  let equity = accounts.balance[account] ?? 0;
  let maintenance = 0;
  let row = accounts.first[account] ?? NONE;
  while (row !== NONE) {
    const lots = allLots[row] ?? 0;
    if (lots !== 0) {
      const tickValue = tables.tickValue[market[row] ?? 0] ?? 0;
      const first = tables.firstLevel[rules[row] ?? 0] ?? NONE;
      let profit = 0;
      let needed = 0;
      if (tickValue !== 0 && first !== NONE) {
        profit = lots * tickValue - (cost[row] ?? 0) * (tables.unit[market[row] ?? 0] ?? 0);
        needed = fastRequirement(
          tables,
          rules[row] ?? 0,
          first,
          lots < 0 ? -lots * tickValue : lots * tickValue,
        );
      } else {
        profit = positionProfit(engine, row);
        needed = positionMaintenance(engine, row);
      }
      if (isolated[row] === 0) {
        equity += profit;
        maintenance += needed;
      } else if (
        isUnitSuspect(positions.standing[row] ?? 0, (margin[row] ?? 0) + profit, needed, limits)
      ) {
        return true;
      }
    } else if (positions.standing[row] !== HEALTHY) {
      return true;
    }
    row = next[row] ?? NONE;
  }
  const standing = accounts.standing[account] ?? 0;
  return isUnitSuspect(standing, equity, maintenance, limits);
}

function fastRequirement(tables: Tables, rules: number, first: number, value: number): number {
  const last = tables.lastLevel[rules] ?? 0;
  let level = first;
  while (level < last && value > (tables.from[level + 1] ?? 0)) level += 1;
  const closing = tables.closingFee[rules] ?? 0;
  let whole = Math.floor(value / RATE_SCALE);
  let rest = value - whole * RATE_SCALE;
  if (rest < 0) {
    whole -= 1;
    rest += RATE_SCALE;
  }
  const rate = tables.rate[level] ?? 0;
  const charge =
    whole * rate + Math.ceil((rest * rate) / RATE_SCALE) - (tables.deduction[level] ?? 0);
  if (closing === 0) return charge;
  return charge + whole * closing + Math.ceil((rest * closing) / RATE_SCALE);
}
