/**
 * Certificates: how far every mark may move before an account's standing could change.
 *
 * For a unit with equity E and maintenance margin M let f = θ·E − M, θ being the ratio at which it
 * is called, or 1. Above 0 it keeps its standing. When no value moves by more than the share h,
 *
 *   f ≥ f(now) − Σ jumps − h · Σ steepness
 *
 * A position's steepness is what f loses per unit of relative move, the worse of both ways. For
 * brackets M is convex with M(0) = 0, so a falling value V takes at least its share of M along (the
 * chord to 0) and a rising one adds at most the rate at the furthest V. Other schedules have no
 * slope but a jump: the most that M can be within h, less M now. So h = (f − jumps) / steepness
 * keeps f above 0 wherever the marks go within it, and that is what a cold account relies on. A
 * called one has a second line, the end of its call: M − cleared·E stays above 0.
 */
import {
  isUnitSuspect,
  layOut,
  MOST_SLACK,
  NEARLY_ONE,
  SLACK,
  thresholdsOf,
  type Tables,
  type Thresholds,
} from './lines.ts';
import { chargeUp, levelOf, requirementOf, type CompiledSchedule } from './requirement.ts';
import { at, CALLED, HEALTHY, NONE, rulesAt, type Engine } from './state.ts';
import { positionMaintenance, positionProfit, positionValue } from './valuation.ts';

/** No certificate reaches further than this share of a value, so that rates ahead are known. */
const FURTHEST = 0.3;

/** Ways in which a value's move could change the standing. */
export const FALLS = 1;
export const RISES = 2;

/** Sums of a unit on the way through its positions. */
class Sums {
  equity = 0;
  maintenance = 0;
  value = 0;
  /** What f and M − cleared·E lose per unit of relative move. */
  steepness = 0;
  backSteepness = 0;
  positions = 0;
  /** Positions whose requirement is no brackets by value at the mark. */
  rough = 0;

  start(equity: number): this {
    this.equity = equity;
    this.maintenance = 0;
    this.value = 0;
    this.steepness = 0;
    this.backSteepness = 0;
    this.positions = 0;
    this.rough = 0;
    return this;
  }
}

/** In `reaches`: as far as the pool, once that is known. */
const AS_POOL = -1;

/** Weighs one account after another; what it found stays until the next. */
export class Weigher {
  /** Whether the account's standing may have to change at these marks. */
  suspect = false;
  /** The least share that its certificates allow; 0 when one cannot be given. */
  reach = 0;
  /** Its open positions: rows, ways that matter, and the share by which each value may move. */
  count = 0;
  readonly rows: Int32Array;
  readonly ways: Uint8Array;
  readonly reaches: Float64Array;
  readonly #engine: Engine;
  readonly tables: Tables;
  readonly limits: Thresholds;
  readonly #pool = new Sums();
  readonly #own = new Sums();

  /** For an engine's markets, rules and policy as they are now; marks may move on. */
  constructor(engine: Engine) {
    const markets = engine.markets.length;
    this.rows = new Int32Array(markets);
    this.ways = new Uint8Array(markets);
    this.reaches = new Float64Array(markets);
    this.#engine = engine;
    this.tables = layOut(engine);
    keepConvex(this.tables);
    this.limits = thresholdsOf(engine);
  }

  /** Tells it a market's new mark, as the value of a lot. */
  setLotValue(market: number, atoms: number): void {
    this.tables.lotValue[market] = atoms;
  }

  weigh(account: number): void {
    const { accounts, positions } = this.#engine;
    const standing = accounts.standing[account] ?? 0;
    const pool = this.#pool.start(accounts.balance[account] ?? 0);
    this.suspect = false;
    this.reach = FURTHEST;
    this.count = 0;
    let row = accounts.first[account] ?? NONE;
    for (; row !== NONE; row = positions.next[row] ?? NONE) {
      if (positions.lots[row] === 0) {
        if (positions.standing[row] !== HEALTHY) this.suspect = true;
      } else if (positions.isolated[row] === 0) {
        this.#note(row, this.#add(row, pool, standing), AS_POOL);
      } else this.#weighIsolated(row);
    }
    if (standing === HEALTHY && pool.maintenance === 0) return;
    this.#spread(this.#judge(pool, standing, AS_POOL));
  }

