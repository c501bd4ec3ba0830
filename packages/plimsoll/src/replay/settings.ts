/**
 * Everything about a replay that has a default, and the `--markets FILE` that changes it. The same
 * names as in the engine's rules; what the file does not say stays as it is here.
 */
import { readFile } from 'node:fs/promises';
import type { EngineConfig, MarketRules } from '@plimsoll/core/engine';
import type { ExtremesOrder } from '@plimsoll/core/lab';
import {
  isNumberText,
  numberText,
  parseJson,
  type JsonValue,
  type Rational,
} from '@plimsoll/core/units';
import { ReplayError } from './replay-error.ts';

export interface ReplaySettings {
  readonly config: EngineConfig;
  /** Rules by symbol, laid over `defaultRules`. */
  readonly markets: Readonly<Record<string, Partial<MarketRules>>>;
  /** Value of the median position, in the settlement asset. */
  readonly medianValue: string;
  /** The fund's start as a fraction of all position value. */
  readonly fund: string;
  /** Depth offered at each step as a fraction of all position value in the market. */
  readonly depth: string;
  /** Slippage when all depth is taken, as a fraction of the price. */
  readonly slippage: string;
  /** The longest wait of a liquidation order before its first fill. */
  readonly delayMs: number;
  readonly extremes: ExtremesOrder;
}

/** What holds where nothing else is said. */
export const DEFAULT_SETTINGS: ReplaySettings = {
  config: {
    asset: { symbol: 'USDT', decimals: 6 },
    policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
    liquidation: {
      timeoutMs: 30_000,
      remainderTo: 'account',
      depositCures: true,
      fundLeverage: '10',
    },
    rememberedIds: 16,
  },
  markets: {},
  medianValue: '2000',
  fund: '0.01',
  depth: '0.005',
  slippage: '0.002',
  delayMs: 15_000,
  extremes: 'away-first',
};

/** A tier table of the shape that large venues use for their main market in 2026. */
const TIERS: readonly (readonly [from: string, maintenance: string, initial: string])[] = [
  ['0', '0.004', '0.008'],
  ['300000', '0.005', '0.01'],
  ['800000', '0.0065', '0.0134'],
  ['3000000', '0.01', '0.02'],
  ['12000000', '0.02', '0.04'],
  ['70000000', '0.025', '0.05'],
  ['100000000', '0.05', '0.1'],
  ['230000000', '0.1', '0.2'],
  ['480000000', '0.125', '0.25'],
  ['600000000', '0.15', '0.334'],
  ['800000000', '0.25', '0.5'],
  ['1200000000', '0.5', '1'],
];

/**
 * Rules for a market whose first price is known: a tick of about a millionth of the price and a lot
 * worth some ten units of money, so that tick × lot is always ten atoms.
 */
export function defaultRules(firstPrice: Rational): MarketRules {
  const exponent = exponentOf(firstPrice);
  return {
    contract: 'linear',
    multiplier: '1',
    tick: powerText(exponent - 6),
    lot: powerText(1 - exponent),
    maintenance: {
      basis: 'mark',
      schedule: { kind: 'brackets', levels: TIERS.map(([from, rate]) => ({ from, rate })) },
      closingFeeRate: '0',
      closingFeeAt: 'mark',
    },
    initial: {
      schedule: { kind: 'steps', levels: TIERS.map(([from, , rate]) => ({ from, rate })) },
    },
    maxLeverage: '125',
    makerFee: '0.0002',
    takerFee: '0.0005',
    liquidationFee: '0.005',
    trigger: 'below',
    priceBand: '0.1',
    profitWithdrawable: false,
    staleAfterMs: null,
    invalidAfterMs: null,
  };
}

/** The e with 10^e ≤ price < 10^(e+1). */
function exponentOf(price: Rational): number {
  let exponent = price.n.toString().length - price.d.toString().length;
  const power = 10n ** BigInt(Math.abs(exponent));
  const atLeast = exponent >= 0 ? price.n >= price.d * power : price.n * power >= price.d;
  if (!atLeast) exponent -= 1;
  return exponent;
}

function powerText(exponent: number): string {
  return exponent >= 0 ? `1${'0'.repeat(exponent)}` : `0.${'0'.repeat(-exponent - 1)}1`;
}

const KEYS = new Set([...Object.keys(DEFAULT_SETTINGS), 'asset', 'policy', 'liquidation']);

/**
 * Reads `--markets FILE`: JSON with any of the settings above. Throws a ReplayError naming the
 * place.
 */
export async function readSettings(path: string): Promise<ReplaySettings> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ReplayError(`${path} cannot be read: is there such a file?`, cause);
  });
  const parsed = parseJson(text);
  if ('refusal' in parsed) {
    throw new ReplayError(`${path}: ${parsed.refusal.path} ${parsed.refusal.message}`);
  }
  return laidOver(path, plain(parsed.value));
}

/** Numbers that a double would bend become text; all else stays as it is. */
function plain(value: JsonValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isNumberText(value)) return value[numberText];
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

function laidOver(path: string, value: unknown): ReplaySettings {
  const given = recordOf(path, '', value);
  const unknown = Object.keys(given).find((key) => !KEYS.has(key) || key === 'config');
  if (unknown !== undefined) {
    throw new ReplayError(
      `${path}: "${unknown}" is not a setting; known: ${[...KEYS].filter((key) => key !== 'config').join(', ')}`,
    );
  }
  const { asset, policy, liquidation, ...rest } = given;
  const base = DEFAULT_SETTINGS.config;
  const config = {
    ...base,
    asset: { ...base.asset, ...recordOf(path, 'asset', asset ?? {}) },
    policy: { ...base.policy, ...recordOf(path, 'policy', policy ?? {}) },
    liquidation: { ...base.liquidation, ...recordOf(path, 'liquidation', liquidation ?? {}) },
  };
  checkScalars(path, rest);
  return { ...DEFAULT_SETTINGS, ...rest, config };
}

function recordOf(path: string, key: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ReplayError(`${path}: ${key === '' ? 'the file' : key} must be an object`);
}

const FRACTIONS = ['medianValue', 'fund', 'depth', 'slippage'];
const HOUR_MS = 3_600_000;
const ORDERS = ['away-first', 'low-first', 'high-first'];

function checkScalars(path: string, given: Readonly<Record<string, unknown>>): void {
  for (const key of FRACTIONS) {
    if (given[key] === undefined || isPlainDecimal(given[key])) continue;
    throw new ReplayError(`${path}: ${key} must be a decimal as text, such as "0.01"`);
  }
  const { delayMs = 0, extremes = 'away-first', markets = {} } = given;
  if (!isDelay(delayMs)) {
    throw new ReplayError(`${path}: delayMs must be whole milliseconds, at most an hour`);
  }
  if (!ORDERS.some((order) => order === extremes)) {
    throw new ReplayError(`${path}: extremes must be one of ${ORDERS.join(', ')}`);
  }
  for (const [symbol, rules] of Object.entries(recordOf(path, 'markets', markets))) {
    recordOf(path, `markets.${symbol}`, rules);
  }
}

function isPlainDecimal(value: unknown): boolean {
  return typeof value === 'string' && value.length < 20 && /^\d+(\.\d+)?$/.test(value);
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= HOUR_MS;
}
