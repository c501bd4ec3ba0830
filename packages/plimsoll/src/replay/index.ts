/**
 * Real candles through the real engine: `plimsoll replay` with a report and a picture at the end,
 * and as a programme that a server plays.
 */
import { writeFile } from 'node:fs/promises';
import { replay, type ReplaySample } from '@plimsoll/core/lab';
import { decimal, toNumber } from '@plimsoll/core/units';
import { chartSvg } from './chart.ts';
import { prepareReplay, type PreparedReplay, type ReplayInput } from './plan.ts';
import { figuresOf, reportText, type ReplayFigures } from './report.ts';

export { makeProgramme, type ProgrammeOptions } from './programme.ts';
export { measureGap, type GapSizes, type PriceGap } from './price-gap.ts';
export { ReplayError } from './replay-error.ts';
export { reportText, type ReplayFigures, type ReplayInput };

export interface ReplayOptions extends ReplayInput {
  /** Where the picture goes, or null for none. */
  readonly chart: string | null;
  /** Told after every epoch; keep it cheap. */
  readonly onSample?: (sample: ReplaySample) => void;
}

export interface ReplayOutcome {
  readonly figures: ReplayFigures;
  readonly asset: string;
}

/** Runs a replay from files to figures. Throws a ReplayError for what the user can mend. */
export async function runReplay(options: ReplayOptions): Promise<ReplayOutcome> {
  const startedMs = performance.now();
  const prepared = await prepareReplay(options);
  const samples: ReplaySample[] = [];
  const run = replay(prepared.plan);
  let step = run.next();
  while (step.done !== true) {
    samples.push(step.value);
    options.onSample?.(step.value);
    step = run.next();
  }
  const { symbol, decimals } = prepared.settings.config.asset;
  const figures = figuresOf(step.value, decimals, (performance.now() - startedMs) / 1000);
  if (options.chart !== null) await writeFile(options.chart, pictureOf(prepared, samples));
  return { figures, asset: symbol };
}

function pictureOf({ plan, settings }: PreparedReplay, samples: readonly ReplaySample[]): string {
  const [first] = plan.markets;
  const { symbol, decimals } = settings.config.asset;
  return chartSvg(samples, {
    title: `${plan.markets.map((market) => market.id).join(', ')}: ${plan.members.length.toLocaleString('en-US')} accounts, seed ${plan.seed}`,
    tick: toNumber(decimal(first?.rules.tick ?? '1')),
    atoms: 10 ** decimals,
    asset: symbol,
    market: first?.id ?? '',
  });
}
