/** Every event as the sentence that a reader sees. */
import { expect, test } from 'vitest';
import type { FeedEvent } from './api.ts';
import { tell, type Vocabulary } from './sentence.ts';

const words: Vocabulary = { asset: 'USDT', tickOf: () => '0.1' };
const stamp = { sequence: 1, index: 0, time: '2025-10-10T21:20:31.402Z', account: 'acct-1' };
const decision = { market: null, equity: '1204.1', maintenance: '1180' };
const fill = {
  liquidation: 7,
  market: 'BTC-PERP',
  side: 'sell',
  size: '1.82',
  price: '104212.5',
  counterparty: 'acct-2',
  realized: '-148.2',
  fee: '0',
  counterpartyRealized: '96.4',
} as const;

const cases: readonly (readonly [FeedEvent, label: string, text: string])[] = [
  [
    { ...stamp, ...decision, kind: 'margin-called', gap: false, deadline: null },
    'called',
    'acct-1 is called (cross): ratio 0.980, equity 1,204.10 USDT against 1,180.00 USDT maintenance.',
  ],
  [
    {
      ...stamp,
      ...decision,
      kind: 'margin-called',
      gap: true,
      deadline: '2025-10-11T21:20:31.402Z',
    },
    'called',
    'acct-1 fell through its call (cross): ratio 0.980, equity 1,204.10 USDT against 1,180.00 USDT maintenance; margin to be restored by 2025-10-11 21:20:31 UTC.',
  ],
  [
    { ...stamp, ...decision, market: 'BTC-PERP', kind: 'call-cleared', reason: 'recovered' },
    'cleared',
    'acct-1 is clear of its margin call (BTC-PERP isolated): ratio 0.980, equity 1,204.10 USDT against 1,180.00 USDT maintenance.',
  ],
  [
    { ...stamp, ...decision, kind: 'call-cleared', reason: 'no-position' },
    'cleared',
    'acct-1 holds no position any more: its margin call is over.',
  ],
  [
    {
      ...stamp,
      ...decision,
      equity: '0',
      kind: 'liquidation-started',
      liquidation: 7,
      gap: false,
      reason: 'maintenance',
    },
    'sinking',
    'acct-1 is below its line (cross): ratio ∞, equity 0.00 USDT against 1,180.00 USDT maintenance.',
  ],
  [
    {
      ...stamp,
      kind: 'liquidation-ordered',
      liquidation: 7,
      market: 'BTC-PERP',
      side: 'sell',
      size: '1.82',
      limit: '104000',
      expires: '2025-10-10T21:20:41.402Z',
    },
    'closing',
    'acct-1 is to sell 1.82 BTC-PERP at 104,000.0 USDT or better, before 21:20:41 UTC.',
  ],
  [
    { ...stamp, ...fill, kind: 'liquidation-filled' },
    'filled',
    'acct-1 sold 1.82 BTC-PERP at 104,212.5 USDT, realising −148.20 USDT.',
  ],
  [
    { ...stamp, ...fill, kind: 'liquidation-taken-over' },
    'fund takes',
    'The fund takes over 1.82 BTC-PERP from acct-1 at 104,212.5 USDT.',
  ],
  [
    {
      ...stamp,
      kind: 'liquidation-paused',
      liquidation: 7,
      market: 'BTC-PERP',
      until: '2025-10-10T21:20:32.000Z',
    },
    'waiting',
    'acct-1 has closed a piece of BTC-PERP; the next from 21:20:32 UTC.',
  ],
  [
    { ...stamp, ...fill, kind: 'deleveraged' },
    'ADL',
    'acct-2 is deleveraged by 1.82 BTC-PERP at 104,212.5 USDT against acct-1, realising +96.40 USDT.',
  ],
  [
    {
      ...stamp,
      kind: 'liquidation-ended',
      liquidation: 7,
      market: null,
      reason: 'closed',
      fee: '12.5',
      feeWaived: '0',
      remainder: '148.2',
      remainderTo: 'fund',
      fundBalance: '1',
    },
    'liquidated',
    'acct-1 is closed (cross); fee 12.50 USDT; 148.20 USDT left for the fund.',
  ],
  [
    {
      ...stamp,
      kind: 'liquidation-ended',
      liquidation: 7,
      market: null,
      reason: 'recovered',
      fee: '0',
      feeWaived: '0',
      remainder: '0',
      remainderTo: 'account',
      fundBalance: '1',
    },
    'saved',
    'acct-1 is above its line again; the rest stays open.',
  ],
  [
    { ...stamp, kind: 'bankrupt', liquidation: 7, market: null, shortfall: '1204.11' },
    'bankrupt',
    'acct-1 stands 1,204.11 USDT below zero at the mark.',
  ],
  [
    { ...stamp, kind: 'deficit-covered', liquidation: 7, amount: '1204.11', fundBalance: '31200' },
    'fund pays',
    'The fund pays 1,204.11 USDT for acct-1; 31,200.00 USDT remain.',
  ],
  [
    { ...stamp, kind: 'loss-socialized', amount: '3.5' },
    'shared loss',
    'acct-1 bears 3.50 USDT that the fund could not.',
  ],
];

test.each(cases)('$kind', (event, label, text) => {
  const told = tell(event, words);
  expect([told.label, told.text]).toEqual([label, text]);
});
