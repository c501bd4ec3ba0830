/**
 * One account in full: the engine's figures, and the prices that `check` derives from its
 * document.
 */
import {
  accountsBeside,
  accountView,
  adlRisks,
  openLiquidations,
  toDocument,
  type AccountDocument,
  type AccountView,
  type Engine,
  type PositionView,
} from '@plimsoll/core/engine';
import { check, type PositionReport } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { ratioText, rowOf, stateOf } from './account-list.ts';
import { present, timeText, type Plain, type PlainObject, type Scales } from './present.ts';
import { ProblemError } from './problem.ts';
import { unitsToText } from './scale.ts';

export interface DetailTerms {
  readonly scales: Scales;
  /** The accounts that the reader may know of; null: all. */
  readonly allowed: ReadonlySet<string> | null;
}

/** Throws a 404 when there is no such account. */
export function detailOf(engine: Engine, id: string, terms: DetailTerms): PlainObject {
  const { scales, allowed } = terms;
  const view = accountView(engine, id);
  if (view === null) throw unknownAccount(id);
  return {
    ...rowOf(engine, view, scales),
    owner: view.owner,
    siblings: accountsBeside(engine, id).filter((name) => allowed?.has(name) ?? true),
    balance: unitsToText(view.balanceAtoms, scales.atom),
    positions: positionsOf(engine, view, scales),
    orders: view.orders.map((order) => present(order, scales)),
    calls: callsOf(view),
    liquidations: openLiquidations(engine)
      .filter(({ account }) => account === id)
      .map((open) => present(open, scales)),
  };
}

export function unknownAccount(id: string): ProblemError {
  return new ProblemError(404, `there is no account ${id}`, { code: 'unknown-account' });
}

function positionsOf(engine: Engine, view: AccountView, scales: Scales): PlainObject[] {
  const document = toDocument(engine, view.account);
  const report = document === null ? null : check(document, rulebooks);
  const reports = report === null || 'error' in report ? [] : report.positions;
  const risks = adlRisks(engine, view.account);
  return view.positions.map((position) => {
    const same = (one: { market?: unknown; marginMode?: unknown }): boolean =>
      one.market === position.market && one.marginMode === position.marginMode;
    return positionOf(position, scales, {
      written: document?.positions.find(same),
      report: reports.find(same),
      adlRisk: risks.get(position.market) ?? null,
    });
  });
}

interface Derived {
  readonly written: AccountDocument['positions'][number] | undefined;
  readonly report: PositionReport | undefined;
  readonly adlRisk: number | null;
}

function positionOf(position: PositionView, scales: Scales, derived: Derived): PlainObject {
  const { written, report, adlRisk } = derived;
  const { cost: _cost, bankruptcyTicks: _ticks, profitAtoms, ...rest } = position;
  const deadline = position.deadlineMs === null ? null : timeText(position.deadlineMs);
  return {
    ...present(rest, scales),
    state: stateOf(position.state, position.equityAtoms),
    marginRatio: ratioText(position.marginRatio),
    unrealizedPnl: unitsToText(profitAtoms, scales.atom),
    entryPrice: written?.['entryPrice'] ?? null,
    markPrice: written?.['markPrice'] ?? null,
    liquidationPrice: report?.liquidationPrice ?? null,
    bankruptcyPrice: report?.bankruptcyPrice ?? null,
    distance: report?.distance ?? null,
    deadline,
    adlRisk,
  };
}

/** What is under a call: the pool (`market: null`) and isolated positions. */
function callsOf(view: AccountView): Plain[] {
  const isolated = view.positions.filter((one) => one.marginMode === 'isolated');
  const pool = view.positions.find((one) => one.marginMode === 'cross');
  const units = [...(pool === undefined ? [] : [{ ...pool, market: null }]), ...isolated];
  return units
    .filter(({ state }) => state === 'called')
    .map(({ market, deadlineMs }) => ({
      market,
      deadline: deadlineMs === null ? null : timeText(deadlineMs),
    }));
}
