/**
 * What a venue's rulebook is to `margin`: data in one grammar. A market's rules are written as
 * under `markets` of an account document, dated, each with its source and how far that can be
 * trusted.
 */
import type { DecimalLike } from '../units/index.ts';
import type { OpenInterestCaps } from './open-interest.ts';
import type { Symbolic } from './quantity.ts';
import type { ClosingFeeAt, Hedge, OrderRule, PriceRounding, Schedule, Trigger } from './rules.ts';
import type { WrittenLevel, WrittenSchedule } from './written-schedule.ts';

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

/** What shorts must hold: the larger of a schedule and of marginal levels of the unit's price. */
export interface WrittenShort {
  readonly schedule: WrittenSchedule;
  readonly byPrice?: readonly WrittenLevel[];
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
    /** Rulebooks only: what shorts must hold where that is another rule. */
    readonly short?: WrittenShort;
    readonly closingFeeRate?: DecimalLike;
    readonly closingFeeAt?: ClosingFeeAt;
  };
  readonly initial?: { readonly schedule: WrittenSchedule };
  readonly takerFee?: DecimalLike;
  readonly trigger?: Trigger;
  readonly liquidationPriceRounding?: PriceRounding;
  /** Rulebooks only: how a long and a short of the cross pool are reckoned together. */
  readonly hedge?: Hedge;
  /** Rulebooks only: how open orders count; by default all, and in initial margin alone. */
  readonly orders?: Partial<OrderRule>;
  /** Rulebooks only: a position's leverage when it gives none; default 1. */
  readonly leverageDefault?: DecimalLike;
  /** Rulebooks only: the initial rate grows with the `openInterest` that a document gives. */
  readonly openInterest?: OpenInterestCaps;
}

/** What a venue does before it liquidates, as a document writes it under `policy`. */
export interface WrittenPolicy {
  readonly marginCallAt?: DecimalLike;
  readonly call?: {
    readonly restoreTo?: 'initial' | 'maintenance';
    readonly deadlineHours?: DecimalLike;
    readonly liquidateBelow?: DecimalLike;
  };
}

/** A venue's rules for a market whose schedule the document brings. */
export type WrittenTerms = Omit<WrittenMarket, 'maintenance'> & {
  readonly maintenance?: Partial<WrittenMarket['maintenance']>;
};

/** Rules from a date on. */
export interface Dated<Rules> extends Source {
  /** YYYY-MM-DD; the rules hold from this day until the next entry's. */
  readonly from: string;
  /** `new`: positions opened before this day keep what held then; by default open ones do not. */
  readonly appliesTo?: 'open' | 'new';
  /** They are known to have ended on this day, and what followed is not known. */
  readonly until?: string;
  readonly market: Rules;
  /** What is not certain or not complete about it, one sentence. */
  readonly doubt?: string;
}

/** The rules of a market from a date on. */
export type DatedMarket = Dated<WrittenMarket>;

/** Which positions a formula is for; what is left out holds for all. */
export interface FormulaScope {
  readonly marginMode?: 'cross' | 'isolated';
  readonly side?: 'long' | 'short';
  readonly contract?: 'linear' | 'inverse';
  readonly basis?: 'mark' | 'entry';
  readonly schedule?: Schedule['kind'];
  /** One position of its market, or a long and a short in one pool; `one` unless said otherwise. */
  readonly legs?: 'one' | 'two' | 'any';
}

/**
 * An equation that holds at the liquidation price, in the venue's own symbols: the price itself, or
 * the ratio that a position is liquidated at.
 */
export interface VenueFormula extends Source {
  readonly when?: FormulaScope;
  /** `LP = (WB − S × Q × EP) / (Q × MMR − S × Q)`; the notation is that of `formula-text`. */
  readonly formula: string;
  readonly symbols: Readonly<Record<string, Symbolic>>;
  /** Why it may not give the price that is given here, or what is not certain in it. */
  readonly doubt?: string;
}

/**
 * How a venue names its markets: `{base}-{quote}-SWAP`. `base` and `quote` may be written in other
 * letters there (`XBT` for `BTC`).
 */
export interface SymbolForm {
  readonly form: string;
  readonly contract: 'linear' | 'inverse';
  /** What prices are in; those of one list are taken as worth the same. */
  readonly quotes: readonly string[];
  /** The venue's name of an asset whose usual name is another. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** One venue's rules. With `custom` a document brings every market itself. */
export interface Rulebook {
  /** What a document's `venue` says. */
  readonly id: string;
  /** The venue's name for people. */
  readonly title: string;
  readonly clauses: readonly Clause[];
  /** When a document gives none; default: liquidated at once. */
  readonly policy?: WrittenPolicy;
  /** In the venue's own notation; the first that fits a position is its formula. */
  readonly formulas?: readonly VenueFormula[];
  /** Without it no market can be found from another venue's name of it. */
  readonly symbols?: readonly SymbolForm[];
  /** By the venue's own symbols; each in the order of dates. */
  readonly markets: Readonly<Record<string, readonly DatedMarket[]>>;
  /**
   * What holds for any other market, in the order of dates. Without a schedule here, once a
   * document gives one.
   */
  readonly others?: readonly Dated<WrittenTerms>[];
}

/** The dated rules that a document's market was reckoned under. */
export interface RuleUsed extends Source {
  readonly market: string;
  readonly from: string;
  readonly appliesTo?: 'open' | 'new';
  /** The positions under them, by their index; a market's may be under different ones. */
  readonly positions: readonly number[];
  readonly doubt?: string;
}

/**
 * The rules in force on a day (the newest without one) for a position opened on that day, or on
 * `openedAt`; null where none are known.
 */
export function inForce<Rules>(
  dated: readonly Dated<Rules>[],
  asOf: string | null,
  openedAt: string | null = null,
): Dated<Rules> | null {
  const last = dated.findLast(
    ({ from, appliesTo }) =>
      (asOf === null || from <= asOf) &&
      (appliesTo !== 'new' || openedAt === null || from <= openedAt),
  );
  const hasEnded = last?.until !== undefined && (asOf === null || asOf >= last.until);
  return last === undefined || hasEnded ? null : last;
}
