/** `plimsoll tiers import`: tables as ccxt saves them, checked, in Plimsoll's own file. */
import { countBoundaries, isTierFile, tierFileOf, tierVenue } from '@plimsoll/core/rulebook';
import { tierVenues, type TierSet, type TierVenue } from '@plimsoll/core/rulebook';
import { writeFile } from 'node:fs/promises';
import { Failure, reasonOf, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';
import { ccxtTiers, readTierJson } from './tiers.ts';

export interface ImportOptions {
  readonly file: string;
  readonly venue: string;
  /** The day of the tables; undefined: not said. */
  readonly asOf: string | undefined;
  /** Where the file goes; undefined: standard output. */
  readonly out: string | undefined;
}

/** Reads, checks and writes tables; says on standard error what was checked. */
export async function importCommand(options: ImportOptions): Promise<ExitCode> {
  const { file, venue, asOf = null, out } = options;
  const form = fitVenue(venue, asOf);
  const value = await readTierJson(file);
  if (isTierFile(value))
    throw new Failure(`${file} is a tier file of Plimsoll already: give it to check --tiers`);
  await putTiers(ccxtTiers(value, file, { venue, asOf, form }), out);
  return 0;
}

/** What tables of ccxt mean at the venue; a venue where they mean nothing is refused. */
export function fitVenue(venue: string, asOf: string | null): TierVenue {
  const form = tierVenue(venue, asOf);
  if (!('unfit' in form)) return form;
  const fit = tierVenues.join(', ');
  throw new Failure(`tables of ccxt do not fit ${venue}: ${form.unfit}; they fit ${fit}`);
}

/** Writes the file, or prints it, and says what is in it. */
export async function putTiers(set: TierSet, out: string | undefined): Promise<void> {
  if (set.tables.length === 0) throw new Failure(`${set.source}: holds no tables`);
  const text = JSON.stringify(tierFileOf(set), null, 1);
  if (out === undefined) await printLine(text);
  else await written(out, `${text}\n`);
  console.error(`${out === undefined ? '' : `${out}: `}${summaryOf(set)}`);
}

async function written(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (cause) {
    throw new Failure(`${out}: cannot be written: ${reasonOf(cause)}`, 1, { cause });
  }
}

function summaryOf({ tables, venue, asOf }: TierSet): string {
  const { boundaries, proven } = countBoundaries(tables);
  const isSteps = tables.some(({ kind }) => kind === 'steps');
  const says = isSteps
    ? 'at each the rate of the whole value changes, as this venue has it'
    : `${proven} proven continuous by the venue’s own deduction, ${boundaries - proven} by nothing`;
  const day = asOf ?? 'a day that is not said';
  return `${tables.length} markets of ${venue}, ${day}; ${boundaries} boundaries, ${says}`;
}
