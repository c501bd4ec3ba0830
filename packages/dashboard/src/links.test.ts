/** Names in sentences become links: whole names, each to its place, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { FeedEvent } from './api.ts';
import { partsOf } from './links.ts';

function event(extra: object = {}): FeedEvent {
  const decision = { equity: '1', maintenance: '2', gap: false, deadline: null };
  const base = { sequence: 1, index: 0, time: '2026-01-01T00:00:00Z', kind: 'margin-called' };
  return { ...base, ...decision, account: 'ann', market: null, ...extra } as FeedEvent;
}

const cases: readonly (readonly [string, FeedEvent, string])[] = [
  ['ann is called (cross).', event(), '[ann@account] is called (cross).'],
  [
    'ann is called (BTC-PERP isolated).',
    event({ market: 'BTC-PERP' }),
    '[ann@account] is called ([BTC-PERP@market] isolated).',
  ],
  ['joanna and ann-2 owe ann.', event(), 'joanna and ann-2 owe [ann@account].'],
  [
    'ann sold to house, a.b and a.b.c.',
    event({ counterparty: 'a.b' }),
    '[ann@account] sold to house, [a.b@account] and a.b.c.',
  ],
  ['nobody', event(), 'nobody'],
];

describe('a sentence', () => {
  it.each(cases)('%s', (text, about, expected) => {
    const parts = partsOf(text, about);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    const told = parts.map((part) =>
      part.leadsTo === null ? part.text : `[${part.text}@${part.leadsTo}]`,
    );
    expect(told.join('')).toBe(expected);
  });
});
