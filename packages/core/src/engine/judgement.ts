/**
 * What the policy asks for: pure decisions, carried out by `call.ts`, rehearsed under other rules
 * by `rules-rehearsal.ts`, and set beside those of another engine by `follow.ts`.
 */
import { mustWait } from './breaker.ts';
import { RATE_SCALE } from './compile.ts';
import { termsOf } from './liquidation-terms.ts';
import { configured, HEALTHY, type Engine, type Liquidation } from './state.ts';
import { deadlineOf, marksAllow, recordedStanding, type Unit } from './unit.ts';
import { isAfloat, isAtRatio, isTriggered, type Standing } from './valuation.ts';

/** `gap`: the unit falls from healthy below its line at once. A call without deadline has 0. */
export interface Call {
  readonly gap: boolean;
  readonly deadlineMs: number;
}

/** Why a liquidation begins. */
export interface Start {
  readonly gap: boolean;
  readonly reason: 'maintenance' | 'deadline';
}

/** What is due, in this order; a call and a liquidation may be due at once. */
export interface Verdict {
  readonly clears: boolean;
  readonly call: Call | null;
  readonly liquidate: Start | null;
}

const STAYS: Verdict = { clears: false, call: null, liquidate: null };
const CLEARS: Verdict = { ...STAYS, clears: true };

/** What is due for a unit that is not being liquidated, its recorded standing being known. */
export function verdictOf(engine: Engine, unit: Unit, standing: Standing): Verdict {
  return configured(engine).policy.deadlineMs >= 0
    ? verdictByDeadline(engine, unit, standing)
    : verdictByRatio(engine, unit, standing);
}

/** Where a call is a warning at `marginCallAt`, or is skipped. */
function verdictByRatio(engine: Engine, unit: Unit, standing: Standing): Verdict {
  const { callAt, clearAt } = configured(engine).policy;
  const wasHealthy = recordedStanding(engine, unit) === HEALTHY;
  const due = callAt >= 0 && standing.value > 0;
  if (isTriggered(standing) && mayLiquidate(engine, unit, standing)) {
    const gap = wasHealthy && callAt >= 0;
    const call = gap ? { gap, deadlineMs: 0 } : null;
    return { clears: false, call, liquidate: { gap, reason: 'maintenance' } };
  }
  if (wasHealthy) {
    const calls = due && isAtRatio(standing.equity, standing.maintenance, callAt);
    return calls ? { ...STAYS, call: { gap: false, deadlineMs: 0 } } : STAYS;
  }
  return due && isAtRatio(standing.equity, standing.maintenance, clearAt) ? STAYS : CLEARS;
}

/** Where the call is *at* maintenance and has a deadline. */
function verdictByDeadline(engine: Engine, unit: Unit, standing: Standing): Verdict {
  const { policy } = configured(engine);
  const wasHealthy = recordedStanding(engine, unit) === HEALTHY;
  if (wasHealthy && !isTriggered(standing)) return STAYS;
  if (!wasHealthy && isRestored(engine, standing)) return CLEARS;
  const may = mayLiquidate(engine, unit, standing);
  const forced = isForced(engine, standing);
  const deadlineMs = wasHealthy ? engine.timeMs + policy.deadlineMs : deadlineOf(engine, unit);
  const call = wasHealthy ? { gap: forced && may, deadlineMs } : null;
  if (!may) return { ...STAYS, call };
  if (forced) return { ...STAYS, call, liquidate: { gap: wasHealthy, reason: 'maintenance' } };
  const passed = engine.timeMs >= deadlineMs;
  return { ...STAYS, call, liquidate: passed ? { gap: false, reason: 'deadline' } : null };
}

/** Whether no deadline is granted. */
function isForced(engine: Engine, standing: Standing): boolean {
  const { liquidateBelow } = configured(engine).policy;
  // Whoever owes is closed at once: no deadline lets a debt grow.
  return isTriggered(standing) && isBelowMultiple(standing, Math.max(0, liquidateBelow));
}

/** What is due to a unit that stands so, whatever was decided before or has to be waited for. */
export function dueOf(engine: Engine, standing: Standing): 'called' | 'liquidated' | null {
  const { callAt, deadlineMs } = configured(engine).policy;
  if (isTriggered(standing)) {
    return deadlineMs < 0 || isForced(engine, standing) ? 'liquidated' : 'called';
  }
  const due = callAt >= 0 && standing.value > 0;
  return due && isAtRatio(standing.equity, standing.maintenance, callAt) ? 'called' : null;
}

/** Whether a liquidation's reason is gone; deposits count if the rules let them cure. */
export function isOver(engine: Engine, open: Liquidation, standing: Standing): boolean {
  const seen = { ...standing, equity: standing.equity - open.ignoredDeposits };
  const { buffer } = termsOf(engine, open.position);
  return open.deadlinePassed ? isRestored(engine, seen) : isAfloat(seen, buffer);
}

/** Whether marks, modes and breakers let a liquidation of the unit begin now. */
function mayLiquidate(engine: Engine, unit: Unit, { equity }: Standing): boolean {
  return marksAllow(engine, unit, 'liquidate') && !mustWait(engine, unit, equity);
}

/** Equity < multiple × maintenance; the multiple is in 1e-7. */
function isBelowMultiple(standing: Standing, multiple: number): boolean {
  return (
    BigInt(standing.equity) * BigInt(RATE_SCALE) < BigInt(standing.maintenance) * BigInt(multiple)
  );
}

function isRestored(engine: Engine, standing: Standing): boolean {
  if (standing.value === 0) return true;
  const { policy } = configured(engine);
  const needed = policy.restoreToInitial ? standing.initial : standing.maintenance;
  return standing.equity >= needed && !isTriggered(standing);
}
