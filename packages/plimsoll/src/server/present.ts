/**
 * From the engine's whole numbers to what people read: a field that ends in `Atoms`, `Ticks`,
 * `Lots`, `Hundredths`, `E9` or `Ms` loses that ending and becomes a decimal or a time. Rules and
 * configurations are decimals already and pass as they are.
 */
import { decimalScale, unitsToText, type Scale } from './scale.ts';

export interface MarketScale {
  readonly tick: Scale;
  readonly lot: Scale;
}

/** What is needed to read whole numbers; `market` is undefined for one that does not exist. */
export interface Scales {
  readonly atom: Scale;
  readonly market: (id: string) => MarketScale | undefined;
}

export type Plain = null | boolean | number | string | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [key: string]: Plain;
}

const HUNDREDTHS = decimalScale(2);
const E9 = decimalScale(9);
const SUFFIX = /^(.+)(Atoms|Ticks|Lots|Hundredths|E9|Ms)$/;
/** Lengths of time keep their unit: they are no moments. */
const DURATIONS: ReadonlySet<string> = new Set([
  'ageMs',
  'staleAfterMs',
  'invalidAfterMs',
  'reduceOnlyMs',
  'liquidationsMs',
  'everyMs',
]);
const VERBATIM: ReadonlySet<string> = new Set(['rules', 'config', 'policy']);

/** ISO 8601, UTC, with milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** `value` with every field converted; `market` is the one in whose units prices and sizes are. */
export function present(value: object, scales: Scales, market?: string): PlainObject {
  const record = value as Readonly<Record<string, unknown>>;
  const own = typeof record['market'] === 'string' ? record['market'] : market;
  const result: Record<string, Plain> = {};
  for (const key of Object.keys(record)) {
    const split = splitKey(key);
    result[split.name] = presentField(record[key], split, { scales, market: own });
  }
  return result;
}

interface SplitKey {
  readonly key: string;
  readonly name: string;
  readonly suffix: string;
}

const SPLITS = new Map<string, SplitKey>();

/** Field names are few and come from the engine, so what a regular expression says is kept. */
function splitKey(key: string): SplitKey {
  const known = SPLITS.get(key);
  if (known !== undefined) return known;
  const match = DURATIONS.has(key) ? null : SUFFIX.exec(key);
  const split = { key, name: match?.[1] ?? key, suffix: match?.[2] ?? '' };
  if (SPLITS.size < 1_000) SPLITS.set(key, split);
  return split;
}

interface Place {
  readonly scales: Scales;
  readonly market: string | undefined;
}

function presentField(value: unknown, split: SplitKey, place: Place): Plain {
  if (VERBATIM.has(split.key)) return value as Plain;
  if (typeof value === 'bigint' || (typeof value === 'number' && split.suffix !== '')) {
    return presentQuantity(value, split.suffix, place);
  }
  return presentValue(value, place);
}

function presentValue(value: unknown, place: Place): Plain {
  if (Array.isArray(value)) return value.map((item) => presentValue(item, place));
  if (typeof value === 'object' && value !== null) {
    return present(value, place.scales, place.market);
  }
  return value as Plain;
}

function presentQuantity(value: number | bigint, suffix: string, place: Place): Plain {
  if (suffix === 'Ms') return timeText(Number(value));
  const scale = scaleFor(suffix, place);
  return scale === undefined ? String(value) : unitsToText(value, scale);
}

function scaleFor(suffix: string, { scales, market }: Place): Scale | undefined {
  if (suffix === 'Atoms') return scales.atom;
  if (suffix === 'Hundredths') return HUNDREDTHS;
  if (suffix === 'E9') return E9;
  const known = market === undefined ? undefined : scales.market(market);
  if (suffix === 'Ticks') return known?.tick;
  return suffix === 'Lots' ? known?.lot : undefined;
}
