/** `plimsoll size`: how large a position may be, and how little collateral it needs. */
import {
  sizing,
  stepsText,
  type SizeAnswer,
  type SizingAnswer,
  type SizingRequest,
  type Standpoint,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';
import { orNone, percentOrNone, titleOf } from './wording.ts';

export interface SizeOptions extends Reading {
  readonly request: SizingRequest;
  /** Whether the text ends with how the answer came about. */
  readonly explained: boolean;
}

/** Prints the largest size and the least collateral that keep what is asked. */
export function sizeCommand({ file, form, request, explained }: SizeOptions): Promise<ExitCode> {
  return answerFile<SizingAnswer>({
    file,
    form,
    answer: (document) => sizing(document, request, rulebooks),
    toText: (answer) => sizingText(answer) + (explained ? stepsOf(answer) : ''),
  });
}

function stepsOf({ size, collateral }: SizingAnswer): string {
  return `\n\nlargest size\n${stepsText(size.steps)}\n\nleast collateral\n${stepsText(collateral.steps)}`;
}

function sizingText({ size, collateral }: SizingAnswer): string {
  const { currentSize, lot } = size;
  const deposit = Number(collateral.deposit);
  const change = `${deposit < 0 ? 'take out at most' : 'add at least'} ${collateral.deposit.replace('-', '')}`;
  return [
    `${titleOf(size)}: size ${currentSize} now`,
    `largest size: ${size.size ?? 'without limit'} in lots of ${lot}${note(size)}`,
    `collateral at size ${currentSize}: ${change}`,
    standpointsText([
      ['largest size', size.at],
      ['one lot more', size.next],
      ['least collateral', collateral.at],
      ['one step less', collateral.next],
    ]),
  ].join('\n');
}

function note({ size, at }: SizeAnswer): string {
  if (size === '0') return ' (not even one keeps it)';
  return at?.isOpenable === false ? ' (more than the initial margin allows)' : '';
}

const HEADINGS = ['', 'size', 'equity', 'maintenance', 'ratio', 'liquidation', 'distance'];

function standpointsText(rows: readonly (readonly [string, Standpoint | null])[]): string {
  const cells = rows.flatMap(([name, at]) => (at === null ? [] : [[name, ...figuresOf(at)]]));
  const sides = HEADINGS.map((heading) => (heading === '' ? 'left' : 'right'));
  return table([HEADINGS, ...cells], sides);
}

function figuresOf(at: Standpoint): readonly string[] {
  return [
    at.size,
    at.equity,
    at.maintenanceMargin,
    percent(at.marginRatio),
    orNone(at.liquidationPrice),
    percentOrNone(at.distance),
  ];
}
