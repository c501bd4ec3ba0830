/** The configurations and market rules that rehearsals draw from: every policy, every schedule. */
import type { EngineConfig, MarketRules } from '../config.ts';
import type { LiquidationRules } from '../liquidation-rules.ts';
import type { Dice } from './dice.ts';
import { plainConfig, plainRules } from './scene.ts';

const SCHEDULES: readonly MarketRules['maintenance']['schedule'][] = [
  { kind: 'flat', rate: '0.05' },
  { kind: 'flat', rate: '0' },
  {
    kind: 'brackets',
    levels: [
      { from: '0', rate: '0.02' },
      { from: '20000', rate: '0.05' },
      { from: '100000', rate: '0.2' },
    ],
  },
  {
    kind: 'brackets',
    by: 'size',
    levels: [
      { from: '0', rate: '0.03' },
      { from: '50', rate: '0.1' },
    ],
  },
  {
    kind: 'steps',
    levels: [
      { from: '0', rate: '0.01' },
      { from: '10000', rate: '0.08' },
      { from: '50000', rate: '0.04' },
    ],
  },
  { kind: 'linear', base: '0.02', perUnit: '0.0001' },
  { kind: 'power', base: '0.02', factor: '0.0001', exponent: '0.5' },
  { kind: 'per-unit', amount: '7.3' },
  {
    kind: 'max',
    of: [
      { kind: 'flat', rate: '0.03' },
      { kind: 'per-unit', amount: '10.9' },
    ],
  },
];

const FEES = ['0', '0.0005', '0.01'];

/** What differs from run to run besides the commands. */
export interface RehearsalRules {
  readonly config: EngineConfig;
  readonly inverse: boolean;
  readonly markets: readonly { readonly id: string; readonly rules: MarketRules }[];
}

/** `dress` makes the rules of a market what the run needs besides. */
export function drawRules(dice: Dice, dress: (rules: MarketRules) => MarketRules): RehearsalRules {
  const inverse = dice.chance(40);
  const markets = ['A', 'constructor', '__proto__'].slice(0, dice.between(1, 3));
  return {
    config: drawConfig(dice),
    inverse,
    markets: markets.map((id) => {
      return { id, rules: dress(drawMarket(dice, inverse)) };
    }),
  };
}

function drawConfig(dice: Dice): EngineConfig {
  const call = {
    restoreTo: dice.pick(['initial', 'maintenance'] as const),
    deadlineHours: dice.pick(['0.0001', '0.01', '24']),
    // At 1 a call never waits, so it is the rarest.
    liquidateBelow: dice.pick([null, null, '0.5', '1']),
  };
  const policies: EngineConfig['policy'][] = [
    { marginCallAt: '0.8', marginCallClearAt: null, call: null },
    { marginCallAt: '1', marginCallClearAt: '0.5', call: null },
    { marginCallAt: null, marginCallClearAt: null, call: null },
    { marginCallAt: null, marginCallClearAt: null, call },
    { marginCallAt: null, marginCallClearAt: null, call },
  ];
  return plainConfig({
    policy: dice.pick(policies),
    liquidation: {
      timeoutMs: dice.pick([0, 1000, 30_000]),
      remainderTo: dice.pick(['account', 'fund'] as const),
      depositCures: dice.chance(50),
      fundLeverage: dice.pick(['0.5', '3', '20']),
      ...(dice.chance(60) ? drawClosing(dice) : {}),
    },
    rememberedIds: dice.pick([5, 1000]),
  });
}

function drawClosing(dice: Dice): Partial<EngineConfig['liquidation']> {
  return {
    losses: dice.pick(['by-available', 'by-size'] as const),
    order: dice.pick(['largest-maintenance', 'largest-loss', 'most-relief'] as const),
    ...(dice.chance(30)
      ? {
          fundPerEpoch: {
            takeoverValue: dice.pick([null, '0', '30000']),
            loss: dice.pick([null, '0', '500']),
          },
        }
      : {}),
    rules: drawLiquidation(dice),
  };
}

const SIZES: readonly NonNullable<LiquidationRules['size']>[] = [
  { kind: 'whole' },
  { kind: 'fraction' },
  { kind: 'fraction' },
  { kind: 'step-down', levels: 1 },
  { kind: 'step-down', levels: 2 },
  { kind: 'portion', share: '0.2', above: '5000', wholeWithinMs: 30_000 },
  { kind: 'portion', share: '0.1', above: '0', wholeWithinMs: 0 },
];

