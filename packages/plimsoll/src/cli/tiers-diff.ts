/** `plimsoll tiers diff`: what a change of tier tables does, to markets and to accounts. */
import { tierChanges, type TierChanges } from '@plimsoll/core/rulebook';
import type { ExitCode } from './failure.ts';
import { printLine } from './output.ts';
import { moveAccounts, type Moved } from './tiers-moved.ts';
import { readSides, type Side } from './tiers-side.ts';
import { diffText } from './tiers-diff-text.ts';

export interface DiffOptions {
  /** Files, or `venue@YYYY-MM-DD` of a rulebook. */
  readonly before: string;
  readonly after: string;
  /** Files of account documents: one each, or with `.jsonl` one a line. */
  readonly accounts: readonly string[];
  /** Only these markets are compared; none: all. */
  readonly markets: readonly string[];
  readonly json: boolean;
}

/** What the command prints with `--json`. */
export interface TierDiff extends Moved {
  readonly before: SideSummary;
  readonly after: SideSummary;
  readonly markets: TierChanges;
}

/** Where one side's tables come from. */
type SideSummary = Pick<Side, 'name' | 'left' | 'doubts'> &
  Pick<Side['set'], 'venue' | 'asOf' | 'source'>;

/** Prints the changes; 1 when an account document was refused. */
export async function diffCommand(options: DiffOptions): Promise<ExitCode> {
  const [before, after] = await readSides(options.before, options.after);
  const moved = await moveAccounts(options.accounts, { before, after });
  const diff: TierDiff = {
    before: summaryOf(before),
    after: summaryOf(after),
    markets: tierChanges(chosen(before, options.markets), chosen(after, options.markets)),
    ...moved,
  };
  await printLine(options.json ? JSON.stringify(diff, null, 2) : diffText(diff));
  return moved.refused.length > 0 ? 1 : 0;
}

function chosen({ set }: Side, markets: readonly string[]): Side['set']['tables'] {
  if (markets.length === 0) return set.tables;
  return set.tables.filter(
    ({ market, symbol }) => markets.includes(market) || markets.includes(symbol ?? ''),
  );
}

function summaryOf({ name, left, doubts, set: { venue, asOf, source } }: Side): SideSummary {
  return { name, venue, asOf, source, left, doubts };
}
