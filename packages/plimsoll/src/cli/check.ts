/** `plimsoll check`: where an account stands. */
import { check, type Report } from '@plimsoll/core/margin';
import { rulebooks, type TierSet } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import { checkText } from './check-text.ts';
import type { ExitCode } from './failure.ts';
import { otherVenue, readTiers, tablesByName, withTiers } from './tiers.ts';

export interface CheckOptions extends Reading {
  /** A file of tier tables that come before the rulebook's. */
  readonly tiers: string | undefined;
}

/** Prints the figures of each document. */
export async function checkCommand({ file, form, tiers }: CheckOptions): Promise<ExitCode> {
  if (tiers === undefined)
    return answerFile<Report>({
      file,
      form,
      answer: (document) => check(document, rulebooks),
      toText: checkText,
    });
  const set = await readTiers(tiers);
  const tables = tablesByName(set);
  return answerFile<Report>({
    file,
    form,
    answer: (document) =>
      otherVenue(document, set.venue) ?? check(withTiers(document, tables), rulebooks),
    toText: (report, document) => `${checkText(report, document)}\n${tablesText(tiers, set)}`,
  });
}

function tablesText(file: string, { venue, asOf, source }: TierSet): string {
  const of = venue === null ? 'venue not said' : venue;
  return `tier tables: ${file} (${of}, ${asOf ?? 'no date'}; ${source})`;
}
