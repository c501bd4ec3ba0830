/** Gate perpetuals: steps of a chosen risk limit until 2025-07-29, then marginal brackets. */
import type { DatedMarket, Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { mapped, tabled } from './tables.ts';
import { withSteps } from './tiers-by-rule.ts';

const CHANGE = '2025-07-29';
const SAVED = 'contracts of the venue as saved on 2023-05-24';
const MARGIN = 'gate.com help futures-introduction/margin; apim.gateapi.io help 38042';
const SUPPORT = 'a reply of Gate support (miniapp.gate.com)';
const TAKER = '0.00075';
const FEE = 'the fee inside is the base taker rate 0.00075: give your own as closingFeeRate';
const TERMS: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  maintenance: { closingFeeRate: TAKER },
  takerFee: TAKER,
};

/** Since the change, in hedge mode. */
const HEDGED: WrittenTerms = { ...TERMS, hedge: 'rate-of-larger' };
const HEDGE =
  'a long and a short in cross margin both pay the rate of the larger, taken as its whole requirement over its value';

/** Multiplier, tick, base limit (which is the step), levels, base rate, initial base rate. */
const LIMITS: Readonly<Record<string, string>> = {
  BTC_USDT: '0.0001 0.1 1000000 30 0.005 0.01',
  ETH_USDT: '0.01 0.05 1000000 30 0.005 0.01',
  SOL_USDT: '1 0.0001 500000 10 0.025 0.05',
  XRP_USDT: '10 0.0001 500000 10 0.025 0.05',
  DOGE_USDT: '10 0.000001 500000 10 0.025 0.05',
  BNB_USDT: '0.001 0.001 500000 10 0.025 0.05',
  ADA_USDT: '10 0.00001 500000 10 0.025 0.05',
  AVAX_USDT: '1 0.0001 500000 10 0.025 0.05',
  LINK_USDT: '1 0.0001 500000 10 0.01 0.02',
  LTC_USDT: '0.1 0.01 500000 10 0.01 0.02',
};

const EXAMPLE = `
  0 0.004 0.008, 20000 0.0045 0.009, 50000 0.005 0.01, 100000 0.007 0.0133, 200000 0.01 0.02,
  1000000 0.02 0.04, 2000000 0.05 0.1, 3000000 0.5 0.95`;

function marketOf(
  { maintenance, initial }: Pick<WrittenMarket, 'maintenance' | 'initial'>,
  terms: { readonly multiplier: string; readonly tick: string },
): WrittenMarket {
  return {
    ...TERMS,
    ...terms,
    maintenance: { ...TERMS.maintenance, ...maintenance },
    ...(initial === undefined ? {} : { initial }),
  };
}

function datedOf(text: string): readonly DatedMarket[] {
  const [multiplier = '', tick = '', limit = '', levels = '', rate = '', initial = ''] =
    text.split(' ');
  const table = withSteps(`0 ${rate} ${initial}`, {
    from: limit,
    rate: String(Number(rate) * 2),
    initial: (Number(initial) + Number(rate)).toFixed(6),
    size: limit,
    rise: rate,
    count: Number(levels) - 1,
  });
  return [
    {
      from: '2023-05-24',
      until: CHANGE,
      market: marketOf(tabled(table, { kind: 'steps' }), { multiplier, tick }),
      source: SAVED,
      confidence: 'inferred',
      doubt: `that each step adds the first rate to both margins is assumed; ${FEE}`,
    },
  ];
}

const HELP: DatedMarket = {
  from: CHANGE,
  market: {
    ...marketOf(tabled(EXAMPLE, { kind: 'brackets' }), { multiplier: '0.0001', tick: '0.1' }),
    hedge: 'rate-of-larger',
  },
  source: 'Gate help: Risk Limit (futures-logic 22162), 2025-09-30',
  confidence: 'inferred',
  doubt: `the example table of the help page, not the live one: for 1,200,000 the announcement prints 4,900, this gives 13,165; ${HEDGE}; ${FEE}`,
};

const steps = mapped(LIMITS, datedOf);

/** Gate USDT perpetuals. */
export const gate: Rulebook = {
  id: 'gate',
  title: 'Gate perpetuals',
  clauses: [
    {
      about: 'maintenance',
      says: 'Until 2025-07-29 the risk limit chosen set one rate for the whole value; since then, in batches, each slice of the value pays the rate of its level.',
      source: MARGIN,
      confidence: 'mirror',
    },
    {
      about: 'closing fee',
      says: 'An estimated fee at the taker rate is inside the requirement: price = (entry ∓ margin / size) / (1 ∓ (rate + fee)).',
      source: SUPPORT,
      confidence: 'documented',
    },
    {
      about: 'hedge',
      says: 'Since 2025-07-29 the rate of the larger side counts in hedge mode. It is taken for both sides of the cross pool, as the whole requirement of the larger over its value; isolated sides are reckoned alone.',
      source: MARGIN,
      confidence: 'mirror',
    },
    {
      about: 'trigger',
      says: 'Since 2024-09-24 by a ratio instead of a price; the new text was not visible, and equal is taken as liquidated.',
      source: MARGIN,
      confidence: 'inferred',
    },
    {
      about: 'markets',
      says: 'The live tables since 2025-07-29 are not known, but for an example of BTC_USDT: a document brings them.',
      source: 'none',
      confidence: 'inferred',
    },
  ],
  markets: { ...steps, BTC_USDT: [...(steps['BTC_USDT'] ?? []), HELP] },
  others: [
    { from: '2023-05-24', market: TERMS, source: SUPPORT, confidence: 'documented', doubt: FEE },
    {
      from: CHANGE,
      market: HEDGED,
      source: `${SUPPORT}; ${MARGIN}`,
      confidence: 'mirror',
      doubt: `${HEDGE}; ${FEE}`,
    },
  ],
};
