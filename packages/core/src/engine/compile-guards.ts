/** A market's guards in whole numbers, or the reason why they are refused. */
import {
  floor,
  integer,
  lowestTerms,
  parseDecimal,
  powerOfTen,
  rational,
  times,
} from '../units/index.ts';
import type { MarketRules } from './config.ts';
import { RATE_SCALE, wholeRate } from './requirement.ts';

/** Rates in 1e-7, money in atoms, leverage in hundredths; −1 or null where there is no guard. */
export interface CompiledGuards {
  readonly openInterestCap: number;
  readonly positionCap: number;
  /** Of the open interest; a cap is never below it. */
  readonly positionShare: number;
  readonly byOpenInterest: InterestScale | null;
  readonly volatility: VolatilityBands | null;
  readonly orderBand: number;
  readonly breaker: BreakerRules | null;
}

export interface InterestScale {
  readonly base: number;
  readonly lower: number;
  readonly upper: number;
}

export interface VolatilityBands {
  readonly windowMs: number;
  readonly bands: readonly { readonly from: number; readonly maxLeverageHundredths: number }[];
}

export interface BreakerRules {
  readonly windowMs: number;
  readonly volume: number;
  readonly move: number;
  readonly everyMs: number;
}

/** What is wrong with a guard; caught where the guards are compiled. */
class Unfit extends Error {}

/** The guards of `rules`, or the first thing that is wrong with them. */
export function compileGuards(rules: MarketRules, decimals: number): CompiledGuards | string {
  try {
    return compileAll(rules, decimals);
  } catch (error) {
    if (error instanceof Unfit) return error.message;
    throw error;
  }
}

function compileAll(rules: MarketRules, decimals: number): CompiledGuards {
  const caps = fieldsOf('caps', rules.caps, ['openInterest', 'position'], ['share']);
  if (caps?.['share'] !== undefined && caps['position'] === null)
    throw new Unfit('caps.share raises caps.position: give that too');
  return {
    openInterestCap: moneyOrNone('caps.openInterest', caps?.['openInterest'], decimals),
    positionCap: moneyOrNone('caps.position', caps?.['position'], decimals),
    positionShare: rateOrNone('caps.share', caps?.['share']),
    byOpenInterest: compileScale(rules, decimals),
    volatility: compileVolatility(rules),
    orderBand: rateOrNone('orderBand', rules.orderBand),
    breaker: compileBreaker(rules, decimals),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** An object with exactly the named fields and perhaps others; null where none is given. */
function fieldsOf(
  path: string,
  value: unknown,
  names: readonly string[],
  optional: readonly string[] = [],
): Fields | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') throw new Unfit(`${path} must be an object or null`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw new Unfit(`${path}.${missing} is missing: give it, or null`);
  const known = new Set([...names, ...optional]);
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown !== undefined) throw new Unfit(`${path} has no field "${unknown.slice(0, 64)}"`);
  return value as Fields;
}

function money(path: string, text: unknown, decimals: number): number {
  const value = parseDecimal(text);
  if (value === undefined) throw new Unfit(`${path} must be a decimal`);
  const atoms = lowestTerms(times(value, rational(powerOfTen(decimals), 1n)));
  if (atoms.d !== 1n || atoms.n < 0n || atoms.n > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Unfit(`${path} must be a whole number of atoms, from 0 to 2^53`);
  return Number(atoms.n);
}

function moneyOrNone(path: string, text: unknown, decimals: number): number {
  return text === undefined || text === null ? -1 : money(path, text, decimals);
}

function wholeRateOf(path: string, text: unknown): number {
  const value = parseDecimal(text);
  const whole = value === undefined ? 'it must be a decimal' : wholeRate(value);
  if (typeof whole === 'string') throw new Unfit(`${path}: ${whole}`);
  return whole;
}

function rateOrNone(path: string, text: unknown): number {
  return text === undefined || text === null ? -1 : wholeRateOf(path, text);
}

const DAY_MS = 86_400_000;

function duration(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= DAY_MS)
    return value;
  throw new Unfit(`${path} must be whole milliseconds from 1 to a day`);
}

function compileScale(rules: MarketRules, decimals: number): InterestScale | null {
  const path = 'initialByOpenInterest';
  const fields = fieldsOf(path, rules.initialByOpenInterest, ['base', 'lower', 'upper']);
  if (fields === null) return null;
  const lower = money(`${path}.lower`, fields['lower'], decimals);
  const upper = money(`${path}.upper`, fields['upper'], decimals);
  if (upper <= lower) throw new Unfit(`${path}.upper must be above lower`);
  return { base: wholeRateOf(`${path}.base`, fields['base']), lower, upper };
}

const MOST_BANDS = 20;

function compileVolatility(rules: MarketRules): VolatilityBands | null {
  const path = 'leverageByVolatility';
  const fields = fieldsOf(path, rules.leverageByVolatility, ['windowMs', 'bands']);
  if (fields === null) return null;
  const written = fields['bands'];
  if (!Array.isArray(written) || written.length === 0 || written.length > MOST_BANDS)
    throw new Unfit(`${path}.bands must be a list of 1 to ${MOST_BANDS} { from, maxLeverage }`);
  const bands = written.map((band: unknown, k) => compileBand(`${path}.bands[${k}]`, band));
  if (bands.some(({ from }, k) => k > 0 && from <= (bands[k - 1]?.from ?? 0)))
    throw new Unfit(`${path}.bands must ascend by from`);
  return { windowMs: duration(`${path}.windowMs`, fields['windowMs']), bands };
}

function compileBand(path: string, band: unknown): VolatilityBands['bands'][number] {
  const fields = fieldsOf(path, band, ['from', 'maxLeverage']);
  if (fields === null) throw new Unfit(`${path} must be { from, maxLeverage }`);
  const leverage = parseDecimal(fields['maxLeverage']);
  const scaled = leverage === undefined ? undefined : times(leverage, integer(100));
  const whole = scaled === undefined ? 0n : floor(scaled);
  if (scaled === undefined || whole <= 0n || whole * scaled.d !== scaled.n || whole >= 100_000_000n)
    throw new Unfit(`${path}.maxLeverage must be at least 0.01, in steps of 0.01`);
  return {
    from: wholeRateOf(`${path}.from`, fields['from']),
    maxLeverageHundredths: Number(whole),
  };
}

function compileBreaker(rules: MarketRules, decimals: number): BreakerRules | null {
  const names = ['windowMs', 'volume', 'move', 'everyMs'];
  const fields = fieldsOf('breaker', rules.breaker, names);
  if (fields === null) return null;
  return {
    windowMs: duration('breaker.windowMs', fields['windowMs']),
    volume: moneyOrNone('breaker.volume', fields['volume'], decimals),
    move: rateOrNone('breaker.move', fields['move']),
    everyMs: duration('breaker.everyMs', fields['everyMs']),
  };
}

/** Whether `part` / `whole` is at least (or, with `strictly`, above) a rate in 1e-7, exactly. */
export function reaches(
  share: { readonly part: number; readonly whole: number },
  rate: number,
  strictly = false,
): boolean {
  const left = BigInt(share.part) * BigInt(RATE_SCALE);
  const right = BigInt(share.whole) * BigInt(rate);
  return strictly ? left > right : left >= right;
}
