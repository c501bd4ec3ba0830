/** Marks of past liquidations: one a candle and side, nothing counted twice. */
import { expect, test } from 'vitest';
import type { FeedEvent } from './api.ts';
import { closingsOf, gathered } from './markers.ts';

function fill(sequence: number, time: string, side: 'buy' | 'sell', market = 'A'): FeedEvent {
  return {
    kind: 'liquidation-filled',
    sequence,
    index: 0,
    time,
    liquidation: 1,
    account: 'ann',
    market,
    side,
    size: '2',
    price: '100',
    counterparty: 'house',
    realized: '0',
    fee: '0',
    counterpartyRealized: '0',
  };
}

test('what was closed is gathered by candle and side', () => {
  const events = [
    fill(3, '2025-10-10T21:21:05Z', 'buy'),
    fill(2, '2025-10-10T21:20:50Z', 'sell'),
    fill(1, '2025-10-10T21:20:10Z', 'sell'),
    fill(4, '2025-10-10T21:20:10Z', 'sell', 'B'),
  ];
  const own = closingsOf(events, 'A');
  const start = Date.parse('2025-10-10T21:20:00Z') / 1_000;
  expect(gathered([...own, ...own], 60)).toEqual([
    { time: start, side: 'long', count: 2, size: 1.6 },
    { time: start + 60, side: 'short', count: 1, size: 0.4 + 1.2 * Math.sqrt(0.5) },
  ]);
});
