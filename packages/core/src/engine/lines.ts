/**
 * The lines that accounts are held against, laid flat for loops over very many of them: markets and
 * rules as columns of doubles, thresholds from the policy, and the one verdict on a unit's sums.
 *
 * It reckons in doubles, with a few atoms against the account where it does not round; what is
 * suspect is reviewed exactly, so a suspect too many costs time and one too few is impossible.
 */
import { RATE_SCALE, type CompiledRules } from './compile.ts';
import { CALLED, configured, HEALTHY, NONE, type Engine, type Market } from './state.ts';

/** Markets and rules laid flat for a loop. */
export interface Tables {
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
export const SLACK = 4;

/** The columns for an engine's markets and rules as they are now. */
export function layOut(engine: Engine): Tables {
  const levels = engine.rules.map(fastLevels);
  const count = levels.reduce((total, one) => total + (one?.from.length ?? 0), 0);
  const tables: Tables = {
    lotValue: Float64Array.from(engine.markets, lotValueOf),
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

/** Atoms that a lot is worth at the mark. */
export function lotValueOf({ contract, markTicks }: Market): number {
  if (!contract.inverse) return markTicks * contract.unit;
  return markTicks === 0 ? 0 : contract.unit / markTicks;
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

export interface Thresholds {
  /** A healthy unit is suspect from maintenance ≥ this × equity. */
  readonly suspect: number;
  /** A called one is suspect too below this × equity. */
  readonly cleared: number;
}

/** Widened by a billionth, so that rounding can only report too much. */
export function thresholdsOf(engine: Engine): Thresholds {
  const { policy } = configured(engine);
  const callAt = policy.callAt >= 0 ? policy.callAt / RATE_SCALE : 1;
  const clearAt = policy.callAt >= 0 ? policy.clearAt / RATE_SCALE : Infinity;
  return { suspect: callAt * (1 - 1e-9), cleared: clearAt * (1 + 1e-9) };
}

/** A called unit is suspect from maintenance ≥ this × equity. */
export const NEARLY_ONE: number = 1 - 1e-9;

/** Slack of as many positions as there can be markets. */
export const MOST_SLACK: number = SLACK * 1000;

/**
 * Whether a unit's recorded standing may have to change. `maintenance` may be too high by its
 * slack, which must not hide that a call has come to its end.
 */
export function isUnitSuspect(
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
