/** Tier tables from a file, laid under the markets of account documents. */
import { isTierFile, readTierFile, readTierTables } from '@plimsoll/core/rulebook';
import type { CcxtForm, TierSet, TierTable } from '@plimsoll/core/rulebook';
import { parseJson } from '@plimsoll/core/units';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import type { Refused } from './answer.ts';
import { Failure, reasonOf } from './failure.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A file of ccxt says neither venue nor day, nor what its tables mean there. */
export interface CcxtReading {
  readonly venue: string | null;
  readonly asOf: string | null;
  readonly form: CcxtForm | undefined;
}

const UNSAID: CcxtReading = { venue: null, asOf: null, form: undefined };

/** Reads a file of Plimsoll's own shape or of ccxt's, gzip or not. */
export async function readTiers(file: string, unsaid: CcxtReading = UNSAID): Promise<TierSet> {
  const value = await readTierJson(file);
  if (!isTierFile(value)) return ccxtTiers(value, file, unsaid);
  const set = readTierFile(value);
  if ('error' in set) throw unfit(file, set);
  return set;
}

/** The tables of a parsed file of ccxt, or of what ccxt has answered. */
export function ccxtTiers(value: unknown, file: string, unsaid: CcxtReading): TierSet {
  const { venue, asOf, form } = unsaid;
  const tables = readTierTables(value, form);
  if ('error' in tables) throw unfit(file, tables);
  return { venue, asOf, source: `${basename(file)}, as ccxt gives tables`, tables };
}

/** A JSON file, gzip or not. */
export async function readTierJson(file: string): Promise<unknown> {
  const parsed = parseJson(await textOf(file));
  if ('refusal' in parsed) throw new Failure(`${file}: ${parsed.refusal.message}`);
  return parsed.value;
}

function unfit(file: string, { error }: Refused): Failure {
  return new Failure(`${file}: ${error.path} ${error.message}`);
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isZipped ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new Failure(`${file}: cannot be read: ${reasonOf(cause)}`, 1, { cause });
  }
}

/** By the venue's own symbol and by that of the file. */
export type TablesByName = ReadonlyMap<string, TierTable>;

/** The tables of a set under every name that a document may use. */
export function tablesByName({ tables }: TierSet): TablesByName {
  const names = tables.flatMap((table): [string, TierTable][] => [
    [table.market, table],
    ...(table.symbol === null ? [] : [[table.symbol, table] as [string, TierTable]]),
  ]);
  return new Map(names);
}

/** Why the tables of one venue are not laid under a document of another; null when they may be. */
export function otherVenue(document: unknown, venue: string | null): Refused | null {
  const own = fieldsOf(document)?.['venue'];
  if (venue === null || own === venue || own === 'custom' || typeof own !== 'string') return null;
  const message = `the tier tables are of ${venue}: give tables of ${own}`;
  return { error: { path: 'venue', message } };
}

/** The document with the tables' schedules where it gives none itself. */
export function withTiers(document: unknown, tables: TablesByName): unknown {
  const fields = fieldsOf(document);
  if (fields === null) return document;
  const own = fieldsOf(fields['markets'] ?? {});
  if (own === null) return document;
  const added = marketsIn(fields).flatMap(({ name }) => {
    const table = tables.get(name);
    return table === undefined ? [] : [[name, laidUnder(own[name] ?? {}, table)]];
  });
  return { ...fields, markets: { ...own, ...Object.fromEntries(added) } };
}

/** The first market of a document that has neither a table nor a schedule of its own. */
export function withoutTable(document: unknown, tables: TablesByName): Refused | null {
  const fields = fieldsOf(document) ?? {};
  const own = fieldsOf(fields['markets'] ?? {}) ?? {};
  const hasOwn = (name: string): boolean =>
    fieldsOf(fieldsOf(own[name])?.['maintenance'])?.['schedule'] !== undefined;
  const found = marketsIn(fields).find(({ name }) => !tables.has(name) && !hasOwn(name));
  if (found === undefined) return null;
  const message = `${JSON.stringify(found.name)} is in no table: give its maintenance.schedule`;
  return { error: { path: found.path, message } };
}

interface Named {
  readonly name: string;
  readonly path: string;
}

/** Markets of positions and orders, where each is named first. */
function marketsIn(fields: Fields): readonly Named[] {
  const found = new Map<string, Named>();
  for (const key of ['positions', 'orders']) {
    const list = fields[key];
    for (const [k, entry] of Array.isArray(list) ? list.entries() : []) {
      const name = fieldsOf(entry)?.['market'];
      if (typeof name === 'string' && !found.has(name))
        found.set(name, { name, path: `${key}[${k}].market` });
    }
  }
  return [...found.values()];
}

function laidUnder(market: unknown, { maintenance, initial }: TierTable): unknown {
  const own = fieldsOf(market);
  const rules = fieldsOf(own?.['maintenance'] ?? {});
  if (own === null || rules === null) return market;
  return {
    ...(initial === null ? {} : { initial: { schedule: initial } }),
    ...own,
    maintenance: { schedule: maintenance, ...rules },
  };
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}
