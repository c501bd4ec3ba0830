/** `plimsoll what-if`: the account after something has happened to it. */
import { whatIf, type Change, type FigureChange, type WhatIf } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { parseJson } from '@plimsoll/core/units';
import { answerFile, type Reading } from './answer.ts';
import { Failure, type ExitCode } from './failure.ts';
import { table } from './table.ts';

/** What may happen, each kind in the order given; kinds happen in the order of these fields. */
export interface Happenings {
  readonly deposit: readonly string[];
  readonly withdraw: readonly string[];
  readonly margin: readonly string[];
  readonly mode: readonly string[];
  readonly leverage: readonly string[];
  readonly order: readonly string[];
  readonly price: readonly string[];
  readonly change: readonly string[];
}

export interface WhatIfOptions extends Reading {
  readonly happenings: Happenings;
}

/** Prints the figures that differ, or with JSON the document, both reports and the difference. */
export function whatIfCommand({ file, form, happenings }: WhatIfOptions): Promise<ExitCode> {
  const changes = changesOf(happenings);
  return answerFile<WhatIf>({
    file,
    form,
    answer: (document) => whatIf(document, changes, rulebooks),
    toText: whatIfText,
  });
}

function changesOf(happenings: Happenings): readonly Change[] {
  const changes: Change[] = [
    ...happenings.deposit.map((amount): Change => ({ kind: 'deposit', amount })),
    ...happenings.withdraw.map((amount): Change => ({ kind: 'withdrawal', amount })),
    ...happenings.margin.map(assigned).map(([position, amount]): Change => ({
      kind: 'margin',
      position,
      amount,
    })),
    ...happenings.mode.map(assigned).map(([position, mode]): Change => ({
      kind: 'margin-mode',
      position,
      marginMode: mode as 'cross' | 'isolated',
    })),
    ...happenings.leverage.map(assigned).map(([position, leverage]): Change => ({
      kind: 'leverage',
      position,
      leverage,
    })),
    ...happenings.order.map(orderOf),
    ...happenings.price.map(assigned).map(([market, price]): Change => ({
      kind: 'prices',
      prices: { [market]: price },
    })),
    ...happenings.change.map(jsonOf),
  ];
  if (changes.length > 0) return changes;
  throw new Failure('nothing is to happen: give --deposit, --order, --price or another change', 2);
}

function assigned(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failure(`${text} does not say what and how much: write MARKET=VALUE`, 2);
}

function orderOf(text: string): Change {
  const [side, size, market, price, ...more] = text.trim().split(/\s+/);
  const isWhole = size !== undefined && market !== undefined && price !== undefined;
  if (isWhole && more.length === 0 && (side === 'buy' || side === 'sell'))
    return { kind: 'fill', side, size, market, price };
  throw new Failure(`${text} is no order: write "buy 0.5 BTCUSDT 60000"`, 2);
}

function jsonOf(text: string): Change {
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value as unknown as Change;
  throw new Failure(`--change is no JSON: ${parsed.refusal.message}`, 2);
}

const HEADINGS = ['figure', 'before', 'after', 'change'];

function whatIfText({ before, after, difference }: WhatIf): string {
  const blocks = [
    `state: ${before.state} before, ${after.state} after`,
    ...block('cross pool', difference.account),
    ...difference.positions.flatMap(({ market, side, marginMode, figures }) =>
      block(`${market} ${side}, ${marginMode}`, figures),
    ),
  ];
  return blocks.length === 1 ? `${blocks.join('')}\nno figure differs` : blocks.join('\n\n');
}

function block(title: string, figures: Readonly<Record<string, FigureChange>>): readonly string[] {
  const rows = Object.entries(figures).map(([name, { before, after, change }]) => [
    name,
    before ?? 'none',
    after ?? 'none',
    change ?? '',
  ]);
  if (rows.length === 0) return [];
  return [`${title}\n${table([HEADINGS, ...rows], ['left', 'right', 'right', 'right'])}`];
}
