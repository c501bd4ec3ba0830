/**
 * Margin calls: the one place where the standing of a pool or of an isolated position moves. What
 * is due is said in `judgement.ts`; here it is carried out.
 *
 *   healthy ──call──▶ called ──below the line, or deadline──▶ liquidating ──ended──▶ healthy
 *      ▲───cleared──────┘
 */
import { noteLiquidation } from './breaker.ts';
import { coverDeficit } from './fund.ts';
import { isOver, verdictOf, type Call, type Start } from './judgement.ts';
import {
  continueLiquidation,
  endLiquidation,
  reportBankrupt,
  startLiquidation,
} from './liquidation.ts';
import { at, CALLED, DUST, HEALTHY, NONE, positionRows, type Liquidation } from './state.ts';
import type { Turn } from './turn.ts';
import { decisionOf, liquidationOf, record, standingOf, type Unit } from './unit.ts';
import type { Standing } from './valuation.ts';

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
  else carryOutVerdict(turn, unit, standing);
}

/** Carries out what the policy asks for. */
function carryOutVerdict(turn: Turn, unit: Unit, standing: Standing): void {
  const due = verdictOf(turn.engine, unit, standing);
  if (due.clears) clear(turn, unit, standing);
  if (due.call !== null) call(turn, unit, standing, due.call);
  if (due.liquidate !== null) liquidate(turn, unit, standing, due.liquidate);
}

function liquidate(turn: Turn, unit: Unit, standing: Standing, how: Start): void {
  startLiquidation(turn, unit, standing, how);
  noteLiquidation(turn, unit);
}

function call(turn: Turn, unit: Unit, standing: Standing, how: Call): void {
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

/** A liquidation goes on only while its reason does. */
function reviewLiquidation(turn: Turn, open: Liquidation, standing: Standing): void {
  const over = isOver(turn.engine, open, standing);
  if (standing.equity < 0 && !open.bankrupt) reportBankrupt(turn, open, standing);
  if (!over || standing.value === 0) {
    continueLiquidation(turn, open);
    return;
  }
  const cured = turn.cause === 'deposit' || turn.cause === 'add-margin';
  endLiquidation(turn, open, cured ? 'deposit' : 'recovered');
}
