/** The commands that try something before it counts: an engine beside the venue's, other rules. */
import { Option, type Command } from 'commander';
import type { Finish } from './command.ts';
import { wholeNumber } from './option-values.ts';

/** Ten years. */
const TOLERANCE_MAX = 315_360_000_000;

export function addTrialCommands(program: Command, finish: Finish): void {
  addShadow(program, finish);
  addRehearse(program, finish);
}

const SERVER = 'http://127.0.0.1:4600';

interface Rehearse {
  readonly server: string;
  readonly data?: string;
  readonly json?: true;
}

function addRehearse(program: Command, finish: Finish): void {
  const data = new Option('--data <folder>', 'read a data folder, or the journal in it, instead');
  program
    .command('rehearse')
    .description('say who would be called or liquidated if market rules changed; changes nothing')
    .argument('<file>', 'a JSON object with the changes of each market, or - for standard input')
    .option('--server <address>', 'a running server; it may want its key in PLIMSOLL_KEY', SERVER)
    .addOption(data.conflicts('server'))
    .option('--json', 'print the answer as one JSON document')
    .action(async (file: string, options: Rehearse) => {
      const { rehearseCommand } = await import('./rehearse.ts');
      finish(await rehearseCommand({ file, ...options }));
    });
}

function addShadow(program: Command, finish: Finish): void {
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
