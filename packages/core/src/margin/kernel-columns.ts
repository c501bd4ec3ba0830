/** From markets as documents write them to the columns of the double-precision kernel. */
import { minus, plus, times, toNumber, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Refusal } from './account.ts';
import type { MarketColumns } from './kernel.ts';
import { readMarket } from './market-reader.ts';
import { makeReader, pathOf, step } from './reader.ts';
import type { Level, Market } from './rules.ts';

interface Row {
  readonly from: number;
  readonly rate: number;
  readonly deduction: number;
}

/**
 * Columns for markets in the order of `names`; each is read as under `markets` of a document. A
 * market that the kernel cannot hold (by size, linear, power, per-unit, max, basis entry, a closing
 * fee not at the mark) is refused: ask `check`. Marks start at NaN.
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
  const rows = rules.map(rowsOf);
  const missing = rows.findIndex((each) => each === null);
  if (missing >= 0) {
    const place = step(step(step(null, 'markets'), names[missing] as string), 'maintenance');
    const message = 'is not flat, brackets or steps by value at the mark; use check for it';
    return { error: { path: pathOf(place), message } };
  }
  return columnsOf(rules, rows as readonly (readonly Row[])[]);
}

function columnsOf(rules: readonly Market[], rows: readonly (readonly Row[])[]): MarketColumns {
  const ends: number[] = [];
  for (const each of rows) ends.push((ends.at(-1) ?? 0) + each.length);
  const all = rows.flat();
  return {
    markPrice: new Float64Array(rules.length).fill(Number.NaN),
    inverse: Uint8Array.from(rules, ({ contract }) => (contract === 'inverse' ? 1 : 0)),
    start: Int32Array.from([0, ...ends.slice(0, -1)]),
    end: Int32Array.from(ends),
    levels: {
      from: Float64Array.from(all, ({ from }) => from),
      rate: Float64Array.from(all, ({ rate }) => rate),
      deduction: Float64Array.from(all, ({ deduction }) => deduction),
    },
  };
}

function rowsOf({ schedule, closingFeeRate, closingFeeAt, basis }: Market): readonly Row[] | null {
  if (basis === 'entry' || (closingFeeAt !== 'mark' && closingFeeRate.n !== 0n)) return null;
  if (schedule.kind === 'flat') {
    return [{ from: 0, rate: toNumber(plus(schedule.rate, closingFeeRate)), deduction: 0 }];
  }
  if (schedule.kind !== 'brackets' && schedule.kind !== 'steps') return null;
  if (schedule.by === 'size') return null;
  return levelRows(schedule.levels, closingFeeRate, schedule.kind === 'brackets');
}

function levelRows(levels: readonly Level[], fee: Rational, isMarginal: boolean): readonly Row[] {
  let deduction: Rational = ZERO;
  return levels.map(({ from, rate }, k) => {
    const rise = minus(rate, levels[k - 1]?.rate ?? ZERO);
    if (isMarginal) deduction = plus(deduction, times(from, rise));
    return {
      from: toNumber(from),
      rate: toNumber(plus(rate, fee)),
      deduction: toNumber(deduction),
    };
  });
}
