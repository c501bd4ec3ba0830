/**
 * How some venues close accounts, as configurations of this engine: what their pages and code
 * say, and what is doubtful or left out about each. Rates and sizes are theirs; a deployment sets
 * its own.
 */
import type { LiquidationPolicy, MarketRules } from './config.ts';

export type PresetVenue = 'binance' | 'okx' | 'hyperliquid' | 'dydx' | 'drift';

export interface LiquidationPreset {
  readonly liquidation: LiquidationPolicy;
  /** What belongs to a market's rules; a rate that the source does not give is missing. */
  readonly market: Partial<Pick<MarketRules, 'trigger' | 'liquidationFee'>>;
  readonly source: string;
  readonly doubts: readonly string[];
}

/** Names are those of the rulebooks' venues. */
export const liquidationPresets: Readonly<Record<PresetVenue, LiquidationPreset>> = {
  binance: {
    liquidation: {
      timeoutMs: 1000,
      remainderTo: 'account',
      depositCures: true,
      fundLeverage: '10',
      order: 'largest-maintenance',
      rules: {
        size: { kind: 'whole' },
        limit: { kind: 'bankruptcy' },
        takeover: true,
        adl: { by: 'queue', when: 'unfilled' },
      },
    },
    market: { trigger: 'at-or-below' },
    source: 'FAQ 360033525471: cancel orders, one large order, fund at the bankruptcy price, ADL',
    doubts: [
      'the order is immediate-or-cancel there; here it stands for the timeout of a second',
      'the clearance fee differs by contract and is not in the source',
      'how long the fund may hold what it took over is not published',
    ],
  },
  okx: {
    liquidation: {
      timeoutMs: 1000,
      remainderTo: 'fund',
      depositCures: true,
      fundLeverage: '10',
      rules: {
        size: { kind: 'step-down', levels: 2 },
        limit: { kind: 'bankruptcy' },
        takeover: true,
        adl: { by: 'queue', when: 'unfilled' },
      },
    },
    market: { trigger: 'at-or-below' },
    source:
      'help pages on tiered maintenance margin: from tier 3 two tiers at a time, else the whole',
    doubts: [
      'read on copies of the page; an older official page reduces straight to tier 1',
      "the liquidation fee is the user's taker rate, and who keeps a remainder is not in the source",
      'long and short of one contract, closed against each other first there, are one position here',
    ],
  },
  hyperliquid: {
    liquidation: {
      timeoutMs: 1000,
      remainderTo: 'account',
      depositCures: true,
      fundLeverage: '10',
      rules: {
        size: { kind: 'portion', share: '0.2', above: '100000', wholeWithinMs: 30_000 },
        limit: { kind: 'bankruptcy' },
        backstopBelow: '0.6666667',
        takeover: false,
        adl: { by: 'queue', when: 'bankrupt' },
      },
    },
    market: { trigger: 'below', liquidationFee: '0' },
    source: 'documentation: trading/liquidations, trading/auto-deleveraging',
    doubts: [
      'orders go to the book at the market there; here none is filled beyond the bankruptcy price',
      'the vault takes position and margin at the mark there; here it pays the bankruptcy price',
      'ADL is at the mark of before there; here at the bankruptcy price',
    ],
  },
  dydx: {
    liquidation: {
      timeoutMs: 1000,
      remainderTo: 'account',
      depositCures: true,
      fundLeverage: '10',
      rules: {
        size: { kind: 'portion', share: '0.1', above: '0', wholeWithinMs: 0 },
        chunk: { maxValue: '5000', cooldownMs: 1000 },
        limit: { kind: 'spread', adjustment: '1', spread: '0.1', beyondBankruptcy: 'fund-pays' },
        bankruptcy: 'by-maintenance',
        takeover: false,
        fee: { charged: 'each-fill', on: 'fill', mostShare: '1', most: null },
        adl: { by: 'queue', when: 'bankrupt' },
      },
    },
    market: { trigger: 'below', liquidationFee: '0.005' },
    source: 'v4-chain protocol/x/clob: liquidations, deleveraging and their tests',
    doubts: [
      'portion and value of a block are of its tests; governance sets them, and documents say 1.5 %',
      'who is deleveraged is a pseudo-random scan there; here it is ranked, as its help page says',
      'an order lives for a block there, taken as a second',
    ],
  },
  drift: {
    liquidation: {
      timeoutMs: 1000,
      remainderTo: 'account',
      depositCures: true,
      fundLeverage: '10',
      losses: 'by-size',
      rules: {
        size: { kind: 'fraction' },
        buffer: '0.4',
        limit: {
          kind: 'mark',
          within: '0.01',
          beyondBankruptcy: 'all-pay',
          rising: { most: '0.05', afterMs: 600_000, perSecond: '0.0000025' },
        },
        takeover: false,
        fee: { charged: 'each-fill', on: 'mark', mostShare: '1', most: null },
        adl: { by: 'queue', when: 'never' },
      },
    },
    market: { trigger: 'below', liquidationFee: '0.01' },
    source: 'protocol-v2 controller/liquidation and math/liquidation with their tests',
    doubts: [
      'the buffer is 2 % of the value there: 0.4 of a maintenance of 5 %, else it must be set anew',
      'closing in growing parts over 150 slots is left out',
      'its fee rises with the time since the account last acted; here since the liquidation began',
      'slots are taken as 400 ms, and the rise is that of its tests',
      'what the fund cannot pay is taken there through the funding index, whatever that leaves; here at once, and no more than the equity of each',
    ],
  },
};
