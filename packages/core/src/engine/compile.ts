/**
 * Turns a market's rules, as an operator writes them, into the whole numbers that the engine works
 * with, or says why that cannot be done exactly.
 */
import {
  decimal,
  floor,
  integer,
  lowestTerms,
  over,
  parseDecimal,
  powerOfTen,
  rational,
  times,
  type Rational,
} from '../units/index.ts';
import type { EngineConfig, EnginePolicy, MarketRules } from './config.ts';
import { compileGuards, type CompiledGuards } from './compile-guards.ts';
import { compileTerms, wholeAtoms, type LiquidationTerms } from './liquidation-terms.ts';
import type { LiquidationOrder } from './liquidation-rules.ts';
import { parseSchedule } from '../margin/index.ts';
import { compilePrices, type CompiledPrices } from './price-rules.ts';
import {
  compileSchedule,
  RATE_SCALE,
  wholeRate,
  type CompiledSchedule,
  type Scale,
} from './requirement.ts';

/** Rules in whole numbers. Rates are in 1e-7. */
export interface CompiledRules {
  readonly source: MarketRules;
  readonly maintenance: CompiledSchedule;
  readonly entryBasis: boolean;
  readonly closingFeeRate: number;
  readonly closingFeeAtLeverage: boolean;
  readonly initial: CompiledSchedule | null;
  readonly maxLeverageHundredths: number;
  readonly makerFee: number;
  readonly takerFee: number;
  readonly liquidationFee: number;
  /** What the market says itself. */
  readonly liquidation: Partial<LiquidationTerms>;
  readonly atOrBelow: boolean;
  readonly priceBand: number;
  readonly profitWithdrawable: boolean;
  readonly staleAfterMs: number;
  readonly invalidAfterMs: number;
  readonly prices: CompiledPrices | null;
  readonly guards: CompiledGuards;
}

/** What never changes about a market: its contract and its units. */
export interface Contract {
  readonly inverse: boolean;
  readonly tick: Rational;
  readonly lot: Rational;
  /** Linear: value = lots × ticks × unit atoms. Inverse: value = lots × unit / ticks atoms. */
  readonly unit: number;
}

/** Policy in whole numbers; ratios in 1e-7, null as −1. */
export interface CompiledPolicy {
  readonly callAt: number;
  readonly clearAt: number;
  readonly deadlineMs: number;
  readonly restoreToInitial: boolean;
  readonly liquidateBelow: number;
  readonly fundLeverageHundredths: number;
  readonly closesFirst: LiquidationOrder;
  /** Of one epoch, atoms; Infinity without a limit. */
  readonly fundMostValue: number;
  readonly fundMostLoss: number;
  readonly lossesBySize: boolean;
  readonly liquidation: Partial<LiquidationTerms>;
}

/** The contract of `rules`, or the reason why its units are not whole. */
export function compileContract(rules: MarketRules, decimals: number): Contract | string {
  const inverse = rules.contract === 'inverse';
  const faceOrMultiplier = inverse ? rules.face : (rules.multiplier ?? '1');
  const positive = {
    tick: rules.tick,
    lot: rules.lot,
    [inverse ? 'face' : 'multiplier']: faceOrMultiplier,
  };
  for (const [name, text] of Object.entries(positive)) {
    const value = parseDecimal(text);
    if (value === undefined || value.n <= 0n) return `${name} must be a decimal above 0`;
  }
  const tick = decimal(rules.tick);
  const lot = decimal(rules.lot);
  const contracts = times(
    times(lot, decimal(faceOrMultiplier ?? '1')),
    rational(powerOfTen(decimals), 1n),
  );
  const unit = lowestTerms(inverse ? over(contracts, tick) : times(contracts, tick));
  if (unit.d !== 1n || unit.n > BigInt(Number.MAX_SAFE_INTEGER)) return unitReason(inverse);
  return { inverse, tick, lot, unit: Number(unit.n) };
}

