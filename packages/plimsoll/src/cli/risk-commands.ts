/** The commands that ask what an account may bear, and what would happen to it. */
import { type Command, Option } from 'commander';
import type {
  FundingRequest,
  SensitivityRequest,
  SizingRequest,
  StopRequest,
} from '@plimsoll/core/margin';
import { formOf, jsonLines, type Asked, type Finish } from './command.ts';
import type { Surroundings } from './advise.ts';
import type { Happenings } from './happenings.ts';
import { listed, pair, several } from './option-values.ts';

export function addRiskCommands(program: Command, finish: Finish): void {
  addSize(program, finish);
  addStop(program, finish);
  addWhatIf(program, finish);
  addSensitivity(program, finish);
  addFundingDrag(program, finish);
  addLiquidationSurface(program, finish);
  addAdvise(program, finish);
}

const FILE = 'an account document, or - for standard input';
const ONE_DOCUMENT = 'print the answer as one JSON document';
const POSITION = 'its number from 0, or its market (needed when there are several)';

interface Told {
  readonly explain?: boolean;
}

function addSize(program: Command, finish: Finish): void {
  program
    .command('size')
    .description('the largest position, and the least collateral, that keep a distance')
    .argument('<file>', FILE)
    .option('--distance <share>', 'to the liquidation price, as a share of the mark: 0.1')
    .option('--ratio <ratio>', 'the largest maintenance margin / equity: 0.5')
    .option('--sigmas <number>', 'the distance in daily standard deviations; needs --volatility')
    .option('--volatility <share>', 'daily standard deviation of the price: 0.03')
    .option('--position <position>', POSITION)
    .option('--lot <size>', 'sizes are whole lots of this (default: 1e-8)')
    .option('--explain', 'and how the answer came about, one line a step')
    .option('--json', ONE_DOCUMENT)
    .addOption(jsonLines())
    .action(
      async (
        file: string,
        { json, jsonl, explain = false, ...request }: Asked & Told & SizingRequest,
      ) => {
        const { sizeCommand } = await import('./size.ts');
        finish(
          await sizeCommand({ file, form: formOf({ json, jsonl }), request, explained: explain }),
        );
      },
    );
}

function addStop(program: Command, finish: Finish): void {
  const command = program
    .command('stop')
    .description('the stop that is filled before liquidation')
    .argument('<file>', FILE)
    .requiredOption('--distance <share>', 'what must be left to liquidation, of the mark: 0.01')
    .option('--slippage <share>', 'expected, of the price (default: 0)')
    .option('--latency-ms <ms>', 'from the trigger to the fill (default: 0)')
    .option('--volatility <share>', 'daily standard deviation of the price (default: 0)')
    .option('--sigmas <number>', 'deviations against you within the latency (default: 3)')
    .option('--fee-rate <share>', 'of the value closed (default: the taker fee of the market)')
    .addOption(new Option('--trigger <price>', 'what triggers it').choices(['mark', 'last']))
    .option('--gap <share>', 'the widest gap seen between last and mark')
    .option('--position <position>', POSITION)
    .option('--explain', 'and how the answer came about, one line a step')
    .option('--json', ONE_DOCUMENT)
    .addOption(jsonLines());
  withHappenings(command, 'Say what changes, and the answer is how the stop must move:').action(
    async (file: string, options: Asked & Told & StopRequest & Happenings) => {
      const { json, jsonl, deposit, withdraw, margin, funding, mode, ...more } = options;
      const { leverage, order, price, change, explain = false, ...request } = more;
      const happenings = {
        deposit,
        withdraw,
        margin,
        funding,
        mode,
        leverage,
        order,
        price,
        change,
      };
      const { stopCommand } = await import('./stop.ts');
      finish(
        await stopCommand({
          file,
          form: formOf({ json, jsonl }),
          request,
          happenings,
          explained: explain,
        }),
      );
    },
  );
}

function addWhatIf(program: Command, finish: Finish): void {
  const command = program
    .command('what-if')
    .description('the account after an order, a deposit, other prices or rules')
    .argument('<file>', FILE)
    .option('--json', 'print document, reports and difference as one JSON document')
    .addOption(jsonLines());
  withHappenings(command, 'What happens, in the order of this list:').action(
    async (file: string, { json, jsonl, ...happenings }: Asked & Happenings) => {
      const { whatIfCommand } = await import('./what-if.ts');
      finish(await whatIfCommand({ file, form: formOf({ json, jsonl }), happenings }));
    },
  );
}

