/** From markets as documents write them to the columns of the double-precision kernel. */
import { equals, isZero, minus, ONE, plus, times, toNumber, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Refusal } from './account.ts';
import { FEE_AT, HEDGE, LOOKS_AT } from './kernel-shape.ts';
import type { MarketColumns } from './kernel-shape.ts';
import { readMarket } from './market-reader.ts';
import { makeReader, pathOf, step } from './reader.ts';
import type { Level, Market, Schedule } from './rules.ts';

/** One part of a schedule; see `PartColumns`. */
interface Part {
  readonly looksAt: number;
  readonly levels: readonly Level[];
  /** Whether each level's rate is for its own slice alone. */
  readonly isMarginal: boolean;
  readonly factor: Rational;
  readonly exponent: Rational;
  readonly amount: Rational;
}

/** A market with the parts that longs must hold, and shorts. */
interface Row {
  readonly market: Market;
  readonly long: readonly Part[];
  readonly short: readonly Part[];
}

/**
 * Columns for markets in the order of `names`; each is read as under `markets` of a document.
 * Every schedule is taken, but a market in which two powers with different exponents meet is
 * refused: ask `check`. Marks start at NaN.
 */
export function marketColumns(
  markets: Readonly<Record<string, unknown>>,
  names: readonly string[],
): MarketColumns | { readonly error: Refusal } {
  const reader = makeReader();
  const rules = names.map((name) =>
    readMarket(reader, { name, value: markets[name], place: step(step(null, 'markets'), name) }),
  );
  if (reader.refusal !== null) return { error: reader.refusal };
  return columnsOf(rules);
}

/** The same for markets that are read already. */
export function columnsOf(markets: readonly Market[]): MarketColumns | { readonly error: Refusal } {
  const rows = markets.map(rowOf);
  const mixed = rows.find(({ long, short }) => hasTwoPowers([...long, ...short]));
  if (mixed === undefined) return joined(rows);
  const place = step(step(step(null, 'markets'), mixed.market.name), 'maintenance');
  const message = 'has powers with different exponents; use check for it';
  return { error: { path: pathOf(place), message } };
}

function rowOf(market: Market): Row {
  const long = partsOf(market.schedule);
  const { short } = market;
  if (short === null) return { market, long, short: long };
  const byPrice = short.byPrice.length === 0 ? [] : [levelled(LOOKS_AT.price, short.byPrice, true)];
  return { market, long, short: [...partsOf(short.schedule), ...byPrice] };
}

function hasTwoPowers(parts: readonly Part[]): boolean {
  const bent = parts.filter(
    ({ looksAt, factor, exponent }) =>
      looksAt === LOOKS_AT.value && !isZero(factor) && !equals(exponent, ONE),
  );
  return bent.some(({ exponent }) => !equals(exponent, (bent[0] as Part).exponent));
}

/** What the schedule asks is the largest of these. */
function partsOf(schedule: Schedule): readonly Part[] {
  switch (schedule.kind) {
    case 'flat':
      return [proportional(schedule.rate)];
    case 'brackets':
    case 'steps':
      return [levelled(LOOKS_AT[schedule.by], schedule.levels, schedule.kind === 'brackets')];
    case 'linear': {
      const { by, base, perUnit } = schedule;
      return [{ ...proportional(base), looksAt: LOOKS_AT[by], factor: perUnit }];
    }
    case 'power':
      return powerParts(schedule);
    case 'per-unit':
      return [{ ...proportional(ZERO), amount: schedule.amount }];
    case 'max':
      return schedule.of.flatMap(partsOf);
  }
}

function powerParts(schedule: Extract<Schedule, { kind: 'power' }>): readonly Part[] {
  const { by, base, offset, factor, exponent } = schedule;
  const curve = isZero(exponent)
    ? proportional(plus(offset, factor))
    : { ...proportional(offset), looksAt: LOOKS_AT[by], factor, exponent };
  return [proportional(base), curve];
}

function proportional(rate: Rational): Part {
  return levelled(LOOKS_AT.value, [{ from: ZERO, rate }], false);
}

function levelled(looksAt: number, levels: readonly Level[], isMarginal: boolean): Part {
  return { looksAt, levels, isMarginal, factor: ZERO, exponent: ONE, amount: ZERO };
}

function joined(rows: readonly Row[]): MarketColumns {
  const long = rows.map((row) => row.long);
  const short = rows.map((row) => row.short);
  const ends = endsOf([...long, ...short]);
  const markets = rows.map((row) => row.market);
  return {
    markPrice: new Float64Array(rows.length).fill(Number.NaN),
    inverse: Uint8Array.from(markets, ({ contract }) => (contract === 'inverse' ? 1 : 0)),
    unit: numbers(markets, ({ unit }) => unit),
    entryBasis: Uint8Array.from(markets, ({ basis }) => (basis === 'entry' ? 1 : 0)),
    feeRate: numbers(markets, ({ closingFeeRate }) => closingFeeRate),
    feeAt: Uint8Array.from(markets, ({ closingFeeAt }) => FEE_AT[closingFeeAt]),
    hedge: Uint8Array.from(markets, ({ hedge }) => HEDGE[hedge]),
    atOrBelow: Uint8Array.from(markets, ({ trigger }) => (trigger === 'at-or-below' ? 1 : 0)),
    start: Int32Array.from(rows, (_, k) => ends[k - 1] ?? 0),
    end: Int32Array.from(rows, (_, k) => ends[k] as number),
    shortStart: Int32Array.from(rows, (_, k) => ends[rows.length + k - 1] ?? 0),
    shortEnd: Int32Array.from(rows, (_, k) => ends[rows.length + k] as number),
    ...partColumns([...long, ...short].flat()),
  };
}

function partColumns(parts: readonly Part[]): Pick<MarketColumns, 'parts' | 'levels'> {
  const levels = parts.flatMap((part) => part.levels);
  const ends = endsOf(parts.map((part) => part.levels));
  return {
    parts: {
      looksAt: Uint8Array.from(parts, ({ looksAt }) => looksAt),
      start: Int32Array.from(parts, (_, k) => ends[k - 1] ?? 0),
      end: Int32Array.from(ends),
      factor: numbers(parts, ({ factor }) => factor),
      exponent: numbers(parts, ({ exponent }) => exponent),
      amount: numbers(parts, ({ amount }) => amount),
    },
    levels: {
      from: numbers(levels, ({ from }) => from),
      rate: numbers(levels, ({ rate }) => rate),
      deduction: numbers(parts.flatMap(deductionsOf), (deduction) => deduction),
    },
  };
}

/** What the slices below a level save at its rate: each edge times the rise of the rate there. */
function deductionsOf({ levels, isMarginal }: Part): readonly Rational[] {
  let deduction: Rational = ZERO;
  return levels.map(({ from, rate }, k) => {
    const rise = minus(rate, levels[k - 1]?.rate ?? ZERO);
    if (isMarginal) deduction = plus(deduction, times(from, rise));
    return deduction;
  });
}

/** Where each list ends when all stand end to end. */
function endsOf(lists: readonly (readonly unknown[])[]): readonly number[] {
  let end = 0;
  return lists.map(({ length }) => (end += length));
}

function numbers<Item>(items: readonly Item[], valueOf: (item: Item) => Rational): Float64Array {
  return Float64Array.from(items, (item) => toNumber(valueOf(item)));
}
