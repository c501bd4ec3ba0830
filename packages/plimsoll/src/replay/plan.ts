/** From files and settings to a replay plan in whole numbers. */
import {
  apply,
  createEngine,
  type Command,
  type EngineConfig,
  type MarketRules,
} from '@plimsoll/core/engine';
import {
  markedPath,
  pathOf,
  population,
  type Candle,
  type Member,
  type ReplayMarket,
  type ReplayPlan,
} from '@plimsoll/core/lab';
import {
  decimal,
  divideRounded,
  floor,
  over,
  powerOfTen,
  rational,
  times,
  type Rational,
} from '@plimsoll/core/units';
import { readCandles, readFunding, type CandleFile, type FundingRow } from './candle-file.ts';
import { ReplayError } from './replay-error.ts';
import { DEFAULT_SETTINGS, defaultRules, readSettings, type ReplaySettings } from './settings.ts';

export interface ReplayInput {
  readonly candles: readonly string[];
  /** In the order of `candles`; fewer, none and null for none are fine. */
  readonly marks: readonly (string | null)[];
  readonly funding: readonly (string | null)[];
  readonly accounts: number;
  readonly seed: number;
  readonly markets: string | null;
  readonly allowGaps: boolean;
}

export interface PreparedReplay {
  readonly plan: ReplayPlan;
  readonly settings: ReplaySettings;
}

interface MarketFiles {
  readonly id: string;
  readonly candles: CandleFile;
  readonly marks: CandleFile | null;
  readonly funding: readonly FundingRow[];
}

/** Reads everything and makes the plan. Throws a ReplayError that names the place. */
export async function prepareReplay(input: ReplayInput): Promise<PreparedReplay> {
  const settings = input.markets === null ? DEFAULT_SETTINGS : await readSettings(input.markets);
  if (input.candles.length === 0) throw new ReplayError('give at least one --candles FILE');
  const files = await Promise.all(input.candles.map((_, index) => readMarket(input, index)));
  refuseRepeats(files);
  refuseLeftovers(input, settings, files);
  const members = population(input.accounts, files.length, input.seed);
  const markets = files.map((file, index) => marketOf(file, settings, sharesOf(members, index)));
  refuseApart(markets);
  refuseBadRules(settings.config, markets);
  const { delayMs, config } = settings;
  const plan: ReplayPlan = {
    config,
    markets,
    members,
    seed: input.seed,
    medianValueAtoms: Number(floor(times(decimal(settings.medianValue), atomsOf(config)))),
    fundMillionths: millionths(settings.fund),
    slippageMillionths: millionths(settings.slippage),
    delayMsMax: delayMs,
  };
  return { plan, settings };
}

async function readMarket(input: ReplayInput, index: number): Promise<MarketFiles> {
  const candles = await readCandles(input.candles[index] ?? '', input.allowGaps);
  const marks = input.marks[index] ?? null;
  const funding = input.funding[index] ?? null;
  return {
    id: candles.symbol,
    candles,
    marks: marks === null ? null : await readCandles(marks, input.allowGaps),
    funding: funding === null ? [] : await readFunding(funding),
  };
}

function refuseRepeats(files: readonly MarketFiles[]): void {
  const repeated = files.find(
    (file, index) => files.findIndex((one) => one.id === file.id) < index,
  );
  if (repeated === undefined) return;
  throw new ReplayError(
    `${repeated.candles.path}: there is a file for ${repeated.id} already; a market is named by the start of its file's name`,
  );
}

/** Whatever is given and would not be used: more likely a slip than meant. */
function refuseLeftovers(
  { marks, funding, markets }: ReplayInput,
  settings: ReplaySettings,
  files: readonly MarketFiles[],
): void {
  const known = files.map(({ id }) => id);
  const spare = marks[files.length] ?? funding[files.length] ?? null;
  if (spare !== null) {
    throw new ReplayError(`${spare} belongs to no --candles: give them in the same order`);
  }
  const unknown = Object.keys(settings.markets).find((id) => !known.includes(id));
  if (unknown === undefined) return;
  throw new ReplayError(
    `${markets ?? ''}: markets.${unknown} is not replayed here; the files are of ${known.join(', ')}`,
  );
}

