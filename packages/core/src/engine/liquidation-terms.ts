/**
 * Liquidation rules in whole numbers: what a market says over what the venue says over the presets.
 * Rates are in 1e-7, money in atoms; a limit that is not set is Infinity.
 */
import {
  decimal,
  floor,
  integer,
  parseDecimal,
  powerOfTen,
  rational,
  times,
  type Rational,
} from '../units/index.ts';
import type {
  Deleveraging,
  FundPays,
  LiquidationChunk,
  LiquidationFee,
  LiquidationLimit,
  LiquidationRules,
  LiquidationSize,
  RisingLimit,
} from './liquidation-rules.ts';
import { RATE_SCALE } from './requirement.ts';
import { at, configured, marketAt, rulesAt, type Engine } from './state.ts';

export type SizeTerms =
  | { readonly kind: 'whole' | 'fraction' }
  | { readonly kind: 'step-down'; readonly levels: number }
  | {
      readonly kind: 'portion';
      readonly share: number;
      readonly above: number;
      readonly wholeWithinMs: number;
    };

export type LimitTerms =
  | { readonly kind: 'bankruptcy' }
  | {
      readonly kind: 'mark';
      readonly within: number;
      readonly beyond: FundPays;
      /** Null: it stays where it is. */
      readonly rising: RisingTerms | null;
    }
  | {
      readonly kind: 'spread';
      readonly adjustment: number;
      readonly spread: number;
      readonly beyond: FundPays;
    };

export interface RisingTerms {
  readonly most: number;
  readonly afterMs: number;
  readonly perSecond: number;
}

export interface FeeTerms {
  readonly eachFill: boolean;
  readonly onMark: boolean;
  readonly mostShare: number;
  readonly most: number;
}

export interface LiquidationTerms {
  readonly size: SizeTerms;
  readonly buffer: number;
  /** Of one piece, at the mark; Infinity without chunks. */
  readonly chunkValue: number;
  /** Of one piece, in contracts; null without such a bound. */
  readonly chunkSize: Rational | null;
  readonly cooldownMs: number;
  readonly limit: LimitTerms;
  readonly byMaintenance: boolean;
  /** 0: no backstop. */
  readonly backstopBelow: number;
  readonly takeover: boolean;
  /** Of an isolated position; null: as the venue's policy says. */
  readonly remainderTo: 'account' | 'fund' | null;
  readonly fee: FeeTerms;
  readonly proRata: boolean;
  readonly deleverages: Deleveraging['when'];
}

const PRESET: LiquidationTerms = {
  size: { kind: 'whole' },
  buffer: 0,
  chunkValue: Infinity,
  chunkSize: null,
  cooldownMs: 0,
  limit: { kind: 'bankruptcy' },
  byMaintenance: false,
  backstopBelow: 0,
  takeover: true,
  remainderTo: null,
  fee: { eachFill: false, onMark: false, mostShare: RATE_SCALE, most: Infinity },
  proRata: false,
  deleverages: 'unfilled',
};

/** What holds now for the position at `row`: its market's rules over the venue's. */
export function termsOf(engine: Engine, row: number): LiquidationTerms {
  const market = marketAt(engine, at(engine.positions.market, row));
  const own = rulesAt(engine, market.rules).liquidation;
  return { ...PRESET, ...configured(engine).policy.liquidation, ...own };
}

type Compiled = Partial<LiquidationTerms>;

/** The terms that `rules` speak of, or the reason why they are refused. */
export function compileTerms(rules: LiquidationRules, decimals: number): Compiled | string {
  const parts: readonly (Compiled | string)[] = [
    rules.size === undefined ? {} : compileSize(rules.size, decimals),
    compileRate(rules.buffer, 'buffer'),
    rules.chunk === undefined ? {} : compileChunk(rules.chunk, decimals),
    rules.limit === undefined ? {} : compileLimit(rules.limit),
    rules.bankruptcy === undefined ? {} : { byMaintenance: rules.bankruptcy === 'by-maintenance' },
    rules.backstopBelow === null
      ? { backstopBelow: 0 }
      : compileRate(rules.backstopBelow, 'backstopBelow'),
    rules.takeover === undefined ? {} : { takeover: rules.takeover },
    rules.remainderTo === undefined ? {} : { remainderTo: rules.remainderTo },
    rules.fee === undefined ? {} : compileFee(rules.fee, decimals),
    rules.adl === undefined
      ? {}
      : { proRata: rules.adl.by === 'pro-rata', deleverages: rules.adl.when },
  ];
  const terms: Compiled = {};
  for (const part of parts) {
    if (typeof part === 'string') return `liquidation: ${part}`;
    Object.assign(terms, part);
  }
  return terms;
}

