/**
 * The exact sweep: every account at the marks, and those whose recorded standing may have to
 * change.
 * It reckons in doubles, with a few atoms against the account where it does not round; what it
 * reports is reviewed exactly, so a report too many costs time and a report too few is impossible.
 */
import { RATE_SCALE, type CompiledRules } from './compile.ts';
import { CALLED, configured, DUST, HEALTHY, NONE, type Engine } from './state.ts';
import { positionMaintenance, positionProfit } from './valuation.ts';

/** Markets and rules laid flat for the loop; made once a sweep. */
interface Tables {
  /** By market, value of a lot at the mark: mark × unit, inverse unit / mark; 0 without a mark. */
  readonly lotValue: Float64Array;
  /** By market: atoms of a unit of cost, and the sign with which value less cost is profit. */
  readonly costUnit: Float64Array;
  readonly profitSign: Float64Array;
  /** By rules: first and last level in the columns below; −1 where the slow path must be taken. */
  readonly firstLevel: Int32Array;
  readonly lastLevel: Int32Array;
  /** By level: needed = value × rate + extra, for values above `from`. */
  readonly from: Float64Array;
  readonly rate: Float64Array;
  readonly extra: Float64Array;
}

/** Atoms by which roundings of one position, left out here, can add up against the account. */
const SLACK = 4;

/** Adds to `found` every account row whose standing may differ from what is recorded. */
export function sweep(engine: Engine, found: Set<number>): void {
  const pools = poolsOf(engine);
  const thresholds = thresholdsOf(engine);
  addPositions(engine, { pools, thresholds, tables: layOut(engine) }, found);
  const { accounts } = engine;
  const { equity, maintenance } = pools;
  for (let account = DUST + 1; account < accounts.count; account += 1) {
    const standing = accounts.standing[account] ?? 0;
    const needed = maintenance[account] ?? 0;
    if (standing === HEALTHY && needed === 0) continue;
    if (isUnitSuspect(standing, equity[account] ?? 0, needed, thresholds)) found.add(account);
  }
}

/** Sums of the cross pools, by account. */
interface Pools {
  readonly equity: Float64Array;
  readonly maintenance: Float64Array;
}

/** Two columns a sweep, kept from one to the next: they hold nothing in between. */
const KEPT = new WeakMap<Engine, Pools>();

function poolsOf(engine: Engine): Pools {
  const { balance } = engine.accounts;
  const kept = KEPT.get(engine);
  const fits = kept !== undefined && kept.equity.length === balance.length;
  const pools = fits
    ? kept
    : {
        equity: new Float64Array(balance.length),
        maintenance: new Float64Array(balance.length),
      };
  KEPT.set(engine, pools);
  pools.equity.set(balance);
  pools.maintenance.fill(0);
  return pools;
}

interface Sums {
  readonly pools: Pools;
  readonly thresholds: Thresholds;
  readonly tables: Tables;
}

// One loop without calls for the common position: this is where a sweep spends its time.
// oxlint-disable-next-line eslint/complexity, eslint/max-lines-per-function
function addPositions(engine: Engine, sums: Sums, found: Set<number>): void {
  const { positions } = engine;
  const { account: owner, market, rules, lots: allLots, cost, isolated, margin } = positions;
  const { lotValue, costUnit, profitSign, firstLevel, lastLevel, from, rate, extra } = sums.tables;
  const { equity, maintenance } = sums.pools;
  const { count } = positions;
  for (let row = 0; row < count; row += 1) {
    const lots = allLots[row] ?? 0;
    const account = owner[row] ?? 0;
    if (lots === 0) {
      if (positions.standing[row] !== HEALTHY) found.add(account);
      continue;
    }
    const place = market[row] ?? 0;
    const rule = rules[row] ?? 0;
    let level = firstLevel[rule] ?? NONE;
    let profit = 0;
    let needed = 0;
    if (level === NONE) {
      profit = positionProfit(engine, row);
      needed = positionMaintenance(engine, row) + SLACK;
    } else {
      const signed = lots * (lotValue[place] ?? 0);
      const value = Math.abs(signed);
      const last = lastLevel[rule] ?? NONE;
      while (level < last && value > (from[level + 1] ?? 0)) level += 1;
      profit = (signed - (cost[row] ?? 0) * (costUnit[place] ?? 0)) * (profitSign[place] ?? 0);
      needed = value * (rate[level] ?? 0) + (extra[level] ?? 0);
    }
    if (isolated[row] === 0) {
      equity[account] = (equity[account] ?? 0) + profit;
      maintenance[account] = (maintenance[account] ?? 0) + needed;
    } else {
      const own = (margin[row] ?? 0) + profit;
      if (isUnitSuspect(positions.standing[row] ?? 0, own, needed, sums.thresholds)) {
        found.add(account);
      }
    }
  }
}

function layOut(engine: Engine): Tables {
  const levels = engine.rules.map(fastLevels);
  const count = levels.reduce((total, one) => total + (one?.from.length ?? 0), 0);
  const tables: Tables = {
    lotValue: Float64Array.from(engine.markets, ({ contract, markTicks }) => {
      if (!contract.inverse) return markTicks * contract.unit;
      return markTicks === 0 ? 0 : contract.unit / markTicks;
    }),
    costUnit: Float64Array.from(engine.markets, ({ contract }) =>
      contract.inverse ? 1 : contract.unit,
    ),
    profitSign: Float64Array.from(engine.markets, ({ contract }) => (contract.inverse ? -1 : 1)),
    firstLevel: new Int32Array(levels.length).fill(NONE),
    lastLevel: new Int32Array(levels.length).fill(NONE),
    from: new Float64Array(count),
    rate: new Float64Array(count),
    extra: new Float64Array(count),
  };
  let next = 0;
  levels.forEach((one, rules) => {
    if (one === null) return;
    const closing = engine.rules[rules]?.closingFeeRate ?? 0;
    tables.from.set(one.from, next);
    tables.rate.set(
      one.rate.map((rate) => (rate + closing) / RATE_SCALE),
      next,
    );
    tables.extra.set(
      one.deduction.map((deduction) => SLACK - deduction),
      next,
    );
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

/**
 * Brackets by value at the mark, and flat rates as brackets of one level; null for all else. They
 * are continuous, so that it does not matter on which side of an edge a rounded value falls.
 */
function fastLevels(rules: CompiledRules): Levels | null {
  if (rules.entryBasis || (rules.closingFeeAtLeverage && rules.closingFeeRate > 0)) return null;
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

/** Slack of as many positions as there can be markets. */
const MOST_SLACK = SLACK * 1000;

/**
 * `maintenance` may be too high by its slack, which must not hide that a call has come to its end.
 */
function isUnitSuspect(
  standing: number,
  equity: number,
  maintenance: number,
  limits: Thresholds,
): boolean {
  if (standing === HEALTHY) return maintenance >= equity * limits.suspect;
  if (standing !== CALLED) return true;
  if (maintenance >= equity * NEARLY_ONE) return true;
  return maintenance - MOST_SLACK <= equity * limits.cleared;
}
