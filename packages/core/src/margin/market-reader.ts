/** Reads one market's rules from a document, with the defaults of the account document. */
import { decimal, ONE, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { scaledByOpenInterest } from './open-interest.ts';
import { readNumber, readObject, readWord, refuse, step } from './reader.ts';
import type { Fields, Place, Reader } from './reader.ts';
import type { ClosingFeeAt, Market, PriceRounding, Schedule, ShortRule, Trigger } from './rules.ts';
import type { WrittenShort, WrittenTerms } from './rulebook.ts';
import { readSchedule } from './schedule-reader.ts';
import type { WrittenSchedule } from './written-schedule.ts';

const MARKET_KEYS: ReadonlySet<string> = new Set([
  'contract',
  'multiplier',
  'face',
  'tick',
  'maintenance',
  'initial',
  'takerFee',
  'trigger',
  'liquidationPriceRounding',
  'funding',
]);
/** Where the rulebook's initial rate grows with open interest. */
const SCALED_KEYS: ReadonlySet<string> = new Set([...MARKET_KEYS, 'openInterest']);
const MAINTENANCE_KEYS: ReadonlySet<string> = new Set([
  'basis',
  'schedule',
  'closingFeeRate',
  'closingFeeAt',
]);
const INITIAL_KEYS: ReadonlySet<string> = new Set(['schedule']);
const FUNDING_KEYS: ReadonlySet<string> = new Set(['rate', 'intervalHours']);
const CONTRACTS = ['linear', 'inverse'] as const;
const BASES = ['mark', 'entry'] as const;
const FEES_AT: readonly ClosingFeeAt[] = ['mark', 'bankruptcy', 'leverage'];
const TRIGGERS: readonly Trigger[] = ['below', 'at-or-below'];
const ROUNDINGS: readonly PriceRounding[] = ['none', 'toward-entry', 'nearest', 'up', 'down'];

interface Source {
  readonly reader: Reader;
  readonly fields: Fields;
  readonly place: Place;
}

/** A market as a document writes it, over what a rulebook says of it. */
export interface MarketText {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
  readonly base?: WrittenTerms | null;
}

/** The market's rules; a problem is kept in the reader. */
export function readMarket(reader: Reader, { name, value, place, base }: MarketText): Market {
  const { maintenance: ruled, ...rest } = base ?? {};
  const keys = base?.openInterest === undefined ? MARKET_KEYS : SCALED_KEYS;
  const fields = laidOver(rest, readObject(reader, value, place, keys));
  const source = { reader, fields, place };
  const contract = wordAt(source, 'contract', CONTRACTS, 'linear');
  const rounding = wordAt(source, 'liquidationPriceRounding', ROUNDINGS, 'none');
  readUnused(source);
  return {
    name,
    contract,
    rounding,
    unit: readUnit(source, contract),
    tick: readTick(source, rounding),
    ...readMaintenance(source, ruled),
    hedge: base?.hedge ?? 'separate',
    orders: { count: 'all', maintenance: 'none', ...base?.orders },
    initial: scaledInitial(source, base),
    leverageDefault: decimal(base?.leverageDefault ?? '1'),
    trigger: wordAt(source, 'trigger', TRIGGERS, 'below'),
  };
}

/** What is given, over what the rulebook says. */
function laidOver(base: object | undefined, given: Fields): Fields {
  return base ? new Map<string, unknown>([...Object.entries(base), ...given]) : given;
}

function wordAt<Word extends string>(
  { reader, fields, place }: Source,
  key: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  return readWord(reader, fields.get(key), step(place, key), { words, fallback });
}

function readUnit({ reader, fields, place }: Source, contract: 'linear' | 'inverse'): Rational {
  const [key, other] = contract === 'linear' ? ['multiplier', 'face'] : ['face', 'multiplier'];
  if (fields.has(other)) {
    refuse(reader, step(place, other), `belongs to no ${contract} contract; give ${key}`);
  }
  const at = step(place, key);
  if (contract === 'linear')
    return readNumber(reader, fields.get(key), at, { range: 'positive', fallback: ONE });
  return readNumber(reader, fields.get(key), at, { range: 'positive' });
}

function readTick({ reader, fields, place }: Source, rounding: PriceRounding): Rational | null {
  const at = step(place, 'tick');
  const value = fields.get('tick');
  if (value !== undefined) return readNumber(reader, value, at, { range: 'positive' });
  if (rounding !== 'none') refuse(reader, at, `is missing; a rounding ${rounding} needs the tick`);
  return null;
}

function readMaintenance(
  source: Source,
  base: WrittenTerms['maintenance'],
): Pick<Market, 'basis' | 'schedule' | 'short' | 'closingFeeRate' | 'closingFeeAt'> {
  const { reader } = source;
  const place = step(source.place, 'maintenance');
  const value = source.fields.get('maintenance') ?? {};
  const fields = laidOver(base, readObject(reader, value, place, MAINTENANCE_KEYS));
  const written = fields.get('schedule');
  const at = step(place, 'schedule');
  const ruled = written === base?.schedule ? base : undefined;
  const own = { reader, fields, place };
  return {
    basis: wordAt(own, 'basis', BASES, 'mark'),
    schedule: ruled?.schedule
      ? ruledSchedule(reader, ruled.schedule, at)
      : readSchedule(reader, written, at),
    short: ruled?.short ? readShort(reader, ruled.short, at) : null,
    closingFeeRate: readNumber(
      reader,
      fields.get('closingFeeRate'),
      step(place, 'closingFeeRate'),
      {
        range: 'not-negative',
        fallback: ZERO,
      },
    ),
    closingFeeAt: wordAt(own, 'closingFeeAt', FEES_AT, 'mark'),
  };
}

/** A rulebook's tables are the same object in every document: each is read once. */
const ruledSchedules = new WeakMap<WrittenSchedule, Schedule>();

function ruledSchedule(reader: Reader, written: WrittenSchedule, place: Place): Schedule {
  const known = ruledSchedules.get(written);
  if (known !== undefined) return known;
  const schedule = readSchedule(reader, written, place);
  if (reader.refusal === null) ruledSchedules.set(written, schedule);
  return schedule;
}

function readShort(reader: Reader, { schedule, byPrice = [] }: WrittenShort, at: Place): ShortRule {
  return {
    schedule: ruledSchedule(reader, schedule, at),
    byPrice: byPrice.map(({ from, rate }) => ({ from: decimal(from), rate: decimal(rate) })),
  };
}

/** Open interest is what a document gives; what the rulebook has under that key are its caps. */
function scaledInitial(source: Source, base: WrittenTerms | null | undefined): Schedule | null {
  const { reader, fields, place } = source;
  const initial = readInitial(source, base?.initial);
  const caps = base?.openInterest;
  const given = fields.get('openInterest');
  if (initial === null || caps === undefined || given === caps) return initial;
  const interest = readNumber(reader, given, step(place, 'openInterest'), {
    range: 'not-negative',
  });
  return scaledByOpenInterest(initial, caps, interest);
}

function readInitial(
  { reader, fields, place }: Source,
  base: WrittenTerms['initial'],
): Schedule | null {
  const value = fields.get('initial');
  if (value === undefined) return null;
  const at = step(place, 'initial');
  if (base !== undefined && value === base)
    return ruledSchedule(reader, base.schedule, step(at, 'schedule'));
  const own = readObject(reader, value, at, INITIAL_KEYS);
  const schedule = own.get('schedule');
  return schedule === undefined ? null : readSchedule(reader, schedule, step(at, 'schedule'));
}

/** `takerFee` and `funding` change no figure, but must be what they say. */
function readUnused({ reader, fields, place }: Source): void {
  const fee = fields.get('takerFee');
  readNumber(reader, fee, step(place, 'takerFee'), { range: 'not-negative', fallback: ZERO });
  const funding = fields.get('funding');
  if (funding === undefined) return;
  const at = step(place, 'funding');
  const own = readObject(reader, funding, at, FUNDING_KEYS);
  readNumber(reader, own.get('rate'), step(at, 'rate'), { range: 'any', fallback: ZERO });
  const hours = own.get('intervalHours');
  readNumber(reader, hours, step(at, 'intervalHours'), { range: 'positive', fallback: ONE });
}
