/** Deribit standard margin: one rate for the whole position, which grows with its size in coin. */
import type { DatedMarket, Rulebook, WrittenMarket } from '../margin/index.ts';

const STANDARD = 'support.deribit.com 25944826427293, 2022-01-11';
const LINEAR = 'support.deribit.com 25944738177565';

interface Rates {
  readonly maintenance: string;
  readonly initial: string;
  readonly perUnit: string;
}

/** Nobody chooses a leverage: without one the schedule alone is the initial margin. */
function ratesOf({ maintenance, initial, perUnit }: Rates, by: 'value' | 'size') {
  return {
    trigger: 'below',
    maintenance: { schedule: { kind: 'linear', by, base: maintenance, perUnit } },
    initial: { schedule: { kind: 'linear', by, base: initial, perUnit } },
    leverageDefault: '100',
  } as const satisfies WrittenMarket;
}

function inverse(face: string, rates: Rates): WrittenMarket {
  return { contract: 'inverse', face, ...ratesOf(rates, 'value') };
}

const BEFORE =
  'the day on which these rates began is not known; the change of 2022-01-11 held for open positions too';
const INDEX = 'the page has no date, read in 2025; it values at the index: give that as markPrice';

function linear(rates: Rates): readonly DatedMarket[] {
  return [
    {
      from: '2025-01-01',
      market: { contract: 'linear', ...ratesOf(rates, 'size') },
      source: LINEAR,
      confidence: 'documented',
      doubt: INDEX,
    },
  ];
}

/** Deribit perpetuals, standard margin. */
export const deribit: Rulebook = {
  id: 'deribit',
  title: 'Deribit',
  clauses: [
    {
      about: 'maintenance',
      says: 'BTC: 1 % and 0.005 % for each BTC; ETH: 1 % and 0.0004 % for each ETH; the rate is for the whole position. In an inverse contract the size in coin is its value.',
      source: STANDARD,
      confidence: 'documented',
    },
    {
      about: 'initial',
      says: 'BTC and ETH: 2 % and the same growth. No leverage is chosen.',
      source: STANDARD,
      confidence: 'documented',
    },
    {
      about: 'linear contracts',
      says: 'BTC_USDC as BTC; SOL_USDC: initial 4 %, maintenance 2 %, both and 0.0005 % for each SOL. ETH_USDC and others are not known.',
      source: LINEAR,
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated step by step when maintenance is above equity; there is no margin call.',
      source: LINEAR,
      confidence: 'documented',
    },
    {
      about: 'closing fee',
      says: 'The liquidation fee (BTC 0.75 %, ETH 0.9 %) is charged when it happens and is outside the requirement.',
      source: STANDARD,
      confidence: 'documented',
    },
  ],
  markets: {
    'BTC-PERPETUAL': [
      {
        from: '2021-01-01',
        market: inverse('10', { maintenance: '0.00525', initial: '0.01', perUnit: '0.00005' }),
        source: STANDARD,
        confidence: 'documented',
        doubt: BEFORE,
      },
      {
        from: '2022-01-11',
        market: inverse('10', { maintenance: '0.01', initial: '0.02', perUnit: '0.00005' }),
        source: STANDARD,
        confidence: 'documented',
      },
    ],
    'ETH-PERPETUAL': [
      {
        from: '2021-01-01',
        market: inverse('1', { maintenance: '0.01', initial: '0.02', perUnit: '0.000002' }),
        source: STANDARD,
        confidence: 'documented',
        doubt: BEFORE,
      },
      {
        from: '2022-01-11',
        market: inverse('1', { maintenance: '0.01', initial: '0.02', perUnit: '0.000004' }),
        source: STANDARD,
        confidence: 'documented',
      },
    ],
    'BTC_USDC-PERPETUAL': linear({ maintenance: '0.01', initial: '0.02', perUnit: '0.00005' }),
    'SOL_USDC-PERPETUAL': linear({ maintenance: '0.02', initial: '0.04', perUnit: '0.000005' }),
  },
  others: [
    {
      from: '2021-01-01',
      market: { trigger: 'below', leverageDefault: '100' },
      source: STANDARD,
      confidence: 'documented',
    },
  ],
};
