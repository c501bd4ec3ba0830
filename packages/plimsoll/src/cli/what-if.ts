/** `plimsoll what-if`: the account after something has happened to it. */
import { whatIf, type FigureChange, type WhatIf } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import { Failure, type ExitCode } from './failure.ts';
import { changesOf, type Happenings } from './happenings.ts';
import { table } from './table.ts';
import { orNone, titleOf } from './wording.ts';

export interface WhatIfOptions extends Reading {
  readonly happenings: Happenings;
}

/** Prints the figures that differ, or with JSON the document, both reports and the difference. */
export function whatIfCommand({ file, form, happenings }: WhatIfOptions): Promise<ExitCode> {
  const changes = changesOf(happenings);
  if (changes.length === 0) throw new Failure(NOTHING, 2);
  return answerFile<WhatIf>({
    file,
    form,
    answer: (document) => whatIf(document, changes, rulebooks),
    toText: whatIfText,
  });
}

const NOTHING = 'nothing is to happen: give --deposit, --order, --price or another change';
const HEADINGS = ['figure', 'before', 'after', 'change'];

function whatIfText({ before, after, difference }: WhatIf): string {
  const blocks = [
    `state: ${before.state} before, ${after.state} after`,
    ...block('cross pool', difference.account),
    ...difference.positions.flatMap((each) => block(titleOf(each), each.figures)),
  ];
  return blocks.length === 1 ? `${blocks.join('')}\nno figure differs` : blocks.join('\n\n');
}

function block(title: string, figures: Readonly<Record<string, FigureChange>>): readonly string[] {
  const rows = Object.entries(figures).map(([name, { before, after, change }]) => [
    name,
    orNone(before),
    orNone(after),
    change ?? '',
  ]);
  if (rows.length === 0) return [];
  return [`${title}\n${table([HEADINGS, ...rows], ['left', 'right', 'right', 'right'])}`];
}
