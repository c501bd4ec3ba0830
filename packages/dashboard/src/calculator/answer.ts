/**
 * All that the core says about one calculation: text in, text out, so that it can be asked in a
 * worker and compared with the command line.
 */
import {
  advise,
  check,
  explain,
  explainAcross,
  fundingDrag,
  sensitivity,
  sizing,
  stopFor,
  type Across,
  type Explanation,
  type Finding,
  type FundingDrag,
  type Outcome,
  type Refusal,
  type Report,
  type Sensitivity,
  type SizingAnswer,
  type Stop,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { decimal, formatDecimal, over, parseJson, sign } from '@plimsoll/core/units';
import { pictureOf, pointAt, type Picture, type PricePoint } from './picture.ts';
import type { Calculation, Wishes } from './sheet.ts';
import { documentOf, shareOf } from './sheet-document.ts';

export interface Refused {
  readonly error: Refusal;
}

/** What is asked: the reader's calculation, the time for advice, and a price to look at. */
export interface Question {
  readonly calculation: Calculation;
  /** The present, as an ISO time. */
  readonly now: string;
}

/** What is said of the position that is looked at. */
export interface Looked {
  readonly index: number;
  readonly venue: string;
  readonly asset: string;
  readonly markPrice: string;
  /** The collateral set aside for it, as written; null in the pool. */
  readonly isolatedMargin: string | null;
  /** Of the pool, or of the isolated position alone. */
  readonly effectiveLeverage: string;
  readonly explanation: Explanation | Refused;
  readonly sizing: SizingAnswer | Refused;
  readonly stop: Stop | Refused;
  readonly drag: FundingDrag | Refused;
  readonly sensitivity: Sensitivity | Refused;
  /** Null when no venue is to be compared. */
  readonly across: Across | Refused | null;
  readonly picture: Picture;
}

export interface Answer {
  /** The account document as JSON text, for the command line. */
  readonly document: string;
  /** What `check` answers. */
  readonly outcome: Outcome;
  /** Null when the document is refused or holds no position. */
  readonly looked: Looked | null;
  readonly advice: readonly Finding[];
}

/** A document as JavaScript values, and as text. */
interface Read {
  readonly document: unknown;
  readonly text: string;
}

export function answerTo({ calculation, now }: Question): Answer {
  const read = readSubject(calculation);
  if ('error' in read)
    return { document: calculation.text, outcome: read, looked: null, advice: [] };
  const { document, text } = read;
  const outcome = check(document, rulebooks);
  if ('error' in outcome) return { document: text, outcome, looked: null, advice: [] };
  const findings = advise(document, rulebooks, { now });
  return {
    document: text,
    outcome,
    looked: lookedAt(document, outcome, calculation.wishes),
    advice: 'error' in findings ? [] : findings,
  };
}

/** Where the account would stand with the looked-at market at a price; null when it is refused. */
export function standingAt(calculation: Calculation, price: string): PricePoint | null {
  const read = readSubject(calculation);
  if ('error' in read) return null;
  const outcome = check(read.document, rulebooks);
  if ('error' in outcome || outcome.positions.length === 0) return null;
  const index = indexOf(outcome, calculation.wishes);
  return pointAt({ document: read.document, report: outcome, index }, price);
}

function readSubject({ form, sheet, text }: Calculation): Read | Refused {
  if (form === 'sheet') {
    const document = documentOf(sheet);
    return { document, text: JSON.stringify(document, null, 2) };
  }
  const parsed = parseJson(text);
  return 'refusal' in parsed ? { error: parsed.refusal } : { document: parsed.value, text };
}

function indexOf({ positions }: Report, { chosen }: Wishes): number {
  return Math.max(0, Math.min(chosen, positions.length - 1));
}

function lookedAt(document: unknown, report: Report, wishes: Wishes): Looked | null {
  if (report.positions.length === 0) return null;
  const position = indexOf(report, wishes);
  const { venue, collateral = [], positions } = document as Written;
  const stopTerms = { distance: shareOf(wishes.room), slippage: shareOf(wishes.slippage) };
  const venues = [...new Set([String(venue), ...wishes.beside])];
  const isIsolated = report.positions[position]?.marginMode === 'isolated';
  return {
    index: position,
    venue: String(venue),
    asset: collateral.find(({ price }) => price === undefined)?.asset ?? '',
    markPrice: String(positions[position]?.markPrice),
    isolatedMargin: isIsolated ? String(positions[position]?.isolatedMargin) : null,
    effectiveLeverage: effectiveLeverage(report, report.positions[position]),
    explanation: explain(document, position, rulebooks),
    sizing: sizing(document, { position, distance: shareOf(wishes.keep) }, rulebooks),
    stop: stopFor(document, { position, ...stopTerms }, rulebooks),
    drag: fundingDrag(document, { position }, rulebooks),
    sensitivity: sensitivity(document, { position }, rulebooks),
    across: venues.length === 1 ? null : explainAcross(document, { position, venues }, rulebooks),
    picture: pictureOf({ document, report, index: position }),
  };
}

function effectiveLeverage(
  report: Report,
  position: Report['positions'][number] | undefined,
): string {
  if (position?.marginMode !== 'isolated') return report.effectiveLeverage;
  const equity = decimal(position.equity);
  return sign(equity) > 0 ? formatDecimal(over(decimal(position.value), equity)) : 'Infinity';
}

/** The fields that are looked at of a document that `check` has taken. */
interface Written {
  readonly venue: unknown;
  readonly collateral?: readonly { readonly asset: string; readonly price?: unknown }[];
  readonly positions: readonly { readonly markPrice: unknown; readonly isolatedMargin?: unknown }[];
}
