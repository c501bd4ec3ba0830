/** The accounts and markets that a sentence about an event names, as places that lead somewhere. */
import type { FeedEvent } from './api.ts';

/** A piece of a sentence; plain text leads nowhere. */
export interface Part {
  readonly text: string;
  readonly leadsTo: 'account' | 'market' | null;
}

/** The sentence in pieces, in order; together they are the sentence. */
export function partsOf(text: string, event: FeedEvent): readonly Part[] {
  const names = namesOf(event);
  if (names.size === 0) return [{ text, leadsTo: null }];
  // Longest first, and whole names only: one may be part of another or of a word.
  const all = [...names.keys()].toSorted((a, b) => b.length - a.length).map(literal);
  const pattern = new RegExp(`(?<![\\w.:-])(${all.join('|')})(?![\\w:-]|\\.\\w)`, 'g');
  return text
    .split(pattern)
    .filter((piece) => piece !== '')
    .map((piece) => ({ text: piece, leadsTo: names.get(piece) ?? null }));
}

function namesOf(event: FeedEvent): Map<string, 'account' | 'market'> {
  const names = new Map<string, 'account' | 'market'>([[event.account, 'account']]);
  if ('counterparty' in event) names.set(event.counterparty, 'account');
  if ('market' in event && event.market !== null) names.set(event.market, 'market');
  return names;
}

function literal(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
