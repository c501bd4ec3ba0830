/** The commands and their options. What a command does is loaded when it is called. */
import { Command } from 'commander';
import type { ExitCode } from './failure.ts';
import { programVersion } from './version.ts';

type Finish = (code: ExitCode) => void;

const EXIT_CODES = `
Exit codes: 0 fine, 1 refused input or a command that could not go on, 2 wrong usage.
FILE may be - for standard input.`;

/** The program. `finish` is told the exit code of the command that ran. */
export function makeProgram(finish: Finish): Command {
  const program = new Command('plimsoll')
    .description('Knows which leveraged accounts lie above their maintenance margin, and why.')
    .version(programVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('Run it with --help to see how it is used.')
    .addHelpText('after', EXIT_CODES);
  addCheck(program, finish);
  addExplain(program, finish);
  return program;
}

function addCheck(program: Command, finish: Finish): void {
  program
    .command('check')
    .description('say where an account stands: equity, margins, state, liquidation prices')
    .argument('<file>', 'an account document, or - for standard input')
    .option('--json', 'print the answer as one JSON document')
    .option('--jsonl', 'read one document a line and answer each on one line, in order')
    .action(async (file: string, options: { json?: true; jsonl?: true }) => {
      const { checkCommand } = await import('./check.ts');
      finish(await checkCommand({ file, form: formOf(options) }));
    });
}

function addExplain(program: Command, finish: Finish): void {
  program
    .command('explain')
    .description('derive a liquidation price, one line a step')
    .argument('<file>', 'an account document, or - for standard input')
    .option('--position <position>', 'its number from 0, or its market (default: all of them)')
    .option('--json', 'print the derivation as JSON')
    .option('--jsonl', 'read one document a line and answer each on one line, in order')
    .action(async (file: string, options: { json?: true; jsonl?: true; position?: string }) => {
      const { explainCommand } = await import('./explain.ts');
      const { position } = options;
      finish(await explainCommand({ file, position, form: formOf(options) }));
    });
}

/** How an answer is printed: for people, as a JSON document, or one line for each line in. */
export type Form = 'text' | 'json' | 'jsonl';

function formOf({ json, jsonl }: { json?: true; jsonl?: true }): Form {
  if (jsonl) return 'jsonl';
  return json ? 'json' : 'text';
}
