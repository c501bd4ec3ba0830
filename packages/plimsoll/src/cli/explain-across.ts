/** `plimsoll explain --venues`: one position under several venues, a column for each. */
import {
  explainAcross,
  type Across,
  type VenueAnswer,
  type VenueRefusal,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';

export interface ExplainAcrossOptions extends Reading {
  readonly position: string | undefined;
  readonly venues: readonly string[];
}

/** Prints the figures of each venue side by side; below them its formula, changes and doubts. */
export function explainAcrossCommand(options: ExplainAcrossOptions): Promise<ExitCode> {
  const { file, form, position, venues } = options;
  return answerFile<Across>({
    file,
    form,
    answer: (document) => explainAcross(document, { position, venues }, rulebooks),
    toText: acrossText,
  });
}

const ROWS: readonly (readonly [string, (answer: VenueAnswer) => string])[] = [
  ['market', ({ market }) => market],
  ['contracts', ({ size }) => size],
  ['of', ({ unit }) => unit],
  ['value', ({ value }) => value],
  ['initial margin', ({ initialMargin }) => initialMargin],
  ['maintenance margin', ({ maintenanceMargin }) => maintenanceMargin],
  ['of the value', ({ rate }) => percent(rate)],
  ['level', ({ level }) => level ?? 'one rule for all'],
  ['liquidation price', ({ liquidationPrice, call }) => priceText(liquidationPrice, call !== null)],
  ['forced close', ({ call }) => (call === null ? 'at once' : (call.forcedPrice ?? 'by deadline'))],
  ['bankruptcy price', ({ bankruptcyPrice }) => bankruptcyPrice ?? 'none'],
  ['distance', ({ distance }) => (distance === null ? 'none' : percent(distance))],
  ['trigger', ({ trigger }) => trigger],
];

function priceText(price: string | null, isCall: boolean): string {
  return price === null ? 'none' : `${price}${isCall ? ' (call)' : ''}`;
}

function isAnswer(each: VenueAnswer | VenueRefusal): each is VenueAnswer {
  return !('error' in each);
}

function acrossText({ market, side, marginMode, venues }: Across): string {
  const answers = venues.filter(isAnswer);
  const head = ['', ...answers.map(({ venue }) => venue)];
  const rows = ROWS.map(([name, cellOf]) => [name, ...answers.map(cellOf)]);
  const figures = table(
    [head, ...rows],
    head.map((_, k) => (k === 0 ? 'left' : 'right')),
  );
  return [
    `${market} ${side}, ${marginMode}`,
    ...(answers.length === 0 ? [] : [figures]),
    ...venues.map(notesText),
  ].join('\n\n');
}

/** What was done to ask the venue, the formula that it prints, and what is not certain. */
function notesText(each: VenueAnswer | VenueRefusal): string {
  if (!isAnswer(each)) return `${each.venue}: refused: ${each.error.path}: ${each.error.message}`;
  const { venue, title, translation, steps, doubts } = each;
  const formula = steps.find((step) => step.title === `formula of ${title}`);
  return [
    `${venue}: ${title}`,
    ...translation,
    ...(formula === undefined ? [] : [formula.formula, formula.text].filter((text) => text !== '')),
    ...doubts.map((doubt) => `not certain: ${doubt}`),
  ].join('\n  ');
}
