/**
 * What the simulated venue is: its asset, policy and three markets, as an operator would send
 * them.
 */
import type { EngineConfig, MarketRules } from '@plimsoll/core/engine';
import { powerOfTen } from '@plimsoll/core/units';

export const HOUSE = 'house';
export const SOURCE = 'simulation';
/** Simulated milliseconds from one epoch to the next. */
export const STEP_MS = 15_000;
export const ACCOUNTS = 2_000;
/** New accounts come until there are so many; then those that lost everything come back. */
export const ACCOUNTS_MAX = 5_000;
export const DECIMALS = 6;
const ATOMS = Number(powerOfTen(DECIMALS));

/** Whole dollars as atoms. */
export function dollars(amount: number): number {
  return Math.round(amount * ATOMS);
}

export const CONFIG: EngineConfig = {
  asset: { symbol: 'USDT', decimals: DECIMALS },
  policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
  liquidation: { timeoutMs: 60_000, remainderTo: 'fund', depositCures: true, fundLeverage: '4' },
  rememberedIds: 1_024,
};

export interface SceneMarket {
  readonly market: string;
  readonly rules: MarketRules;
  /** Where the price is drawn back to, in ticks. */
  readonly anchorTicks: number;
  /** How much more than the whole market it moves, in thousandths. */
  readonly betaThousandths: number;
  /** Atoms of one lot at one tick. */
  readonly unitAtoms: number;
  readonly maxLeverage: number;
  /** What the book offers at each step in quiet hours, in lots. */
  readonly depthLots: number;
}

interface Terms {
  readonly tick: string;
  readonly lot: string;
  readonly maxLeverage: number;
  /** Maintenance rates from these values on. */
  readonly levels: readonly (readonly [from: string, rate: string])[];
}

function rulesFor({ tick, lot, maxLeverage, levels }: Terms): MarketRules {
  return {
    contract: 'linear',
    multiplier: '1',
    tick,
    lot,
    maintenance: {
      basis: 'mark',
      schedule: {
        kind: 'brackets',
        by: 'value',
        levels: levels.map(([from, rate]) => ({ from, rate })),
      },
      closingFeeRate: '0',
      closingFeeAt: 'mark',
    },
    initial: null,
    maxLeverage: String(maxLeverage),
    makerFee: '0.0002',
    takerFee: '0.0005',
    liquidationFee: '0.0025',
    trigger: 'below',
    priceBand: '0.1',
    profitWithdrawable: false,
    staleAfterMs: 300_000,
    invalidAfterMs: 3_600_000,
  };
}

export const MARKETS: readonly SceneMarket[] = [
  {
    market: 'BTC-PERP',
    rules: rulesFor({
      tick: '0.1',
      lot: '0.001',
      maxLeverage: 125,
      levels: [
        ['0', '0.004'],
        ['300000', '0.005'],
        ['800000', '0.0065'],
        ['3000000', '0.01'],
        ['12000000', '0.02'],
        ['70000000', '0.025'],
      ],
    }),
    anchorTicks: 1_042_000,
    betaThousandths: 1_000,
    unitAtoms: 100,
    maxLeverage: 125,
    depthLots: 1_500,
  },
  {
    market: 'ETH-PERP',
    rules: rulesFor({
      tick: '0.01',
      lot: '0.01',
      maxLeverage: 100,
      levels: [
        ['0', '0.005'],
        ['300000', '0.0065'],
        ['800000', '0.01'],
        ['3000000', '0.02'],
        ['12000000', '0.03'],
      ],
    }),
    anchorTicks: 368_000,
    betaThousandths: 1_300,
    unitAtoms: 100,
    maxLeverage: 100,
    depthLots: 4_000,
  },
  {
    market: 'SOL-PERP',
    rules: rulesFor({
      tick: '0.01',
      lot: '0.1',
      maxLeverage: 50,
      levels: [
        ['0', '0.01'],
        ['150000', '0.015'],
        ['600000', '0.025'],
        ['2000000', '0.05'],
      ],
    }),
    anchorTicks: 18_400,
    betaThousandths: 1_600,
    unitAtoms: 1_000,
    maxLeverage: 50,
    depthLots: 6_000,
  },
];

/** The market with this id. */
export function sceneMarket(id: string): SceneMarket | undefined {
  return MARKETS.find(({ market }) => market === id);
}
