/**
 * The exact sweep: every account at the marks, and those whose recorded standing may have to
 * change. It is what the index of certificates is tested against, and what takes over in a storm.
 */
import {
  isUnitSuspect,
  layOut,
  SLACK,
  thresholdsOf,
  type Tables,
  type Thresholds,
} from './lines.ts';
import { DUST, HEALTHY, NONE, type Engine } from './state.ts';
import { positionMaintenance, positionProfit } from './valuation.ts';

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
