/** `plimsoll stop`: the stop that is filled before the position is liquidated. */
import {
  stepsText,
  stopFor,
  stopMove,
  type Stop,
  type StopMove,
  type StopRequest,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { changesOf, type Happenings } from './happenings.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';
import { orNone, percentOrNone, titleOf } from './wording.ts';

export interface StopOptions extends Reading {
  readonly request: StopRequest;
  /** What changes the account; the stop's move is then the answer. */
  readonly happenings: Happenings;
  /** Whether the text ends with how the answer came about. */
  readonly explained: boolean;
}

/** Prints where the stop belongs, or how it must move when the account changes. */
export function stopCommand(options: StopOptions): Promise<ExitCode> {
  const { file, form, request, happenings, explained } = options;
  const changes = changesOf(happenings);
  return answerFile<Stop | StopMove>({
    file,
    form,
    answer: (document) =>
      changes.length === 0
        ? stopFor(document, request, rulebooks)
        : stopMove(document, request, { changes, rulebooks }),
    toText: (answer) => {
      const [text, stop] =
        'before' in answer ? [moveText(answer), answer.after] : [stopText(answer), answer];
      return explained ? `${text}\n\n${stepsText(stop.steps)}` : text;
    },
  });
}

function stopText(stop: Stop): string {
  const head = `${titleOf(stop)}: stop ${stop.stopPrice ?? 'not needed'}`;
  const rows = stopRows(stop);
  return [head, table(rows, ['left', 'right']), triggerText(stop)].join('\n');
}

function stopRows({
  markPrice,
  stopDistance,
  liquidationPrice,
  cushion,
}: Stop): readonly (readonly [string, string])[] {
  return [
    ['mark price', markPrice],
    ['stop, from the mark', percentOrNone(stopDistance)],
    ['liquidation price', orNone(liquidationPrice)],
    ['between them', percent(cushion.total)],
    ['  slippage', percent(cushion.slippage)],
    ['  latency', percent(cushion.latency)],
    ['  fees', percent(cushion.fees)],
    ['  left over', percent(cushion.distance)],
  ];
}

function moveText({ before, after, change }: StopMove): string {
  const later = stopRows(after);
  const rows = [
    ['', 'before', 'after'],
    ['stop', before.stopPrice ?? 'not needed', after.stopPrice ?? 'not needed'],
    ...stopRows(before).map(([name, cell], k) => [name, cell, later[k]?.[1] ?? '']),
  ];
  return [
    `${titleOf(after)}: ${directionText(change)}`,
    table(rows, ['left', 'right', 'right']),
    triggerText(after),
  ].join('\n');
}

function directionText(change: string | null): string {
  if (change === null) return 'before or after the change no stop is needed';
  if (change === '0') return 'the stop stays where it is';
  const way = change.startsWith('-') ? 'down' : 'up';
  return `move the stop ${way} by ${change.replace('-', '')}`;
}

function triggerText({ trigger, gap }: Stop): string {
  if (trigger === 'mark') return 'It triggers on the mark price, as liquidation does.';
  const seen =
    gap === null
      ? 'the gap between the two is not known: give it with --gap'
      : `a gap of ${percent(gap)} between the two is allowed for`;
  return `It triggers on the last price while liquidation looks at the mark; ${seen}.`;
}
