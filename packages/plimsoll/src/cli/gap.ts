/** `plimsoll gap`: how far last and mark price have been apart, from candles of both. */
import { measureGap, ReplayError, type GapSizes, type PriceGap } from '../replay/index.ts';
import { Failure, type ExitCode } from './failure.ts';
import { printLine } from './output.ts';
import { table } from './table.ts';

export interface GapOptions {
  readonly last: string;
  readonly mark: string;
  readonly json: boolean;
}

/** Prints the median, the 99th percentile and the widest gap, as shares of the mark. */
export async function gapCommand({ last, mark, json }: GapOptions): Promise<ExitCode> {
  const gap = await measured(last, mark);
  await printLine(json ? JSON.stringify(gap, null, 2) : gapText(gap));
  return 0;
}

async function measured(last: string, mark: string): Promise<PriceGap> {
  try {
    return await measureGap(last, mark);
  } catch (cause) {
    if (cause instanceof ReplayError) throw new Failure(cause.message, 1, { cause });
    throw cause;
  }
}

function gapText(gap: PriceGap): string {
  const { market, from, to, intervals, intervalMinutes } = gap;
  const head = `${market}: last against mark, ${intervals} intervals of ${intervalMinutes} minutes, ${from} to ${to}`;
  const rows = [
    ['', 'median', '99 of 100', 'widest', 'at'],
    rowOf('where intervals end', gap.closes),
    rowOf("last below the mark's low", gap.below),
    rowOf("last above the mark's high", gap.above),
  ];
  return [head, table(rows, ['left', 'right', 'right', 'right', 'left'])].join('\n');
}

function rowOf(name: string, { median, most, widest, widestAt }: GapSizes): readonly string[] {
  return [name, share(median), share(most), share(widest), widestAt];
}

function share(value: number): string {
  return `${(value * 100).toFixed(3)} %`;
}
