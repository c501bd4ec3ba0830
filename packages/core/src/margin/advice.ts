/**
 * What a careful friend would say about an account: findings with their figures and the smallest
 * change that cures each. What a rule needs beside the document comes in a context; without it the
 * rule says nothing.
 */
import type { Account, Refusal } from './account.ts';
import { readContext } from './advice-context.ts';
import type { AdviceContext } from './advice-context.ts';
import { documentAdvice } from './advice-document.ts';
import type { Finding } from './advice-finding.ts';
import { contextAdvice } from './advice-risks.ts';
import { isRefusal, readAccount } from './document.ts';
import { figuresOf } from './figures.ts';
import { marketTerms } from './funding-drag-terms.ts';
import { makeReader, readObject } from './reader.ts';
import type { Fields } from './reader.ts';
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
  return [...documentAdvice(scene), ...contextAdvice(scene, known, tablesDay(document, account))];
}

/** The document's `asOf`, or the oldest day of the level tables that its rulebook gave. */
function tablesDay(document: unknown, { rules, positions }: Account): string | null {
  const fields = fieldsOf(document);
  const asOf = fields.get('asOf');
  if (typeof asOf === 'string') return asOf;
  const own = fieldsOf(fields.get('markets'));
  const isVenues = (index: number): boolean => {
    const market = positions[index]?.market;
    if (market?.schedule.kind !== 'brackets' && market?.schedule.kind !== 'steps') return false;
    return !fieldsOf(fieldsOf(own.get(market.name)).get('maintenance')).has('schedule');
  };
  const ruled = (rules ?? []).filter((rule) => rule.positions.some(isVenues));
  return ruled.map(({ from }) => from).toSorted()[0] ?? null;
}

function fieldsOf(value: unknown): Fields {
  return readObject(makeReader(), value ?? {}, null, null);
}
