/** The whole server in one object: sums, counts, the fund, and how long an epoch takes. */
import type { TotalsView } from '@plimsoll/core/engine';
import type { TotalsRow } from '../history/index.ts';
import { timeText, type PlainObject, type Scales } from './present.ts';
import { unitsToText } from './scale.ts';

/** How long the engine took for marks, in milliseconds. */
export interface EpochTimes {
  readonly last: number;
  readonly worst: number;
}

/** Value of the open interest by market, in the settlement asset. */
export type Interests = Readonly<Record<string, string>>;

/** Sums over all accounts, with the open interest of each market. */
export interface Sums {
  readonly totals: TotalsView;
  /** Lots held long. */
  readonly openLots: ReadonlyMap<string, number>;
  readonly openInterest: Interests;
}

export function totalsOf(
  { totals, openInterest }: Sums,
  scales: Scales,
  epochs: EpochTimes,
): PlainObject {
  const money = (atoms: number | bigint): string => unitsToText(atoms, scales.atom);
  const { counters } = totals;
  return {
    sequence: totals.sequence,
    time: timeText(totals.timeMs),
    accounts: totals.accounts,
    withPositions: totals.withPositions,
    healthy: totals.healthy,
    called: totals.called,
    liquidating: totals.liquidating,
    equity: money(totals.equityAtoms),
    maintenanceMargin: money(totals.maintenanceMarginAtoms),
    initialMargin: money(totals.initialMarginAtoms),
    positionValue: money(totals.valueAtoms),
    openInterest,
    fund: {
      balance: money(totals.fundBalanceAtoms),
      equity: money(totals.fundEquityAtoms),
      lowest: money(totals.fundLowestAtoms),
    },
    fees: money(totals.feesAtoms),
    marginCalls: counters.marginCalls,
    gaps: counters.gaps,
    liquidations: counters.liquidations,
    bankruptcies: counters.bankruptcies,
    deleveraged: counters.deleveraged,
    epoch: totals.epoch,
    epochMs: round(epochs.last),
    epochMsWorst: round(epochs.worst),
  };
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** One point of the totals over time. */
export function totalsPoint({ totals, openInterest }: Sums, scales: Scales): TotalsRow {
  const { counters } = totals;
  return {
    time: totals.timeMs,
    sequence: totals.sequence,
    fund: unitsToText(totals.fundEquityAtoms, scales.atom),
    called: totals.called,
    liquidating: totals.liquidating,
    liquidated: counters.liquidations,
    marginCalls: counters.marginCalls,
    bankruptcies: counters.bankruptcies,
    deleveraged: counters.deleveraged,
    equity: unitsToText(totals.equityAtoms, scales.atom),
    maintenanceMargin: unitsToText(totals.maintenanceMarginAtoms, scales.atom),
    positionValue: unitsToText(totals.valueAtoms, scales.atom),
    openInterest,
  };
}
