/** Tier tables from a file, laid under the markets of account documents for `check --tiers`. */
import { readTierTables, type TierTable } from '@plimsoll/core/rulebook';
import { parseJson } from '@plimsoll/core/units';
import { gunzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { Failure, reasonOf } from './failure.ts';

type Fields = Readonly<Record<string, unknown>>;

/** By the venue's own symbol and by that of the file. */
export type Tiers = ReadonlyMap<string, TierTable>;

/** Reads a file in the shape of the ccxt library, gzip or not. */
export async function readTiers(file: string): Promise<Tiers> {
  const parsed = parseJson(await textOf(file));
  if ('refusal' in parsed) throw new Failure(`${file}: ${parsed.refusal.message}`);
  const tables = readTierTables(parsed.value);
  if ('error' in tables) throw new Failure(`${file}: ${tables.error.path} ${tables.error.message}`);
  return new Map(
    tables.flatMap((table) => [
      [table.market, table],
      [table.symbol, table],
    ]),
  );
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

/** The document with the file's schedules where it gives none itself. */
export function withTiers(document: unknown, tiers: Tiers): unknown {
  const fields = fieldsOf(document);
  if (fields === null) return document;
  const own = fieldsOf(fields['markets'] ?? {});
  if (own === null) return document;
  const added = namesIn(fields).flatMap((name) => {
    const table = tiers.get(name);
    return table === undefined ? [] : [[name, laidUnder(own[name] ?? {}, table)]];
  });
  return { ...fields, markets: { ...own, ...Object.fromEntries(added) } };
}

/** Markets of positions and orders. */
function namesIn(fields: Fields): readonly string[] {
  const entries = [fields['positions'], fields['orders']].flatMap((list) =>
    Array.isArray(list) ? (list as readonly unknown[]) : [],
  );
  const names = entries.map((entry) => fieldsOf(entry)?.['market']);
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

function laidUnder(market: unknown, { maintenance, initial }: TierTable): unknown {
  const own = fieldsOf(market);
  const rules = fieldsOf(own?.['maintenance'] ?? {});
  if (own === null || rules === null) return market;
  return {
    initial: { schedule: initial },
    ...own,
    maintenance: { schedule: maintenance, ...rules },
  };
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}
