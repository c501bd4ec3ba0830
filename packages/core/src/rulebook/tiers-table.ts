/**
 * One market's levels as every reader of tier tables gives them, and the schedules that they mean.
 */
import type { By, WrittenLevel, WrittenSchedule } from '../margin/index.ts';
import { equals, formatDecimal, minus, ONE, over, plus } from '../units/index.ts';
import { times, ZERO, type Rational } from '../units/index.ts';
import { Refused } from './tiers-reader.ts';

/** `brackets`: each slice of the value pays its own rate. `steps`: the whole pays one. */
export type TierKind = 'brackets' | 'steps';

/** One level, in decimal text. */
export interface TierLevel {
  /** The value, or the size, above which it holds; 0 for the first. */
  readonly from: string;
  /** Maintenance margin as a share of the value. */
  readonly rate: string;
  /** The highest leverage of the level; null where it is not known. */
  readonly maxLeverage: string | null;
  /** What the venue prints as taken off rate × value; null where it prints nothing. */
  readonly deduction: string | null;
}

/** One market's table. */
export interface TierTable {
  /** As ccxt names the market: `BTC/USDT:USDT`; null where the file does not say. */
  readonly symbol: string | null;
  /** As the venue does: `BTCUSDT`. */
  readonly market: string;
  readonly kind: TierKind;
  readonly by: By;
  readonly levels: readonly TierLevel[];
  /** Where the last level ends; null where it has no end. */
  readonly cap: string | null;
  readonly maintenance: WrittenSchedule;
  /** 1 / highest leverage of the level, of the whole value; null where one is not known. */
  readonly initial: WrittenSchedule | null;
}

/** Tables of one day. */
export interface TierSet {
  /** The rulebook whose rules hold beside the tables; null where the file does not say. */
  readonly venue: string | null;
  /** YYYY-MM-DD; null where it is not known. */
  readonly asOf: string | null;
  /** Where they come from, for people. */
  readonly source: string;
  readonly tables: readonly TierTable[];
}

/** A level as read. */
export interface TierRow {
  readonly from: Rational;
  readonly rate: Rational;
  readonly leverage: Rational | null;
  readonly deduction: Rational | null;
}

/** What a table is beside its rows. */
export type TierFrame = Pick<TierTable, 'symbol' | 'market' | 'kind' | 'by' | 'cap'>;

/** Enough that a rate of 1/3 prints as it should in every figure. */
const DIGITS = 30;

/** Decimal text with as many digits as a rate needs. */
export function tierText(value: Rational): string {
  return formatDecimal(value, DIGITS);
}

/** The table of these rows, schedules included. */
export function tierTable(frame: TierFrame, rows: readonly TierRow[]): TierTable {
  const { kind, by } = frame;
  const levels = rows.map(levelOf);
  return {
    ...frame,
    levels,
    maintenance: { kind, by, levels: levels.map(({ from, rate }) => ({ from, rate })) },
    initial: initialOf(by, levels, rows),
  };
}

function levelOf({ from, rate, leverage, deduction }: TierRow): TierLevel {
  return {
    from: tierText(from),
    rate: tierText(rate),
    maxLeverage: leverage === null ? null : formatDecimal(leverage),
    deduction: deduction === null ? null : tierText(deduction),
  };
}

function initialOf(
  by: By,
  texts: readonly TierLevel[],
  rows: readonly TierRow[],
): WrittenSchedule | null {
  const levels: WrittenLevel[] = [];
  for (const [k, { leverage }] of rows.entries()) {
    if (leverage === null) return null;
    levels.push({ from: texts[k]?.from ?? '', rate: tierText(over(ONE, leverage)) });
  }
  return { kind: 'steps', by, levels };
}

/**
 * Refuses the first level whose printed deduction is not the one with which the requirement has no
 * jump: the deduction before + from × (rate − rate before).
 */
export function refuseJumps(
  rows: readonly TierRow[],
  { kind, place }: { readonly kind: TierKind; readonly place: (k: number) => string },
): void {
  let deduction: Rational = ZERO;
  let rateBefore: Rational = ZERO;
  for (const [k, row] of rows.entries()) {
    deduction = plus(deduction, times(row.from, minus(row.rate, rateBefore)));
    rateBefore = row.rate;
    if (kind === 'steps' || row.deduction === null || equals(row.deduction, deduction)) continue;
    const message = `must be ${formatDecimal(deduction)}: with it the requirement has no jump`;
    throw new Refused(place(k), `${message} (tier ${k + 1})`);
  }
}

/** How many boundaries tables have, and how many of them a printed deduction proves continuous. */
export interface BoundaryCount {
  readonly boundaries: number;
  readonly proven: number;
}

/** Counts the boundaries between levels; what contradicts its deduction was never read. */
export function countBoundaries(tables: readonly TierTable[]): BoundaryCount {
  const inner = tables.flatMap(({ kind, levels }) =>
    levels.slice(1).map(({ deduction }) => kind === 'brackets' && deduction !== null),
  );
  return { boundaries: inner.length, proven: inner.filter(Boolean).length };
}
