/**
 * What a careful friend would say about an account: findings with their figures and the smallest
 * change that cures each. What a rule needs beside the document comes in a context; without it the
 * rule says nothing.
 */
import type { Refusal } from './account.ts';
import { readContext } from './advice-context.ts';
import type { AdviceContext } from './advice-context.ts';
import { documentAdvice } from './advice-document.ts';
import type { Finding } from './advice-finding.ts';
import { contextAdvice } from './advice-risks.ts';
import { isRefusal, readAccount } from './document.ts';
import { figuresOf } from './figures.ts';
import { marketTerms } from './funding-drag-terms.ts';
import { makeReader, readObject } from './reader.ts';
import type { Rulebook } from './rulebook.ts';

/**
 * All findings about a document, those of the document first, then those of the context; a bad
 * document or context is refused with its path. Pure: the present is `context.now`.
 */
export function advise(
  document: unknown,
  rulebooks: readonly Rulebook[],
  context: AdviceContext = {},
): readonly Finding[] | { readonly error: Refusal } {
  const account = readAccount(document, rulebooks);
  if (isRefusal(account)) return { error: account };
  const reader = makeReader();
  const known = readContext(reader, context);
  if (reader.refusal !== null) return { error: reader.refusal };
  const termsOf = marketTerms(document, rulebooks);
  const scene = { account, figures: figuresOf(account), termsOf };
  const asOf = readObject(makeReader(), document, null, null).get('asOf');
  const day = typeof asOf === 'string' ? asOf : null;
  return [...documentAdvice(scene), ...contextAdvice(scene, known, day)];
}
