/** `plimsoll explain`: where a liquidation price comes from. */
import { explain, explanationText, type Explanation } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading, type Refused } from './answer.ts';
import type { ExitCode } from './failure.ts';

export interface ExplainOptions extends Reading {
  /** A number from 0 or a market; undefined: every position. */
  readonly position: string | undefined;
}

type Explanations = Explanation | readonly Explanation[];

/** Prints the derivation of one position's price, or of every position's. */
export function explainCommand({ file, position, form }: ExplainOptions): Promise<ExitCode> {
  return answerFile<Explanations>({
    file,
    form,
    answer: (document) =>
      position === undefined ? explainAll(document) : explainOne(document, position),
    toText: (answer) => [answer].flat().map(explanationText).join('\n\n'),
  });
}

/** A market may be named like a number, so a market of that name comes first. */
function explainOne(document: unknown, position: string): Explanation | Refused {
  const byMarket = explain(document, position, rulebooks);
  if (!('error' in byMarket) || !/^\d{1,9}$/.test(position)) return byMarket;
  return explain(document, Number(position), rulebooks);
}

/** More derivations than this at once are a wall of text, and slow. */
const EXPLAINED_AT_ONCE_MAX = 20;

/** A list, or the explanation itself when there is one position only. */
function explainAll(document: unknown): Explanations | Refused {
  const first = explain(document, 0, rulebooks);
  if ('error' in first) return first;
  const { length } = (document as { readonly positions: readonly unknown[] }).positions;
  if (length > EXPLAINED_AT_ONCE_MAX) {
    const message = `has ${length} entries: choose one with --position`;
    return { error: { path: 'positions', message } };
  }
  const others = Array.from({ length: length - 1 }, (_, k) => explain(document, k + 1, rulebooks));
  const all = [first, ...others.filter((each): each is Explanation => !('error' in each))];
  return all.length === 1 ? first : all;
}
