/** How the figures of accounts move from one side of `tiers diff` to the other, worst first. */
import { differenceOf, type Difference, type Report, type State } from '@plimsoll/core/margin';
import { parseJson } from '@plimsoll/core/units';
import type { Refused } from './answer.ts';
import { Failure } from './failure.ts';
import { readChunks, readText } from './input.ts';
import { readLines } from './lines.ts';
import type { Side } from './tiers-side.ts';

/** One account under both sides. */
export interface MovedAccount {
  /** File, and the line of a `.jsonl`. */
  readonly account: string;
  /** The state after, where it is worse than before. */
  readonly newly: State | null;
  readonly before: Report;
  readonly after: Report;
  readonly difference: Difference;
}

export interface Moved {
  /** Worst first: newly bankrupt, liquidated, called; then by the growth of the margin ratio. */
  readonly accounts: readonly MovedAccount[];
  readonly refused: readonly (Refused & { readonly account: string })[];
}

export interface Sides {
  readonly before: Side;
  readonly after: Side;
}

/** The figures of every document of the files under both sides. */
export async function moveAccounts(files: readonly string[], sides: Sides): Promise<Moved> {
  const accounts: MovedAccount[] = [];
  const refused: (Refused & { account: string })[] = [];
  for (const file of files)
    for await (const { account, text } of documentsIn(file)) {
      const answer = moveText(account, text, sides);
      if ('error' in answer) refused.push({ account, ...answer });
      else accounts.push(answer);
    }
  return { accounts: accounts.toSorted(worstFirst), refused };
}

interface DocumentText {
  readonly account: string;
  readonly text: string;
}

async function* documentsIn(file: string): AsyncGenerator<DocumentText> {
  if (!file.endsWith('.jsonl')) {
    yield { account: file, text: await readText(file) };
    return;
  }
  for await (const lines of readLines(readChunks(file)))
    for (const line of lines) {
      if ('problem' in line) throw new Failure(`${file}: ${line.problem}`);
      if (line.text.trim() !== '') yield { account: `${file}:${line.number}`, text: line.text };
    }
}

function moveText(account: string, text: string, sides: Sides): MovedAccount | Refused {
  const parsed = parseJson(text);
  if ('refusal' in parsed) return { error: parsed.refusal };
  const before = sides.before.check(parsed.value);
  if ('error' in before) return before;
  const after = sides.after.check(parsed.value);
  if ('error' in after) return after;
  const isWorse = rankOf(after.state) > rankOf(before.state);
  const newly = isWorse ? after.state : null;
  return { account, newly, before, after, difference: differenceOf(before, after) };
}

const STATES: readonly State[] = ['healthy', 'margin-call', 'liquidation', 'bankrupt'];

function rankOf(state: State | null): number {
  return state === null ? -1 : STATES.indexOf(state);
}

function worstFirst(one: MovedAccount, other: MovedAccount): number {
  return rankOf(other.newly) - rankOf(one.newly) || growthOf(other) - growthOf(one);
}

/** For the order only: doubles are enough, and no equity is further than any growth. */
function growthOf({ before, after }: MovedAccount): number {
  const [old, now] = [highestRatio(before), highestRatio(after)];
  return old === now ? 0 : now - old;
}

function highestRatio({ marginRatio, positions }: Report): number {
  const ratios = [marginRatio ?? '0', ...positions.map((position) => position.marginRatio)];
  return Math.max(...ratios.map(Number));
}
