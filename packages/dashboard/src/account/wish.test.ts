/** What sliders suppose, as changes that the core can make. */
import { expect, test } from 'vitest';
import type { Position } from './answers.ts';
import { changesOf, NO_WISH, type Wish } from './wish.ts';

const LONG = {
  market: 'BTC',
  side: 'long',
  size: '0.5',
  markPrice: '50000',
  marginMode: 'cross',
} as Position;
const OPENING = {
  market: 'ETH',
  side: 'long',
  size: '2',
  leverage: '10',
  marginMode: 'cross',
  price: '3000',
} as const;
const KEY = 'BTC long cross';
const CHOICE = { market: 'BTC', side: 'long', marginMode: 'cross' };

const FILL = { kind: 'fill', market: 'BTC', positionSide: 'long', marginMode: 'cross' };

test.each<[string, Partial<Wish>, readonly object[]]>([
  ['nothing', {}, []],
  ['a price', { prices: { BTC: '48000' } }, [{ kind: 'prices', prices: { BTC: '48000' } }]],
  ['a market that is not held', { prices: { SOL: '9' } }, []],
  ['money in', { deposit: '12.5' }, [{ kind: 'deposit', amount: '12.5' }]],
  ['money out', { deposit: '-12.5' }, [{ kind: 'withdrawal', amount: '12.5' }]],
  ['no money', { deposit: '0' }, []],
  ['more', { sizes: { [KEY]: '0.8' } }, [{ ...FILL, side: 'buy', size: '0.3', price: '50000' }]],
  [
    'less at another price',
    { sizes: { [KEY]: '0.2' }, prices: { BTC: '48000' } },
    [
      { kind: 'prices', prices: { BTC: '48000' } },
      { ...FILL, side: 'sell', size: '0.3', price: '48000' },
    ],
  ],
  ['as much', { sizes: { [KEY]: '0.50' } }, []],
  [
    'nothing of it, so nothing else about it',
    { sizes: { [KEY]: '0' }, leverages: { [KEY]: '3' } },
    [{ ...FILL, side: 'sell', size: '0.5', price: '50000' }],
  ],
  [
    'leverage, then mode',
    { leverages: { [KEY]: '3' }, modes: { [KEY]: 'isolated' } },
    [
      { kind: 'leverage', position: CHOICE, leverage: '3' },
      { kind: 'margin-mode', position: CHOICE, marginMode: 'isolated' },
    ],
  ],
  [
    'what is emptied',
    { prices: { BTC: '' }, sizes: { [KEY]: '' }, leverages: { [KEY]: '' }, deposit: '' },
    [],
  ],
  [
    'less than nothing, for the core to refuse',
    { sizes: { [KEY]: '-1' } },
    [
      {
        kind: 'fill',
        market: 'BTC',
        positionSide: 'long',
        side: 'buy',
        size: '-1',
        price: '50000',
      },
    ],
  ],
  [
    'a new position, then its price',
    {
      deposit: '5',
      opening: { ...OPENING, side: 'short' },
      prices: { ETH: '3100', SOL: '9' },
    },
    [
      { kind: 'deposit', amount: '5' },
      {
        kind: 'fill',
        market: 'ETH',
        side: 'sell',
        size: '2',
        price: '3000',
        marginMode: 'cross',
        leverage: '10',
      },
      { kind: 'prices', prices: { ETH: '3100' } },
    ],
  ],
  ['a new position without a size', { opening: { ...OPENING, size: '' } }, []],
  ['a new position where one is held', { opening: { ...OPENING, market: 'BTC' } }, []],
  ['the mode that it has', { modes: { [KEY]: 'cross' } }, []],
])('%s', (_name, wish, changes) => {
  expect(changesOf({ ...NO_WISH, ...wish }, [LONG])).toEqual(changes);
});
