/** `plimsoll funding-drag`: what funding does to a position that nobody touches. */
import { fundingDrag, type FundingDrag, type FundingRequest } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';
import { orNone, percentOrNone, titleOf } from './wording.ts';

export interface FundingDragOptions extends Reading {
  readonly request: FundingRequest;
}

/** Prints the liquidation price after some days, and the payments until liquidation. */
export function fundingDragCommand({ file, form, request }: FundingDragOptions): Promise<ExitCode> {
  return answerFile<FundingDrag>({
    file,
    form,
    answer: (document) => fundingDrag(document, request, rulebooks),
    toText: fundingDragText,
  });
}

const HEADINGS = ['days', 'payments', 'paid', 'liquidation', 'distance'];

function fundingDragText(drag: FundingDrag): string {
  const { rate, intervalHours, payment } = drag;
  const does = payment.startsWith('-') ? 'receives' : 'pays';
  const rows = drag.after.map(({ days, intervals, paid, liquidationPrice, distance }) => [
    days,
    intervals,
    paid,
    orNone(liquidationPrice),
    percentOrNone(distance),
  ]);
  const parts = [
    `${titleOf(drag)}: ${does} ${payment.replace('-', '')} every ${intervalHours} hours, at ${rate} of its value`,
    dailyText(drag),
    endText(drag),
  ].join('\n');
  if (rows.length === 0) return parts;
  return [
    parts,
    table(
      [HEADINGS, ...rows],
      HEADINGS.map(() => 'right' as const),
    ),
  ].join('\n\n');
}

function dailyText({ marginMode, dailyDrag }: FundingDrag): string {
  const who = marginMode === 'cross' ? 'the cross pool' : 'its margin';
  if (dailyDrag === null) return `a day: there is no equity left in ${who}`;
  if (dailyDrag === '0') return `a day: ${who} neither gains nor loses`;
  const does = dailyDrag.startsWith('-') ? 'gains' : 'loses';
  return `a day: ${who} ${does} ${percent(dailyDrag.replace('-', ''))} of its equity`;
}

function endText({ intervalsToLiquidation, hoursToLiquidation }: FundingDrag): string {
  if (intervalsToLiquidation === null) return 'funding alone does not liquidate it';
  if (intervalsToLiquidation === '0') return 'it is at its liquidation price already';
  const days = (Number(hoursToLiquidation) / 24).toFixed(1);
  return `funding alone liquidates it after ${intervalsToLiquidation} payments, in ${days} days`;
}
