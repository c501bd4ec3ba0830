/** A venue's level tables written as text, and the schedules that they mean. */
import type { By, WrittenLevel, WrittenMarket, WrittenSchedule } from '../margin/index.ts';
import { decimal, formatDecimal, ONE, over } from '../units/index.ts';

/** What a table is: `brackets` or `steps`, by value unless said otherwise. */
export interface TableForm {
  readonly kind: 'brackets' | 'steps';
  readonly by?: By;
  /** How the initial rate counts; of the whole value unless said otherwise. */
  readonly initialKind?: 'brackets' | 'steps';
}

/** Enough that a rate of 1/3 prints as it should in every figure. */
const RATE_DIGITS = 30;

/** `0.005` is that rate; `x75` is the rate of that leverage, 1/75. */
function rateText(text: string): string {
  if (!text.startsWith('x')) return text;
  return formatDecimal(over(ONE, decimal(text.slice(1))), RATE_DIGITS);
}

function rowsOf(table: string): readonly (readonly string[])[] {
  return table.split(',').map((row) => row.trim().split(/\s+/));
}

function levelsOf(table: string, column: 1 | 2): readonly WrittenLevel[] {
  return rowsOf(table).map((row) => ({ from: row[0] ?? '', rate: rateText(row[column] ?? '') }));
}

/** The maintenance schedule of `from rate [initial rate]` rows parted by commas. */
export function scheduleOf(table: string, { kind, by = 'value' }: TableForm): WrittenSchedule {
  return { kind, by, levels: levelsOf(table, 1) };
}

/** Maintenance and initial schedules of `from rate initial` rows. */
export function tabled(
  table: string,
  { kind, by = 'value', initialKind = 'steps' }: TableForm,
): Pick<WrittenMarket, 'maintenance' | 'initial'> {
  return {
    maintenance: { schedule: scheduleOf(table, { kind, by }) },
    initial: { schedule: { kind: initialKind, by, levels: levelsOf(table, 2) } },
  };
}

/** Both schedules of a market whose requirement is one rate. */
export function flat(
  rate: string,
  initial: string,
): Pick<WrittenMarket, 'maintenance' | 'initial'> {
  return {
    maintenance: { schedule: { kind: 'flat', rate: rateText(rate) } },
    initial: { schedule: { kind: 'flat', rate: rateText(initial) } },
  };
}

/** The same entry for every symbol of a table of tables. */
export function mapped<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, symbol: string) => Result,
): Readonly<Record<string, Result>> {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.map(([symbol, value]) => [symbol, change(value, symbol)]));
}
