/**
 * Margin calls: the one place where the standing of a pool or of an isolated position moves.
 *
 *   healthy ──call──▶ called ──below the line, or deadline──▶ liquidating ──ended──▶ healthy
 *      ▲───cleared──────┘
 */
import { mustWait, noteLiquidation } from './breaker.ts';
import { RATE_SCALE } from './compile.ts';
import { coverDeficit } from './fund.ts';
import {
  continueLiquidation,
  endLiquidation,
  reportBankrupt,
  startLiquidation,
} from './liquidation.ts';
import { termsOf } from './liquidation-terms.ts';
import {
  at,
  CALLED,
  configured,
  DUST,
  HEALTHY,
  NONE,
  positionRows,
  type Engine,
  type Liquidation,
} from './state.ts';
import type { Turn } from './turn.ts';
import {
  deadlineOf,
  decisionOf,
  liquidationOf,
  marksAllow,
  record,
  recordedStanding,
  standingOf,
  type Unit,
} from './unit.ts';
import { isAfloat, isAtRatio, isTriggered, type Standing } from './valuation.ts';

/** Brings the recorded standing of an account's pool and isolated positions up to the marks. */
export function review(turn: Turn, account: number): void {
  if (account <= DUST) return;
  reviewUnit(turn, { account, isolated: NONE });
  for (const row of positionRows(turn.engine, account)) {
    if (at(turn.engine.positions.isolated, row) === 1) reviewUnit(turn, { account, isolated: row });
  }
}

function reviewUnit(turn: Turn, unit: Unit): void {
  const { engine } = turn;
  const standing = standingOf(engine, unit);
  const open = engine.liquidations.get(liquidationOf(engine, unit));
  if (open === undefined && standing.value === 0 && standing.equity < 0) {
    coverDeficit(turn, { id: 0, ...unit }, -standing.equity);
    standing.equity = 0;
  }
  if (open !== undefined) reviewLiquidation(turn, open, standing);
  else if (configured(engine).policy.deadlineMs >= 0) reviewDeadline(turn, unit, standing);
  else reviewRatio(turn, unit, standing);
}

/** Where a call is a warning at `marginCallAt`, or is skipped. */
function reviewRatio(turn: Turn, unit: Unit, standing: Standing): void {
  const { engine } = turn;
  const { callAt, clearAt } = configured(engine).policy;
  const before = recordedStanding(engine, unit);
  const due = callAt >= 0 && standing.value > 0;
  if (isTriggered(standing) && mayLiquidate(engine, unit, standing)) {
    const gap = before === HEALTHY && callAt >= 0;
    if (gap) call(turn, unit, standing, { gap, deadlineMs: 0 });
    liquidate(turn, unit, standing, { gap, reason: 'maintenance' });
  } else if (before === HEALTHY) {
    if (due && isAtRatio(standing.equity, standing.maintenance, callAt)) {
      call(turn, unit, standing, { gap: false, deadlineMs: 0 });
    }
  } else if (!due || !isAtRatio(standing.equity, standing.maintenance, clearAt)) {
    clear(turn, unit, standing);
  }
}

/** Where the call is *at* maintenance and has a deadline. */
function reviewDeadline(turn: Turn, unit: Unit, standing: Standing): void {
  const { engine } = turn;
  const { policy } = configured(engine);
  const wasHealthy = recordedStanding(engine, unit) === HEALTHY;
  if (wasHealthy && !isTriggered(standing)) return;
  if (!wasHealthy && isRestored(engine, standing)) {
    clear(turn, unit, standing);
    return;
  }
  // Whoever owes is closed at once: no deadline lets a debt grow.
  const multiple = Math.max(0, policy.liquidateBelow);
  const forced = isTriggered(standing) && isBelowMultiple(standing, multiple);
  if (wasHealthy) {
    const gap = forced && mayLiquidate(engine, unit, standing);
    call(turn, unit, standing, { gap, deadlineMs: engine.timeMs + policy.deadlineMs });
  }
  if (!mayLiquidate(engine, unit, standing)) return;
  if (forced) liquidate(turn, unit, standing, { gap: wasHealthy, reason: 'maintenance' });
  else if (engine.timeMs >= deadlineOf(engine, unit)) {
    liquidate(turn, unit, standing, { gap: false, reason: 'deadline' });
  }
}

/** Whether marks, modes and breakers let a liquidation of the unit begin now. */
function mayLiquidate(engine: Engine, unit: Unit, { equity }: Standing): boolean {
  return marksAllow(engine, unit, 'liquidate') && !mustWait(engine, unit, equity);
}

function liquidate(
  turn: Turn,
  unit: Unit,
  standing: Standing,
  how: Parameters<typeof startLiquidation>[3],
): void {
  startLiquidation(turn, unit, standing, how);
  noteLiquidation(turn, unit);
}

/** Equity < multiple × maintenance; the multiple is in 1e-7. */
export function isBelowMultiple(standing: Standing, multiple: number): boolean {
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

function call(
  turn: Turn,
  unit: Unit,
  standing: Standing,
  how: { readonly gap: boolean; readonly deadlineMs: number },
): void {
  record(turn.engine, unit, CALLED, how.deadlineMs);
  turn.engine.counters.marginCalls += 1;
  if (how.gap) turn.engine.counters.gaps += 1;
  const deadlineMs = how.deadlineMs === 0 ? null : how.deadlineMs;
  turn.emit({
    kind: 'margin-called',
    ...decisionOf(turn.engine, unit, standing),
    gap: how.gap,
    deadlineMs,
  });
}

function clear(turn: Turn, unit: Unit, standing: Standing): void {
  record(turn.engine, unit, HEALTHY, 0);
  const reason = standing.value === 0 ? 'no-position' : 'recovered';
  turn.emit({ kind: 'call-cleared', ...decisionOf(turn.engine, unit, standing), reason });
}

/** A liquidation goes on only while its reason does; deposits count if the rules let them cure. */
function reviewLiquidation(turn: Turn, open: Liquidation, standing: Standing): void {
  const { engine } = turn;
  const seen = { ...standing, equity: standing.equity - open.ignoredDeposits };
  const { buffer } = termsOf(engine, open.position);
  const over = open.deadlinePassed ? isRestored(engine, seen) : isAfloat(seen, buffer);
  if (standing.equity < 0 && !open.bankrupt) reportBankrupt(turn, open, standing);
  if (!over || standing.value === 0) {
    continueLiquidation(turn, open);
    return;
  }
  const cured = turn.cause === 'deposit' || turn.cause === 'add-margin';
  endLiquidation(turn, open, cured ? 'deposit' : 'recovered');
}
