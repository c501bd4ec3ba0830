/** The commands that ask what an account may bear: sizes, stops and what-ifs. */
import { type Command, Option } from 'commander';
import type { SizingRequest, StopRequest } from '@plimsoll/core/margin';
import { formOf, jsonLines, type Asked, type Finish } from './command.ts';
import { several } from './option-values.ts';
import type { Happenings } from './what-if.ts';

export function addRiskCommands(program: Command, finish: Finish): void {
  addSize(program, finish);
  addStop(program, finish);
  addWhatIf(program, finish);
}

const POSITION = 'its number from 0, or its market (needed when there are several)';

function addSize(program: Command, finish: Finish): void {
  program
    .command('size')
    .description('the largest position, and the least collateral, that keep a distance')
    .argument('<file>', 'an account document, or - for standard input')
    .option('--distance <share>', 'to the liquidation price, as a share of the mark: 0.1')
    .option('--ratio <ratio>', 'the largest maintenance margin / equity: 0.5')
    .option('--sigmas <number>', 'the distance in daily standard deviations; needs --volatility')
    .option('--volatility <share>', 'daily standard deviation of the price: 0.03')
    .option('--position <position>', POSITION)
    .option('--lot <size>', 'sizes are whole lots of this (default: 1e-8)')
    .option('--json', 'print the answer as one JSON document')
    .addOption(jsonLines())
    .action(async (file: string, { json, jsonl, ...request }: Asked & SizingRequest) => {
      const { sizeCommand } = await import('./size.ts');
      finish(await sizeCommand({ file, form: formOf({ json, jsonl }), request }));
    });
}

function addStop(program: Command, finish: Finish): void {
  program
    .command('stop')
    .description('the stop that is filled before liquidation')
    .argument('<file>', 'an account document, or - for standard input')
    .requiredOption('--distance <share>', 'what must be left to liquidation, of the mark: 0.01')
    .option('--slippage <share>', 'expected, of the price (default: 0)')
    .option('--latency-ms <ms>', 'from the trigger to the fill (default: 0)')
    .option('--volatility <share>', 'daily standard deviation of the price (default: 0)')
    .option('--sigmas <number>', 'deviations against you within the latency (default: 3)')
    .option('--fee-rate <share>', 'of the value closed (default: the taker fee of the market)')
    .addOption(new Option('--trigger <price>', 'what triggers it').choices(['mark', 'last']))
    .option('--gap <share>', 'the widest gap seen between last and mark')
    .option('--position <position>', POSITION)
    .option('--json', 'print the answer as one JSON document')
    .addOption(jsonLines())
    .action(async (file: string, { json, jsonl, ...request }: Asked & StopRequest) => {
      const { stopCommand } = await import('./stop.ts');
      finish(await stopCommand({ file, form: formOf({ json, jsonl }), request }));
    });
}

function addWhatIf(program: Command, finish: Finish): void {
  program
    .command('what-if')
    .description('the account after an order, a deposit, other prices or rules')
    .argument('<file>', 'an account document, or - for standard input')
    .option('--deposit <amount>', 'collateral that comes in', several, [])
    .option('--withdraw <amount>', 'collateral that goes out', several, [])
    .option('--margin <market=amount>', 'added to an isolated margin', several, [])
    .option('--mode <market=mode>', 'cross or isolated', several, [])
    .option('--leverage <market=leverage>', 'another leverage', several, [])
    .option('--order <order>', 'an order that fills: "buy 0.5 BTCUSDT 60000"', several, [])
    .option('--price <market=price>', 'another mark price', several, [])
    .option('--change <json>', 'any change, as the guide writes it', several, [])
    .option('--json', 'print document, reports and difference as one JSON document')
    .addOption(jsonLines())
    .addHelpText('after', '\nWhat may be repeated happens in the order of this list.')
    .action(async (file: string, { json, jsonl, ...happenings }: Asked & Happenings) => {
      const { whatIfCommand } = await import('./what-if.ts');
      finish(await whatIfCommand({ file, form: formOf({ json, jsonl }), happenings }));
    });
}