/** A market whose prices ended before another's begin would stand still at its last one. */
function refuseApart(markets: readonly ReplayMarket[]): void {
  const startMs = Math.max(...markets.map(({ path }) => path[0]?.timeMs ?? 0));
  const ended = markets.find(({ path }) => (path.at(-1)?.timeMs ?? 0) < startMs);
  if (ended === undefined) return;
  const begun = new Date(startMs).toISOString();
  throw new ReplayError(
    `${ended.id} ends before the prices of another market begin (${begun}): give files that overlap`,
  );
}

/** Position value of a market in thousandths of the median position. */
function sharesOf(members: readonly Member[], market: number): number {
  return members
    .flatMap((member) => member.intentions)
    .filter((intention) => intention.market === market)
    .reduce((sum, intention) => sum + intention.valueThousandths, 0);
}

function marketOf(files: MarketFiles, settings: ReplaySettings, thousandths: number): ReplayMarket {
  const first = files.candles.rows[0]?.open ?? rational(1n, 1n);
  const rules: MarketRules = { ...defaultRules(first), ...settings.markets[files.id] };
  const tick = decimal(rules.tick);
  const candles = files.candles.rows.map((row) => inTicks(row, tick, files.candles.path));
  const trades = pathOf(candles, files.candles.intervalMs, settings.extremes);
  const { marks } = files;
  const path =
    marks === null
      ? trades
      : markedPath(
          trades,
          marks.rows.map((row) => inTicks(row, tick, marks.path)),
          marks.intervalMs,
          settings.extremes,
        );
  if (path.length === 0) throw new ReplayError(`${files.id}: candles and marks share no time`);
  const depthLots = depthOf(settings, { rules, first, thousandths });
  const funding = files.funding.map(({ timeMs, rate }) => ({ timeMs, rateE9: rateE9(rate) }));
  return { id: files.id, rules, path, funding, depthLots };
}

function inTicks(row: CandleFile['rows'][number], tick: Rational, path: string): Candle {
  const ticks = (price: Rational): number => {
    const scaled = over(price, tick);
    const whole = Number(divideRounded(scaled.n, scaled.d, 'half-even'));
    if (whole >= 1 && whole <= 2 ** 40) return whole;
    throw new ReplayError(
      `${path}: a price is not between 1 and 2^40 ticks: choose another tick with --markets`,
    );
  };
  const { timeMs, open, high, low, close } = row;
  return { timeMs, open: ticks(open), high: ticks(high), low: ticks(low), close: ticks(close) };
}

function rateE9(rate: Rational): number {
  return Number(divideRounded(rate.n * 1_000_000_000n, rate.d, 'half-even'));
}

/** depth × median value × thousandths / 1,000 / value of a lot, at least one lot. */
function depthOf(
  settings: ReplaySettings,
  market: { readonly rules: MarketRules; readonly first: Rational; readonly thousandths: number },
): number {
  const { rules, first, thousandths } = market;
  const value = times(
    times(decimal(settings.depth), decimal(settings.medianValue)),
    rational(BigInt(thousandths), 1000n),
  );
  const inverse = rules.contract === 'inverse';
  const unit = decimal((inverse ? rules.face : rules.multiplier) ?? '1');
  const lotValue = times(
    times(decimal(rules.lot), unit),
    inverse ? over(rational(1n, 1n), first) : first,
  );
  return Math.max(1, Math.min(2 ** 40, Number(floor(over(value, lotValue)))));
}

function atomsOf(config: EngineConfig): Rational {
  return rational(powerOfTen(config.asset.decimals), 1n);
}

function millionths(fraction: string): number {
  return Number(floor(times(decimal(fraction), rational(1_000_000n, 1n))));
}

/** Lets the engine itself say what is wrong with a configuration or a market's rules. */
function refuseBadRules(config: EngineConfig, markets: readonly ReplayMarket[]): void {
  const engine = createEngine();
  const commands: Command[] = [
    { kind: 'configure', config, client: 'plan', id: '0', timeMs: 0 },
    ...markets.map(({ id, rules }, index): Command => {
      return {
        kind: 'open-market',
        market: id,
        rules,
        client: 'plan',
        id: String(index + 1),
        timeMs: 0,
      };
    }),
  ];
  for (const command of commands) {
    const { answer } = apply(engine, command);
    if (answer.status === 'accepted') continue;
    const place = command.kind === 'open-market' ? `market ${command.market}` : 'settings';
    throw new ReplayError(`${place}: ${answer.refusal.message} (change it with --markets)`);
  }
}
