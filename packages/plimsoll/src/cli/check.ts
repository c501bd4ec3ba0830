/** `plimsoll check`: where an account stands. */
import { check, type Report } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import { checkText } from './check-text.ts';
import type { ExitCode } from './failure.ts';
import { readTiers, withTiers } from './tiers.ts';

export interface CheckOptions extends Reading {
  /** A file of tier tables that come before the rulebook's. */
  readonly tiers: string | undefined;
}

/** Prints the figures of each document. */
export async function checkCommand({ file, form, tiers }: CheckOptions): Promise<ExitCode> {
  const tables = tiers === undefined ? null : await readTiers(tiers);
  return answerFile<Report>({
    file,
    form,
    answer: (document) =>
      check(tables === null ? document : withTiers(document, tables), rulebooks),
    toText: checkText,
  });
}
