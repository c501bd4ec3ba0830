/**
 * Tier tables in the shape in which the ccxt library gives them, as schedules. A table must be
 * whole: levels that follow each other, and the maintenance amounts that the venue prints.
 */
import type { Refusal } from '../margin/index.ts';
import { appendKey, compare, equals, formatDecimal, ZERO, type Rational } from '../units/index.ts';
import { aboveZeroAt, answered, fieldsAt, levelsAt, numberAt, numbered } from './tiers-reader.ts';
import { optionalAt, Refused, type Fields } from './tiers-reader.ts';
import { refuseJumps, tierTable, tierText } from './tiers-table.ts';
import type { TierKind, TierRow, TierTable } from './tiers-table.ts';

/** What such tables mean at a venue. */
export interface CcxtForm {
  readonly kind: TierKind;
  /** The contracts that its rulebook is about; null: either. */
  readonly contract: 'linear' | 'inverse' | null;
  /** The venue's own name of a symbol of ccxt. */
  readonly nameOf: (symbol: string) => string;
}

const USUAL: CcxtForm = { kind: 'brackets', contract: null, nameOf: venueSymbol };

interface Tier extends TierRow {
  readonly to: Rational | null;
  /** Where the deduction was read. */
  readonly deductionAt: string;
  /** The venue's own symbol, if it is said. */
  readonly market: string | null;
}

/**
 * Every table of a file: an object of arrays by symbol. The first level that is missing something,
 * leaves a gap or contradicts its maintenance amount is refused with its path.
 */
export function readTierTables(
  tables: unknown,
  form: CcxtForm = USUAL,
): readonly TierTable[] | { readonly error: Refusal } {
  return answered(() => {
    const read = Object.entries(fieldsAt(tables, '')).map(([symbol, tiers]) =>
      tableOf(symbol, tiers, form),
    );
    refuseTwins(read);
    return read;
  });
}

function refuseTwins(tables: readonly TierTable[]): void {
  const seen = new Set<string>();
  for (const { market, symbol } of tables) {
    if (seen.has(market))
      throw new Refused(appendKey('', symbol ?? market), `is a second table for ${market}`);
    seen.add(market);
  }
}

/** `BTC/USDT:USDT` is `BTCUSDT`; a dated one, `BTC/USDT:USDT-260925`, is `BTCUSDT_260925`. */
export function venueSymbol(symbol: string): string {
  const [pair = symbol, settled = ''] = symbol.split(':');
  const [, expiry] = settled.split('-');
  return pair.replace('/', '') + (expiry === undefined ? '' : `_${expiry}`);
}

function tableOf(symbol: string, value: unknown, form: CcxtForm): TierTable {
  const path = appendKey('', symbol);
  refuseContract(symbol, path, form);
  const tiers = levelsAt(value, path).map((each, k) =>
    numbered(k, () => tierAt(each, appendKey(path, k))),
  );
  for (const [k, tier] of tiers.entries())
    numbered(k, () => refuseOrder(tiers[k - 1] ?? null, tier, appendKey(path, k)));
  refuseJumps(tiers, { kind: form.kind, place: (k) => tiers[k]?.deductionAt ?? path });
  const cap = tiers.at(-1)?.to ?? null;
  const frame = {
    symbol,
    market: tiers[0]?.market ?? form.nameOf(symbol),
    kind: form.kind,
    by: 'value' as const,
    cap: cap === null ? null : tierText(cap),
  };
  return tierTable(frame, tiers);
}

/** Amounts of an inverse contract are in coin: its table means nothing under linear rules. */
function refuseContract(symbol: string, path: string, { contract }: CcxtForm): void {
  const parts = /^[^/]+\/([^:]+):([^-]+)/.exec(symbol);
  const found = parts === null || parts[1] === parts[2] ? 'linear' : 'inverse';
  if (parts !== null && contract !== null && found !== contract)
    throw new Refused(path, `is ${found}: this venue’s rulebook is of ${contract} contracts`);
}

/** What venues call the deduction: Binance, Bybit, Gate. */
const DEDUCTIONS = ['cum', 'mmDeduction', 'deduction'];

function tierAt(value: unknown, path: string): Tier {
  const fields = fieldsAt(value, path);
  const infoAt = appendKey(path, 'info');
  const info = fieldsAt(fields['info'] ?? {}, infoAt);
  const key = DEDUCTIONS.find((each) => Object.hasOwn(info, each)) ?? 'cum';
  return {
    from: numberAt(fields, 'minNotional', path),
    to: optionalAt(fields, 'maxNotional', path),
    rate: numberAt(fields, 'maintenanceMarginRate', path),
    leverage: aboveZeroAt(fields, 'maxLeverage', path),
    deduction: optionalAt(info, key, infoAt),
    deductionAt: appendKey(infoAt, key),
    market: nameIn(info),
  };
}

function nameIn(info: Fields): string | null {
  return typeof info['symbol'] === 'string' && info['symbol'] !== '' ? info['symbol'] : null;
}

/** Each level begins where the one before ends. */
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
