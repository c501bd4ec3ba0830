/**
 * Plimsoll's own file of tier tables: `{ venue, asOf, source, markets }`, each market with kind,
 * by, cap and levels. It says whose tables they are and of which day; a file of ccxt does not.
 */
import type { Refusal } from '../margin/index.ts';
import { appendKey, compare, isZero } from '../units/index.ts';
import { answered, fieldsAt, levelsAt, numberAt, numbered, optionalAt } from './tiers-reader.ts';
import { aboveZeroAt, Refused, wordAt, type Fields } from './tiers-reader.ts';
import { refuseJumps, tierTable, tierText } from './tiers-table.ts';
import type { TierLevel, TierRow, TierSet, TierTable } from './tiers-table.ts';

/** What the file holds for one market; the file's key is the venue's own symbol. */
type TierFileMarket = Pick<TierTable, 'symbol' | 'kind' | 'by' | 'cap' | 'levels'>;

/** The file as JSON. */
export interface TierFile {
  readonly venue: string | null;
  readonly asOf: string | null;
  readonly source: string;
  readonly markets: Readonly<Record<string, TierFileMarket>>;
}

/** The file that says these tables; `readTierFile` gives them back. */
export function tierFileOf({ venue, asOf, source, tables }: TierSet): TierFile {
  const entries = tables.map(({ market, symbol, kind, by, cap, levels }) => [
    market,
    { symbol, kind, by, cap, levels },
  ]);
  return { venue, asOf, source, markets: Object.fromEntries(entries) as TierFile['markets'] };
}

/** Whether a parsed file is in this shape; a file of ccxt has arrays by symbol and no `markets`. */
export function isTierFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'markets')) return false;
  return !Array.isArray((value as Fields)['markets']);
}

/** The tables of such a file, or the first thing in it that is not right, with its path. */
export function readTierFile(value: unknown): TierSet | { readonly error: Refusal } {
  return answered(() => {
    const fields = fieldsAt(value, '');
    const markets = fieldsAt(fields['markets'], 'markets');
    return {
      venue: textOrNull(fields, 'venue', ''),
      asOf: dayOrNull(fields),
      source: textOrNull(fields, 'source', '') ?? 'not said',
      tables: Object.entries(markets).map(([market, each]) => tableOf(market, each)),
    };
  });
}

function textOrNull(fields: Fields, key: string, path: string): string | null {
  const value = fields[key] ?? null;
  if (value !== null && typeof value !== 'string')
    throw new Refused(appendKey(path, key), 'must be a text or null');
  return value;
}

function dayOrNull(fields: Fields): string | null {
  const day = textOrNull(fields, 'asOf', '');
  if (day === null || /^\d{4}-\d{2}-\d{2}$/.test(day)) return day;
  throw new Refused('asOf', 'must be a day as YYYY-MM-DD, or null');
}

function tableOf(market: string, value: unknown): TierTable {
  const path = appendKey('markets', market);
  const fields = fieldsAt(value, path);
  const kind = wordAt(fields, 'kind', { words: ['brackets', 'steps'], path });
  const by = wordAt(fields, 'by', { words: ['value', 'size'], path });
  const levelsPath = appendKey(path, 'levels');
  const rows = levelsAt(fields['levels'], levelsPath).map((each, k) =>
    numbered(k, () => rowAt(each, appendKey(levelsPath, k))),
  );
  refuseDisorder(rows, levelsPath);
  const place = (k: number): string => appendKey(appendKey(levelsPath, k), 'deduction');
  refuseJumps(rows, { kind, place });
  const cap = optionalAt(fields, 'cap', path);
  const [frame, last] = [{ market, kind, by }, rows.at(-1)];
  if (cap !== null && last !== undefined && compare(cap, last.from) <= 0)
    throw new Refused(appendKey(path, 'cap'), 'must be above the start of the last level');
  const symbol = textOrNull(fields, 'symbol', path);
  return tierTable({ ...frame, symbol, cap: cap === null ? null : tierText(cap) }, rows);
}

const LEVERAGE: keyof TierLevel = 'maxLeverage';

function rowAt(value: unknown, path: string): TierRow {
  const fields = fieldsAt(value, path);
  const leverage = optionalAt(fields, LEVERAGE, path);
  return {
    from: numberAt(fields, 'from', path),
    rate: numberAt(fields, 'rate', path),
    leverage: leverage === null ? null : aboveZeroAt(fields, LEVERAGE, path),
    deduction: optionalAt(fields, 'deduction', path),
  };
}

function refuseDisorder(rows: readonly TierRow[], path: string): void {
  for (const [k, row] of rows.entries()) {
    const before = rows[k - 1];
    const isFine = before === undefined ? isZero(row.from) : compare(row.from, before.from) > 0;
    if (isFine) continue;
    const message = before === undefined ? 'must be 0' : 'must be above that of the level before';
    throw new Refused(appendKey(appendKey(path, k), 'from'), `${message} (tier ${k + 1})`);
  }
}