function compileRate(
  text: string | undefined,
  name: 'buffer' | 'backstopBelow',
): Compiled | string {
  if (text === undefined) return {};
  const rate = inSteps(text, { name, most: 1 });
  return typeof rate === 'string' ? rate : { [name]: rate };
}

function compileSize(size: LiquidationSize, decimals: number): Compiled | string {
  if (size.kind !== 'portion') return { size };
  const share = inSteps(size.share, { name: 'size.share', most: 1 });
  if (typeof share === 'string') return share;
  if (share < RATE_SCALE / 100) return 'size.share must be at least 0.01';
  const above = wholeAtoms(size.above, decimals);
  if (above === undefined) return 'size.above must be a whole number of atoms, at least 0';
  return { size: { kind: 'portion', share, above, wholeWithinMs: size.wholeWithinMs } };
}

function compileChunk(chunk: LiquidationChunk | null, decimals: number): Compiled | string {
  if (chunk === null) return { chunkValue: Infinity, chunkSize: null, cooldownMs: 0 };
  const { maxValue, maxSize, cooldownMs } = chunk;
  if (maxValue === null && maxSize === undefined) return 'chunk needs a maxValue or a maxSize';
  const chunkValue = maxValue === null ? Infinity : wholeAtoms(maxValue, decimals);
  if (chunkValue === undefined || chunkValue === 0)
    return 'chunk.maxValue must be a whole number of atoms above 0';
  const chunkSize = maxSize === undefined ? null : decimal(maxSize);
  if (chunkSize !== null && chunkSize.n <= 0n) return 'chunk.maxSize must be above 0';
  return { chunkValue, chunkSize, cooldownMs };
}

/** How much steeper than in proportion a spread may grow. */
const MOST_ADJUSTMENT = 100;

function compileLimit(limit: LiquidationLimit): Compiled | string {
  if (limit.kind === 'bankruptcy') return { limit };
  const beyond = limit.beyondBankruptcy;
  if (limit.kind === 'mark') {
    const within = inSteps(limit.within, { name: 'limit.within', most: 1 });
    if (typeof within === 'string') return within;
    const rising = limit.rising === undefined ? null : compileRising(limit.rising, within);
    if (typeof rising === 'string') return rising;
    return { limit: { kind: 'mark', within, beyond, rising } };
  }
  const most = MOST_ADJUSTMENT;
  const adjustment = inSteps(limit.adjustment, { name: 'limit.adjustment', most });
  if (typeof adjustment === 'string') return adjustment;
  const spread = inSteps(limit.spread, { name: 'limit.spread', most: 1 });
  if (typeof spread === 'string') return spread;
  return { limit: { kind: 'spread', adjustment, spread, beyond } };
}

function compileRising(rising: RisingLimit, within: number): RisingTerms | string {
  const most = inSteps(rising.most, { name: 'limit.rising.most', most: 1 });
  if (typeof most === 'string') return most;
  if (most < within) return 'limit.rising.most must be at least limit.within';
  const perSecond = inSteps(rising.perSecond, { name: 'limit.rising.perSecond', most: 1 });
  if (typeof perSecond === 'string') return perSecond;
  return { most, afterMs: rising.afterMs, perSecond };
}

function compileFee(fee: LiquidationFee, decimals: number): Compiled | string {
  const mostShare = inSteps(fee.mostShare, { name: 'fee.mostShare', most: 1 });
  if (typeof mostShare === 'string') return mostShare;
  const most = fee.most === null ? Infinity : wholeAtoms(fee.most, decimals);
  if (most === undefined) return 'fee.most must be a whole number of atoms, at least 0';
  const eachFill = fee.charged === 'each-fill';
  return { fee: { eachFill, onMark: fee.on === 'mark', mostShare, most } };
}

/** A decimal as a whole number of 1e-7 from 0 to `most`, or the reason why it is none. */
function inSteps(
  text: string,
  { name, most }: { readonly name: string; readonly most: number },
): number | string {
  const value = parseDecimal(text);
  const reason = `${name} must be from 0 to ${most}, in steps of 0.0000001`;
  if (value === undefined) return reason;
  const scaled = times(value, integer(RATE_SCALE));
  const whole = floor(scaled);
  const fits = whole * scaled.d === scaled.n && whole >= 0n && whole <= BigInt(most * RATE_SCALE);
  return fits ? Number(whole) : reason;
}

/** Money as a safe whole number of atoms, at least 0; else undefined. */
export function wholeAtoms(text: string, decimals: number): number | undefined {
  const scaled = times(decimal(text), rational(powerOfTen(decimals), 1n));
  const whole = floor(scaled);
  const fits = whole * scaled.d === scaled.n && whole >= 0n;
  return fits && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : undefined;
}
