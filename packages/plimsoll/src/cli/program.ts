/** The commands and their options. What a command does is loaded when it is called. */
import { Command, Option } from 'commander';
import type { Role } from '../server/index.ts';
import { formOf, jsonLines, type Asked, type Finish } from './command.ts';
import { listed, several, wholeNumber } from './option-values.ts';
import { addRiskCommands } from './risk-commands.ts';
import type { ServeCommandOptions } from './serve.ts';
import { addTiers } from './tiers-program.ts';
import { addTrialCommands } from './trial-commands.ts';
import { programVersion } from './version.ts';

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
  addRiskCommands(program, finish);
  addVenues(program, finish);
  addTiers(program, finish);
  addReplay(program, finish);
  addGap(program, finish);
  addTrialCommands(program, finish);
  addServe(program, finish);
  addJournal(program, finish);
  addKeys(program, finish);
  return program;
}

function addCheck(program: Command, finish: Finish): void {
  program
    .command('check')
    .description('say where an account stands: equity, margins, state, liquidation prices')
    .argument('<file>', 'an account document, or - for standard input')
    .option('--tiers <file>', 'a tier file, or tables as ccxt saves them, in place of the venue’s')
    .option('--json', 'print the answer as one JSON document')
    .addOption(jsonLines())
    .action(async (file: string, options: { json?: true; jsonl?: true; tiers?: string }) => {
      const { checkCommand } = await import('./check.ts');
      finish(await checkCommand({ file, form: formOf(options), tiers: options.tiers }));
    });
}

interface Explained {
  readonly position?: string;
  readonly venues?: readonly string[];
}

function addExplain(program: Command, finish: Finish): void {
  program
    .command('explain')
    .description('derive a liquidation price, one line a step')
    .argument('<file>', 'an account document, or - for standard input')
    .option('--position <position>', 'its number from 0, or its market (default: all of them)')
    .option('--venues <ids>', 'one position at several venues: okx-linear,hyperliquid', listed)
    .option('--json', 'print the derivation as JSON')
    .addOption(jsonLines())
    .action(async (file: string, { position, venues, ...options }: Asked & Explained) => {
      const reading = { file, position, form: formOf(options) };
      if (venues === undefined) {
        const { explainCommand } = await import('./explain.ts');
        finish(await explainCommand(reading));
      } else {
        const { explainAcrossCommand } = await import('./explain-across.ts');
        finish(await explainAcrossCommand({ ...reading, venues }));
      }
    });
}

function addVenues(program: Command, finish: Finish): void {
  program
    .command('venues')
    .description('list the venues whose rules are known, or one with clauses, dates and sources')
    .argument('[id]', 'one venue: binance-usdm')
    .option('--json', 'print it as JSON')
    .action(async (id: string | undefined, { json = false }: { json?: boolean }) => {
      const { venuesCommand } = await import('./venues.ts');
      finish(await venuesCommand({ id, json }));
    });
}

interface Replay {
  readonly candles: readonly string[];
  readonly mark: readonly string[];
  readonly funding: readonly string[];
  readonly accounts: number;
  readonly seed: number;
  readonly markets?: string;
  readonly chart?: string;
  readonly allowGaps?: true;
  readonly json?: true;
}

const ACCOUNTS_MAX = 1_000_000;
const SEED_MAX = 2 ** 32 - 1;

function addReplay(program: Command, finish: Finish): void {
  program
    .command('replay')
    .description('run real candles through the engine and report who was called and liquidated')
    .requiredOption('--candles <file>', 'candles, gzip or not; repeat for more markets', several)
    .option('--mark <file>', 'mark prices, in the order of the candles', several, [])
    .option('--funding <file>', 'funding rates, in the order of the candles', several, [])
    .option('--accounts <number>', 'how many accounts', wholeNumber(1, ACCOUNTS_MAX), 10_000)
    .option('--seed <seed>', 'what the accounts are made from', wholeNumber(0, SEED_MAX), 1)
    .option('--markets <file>', 'a JSON file with other rules than the defaults')
    .option('--allow-gaps', 'go on where candles are missing')
    .option('--chart <file.svg>', 'draw price, called, liquidated and fund into this file')
    .option('--json', 'print the report as one JSON object')
    .action(async ({ mark, markets, chart, allowGaps, json, ...rest }: Replay) => {
      const { replayCommand } = await import('./replay.ts');
      const files = { marks: mark, markets: markets ?? null, chart: chart ?? null };
      const flags = { allowGaps: allowGaps ?? false, json: json ?? false };
      finish(await replayCommand({ ...rest, ...files, ...flags }));
    });
}

