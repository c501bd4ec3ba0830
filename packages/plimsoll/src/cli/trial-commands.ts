/** The commands that try something before it counts: an engine beside the venue's, other rules. */
import type { Command } from 'commander';
import type { Finish } from './command.ts';
import { wholeNumber } from './option-values.ts';

/** Ten years. */
const TOLERANCE_MAX = 315_360_000_000;

export function addTrialCommands(program: Command, finish: Finish): void {
  program
    .command('shadow')
    .description('set our calls and liquidations beside those of a venue’s own engine')
    .argument(
      '<file>',
      'what has happened at the venue, one JSON line each, or - for standard input',
    )
    .option(
      '--tolerance-ms <ms>',
      'how far apart two decisions are the same',
      wholeNumber(0, TOLERANCE_MAX),
      0,
    )
    .option('--json', 'print differences and summary as one JSON document')
    .action(async (file: string, options: { toleranceMs: number; json?: true }) => {
      const { shadowCommand } = await import('./shadow.ts');
      finish(await shadowCommand({ file, ...options }));
    });
}