function unitReason(inverse: boolean): string {
  return inverse
    ? 'lot × face / tick must be a whole number of atoms'
    : 'tick × lot × multiplier must be a whole number of atoms';
}

/** The rules in whole numbers for a market of `contract`, or the reason why they are refused. */
export function compileRules(
  rules: MarketRules,
  contract: Contract,
  decimals: number,
): CompiledRules | string {
  const scale = { lot: contract.lot, atoms: rational(powerOfTen(decimals), 1n) };
  const maintenance = compileWritten(rules.maintenance.schedule, 'maintenance.schedule', scale);
  if (typeof maintenance === 'string') return maintenance;
  const initial =
    rules.initial === null
      ? null
      : compileWritten(rules.initial.schedule, 'initial.schedule', scale);
  if (typeof initial === 'string') return initial;
  const rates = compileRates(rules);
  if (typeof rates === 'string') return rates;
  const maxLeverageHundredths = hundredths(rules.maxLeverage);
  if (maxLeverageHundredths === undefined)
    return 'maxLeverage must be at least 0.01, in steps of 0.01';
  const care = compileCare(rules, decimals);
  if (typeof care === 'string') return care;
  return {
    source: rules,
    maintenance,
    initial,
    ...rates,
    ...care,
    maxLeverageHundredths,
    entryBasis: rules.maintenance.basis === 'entry',
    closingFeeAtLeverage: rules.maintenance.closingFeeAt === 'leverage',
    atOrBelow: rules.trigger === 'at-or-below',
    profitWithdrawable: rules.profitWithdrawable,
    staleAfterMs: Math.min(rules.staleAfterMs ?? Infinity, care.prices?.silentAfterMs ?? Infinity),
    invalidAfterMs: rules.invalidAfterMs ?? Infinity,
  };
}

type CompiledCare = Pick<CompiledRules, 'prices' | 'guards' | 'liquidation'>;

/** What a market does when prices, crowds or accounts go wrong. */
function compileCare(rules: MarketRules, decimals: number): CompiledCare | string {
  const prices = compilePrices(rules.prices);
  if (typeof prices === 'string') return prices;
  const guards = compileGuards(rules, decimals);
  if (typeof guards === 'string') return guards;
  const liquidation = compileTerms(rules.liquidation ?? {}, decimals);
  return typeof liquidation === 'string' ? liquidation : { prices, guards, liquidation };
}

function compileWritten(written: unknown, path: string, scale: Scale): CompiledSchedule | string {
  const schedule = parseSchedule(written, path);
  if ('path' in schedule) return `${schedule.path}: ${schedule.message}`;
  const compiled = compileSchedule(schedule, scale);
  return typeof compiled === 'string' ? `${path}: ${compiled}` : compiled;
}

const RATES = ['makerFee', 'takerFee', 'liquidationFee', 'priceBand'] as const;
type Rates = Pick<CompiledRules, (typeof RATES)[number] | 'closingFeeRate'>;

function compileRates(rules: MarketRules): Rates | string {
  const texts = { closingFeeRate: rules.maintenance.closingFeeRate };
  for (const name of RATES) Object.assign(texts, { [name]: rules[name] });
  const rates: Record<string, number> = {};
  for (const [name, text] of Object.entries(texts)) {
    const decimalRate = parseDecimal(text);
    if (decimalRate === undefined) return `${name} must be a decimal`;
    const rate = wholeRate(decimalRate);
    if (typeof rate === 'string') return `${name}: ${rate}`;
    rates[name] = rate;
  }
  return rates as unknown as Rates;
}

/** `value × 100` when that is a whole number above 0. */
function hundredths(text: string): number | undefined {
  const value = parseDecimal(text);
  if (value === undefined) return undefined;
  const scaled = times(value, integer(100));
  const whole = floor(scaled);
  const exact = whole > 0n && whole * scaled.d === scaled.n && whole < 100_000_000n;
  return exact ? Number(whole) : undefined;
}

