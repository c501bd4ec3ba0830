/**
 * What a venue's rulebook is to `margin`: data in one grammar. A market's rules are written as
 * under
 * `markets` of an account document, dated, each with its source and how far that can be trusted.
 */
import type { DecimalLike } from '../units/index.ts';
import type { ClosingFeeAt, PriceRounding, Trigger } from './rules.ts';
import type { WrittenSchedule } from './written-schedule.ts';

/** From the venue's own page or code down to what was worked out from other facts. */
export type Confidence = 'documented' | 'code' | 'mirror' | 'third-party' | 'inferred';

/** Where a rule or a figure comes from. */
export interface Source {
  readonly source: string;
  readonly confidence: Confidence;
}

/** One sentence of a venue's rules. */
export interface Clause extends Source {
  /** What it is about, in the words of the account document: `maintenance`, `trigger` … */
  readonly about: string;
  readonly says: string;
}

/** A market's rules as a document writes them. */
export interface WrittenMarket {
  readonly contract?: 'linear' | 'inverse';
  readonly multiplier?: DecimalLike;
  readonly face?: DecimalLike;
  readonly tick?: DecimalLike;
  readonly maintenance: {
    readonly basis?: 'mark' | 'entry';
    readonly schedule: WrittenSchedule;
    readonly closingFeeRate?: DecimalLike;
    readonly closingFeeAt?: ClosingFeeAt;
  };
  readonly initial?: { readonly schedule: WrittenSchedule };
  readonly takerFee?: DecimalLike;
  readonly trigger?: Trigger;
  readonly liquidationPriceRounding?: PriceRounding;
}

/** The rules of a market from a date on. */
export interface DatedMarket extends Source {
  /** YYYY-MM-DD; the rules hold from this day until the next entry's. */
  readonly from: string;
  readonly market: WrittenMarket;
  /** What is not certain or not complete about it, one sentence. */
  readonly doubt?: string;
}

/** One venue's rules. With `custom` a document brings every market itself. */
export interface Rulebook {
  /** What a document's `venue` says. */
  readonly id: string;
  /** The venue's name for people. */
  readonly title: string;
  readonly clauses: readonly Clause[];
  /** By the venue's own symbols; each in the order of dates. */
  readonly markets: Readonly<Record<string, readonly DatedMarket[]>>;
}

/** The rules in force on a day (the newest without one), or null before the first. */
export function inForce(dated: readonly DatedMarket[], asOf: string | null): DatedMarket | null {
  if (asOf === null) return dated.at(-1) ?? null;
  return dated.findLast(({ from }) => from <= asOf) ?? null;
}