function addGap(program: Command, finish: Finish): void {
  program
    .command('gap')
    .description('how far last and mark price have been apart, from candles of both')
    .requiredOption('--last <file>', 'candles of the last price, gzip or not')
    .requiredOption('--mark <file>', 'candles of the mark price; the wider interval counts')
    .option('--json', 'print it as one JSON object')
    .action(async ({ json = false, ...files }: { last: string; mark: string; json?: boolean }) => {
      const { gapCommand } = await import('./gap.ts');
      finish(await gapCommand({ ...files, json }));
    });
}

const DATA = './data';
const PORT_MAX = 65_535;

function addServe(program: Command, finish: Finish): void {
  program
    .command('serve')
    .description('run the engine behind an HTTP and WebSocket API, with its page')
    .option('--data <folder>', 'where the journal, the history and the keys are', DATA)
    .option('--host <address>', 'where to listen; beyond this machine needs keys', '127.0.0.1')
    .option('--port <port>', 'the port, 0 for a free one', wholeNumber(0, PORT_MAX), 4600)
    .option('--demo', 'simulate markets and accounts when the data folder is empty')
    .option('--no-demo', 'simulate nothing (the default)')
    .option('--replay <path...>', 'play candle files, or those of a folder, instead')
    .option('--accounts <number>', 'how many of a replay', wholeNumber(1, ACCOUNTS_MAX), 2_000)
    .option('--seed <seed>', 'what demo and replay are made from', wholeNumber(0, SEED_MAX), 1)
    .option('--name <name>', 'what the page calls this server')
    .option('--no-follower', 'one engine instead of two: half the memory, and lists hold up marks')
    .action(async (options: ServeCommandOptions) => {
      const { serveCommand } = await import('./serve.ts');
      finish(await serveCommand(options));
    });
}

function addJournal(program: Command, finish: Finish): void {
  const journal = program
    .command('journal')
    .description('look into the order of commands on disk')
    .helpCommand(false);
  journal
    .command('verify')
    .description('replay from the first command and compare with every snapshot')
    .argument('<folder>', 'a data folder, or the journal in it')
    .option('--json', 'print the verdict as JSON')
    .action(async (directory: string, options: { json?: true }) => {
      const { verifyCommand } = await import('./journal.ts');
      finish(await verifyCommand({ directory, ...options }));
    });
  journal
    .command('show')
    .description('say what the folder holds, without replaying it')
    .argument('<folder>', 'a data folder, or the journal in it')
    .option('--json', 'print it as JSON')
    .action(async (directory: string, options: { json?: true }) => {
      const { showCommand } = await import('./journal.ts');
      finish(await showCommand({ directory, ...options }));
    });
}

const ROLES = ['reader', 'trader', 'publisher', 'operator'] as const satisfies readonly Role[];

interface AddKey {
  readonly data: string;
  readonly role: Role;
  readonly account: readonly string[];
}

function addKeys(program: Command, finish: Finish): void {
  const keys = program.command('keys').description('say who may use a server').helpCommand(false);
  keys
    .command('add')
    .description('make a key; its secret is printed once')
    .argument('<name>', 'a name to know it by')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--account <account>', 'limit it to this account; may be repeated', several, [])
    .option('--data <folder>', 'the data folder of the server', DATA)
    .action(async (name: string, options: AddKey) => {
      const { addKeyCommand } = await import('./keys.ts');
      finish(await addKeyCommand({ name, ...options }));
    });
  keys
    .command('list')
    .description('name the keys, without their secrets')
    .option('--data <folder>', 'the data folder of the server', DATA)
    .option('--json', 'print them as JSON')
    .action(async (options: { data: string; json?: true }) => {
      const { listKeysCommand } = await import('./keys.ts');
      finish(await listKeysCommand(options));
    });
  keys
    .command('remove')
    .description('remove a key')
    .argument('<name>', 'its name')
    .option('--data <folder>', 'the data folder of the server', DATA)
    .action(async (name: string, options: { data: string }) => {
      const { removeKeyCommand } = await import('./keys.ts');
      finish(await removeKeyCommand({ name, ...options }));
    });
}
