/**
 * Who is more at risk, and so whose turn it is first where liquidations take turns: the lower
 * equity / maintenance, then the larger maintenance, then the lower equity [dYdX v4, lib/margin].
 */
import { at, NONE, positionRows, rulesAt, type Engine } from './state.ts';
import { standingOf } from './unit.ts';
import type { Standing } from './valuation.ts';

export type RiskFigures = Pick<Standing, 'equity' | 'maintenance'>;

/** Above 0 when `a` is more at risk than `b`, 0 when neither is. */
export function compareRisk(a: RiskFigures, b: RiskFigures): number {
  const left = a.equity * b.maintenance;
  const right = b.equity * a.maintenance;
  const close = 1e-9 * (Math.abs(left) + Math.abs(right));
  if (Math.abs(left - right) > close) return left < right ? 1 : -1;
  return compareExactly(a, b);
}

function compareExactly(a: RiskFigures, b: RiskFigures): number {
  const left = BigInt(a.equity) * BigInt(b.maintenance);
  const right = BigInt(b.equity) * BigInt(a.maintenance);
  if (left !== right) return left < right ? 1 : -1;
  return Math.sign(a.maintenance - b.maintenance || b.equity - a.equity);
}

/**
 * Accounts in the order in which they are looked at: as they are, or with a breaker somewhere,
 * behind which liquidations may have to wait, by the risk of the worst of their units.
 */
export function inTurn(engine: Engine, rows: readonly number[]): readonly number[] {
  const waits = engine.markets.some(({ rules }) => rulesAt(engine, rules).guards.breaker !== null);
  if (!waits || rows.length < 2) return rows;
  const figures = new Map(rows.map((row) => [row, worstOf(engine, row)]));
  const safe: RiskFigures = { equity: 1, maintenance: 0 };
  const riskOf = (row: number): RiskFigures => figures.get(row) ?? safe;
  return [...rows].sort((a, b) => compareRisk(riskOf(b), riskOf(a)) || a - b);
}

/** Null where nothing has to be maintained. */
function worstOf(engine: Engine, account: number): RiskFigures | null {
  const isolated = positionRows(engine, account).filter((row) => {
    return at(engine.positions.isolated, row) === 1;
  });
  return [NONE, ...isolated].reduce<RiskFigures | null>((worst, row) => {
    const own = standingOf(engine, { account, isolated: row });
    if (own.maintenance === 0) return worst;
    return worst === null || compareRisk(own, worst) > 0 ? own : worst;
  }, null);
}