  #weighIsolated(row: number): void {
    const { positions } = this.#engine;
    const standing = positions.standing[row] ?? 0;
    const own = this.#own.start(positions.margin[row] ?? 0);
    const ways = this.#add(row, own, standing);
    const k = this.count;
    this.#note(row, ways, row);
    this.reaches[k] = this.#judge(own, standing, row);
  }

  #note(row: number, ways: number, reach: number): void {
    const k = this.count;
    this.rows[k] = row;
    this.ways[k] = ways;
    this.reaches[k] = reach;
    this.count = k + 1;
  }

  /** Gives the pool's positions its reach. */
  #spread(reach: number): void {
    for (let k = 0; k < this.count; k += 1)
      if (this.reaches[k] === AS_POOL) this.reaches[k] = reach;
  }

  /** Adds a position to its unit's sums, and says in which ways its value matters. */
  // One piece without calls: it is done for every position that is heated or cooled.
  // oxlint-disable-next-line eslint/complexity
  #add(row: number, sums: Sums, standing: number): number {
    const { positions } = this.#engine;
    const { lotValue, costUnit, profitSign, firstLevel, lastLevel, from, rate, extra } =
      this.tables;
    const rules = positions.rules[row] ?? 0;
    let level = firstLevel[rules] ?? NONE;
    if (level === NONE) return this.#addRough(row, sums);
    const market = positions.market[row] ?? 0;
    const last = lastLevel[rules] ?? NONE;
    const sign = profitSign[market] ?? 0;
    const signed = (positions.lots[row] ?? 0) * (lotValue[market] ?? 0);
    const value = Math.abs(signed);
    while (level < last && value > (from[level + 1] ?? 0)) level += 1;
    const here = rate[level] ?? 0;
    const needed = value * here + (extra[level] ?? 0);
    sums.equity += (signed - (positions.cost[row] ?? 0) * (costUnit[market] ?? 0)) * sign;
    sums.maintenance += needed;
    sums.value += value;
    sums.positions += 1;
    const furthest = value * (1 + FURTHEST);
    while (level < last && furthest > (from[level + 1] ?? 0)) level += 1;
    const ahead = rate[level] ?? 0;
    const gains = signed * sign > 0;
    const ratio = standing === HEALTHY ? this.limits.suspect : NEARLY_ONE;
    let falls = gains ? ratio * value - needed : 0;
    let rises = gains ? (ahead - ratio) * value : (ahead + ratio) * value;
    sums.steepness += Math.max(falls, rises, 0);
    if (standing === HEALTHY) return (falls > 0 ? FALLS : 0) | (rises > 0 ? RISES : 0);
    const { cleared } = this.limits;
    const backFalls = gains ? (here - cleared) * value : (here + cleared) * value;
    const backRises = gains ? (cleared - here) * value : 0;
    sums.backSteepness += Math.max(backFalls, backRises, 0);
    falls = Math.max(falls, backFalls);
    rises = Math.max(rises, backRises);
    return (falls > 0 ? FALLS : 0) | (rises > 0 ? RISES : 0);
  }

  #addRough(row: number, sums: Sums): number {
    const value = positionValue(this.#engine, row);
    sums.equity += positionProfit(this.#engine, row);
    sums.maintenance += positionMaintenance(this.#engine, row) + SLACK;
    sums.value += value;
    sums.steepness += value;
    sums.positions += 1;
    sums.rough += 1;
    return FALLS | RISES;
  }

  /** Whether a unit is suspect, and if not, the share within which it cannot become so. */
  #judge(sums: Sums, standing: number, row: number): number {
    const limits = this.limits;
    if (isUnitSuspect(standing, sums.equity, sums.maintenance, limits)) {
      this.suspect = true;
      return this.#keep(0);
    }
    const isCalled = standing === CALLED;
    const ratio = isCalled ? NEARLY_ONE : limits.suspect;
    const spare = ratio * sums.equity - sums.maintenance - errorOf(sums);
    if (!isCalled)
      return this.#keep(
        sums.rough === 0 ? reachOf(spare, sums.steepness) : this.#roughReach(sums, spare, row),
      );
    if (sums.rough > 0) return this.#keep(0);
    const behind = sums.maintenance - MOST_SLACK - limits.cleared * sums.equity - errorOf(sums);
    return this.#keep(
      Math.min(reachOf(spare, sums.steepness), reachOf(behind, sums.backSteepness)),
    );
  }

  #keep(reach: number): number {
    this.reach = Math.min(this.reach, reach);
    return reach;
  }

  /** Tries ever shorter reaches, until what requirements may jump within it is covered. */
  #roughReach(sums: Sums, spare: number, row: number): number {
    let reach = reachOf(spare, sums.steepness + sums.maintenance);
    for (let attempt = 0; attempt < ATTEMPTS && reach > 0; attempt += 1) {
      if (spare - this.#jumps(reach, row) > reach * sums.steepness) return reach;
      reach /= 2;
    }
    return 0;
  }

  /** What the rough positions' requirements may grow at most; of the pool, or of one position. */
  #jumps(reach: number, only: number): number {
    let jumps = 0;
    const first = only === AS_POOL ? 0 : this.count - 1;
    for (let k = first; k < this.count; k += 1) {
      const row = this.rows[k] ?? NONE;
      if (this.#isSmooth(row) || (only === AS_POOL && this.reaches[k] !== AS_POOL)) continue;
      const most = mostMaintenance(this.#engine, row, reach);
      jumps += Math.max(0, most - positionMaintenance(this.#engine, row));
    }
    return jumps;
  }

  #isSmooth(row: number): boolean {
    return this.tables.firstLevel[this.#engine.positions.rules[row] ?? 0] !== NONE;
  }
}

/** Rates that fall from one level to the next have no chord to rely on: they take the rough way. */
function keepConvex({ firstLevel, lastLevel, rate }: Tables): void {
  for (let rules = 0; rules < firstLevel.length; rules += 1) {
    const first = firstLevel[rules] ?? NONE;
    const levels = rate.subarray(Math.max(0, first), (lastLevel[rules] ?? NONE) + 1);
    if (levels.some((each, k) => each < (levels[k - 1] ?? 0))) firstLevel[rules] = NONE;
  }
}

const ATTEMPTS = 6;

/** Atoms by which doubles and the engine's roundings may differ, generously. */
function errorOf({ equity, maintenance, value, positions }: Sums): number {
  return 1e-9 * (Math.abs(equity) + maintenance) + 1e-12 * value + 2 * SLACK * (positions + 1);
}

/** The share that uses up what is spare; a billionth less, so that rounding cannot reach it. */
function reachOf(spare: number, steepness: number): number {
  if (spare <= 0) return 0;
  if (spare >= FURTHEST * steepness) return FURTHEST;
  return (spare / steepness) * (1 - 1e-9);
}

/** The most that a position must hold while its value moves by no more than the share `reach`. */
function mostMaintenance(engine: Engine, row: number, reach: number): number {
  const { positions } = engine;
  const rules = rulesAt(engine, at(positions.rules, row));
  const lots = Math.abs(at(positions.lots, row));
  const value = Math.ceil(positionValue(engine, row) * (1 + reach)) + 1;
  const { closingFeeRate, closingFeeAtLeverage, entryBasis } = rules;
  const fee = chargeUp(value, closingFeeRate);
  if (entryBasis || closingFeeAtLeverage) {
    const fixed = positionMaintenance(engine, row);
    const grown = entryBasis ? 0 : mostOf(rules.maintenance, value, lots);
    return fixed + grown + fee;
  }
  return mostOf(rules.maintenance, value, lots) + fee;
}

/** Only steps can ask for less of a larger value: there the highest rate bounds them. */
function mostOf(schedule: CompiledSchedule, value: number, lots: number): number {
  if (schedule.kind === 'max') {
    return schedule.of.reduce((most, one) => Math.max(most, mostOf(one, value, lots)), 0);
  }
  if (schedule.kind !== 'steps' || schedule.by === 'size') {
    return requirementOf(schedule, value, lots);
  }
  const level = levelOf(schedule.from, value);
  const highest = schedule.rate.subarray(0, level + 1).reduce((a, b) => Math.max(a, b), 0);
  return chargeUp(value, highest);
}
