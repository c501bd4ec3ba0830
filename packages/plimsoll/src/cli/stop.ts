/** `plimsoll stop`: the stop that is filled before the position is liquidated. */
import { stopFor, type Stop, type StopRequest } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';

export interface StopOptions extends Reading {
  readonly request: StopRequest;
}

/** Prints where the stop belongs and what lies between it and liquidation. */
export function stopCommand({ file, form, request }: StopOptions): Promise<ExitCode> {
  return answerFile<Stop>({
    file,
    form,
    answer: (document) => stopFor(document, request, rulebooks),
    toText: stopText,
  });
}

function stopText(stop: Stop): string {
  const { market, side, marginMode, stopPrice, cushion } = stop;
  const head = `${market} ${side}, ${marginMode}: stop ${stopPrice ?? 'not needed'}`;
  const rows = [
    ['mark price', stop.markPrice],
    ['stop, from the mark', stop.stopDistance === null ? 'none' : percent(stop.stopDistance)],
    ['liquidation price', stop.liquidationPrice ?? 'none'],
    ['between them', percent(cushion.total)],
    ['  slippage', percent(cushion.slippage)],
    ['  latency', percent(cushion.latency)],
    ['  fees', percent(cushion.fees)],
    ['  left over', percent(cushion.distance)],
  ];
  return [head, table(rows, ['left', 'right']), triggerText(stop)].join('\n');
}

function triggerText({ trigger, gap }: Stop): string {
  if (trigger === 'mark') return 'It triggers on the mark price, as liquidation does.';
  const seen =
    gap === null
      ? 'the gap between the two is not known: give it with --gap'
      : `a gap of ${percent(gap)} between the two is allowed for`;
  return `It triggers on the last price while liquidation looks at the mark; ${seen}.`;
}
