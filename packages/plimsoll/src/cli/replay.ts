/** `plimsoll replay`: candles from files through the engine, with a bar on the way and a report. */
import {
  ReplayError,
  reportText,
  runReplay,
  type ReplayFigures,
  type ReplayOptions,
  type ReplayOutcome,
} from '../replay/index.ts';
import { Failure, reasonOf, systemCode, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';
import { startProgress } from './progress.ts';

export interface ReplayCommandOptions extends Omit<ReplayOptions, 'onSample'> {
  readonly json: boolean;
}

/** Replays and reports; 1 when the replay shows that the engine has gone wrong. */
export async function replayCommand({ json, ...options }: ReplayCommandOptions): Promise<ExitCode> {
  const { figures, asset } = await replayWithProgress(options);
  await printLine(json ? JSON.stringify(figures, null, 2) : reportText(figures, asset));
  const faults = faultsOf(figures);
  if (faults.length === 0) return 0;
  console.error(`the replay is not sound, which is a bug; please report it: ${faults.join('; ')}`);
  return 1;
}

async function replayWithProgress(options: ReplayOptions): Promise<ReplayOutcome> {
  const progress = startProgress('epochs');
  try {
    const onSample = ({ epoch, epochs }: { epoch: number; epochs: number }): void =>
      progress.show(epoch, epochs);
    return await runReplay({ ...options, onSample });
  } catch (cause) {
    if (cause instanceof ReplayError) throw new Failure(cause.message, 1, { cause });
    if (systemCode(cause) === '' || options.chart === null) throw cause;
    const message = `${options.chart} cannot be written (${reasonOf(cause)}): check --chart`;
    throw new Failure(message, 1, { cause });
  } finally {
    progress.stop();
  }
}

function faultsOf(figures: ReplayFigures): readonly string[] {
  const faults = [...figures.violations];
  if (!figures.conserved) faults.push('money is not conserved');
  if (figures.missedBreaches > 0) faults.push(`${figures.missedBreaches} breaches were missed`);
  if (figures.belowZero > 0) faults.push(`${figures.belowZero} accounts ended below zero`);
  return faults;
}
