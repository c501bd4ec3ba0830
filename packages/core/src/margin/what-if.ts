/**
 * The account after something has happened to it: a document in, the changed document out, with
 * both reports and what lies between them.
 */
import { ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Refusal } from './account.ts';
import { check } from './check.ts';
import type { Report } from './check.ts';
import { isRefusal, readAccount } from './document.ts';
import { marketTerms } from './funding-drag-terms.ts';
import { makeReader, readArray, readObject, readWord, step } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { applyChange } from './what-if-apply.ts';
import { CHANGE_KINDS, changeKeys } from './what-if-changes.ts';
import type { Change } from './what-if-changes.ts';
import { differenceOf } from './what-if-difference.ts';
import type { Difference } from './what-if-difference.ts';
import { documentOf, draftOf } from './what-if-draft.ts';
import type { Draft, Entry } from './what-if-draft.ts';
import { refuseAt } from './what-if-scene.ts';

/** What a what-if answers. */
export interface WhatIf {
  /** The changed document: exact, except that an average entry that is no decimal has 40 digits. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly before: Report;
  readonly after: Report;
  /** The figures that differ. */
  readonly difference: Difference;
}

const CHANGES_MAX = 1000;

/**
 * Makes the changes in order and reports before and after. Pure: the document given is not touched.
 * A change that cannot be made is refused with its path, `changes[1].size`, and nothing is
 * answered.
 */
export function whatIf(
  document: unknown,
  changes: readonly Change[],
  rulebooks: readonly Rulebook[],
): WhatIf | { readonly error: Refusal } {
  const before = check(document, rulebooks);
  if ('error' in before) return before;
  const changed = changedDocument(document, changes, rulebooks);
  if ('error' in changed) return changed;
  const after = check(changed.document, rulebooks);
  if ('error' in after) return after;
  return { ...changed, before, after, difference: differenceOf(before, after) };
}

/** The document after the changes, or the first that cannot be made. */
export function changedDocument(
  document: unknown,
  changes: unknown,
  rulebooks: readonly Rulebook[],
): { readonly document: Entry } | { readonly error: Refusal } {
  const reader = makeReader();
  const draft = draftOf(document);
  const place = step(null, 'changes');
  for (const [k, value] of readArray(reader, changes, place, CHANGES_MAX).entries()) {
    makeChange({ reader, draft, rulebooks }, k, value);
    if (reader.refusal !== null) break;
  }
  return reader.refusal === null ? { document: documentOf(draft) } : { error: reader.refusal };
}

interface Making {
  readonly reader: Reader;
  readonly draft: Draft;
  readonly rulebooks: readonly Rulebook[];
}

function makeChange({ reader, draft, rulebooks }: Making, k: number, value: unknown): void {
  const place = step(step(null, 'changes'), k);
  const loose = readObject(reader, value, place, null);
  const kind = readWord(reader, loose.get('kind'), step(place, 'kind'), { words: CHANGE_KINDS });
  const fields = readObject(reader, value, place, changeKeys(kind));
  const before = documentOf(draft);
  const account = readAccount(before, rulebooks);
  if (reader.refusal !== null || isRefusal(account)) return;
  const termsOf = marketTerms(before, rulebooks);
  const takerFee = (market: string): Rational => termsOf(market).takerFee ?? ZERO;
  const scene = { reader, fields, place, draft, rulebooks, takerFee };
  applyChange(scene, kind, account);
  const after = readAccount(documentOf(draft), rulebooks);
  if (!isRefusal(after)) return;
  refuseAt(scene, null, `makes a document that is refused: ${after.path}: ${after.message}`);
}
