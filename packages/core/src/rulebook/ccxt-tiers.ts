/**
 * Tier tables in the shape in which the ccxt library gives them, as schedules. A table must be
 * whole: levels that follow each other, and the maintenance amounts that the venue prints.
 */
import type { Refusal, WrittenLevel, WrittenSchedule } from '../margin/index.ts';
import { appendKey, compare, equals, formatDecimal, minus, ONE } from '../units/index.ts';
import { over, parseDecimal, plus, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';

/** One market's table. */
export interface TierTable {
  /** As ccxt names the market: `BTC/USDT:USDT`. */
  readonly symbol: string;
  /** As the venue does: `BTCUSDT`. */
  readonly market: string;
  readonly maintenance: WrittenSchedule;
  /** 1 / highest leverage of the level, of the whole value. */
  readonly initial: WrittenSchedule;
}

interface Tier {
  readonly from: Rational;
  readonly to: Rational | null;
  readonly rate: Rational;
  readonly leverage: Rational;
  /** What the venue takes off; null where the file does not say. */
  readonly amount: Rational | null;
}

type Fields = Readonly<Record<string, unknown>>;

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(path: string, message: string) {
    super(message);
    this.refusal = { path, message };
  }
}

/**
 * Every table of a file: an object of arrays by symbol. The first level that is missing something,
 * leaves a gap or contradicts its maintenance amount is refused with its path.
 */
export function readTierTables(
  tables: unknown,
): readonly TierTable[] | { readonly error: Refusal } {
  try {
    const bySymbol = fieldsAt(tables, '');
    return Object.entries(bySymbol).map(([symbol, tiers]) => tableOf(symbol, tiers));
  } catch (error) {
    if (error instanceof Refused) return { error: error.refusal };
    throw error;
  }
}

/** `BTC/USDT:USDT` is `BTCUSDT`; a dated one, `BTC/USDT:USDT-260925`, is `BTCUSDT_260925`. */
export function venueSymbol(symbol: string): string {
  const [pair = symbol, settled = ''] = symbol.split(':');
  const [, expiry] = settled.split('-');
  return pair.replace('/', '') + (expiry === undefined ? '' : `_${expiry}`);
}

function tableOf(symbol: string, value: unknown): TierTable {
  const path = appendKey('', symbol);
  if (!Array.isArray(value) || value.length === 0)
    throw new Refused(path, 'must be an array of at least one level');
  const tiers = value.map((each, k) => tierAt(each, appendKey(path, k)));
  refuseGaps(tiers, path);
  return {
    symbol,
    market: venueSymbol(symbol),
    maintenance: { kind: 'brackets', by: 'value', levels: levelsOf(tiers, ({ rate }) => rate) },
    initial: {
      kind: 'steps',
      by: 'value',
      levels: levelsOf(tiers, ({ leverage }) => over(ONE, leverage)),
    },
  };
}

const DIGITS = 30;

function levelsOf(
  tiers: readonly Tier[],
  rateOf: (tier: Tier) => Rational,
): readonly WrittenLevel[] {
  return tiers.map((tier) => ({
    from: formatDecimal(tier.from, DIGITS),
    rate: formatDecimal(rateOf(tier), DIGITS),
  }));
}

function tierAt(value: unknown, path: string): Tier {
  const fields = fieldsAt(value, path);
  const info = fieldsAt(fields['info'] ?? {}, appendKey(path, 'info'));
  const leverage = numberAt(fields, 'maxLeverage', path);
  if (leverage.n === 0n) throw new Refused(appendKey(path, 'maxLeverage'), 'must be above 0');
  return {
    from: numberAt(fields, 'minNotional', path),
    to: isGiven(fields['maxNotional']) ? numberAt(fields, 'maxNotional', path) : null,
    rate: numberAt(fields, 'maintenanceMarginRate', path),
    leverage,
    amount: isGiven(info['cum']) ? numberAt(info, 'cum', appendKey(path, 'info')) : null,
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function fieldsAt(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(path, 'must be an object');
  return value as Fields;
}

function numberAt(fields: Fields, key: string, path: string): Rational {
  const number = Object.hasOwn(fields, key) ? parseDecimal(fields[key]) : undefined;
  if (number === undefined || number.n < 0n)
    throw new Refused(appendKey(path, key), 'must be a number, 0 or above');
  return number;
}

/** Each level begins where the one before ends, and takes off what keeps the whole continuous. */
function refuseGaps(tiers: readonly Tier[], path: string): void {
  let amount: Rational = ZERO;
  let before: Tier | null = null;
  for (const [k, tier] of tiers.entries()) {
    const at = appendKey(path, k);
    refuseOrder(before, tier, at);
    amount = plus(amount, times(tier.from, minus(tier.rate, before?.rate ?? ZERO)));
    if (tier.amount !== null && !equals(tier.amount, amount)) {
      const message = `must be ${formatDecimal(amount)}: with it the requirement has no jump`;
      throw new Refused(appendKey(appendKey(at, 'info'), 'cum'), message);
    }
    before = tier;
  }
}

function refuseOrder(before: Tier | null, tier: Tier, path: string): void {
  const expected = before === null ? ZERO : before.to;
  if (expected === null || !equals(tier.from, expected)) {
    const end = expected === null ? 'the end of the level before, which has none' : expected;
    const text = typeof end === 'string' ? end : formatDecimal(end);
    throw new Refused(appendKey(path, 'minNotional'), `must be ${text}: levels leave no gap`);
  }
  if (tier.to !== null && compare(tier.to, tier.from) <= 0)
    throw new Refused(appendKey(path, 'maxNotional'), 'must be above minNotional');
}