function withHappenings(command: Command, heading: string): Command {
  return command
    .optionsGroup(heading)
    .option('--deposit <amount>', 'collateral that comes in', several)
    .option('--withdraw <amount>', 'collateral that goes out', several)
    .option('--margin <market=amount>', 'added to an isolated margin', several)
    .option('--funding <market=amount>', 'added to the funding that is owed', several)
    .option('--mode <market=mode>', 'cross or isolated', several)
    .option('--leverage <market=leverage>', 'another leverage', several)
    .option('--order <order>', 'an order that fills: "buy 0.5 BTCUSDT 60000"', several)
    .option('--price <market=price>', 'another mark price', several)
    .option('--change <json>', 'any change, as the guide writes it', several)
    .addHelpText('after', '\nEach of them may be repeated.');
}

function addSensitivity(program: Command, finish: Finish): void {
  program
    .command('sensitivity')
    .description('how far the liquidation price moves with leverage, size, rates, fees and funding')
    .argument('<file>', FILE)
    .option('--volatility <share>', 'daily standard deviation of the price: 0.03')
    .option('--position <position>', POSITION)
    .option('--json', ONE_DOCUMENT)
    .addOption(jsonLines())
    .action(async (file: string, { json, jsonl, ...request }: Asked & SensitivityRequest) => {
      const { sensitivityCommand } = await import('./sensitivity.ts');
      finish(await sensitivityCommand({ file, form: formOf({ json, jsonl }), request }));
    });
}

function addFundingDrag(program: Command, finish: Finish): void {
  program
    .command('funding-drag')
    .alias('drag')
    .description('the liquidation price after days of funding, and when funding alone liquidates')
    .argument('<file>', FILE)
    .option('--days <list>', 'after so many days (default: 1,7,30)', listed)
    .option('--position <position>', POSITION)
    .option('--json', ONE_DOCUMENT)
    .addOption(jsonLines())
    .action(async (file: string, { json, jsonl, ...request }: Asked & FundingRequest) => {
      const { fundingDragCommand } = await import('./funding-drag.ts');
      finish(await fundingDragCommand({ file, form: formOf({ json, jsonl }), request }));
    });
}

interface Surface {
  readonly markets: readonly [string, string];
  readonly beta?: readonly string[];
}

function addLiquidationSurface(program: Command, finish: Finish): void {
  program
    .command('liquidation-surface')
    .alias('surface')
    .description(
      'the pairs of prices at which a cross pool triggers when two markets move together',
    )
    .argument('<file>', FILE)
    .requiredOption('--markets <leader,follower>', 'two markets of the pool', pair)
    .option(
      '--beta <list>',
      'moves of the follower for each of the leader (default: 0,0.5,1,1.5,-1)',
      listed,
    )
    .option('--json', ONE_DOCUMENT)
    .addOption(jsonLines())
    .action(async (file: string, { json, jsonl, markets, beta: betas }: Asked & Surface) => {
      const request = { market: markets[0], with: markets[1], betas };
      const { surfaceCommand } = await import('./liquidation-surface.ts');
      finish(await surfaceCommand({ file, form: formOf({ json, jsonl }), request }));
    });
}

function addAdvise(program: Command, finish: Finish): void {
  program
    .command('advise')
    .description('what speaks against the account as it is, and the smallest change that cures it')
    .argument('<file>', FILE)
    .option('--volatility <market=share>', 'its daily standard deviation', several)
    .option('--usual-volatility <market=share>', 'the same in usual times', several)
    .option('--stop <market=price>', 'a stop that rests, or none', several)
    .option('--event <event>', 'what is coming: "2026-07-02T12:30:00Z CPI"', several)
    .option('--now <time>', 'the present (default: that of --context, else the clock)')
    .option('--tiers-date <date>', 'the day of the tier tables (default: asOf, else the venue’s)')
    .option('--context <file.json>', 'all of it, with limits, as the guide writes it')
    .option('--json', ONE_DOCUMENT)
    .addOption(jsonLines())
    .action(async (file: string, { json, jsonl, ...surroundings }: Asked & Surroundings) => {
      const { adviseCommand } = await import('./advise.ts');
      finish(await adviseCommand({ file, form: formOf({ json, jsonl }), surroundings }));
    });
}
