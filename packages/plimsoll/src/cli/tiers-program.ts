/** `plimsoll tiers` and its commands. */
import { Option, type Command } from 'commander';
import type { Finish } from './command.ts';
import { day } from './day.ts';
import { several, wholeNumber } from './option-values.ts';

interface Import {
  readonly venue: string;
  readonly asOf?: string;
  readonly out?: string;
}

interface Fetch {
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly timeout: number;
  readonly out?: string;
}

interface Diff {
  readonly accounts: readonly string[];
  readonly market: readonly string[];
  readonly json?: boolean;
}

const VENUE = 'the venue whose tables they are: binance-usdm';
const OUT = 'the tier file that is written (default: standard output)';
const SIDE = 'a tier file, a file of ccxt, or a rulebook on a day: binance-usdm@2025-10-01';
const TIMEOUT_SECONDS = 30;
const TIMEOUT_SECONDS_MAX = 600;

/** Adds the commands. */
export function addTiers(program: Command, finish: Finish): void {
  const tiers = program
    .command('tiers')
    .description('take tier tables from ccxt, and say what a change of them does')
    .helpCommand(false);
  addImport(tiers, finish);
  addFetch(tiers, finish);
  addDiff(tiers, finish);
}

function addImport(tiers: Command, finish: Finish): void {
  tiers
    .command('import')
    .description('check tables as ccxt saves them and write Plimsoll’s own tier file')
    .argument('<file>', 'leverage tiers as JSON, gzip or not')
    .requiredOption('--venue <venue>', VENUE)
    .addOption(new Option('--as-of <day>', 'the day of the tables').argParser(day))
    .option('--out <file>', OUT)
    .action(async (file: string, { venue, asOf, out }: Import) => {
      const { importCommand } = await import('./tiers-import.ts');
      finish(await importCommand({ file, venue, asOf, out }));
    });
}

function addFetch(tiers: Command, finish: Finish): void {
  const seconds = wholeNumber(1, TIMEOUT_SECONDS_MAX);
  tiers
    .command('fetch')
    .description('ask an exchange for its tables, through ccxt (npm install ccxt)')
    .requiredOption('--venue <venue>', VENUE)
    .option('--symbols <symbol...>', 'as ccxt writes them: BTC/USDT:USDT (default: all)', [])
    .option('--timeout <seconds>', 'how long it may take', seconds, TIMEOUT_SECONDS)
    .option('--out <file>', OUT)
    .action(async ({ venue, symbols, timeout, out }: Fetch) => {
      const { fetchCommand } = await import('./tiers-fetch.ts');
      finish(await fetchCommand({ venue, symbols, timeoutSeconds: timeout, out }));
    });
}

function addDiff(tiers: Command, finish: Finish): void {
  tiers
    .command('diff')
    .description('say which levels changed, and what that does to accounts')
    .argument('<before>', SIDE)
    .argument('<after>', 'the same')
    .option('--accounts <file...>', 'account documents; of a .jsonl, one a line', [])
    .option('--market <market>', 'only this market; may be repeated', several, [])
    .option('--json', 'print it as one JSON document')
    .action(async (before: string, after: string, { accounts, market, json = false }: Diff) => {
      const { diffCommand } = await import('./tiers-diff.ts');
      finish(await diffCommand({ before, after, accounts, markets: market, json }));
    });
}