const HOUR_MS = 3_600_000;
/** Ten years. */
const MOST_HOURS = 87_600n;

/** Policy and liquidation rules in whole numbers, or the reason why they are refused. */
export function compilePolicy(config: EngineConfig): CompiledPolicy | string {
  const { policy, liquidation } = config;
  const ratios = compileRatios(policy);
  if (typeof ratios === 'string') return ratios;
  const fundLeverageHundredths = hundredths(liquidation.fundLeverage);
  if (fundLeverageHundredths === undefined) return 'liquidation.fundLeverage must be at least 0.01';
  const call = compileCall(policy);
  if (typeof call === 'string') return call;
  const closing = compileClosing(config);
  if (typeof closing === 'string') return closing;
  return { ...ratios, ...call, ...closing, fundLeverageHundredths };
}

type CompiledClosing = Pick<
  CompiledPolicy,
  'closesFirst' | 'fundMostValue' | 'fundMostLoss' | 'lossesBySize' | 'liquidation'
>;

function compileClosing({ asset, liquidation }: EngineConfig): CompiledClosing | string {
  const { fundPerEpoch, order, rules } = liquidation;
  const terms = compileTerms(rules ?? {}, asset.decimals);
  if (typeof terms === 'string') return terms;
  const fundMostValue = mostAtoms(fundPerEpoch?.takeoverValue, asset.decimals);
  const fundMostLoss = mostAtoms(fundPerEpoch?.loss, asset.decimals);
  if (fundMostValue === undefined || fundMostLoss === undefined)
    return 'liquidation.fundPerEpoch must hold whole numbers of atoms, at least 0';
  const closesFirst = order ?? 'largest-maintenance';
  const lossesBySize = liquidation.losses === 'by-size';
  return { closesFirst, fundMostValue, fundMostLoss, lossesBySize, liquidation: terms };
}

function mostAtoms(text: string | null | undefined, decimals: number): number | undefined {
  return text === null || text === undefined ? Infinity : wholeAtoms(text, decimals);
}

function compileRatios(policy: EnginePolicy): { callAt: number; clearAt: number } | string {
  if (policy.marginCallAt === null) return { callAt: -1, clearAt: -1 };
  if (policy.call !== null) return 'policy: marginCallAt and call exclude each other';
  const callAt = ratio(policy.marginCallAt);
  if (typeof callAt === 'string' || callAt === 0)
    return 'policy.marginCallAt must be above 0 and at most 1';
  const clearAt =
    policy.marginCallClearAt === null ? Math.floor(callAt * 0.95) : ratio(policy.marginCallClearAt);
  if (typeof clearAt === 'string' || clearAt > callAt)
    return 'policy.marginCallClearAt must be at most marginCallAt';
  return { callAt, clearAt };
}

/** A ratio from 0 to 1 in 1e-7, or the reason why it is none. */
function ratio(text: string): number | string {
  const value = parseDecimal(text);
  return value === undefined ? `"${text}" is not a decimal` : wholeRate(value);
}

type CompiledCall = Pick<CompiledPolicy, 'deadlineMs' | 'restoreToInitial' | 'liquidateBelow'>;

function compileCall(policy: EnginePolicy): CompiledCall | string {
  if (policy.call === null) return { deadlineMs: -1, restoreToInitial: false, liquidateBelow: -1 };
  const hours = parseDecimal(policy.call.deadlineHours);
  if (hours === undefined || hours.n <= 0n || floor(hours) > MOST_HOURS)
    return 'policy.call.deadlineHours must be a decimal above 0, at most 87600';
  const below = policy.call.liquidateBelow === null ? -1 : ratio(policy.call.liquidateBelow);
  if (typeof below === 'string') return `policy.call.liquidateBelow: ${below}`;
  return {
    deadlineMs: Number(floor(times(hours, integer(HOUR_MS)))),
    restoreToInitial: policy.call.restoreTo === 'initial',
    liquidateBelow: below,
  };
}

export { RATE_SCALE };
