/** `plimsoll check`: where an account stands. */
import { check, type Report } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import { checkText } from './check-text.ts';
import type { ExitCode } from './failure.ts';

/** Prints the figures of each document. */
export function checkCommand({ file, form }: Reading): Promise<ExitCode> {
  return answerFile<Report>({
    file,
    form,
    answer: (document) => check(document, rulebooks),
    toText: checkText,
  });
}
