/**
 * The stream as the page keeps it: in order, at most once, bounded, no group drowned by another.
 */
import { describe, expect, test } from 'vitest';
import type { FeedEvent } from './api.ts';
import { append, EMPTY_FEED, eventKey, FEED_KINDS, KEPT, newestFirst } from './feed.ts';

const time = '2026-01-01T00:00:00.000Z';

function called(sequence: number, index = 0): FeedEvent {
  return {
    sequence,
    index,
    time,
    kind: 'margin-called',
    account: `acct-${sequence}`,
    market: null,
    equity: '100',
    maintenance: '90',
    gap: false,
    deadline: null,
  };
}

function socialized(sequence: number): FeedEvent {
  return { sequence, index: 0, time, kind: 'loss-socialized', account: 'a', amount: '1' };
}

function keys(events: readonly FeedEvent[]): string[] {
  return events.map(eventKey);
}

describe('append', () => {
  test('the newest comes first', () => {
    const feed = append(append(EMPTY_FEED, [called(1), called(2, 0), called(2, 1)]), [called(3)]);
    expect(keys(newestFirst(feed, []))).toEqual(['3.0', '2.1', '2.0', '1.0']);
    expect(feed.seen).toBe(4);
  });

  test('what a resumed feed repeats is skipped', () => {
    const feed = append(EMPTY_FEED, [called(1), called(2, 0), called(2, 1)]);
    expect(append(feed, [called(2, 0), called(2, 1)])).toBe(feed);
    expect(keys(newestFirst(append(feed, [called(2, 1), called(2, 2)]), []))[0]).toBe('2.2');
  });

  test('kinds that the page does not tell are passed over', () => {
    const stranger = { sequence: 9, index: 0, time, kind: 'deposited' } as unknown as FeedEvent;
    expect(append(EMPTY_FEED, [stranger])).toBe(EMPTY_FEED);
  });

  test('a storm of calls neither grows without end nor pushes out a rare loss', () => {
    let feed = append(EMPTY_FEED, [socialized(1)]);
    for (let start = 2; start < 10_000; start += 100)
      feed = append(
        feed,
        Array.from({ length: 100 }, (_, offset) => called(start + offset)),
      );
    expect(feed.groups.calls).toHaveLength(KEPT);
    expect(keys(newestFirst(feed, ['losses']))).toEqual(['1.0']);
  });
});

describe('newestFirst', () => {
  const feed = append(EMPTY_FEED, [called(1), socialized(2), called(3)]);

  test('no choice means all', () => expect(keys(newestFirst(feed, []))).toHaveLength(3));
  test('a choice leaves the others out', () =>
    expect(keys(newestFirst(feed, ['calls']))).toEqual(['3.0', '1.0']));
  test('a limit keeps the newest', () =>
    expect(keys(newestFirst(feed, [], 2))).toEqual(['3.0', '2.0']));
});

test('twelve kinds are asked for', () => expect(FEED_KINDS).toHaveLength(12));