function drawChunk(dice: Dice): NonNullable<LiquidationRules['chunk']> {
  const maxValue = dice.pick(['100', '9000']);
  if (dice.chance(60)) return { maxValue, cooldownMs: 400 };
  const maxSize = dice.pick(['3', '40']);
  return { maxValue: dice.chance(50) ? maxValue : null, maxSize, cooldownMs: 400 };
}

/** Every way to close, in any mixture. */
export function drawLiquidation(dice: Dice): LiquidationRules {
  const beyondBankruptcy = dice.pick(['never', 'fund-pays', 'all-pay'] as const);
  const limits: NonNullable<LiquidationRules['limit']>[] = [
    { kind: 'bankruptcy' },
    { kind: 'mark', within: dice.pick(['0', '0.01', '0.2']), beyondBankruptcy },
    {
      kind: 'mark',
      within: '0.001',
      beyondBankruptcy,
      rising: { most: '0.3', afterMs: 5_000, perSecond: '0.002' },
    },
    { kind: 'spread', adjustment: dice.pick(['1', '2.5']), spread: '0.1', beyondBankruptcy },
  ];
  return {
    size: dice.pick(SIZES),
    buffer: dice.pick(['0', '0.25', '1']),
    chunk: dice.chance(30) ? drawChunk(dice) : null,
    limit: dice.pick(limits),
    bankruptcy: dice.pick(['whole-equity', 'by-maintenance'] as const),
    backstopBelow: dice.pick([null, null, '0.5', '1']),
    takeover: dice.chance(80),
    ...(dice.chance(20) ? { remainderTo: dice.pick(['account', 'fund'] as const) } : {}),
    fee: {
      charged: dice.pick(['at-end', 'each-fill'] as const),
      on: dice.pick(['fill', 'mark'] as const),
      mostShare: dice.pick(['0', '0.3', '1']),
      most: dice.pick([null, '50']),
    },
    adl: {
      by: dice.pick(['queue', 'pro-rata'] as const),
      when: dice.chance(10) ? 'never' : dice.pick(['unfilled', 'bankrupt'] as const),
    },
  };
}

/** Inverse markets hold 1,000,000 atoms at a price of 100, so that most values are not whole. */
export function drawMarket(dice: Dice, inverse: boolean): MarketRules {
  return plainRules({
    ...(inverse ? { contract: 'inverse' as const, face: '997' } : {}),
    maintenance: {
      basis: dice.chance(20) ? 'entry' : 'mark',
      schedule: dice.pick(SCHEDULES),
      closingFeeRate: dice.pick(FEES),
      closingFeeAt: dice.chance(30) ? 'leverage' : 'mark',
    },
    initial: dice.chance(30) ? { schedule: { kind: 'flat', rate: '0.1' } } : null,
    maxLeverage: dice.pick(['10', '100']),
    makerFee: dice.pick(FEES),
    takerFee: dice.pick(FEES),
    liquidationFee: dice.pick(FEES),
    ...(dice.chance(30) ? { liquidation: drawLiquidation(dice) } : {}),
    trigger: dice.chance(30) ? 'at-or-below' : 'below',
    priceBand: dice.pick(['0.05', '1']),
    profitWithdrawable: dice.chance(30),
    staleAfterMs: dice.pick([null, 60_000]),
    invalidAfterMs: dice.pick([null, null, 200_000]),
    ...(dice.chance(40) ? drawGuards(dice) : {}),
  });
}

function drawGuards(dice: Dice): Partial<MarketRules> {
  return {
    caps: {
      openInterest: dice.pick([null, '20000', '200000']),
      position: dice.pick([null, '5000', '50000']),
    },
    initialByOpenInterest: dice.pick([null, { base: '0.05', lower: '1000', upper: '50000' }]),
    leverageByVolatility: dice.pick([
      null,
      {
        windowMs: 30_000,
        bands: [
          { from: '0.03', maxLeverage: '10' },
          { from: '0.2', maxLeverage: '2' },
        ],
      },
    ]),
    orderBand: dice.pick([null, '0.08']),
    breaker: dice.pick([
      null,
      { windowMs: 40_000, volume: '2000', move: null, everyMs: 15_000 },
      { windowMs: 90_000, volume: null, move: '0.02', everyMs: 30_000 },
    ]),
  };
}
