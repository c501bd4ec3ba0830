/** `plimsoll venues`: which venues are known, and one venue's rules with dates and sources. */
import type { Clause, Dated, Rulebook, WrittenTerms } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { Failure, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';
import { table } from './table.ts';

export interface VenuesOptions {
  /** A rulebook; undefined: the list of all. */
  readonly id: string | undefined;
  readonly json: boolean;
}

/** Prints every venue on a line, or all that is known of one. */
export async function venuesCommand({ id, json }: VenuesOptions): Promise<ExitCode> {
  if (id === undefined) {
    const list = rulebooks.map(summaryOf);
    await printLine(json ? JSON.stringify(list, null, 2) : listText(list));
    return 0;
  }
  const rulebook = rulebooks.find((each) => each.id === id);
  if (rulebook === undefined) throw new Failure(unknownVenue(id));
  await printLine(json ? JSON.stringify(rulebook, null, 2) : rulebookText(rulebook));
  return 0;
}

/** One line of the list. */
interface Summary {
  readonly id: string;
  readonly title: string;
  readonly markets: readonly string[];
  /** The day of the newest rules of any market; null without markets. */
  readonly newest: string | null;
}

function summaryOf({ id, title, markets }: Rulebook): Summary {
  const days = Object.values(markets).flatMap((entries) => entries.map(({ from }) => from));
  return { id, title, markets: Object.keys(markets), newest: days.toSorted().at(-1) ?? null };
}

function listText(list: readonly Summary[]): string {
  const rows = list.map(({ id, title, markets, newest }) => [
    id,
    title,
    String(markets.length),
    newest ?? '',
  ]);
  const heading = ['venue', 'name', 'markets', 'newest rules'];
  return table([heading, ...rows], ['left', 'left', 'right', 'left']);
}

/** Says which rulebooks there are instead. */
export function unknownVenue(id: string): string {
  const known = rulebooks.map((each) => each.id).join(', ');
  return `${JSON.stringify(id)} names no rulebook; known: ${known}`;
}

function rulebookText({ id, title, clauses, markets, others = [] }: Rulebook): string {
  const lists = Object.entries(markets).map(([symbol, entries]) => marketText(symbol, entries));
  if (others.length > 0) lists.push(marketText(othersName(others), others));
  const rules = lists.length === 0 ? [] : [`markets\n${lists.join('\n')}`];
  return [`${id}: ${title}`, ...clauses.map(clauseText), ...rules].join('\n\n');
}

function othersName(others: readonly Dated<WrittenTerms>[]): string {
  const isComplete = others.some(({ market }) => market.maintenance?.schedule !== undefined);
  return isComplete ? 'any symbol' : 'any other, whose schedule the document brings';
}

function clauseText({ about, says, source, confidence }: Clause): string {
  return `${about}: ${says}\n  [${confidence}] ${source}`;
}

function marketText(symbol: string, entries: readonly Dated<WrittenTerms>[]): string {
  return [`  ${symbol}`, ...entries.map(datedText)].join('\n');
}

function datedText({ from, until, source, confidence, doubt }: Dated<WrittenTerms>): string {
  const days = until === undefined ? `from ${from}` : `${from} until ${until}`;
  const head = `    ${days}  [${confidence}] ${source}`;
  return doubt === undefined ? head : `${head}\n      not certain: ${doubt}`;
}
