/** What a replay says at the end: one JSON object for machines, a table for people. */
import { createHash } from 'node:crypto';
import { encodeState } from '@plimsoll/core/engine';
import type { ReplayReport } from '@plimsoll/core/lab';
import { formatFixed } from '@plimsoll/core/units';

export interface ReplayFigures {
  readonly commands: number;
  readonly epochs: number;
  readonly from: string;
  readonly to: string;
  readonly accounts: number;
  readonly positionsOpened: number;
  readonly marginCalls: number;
  readonly gaps: number;
  readonly callLeadSecondsMedian: number | null;
  readonly liquidations: number;
  readonly bankruptcies: number;
  readonly takenOver: number;
  readonly deleveraged: number;
  readonly socialized: number;
  readonly fundStart: string;
  readonly fundLowest: string;
  readonly fundEnd: string;
  readonly belowZero: number;
  readonly conserved: boolean;
  readonly missedBreaches: number;
  readonly refusedFills: number;
  readonly violations: readonly string[];
  readonly stateHash: string;
  readonly seconds: number;
}

/** The figures, money as decimals of the settlement asset; the fund's are its equity. */
export function figuresOf(report: ReplayReport, decimals: number, seconds: number): ReplayFigures {
  const { totals } = report;
  const money = (atoms: number): string => formatFixed(atoms, decimals);
  const { counters } = totals;
  return {
    commands: report.commands,
    epochs: report.epochs,
    from: new Date(report.fromMs).toISOString(),
    to: new Date(report.toMs).toISOString(),
    accounts: report.members,
    positionsOpened: report.opened,
    marginCalls: counters.marginCalls,
    gaps: counters.gaps,
    callLeadSecondsMedian: report.callLeadSecondsMedian,
    liquidations: counters.liquidations,
    bankruptcies: counters.bankruptcies,
    takenOver: counters.takeovers,
    deleveraged: counters.deleveraged,
    socialized: counters.socialized,
    fundStart: money(report.fundStartAtoms),
    fundLowest: money(totals.fundLowestAtoms),
    fundEnd: money(totals.fundEquityAtoms),
    belowZero: report.belowZero,
    conserved: report.moneyDifferenceAtoms === 0n,
    missedBreaches: report.missedBreaches,
    refusedFills: report.refusedFills,
    violations: report.violations,
    stateHash: createHash('sha256').update(encodeState(report.engine)).digest('hex'),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** The same for people. */
export function reportText(figures: ReplayFigures, asset: string): string {
  const lead = figures.callLeadSecondsMedian;
  const rows: readonly (readonly [string, string])[] = [
    ['period', `${figures.from} to ${figures.to}`],
    ['accounts', `${count(figures.accounts)}, ${count(figures.positionsOpened)} positions opened`],
    [
      'commands',
      `${count(figures.commands)} in ${count(figures.epochs)} price epochs, ${figures.seconds} s`,
    ],
    [
      'margin calls',
      `${count(figures.marginCalls)}, of which ${count(figures.gaps)} fell through in one epoch`,
    ],
    [
      'warning time',
      lead === null
        ? 'none was called before its liquidation'
        : `${count(lead)} s, median from call to liquidation`,
    ],
    [
      'liquidations',
      `${count(figures.liquidations)}, of which ${count(figures.bankruptcies)} past their bankruptcy price`,
    ],
    ['taken over', `${count(figures.takenOver)} times by the insurance fund`],
    ['deleveraged', `${count(figures.deleveraged)} times against the other side`],
    [
      'insurance fund',
      `${figures.fundStart} at the start, ${figures.fundLowest} at its lowest, ${figures.fundEnd} ${asset} at the end`,
    ],
    ['below zero', `${count(figures.belowZero)} accounts`],
    ['money conserved', figures.conserved ? 'yes, to the last atom' : 'NO'],
    ['missed breaches', count(figures.missedBreaches)],
    ['refused fills', count(figures.refusedFills)],
    ['state hash', figures.stateHash],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(16)} ${value}`);
  return [...lines, ...figures.violations.map((sentence) => `VIOLATION        ${sentence}`)].join(
    '\n',
  );
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
