/**
 * One account under the rules of several venues: each market by the name that it has there, each
 * size in the contracts traded there, each venue's answer or its refusal beside the others.
 */
import { formatDecimal, over } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position, Refusal } from './account.ts';
import { translated } from './across-translation.ts';
import { isRefusal, readAccount } from './document.ts';
import { explanationOf, rulebookOf, ruleUsed } from './explain.ts';
import type { Explanation } from './explain.ts';
import { figuresOf } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { relativeDistance } from './geometry.ts';
import { extentOf, portionOf, scheduleOf } from './hedge.ts';
import { readArray, readName, refuse, step } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { identityOf, inquire, isRefused } from './sizing-inquiry.ts';
import type { AboutPosition, Identity } from './sizing-inquiry.ts';
import { exactText } from './sizing.ts';
import { levelName } from './wording.ts';

/** What a position comes to at one venue; decimal text as `check` prints it. */
export interface VenueAnswer extends Explanation {
  readonly venue: string;
  readonly title: string;
  /** In that venue's contracts, exact. */
  readonly size: string;
  /** Of a contract: base units (linear) or quote units (inverse). */
  readonly unit: string;
  readonly value: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  /** maintenanceMargin / value, a closing fee inside. */
  readonly rate: string;
  /** `2 of 10, rate 0.005` at the mark; null where the rules have no levels. */
  readonly level: string | null;
  readonly bankruptcyPrice: string | null;
  readonly distance: string | null;
  readonly trigger: 'equity < requirement' | 'equity ≤ requirement';
  /** Whether `liquidationPrice` is the price of a call, and where the forced close is then. */
  readonly call: { readonly forcedPrice: string | null } | null;
  /** What was changed to ask this venue. */
  readonly translation: readonly string[];
  /** What is not certain in the rules that were used. */
  readonly doubts: readonly string[];
}

/** Why one venue has no answer; the others have theirs. */
export interface VenueRefusal {
  readonly venue: string;
  readonly error: Refusal;
}

/** One position under several venues, in the order asked. */
export interface Across extends Identity {
  readonly venues: readonly (VenueAnswer | VenueRefusal)[];
}

export interface AcrossRequest extends AboutPosition {
  /** Ids of rulebooks, 1 to 30. */
  readonly venues: readonly string[];
}

const KEYS: ReadonlySet<string> = new Set(['position', 'venues']);
const VENUES_MAX = 30;

/**
 * Explains one position of a document under each of the venues. The whole account is translated, so
 * that a cross pool stays what it is; what cannot be (no such market there, inverse for linear, a
 * market in no known form of name) is that venue's refusal. Prices, collateral and leverage stay;
 * dollars and the coins that stand for one are taken as worth the same, and that is said.
 */
export function explainAcross(
  document: unknown,
  request: AcrossRequest,
  rulebooks: readonly Rulebook[],
): Across | { readonly error: Refusal } {
  const inquiry = inquire({ document, request, keys: KEYS, rulebooks });
  if (isRefused(inquiry)) return { error: inquiry };
  const { account, index, fields, reader } = inquiry;
  const venues = readVenues(reader, fields.get('venues'));
  const source = rulebookOf(document, rulebooks);
  if (reader.refusal !== null || source === undefined) return { error: reader.refusal as Refusal };
  const ask = { document, account, index, source, rulebooks };
  return {
    ...identityOf(account.positions[index] as Position),
    venues: venues.map((venue) => answerOf(ask, venue)),
  };
}

function readVenues(reader: Reader, value: unknown): readonly string[] {
  const place = step(null, 'venues');
  const venues = readArray(reader, value, place, VENUES_MAX);
  if (venues.length === 0) refuse(reader, place, 'is missing; give ids of rulebooks');
  return venues.map((each, k) => readName(reader, each, step(place, k)));
}

interface Ask {
  readonly document: unknown;
  readonly account: Account;
  readonly index: number;
  readonly source: Rulebook;
  readonly rulebooks: readonly Rulebook[];
}

function answerOf(ask: Ask, venue: string): VenueAnswer | VenueRefusal {
  const { rulebooks, account: from, index } = ask;
  const target = rulebooks.find(({ id }) => id === venue);
  if (target === undefined) {
    const known = rulebooks.map(({ id }) => id).join(', ');
    const message = `${JSON.stringify(venue)} names no rulebook; known: ${known}`;
    return { venue, error: { path: 'venues', message } };
  }
  const changed = translated({ ...ask, from, target });
  if ('error' in changed) return { venue, error: changed.error };
  const account = readAccount(changed.document, rulebooks);
  if (isRefusal(account)) return { venue, error: account };
  const { positions: all } = figuresOf(account);
  const figures = all[index] as PositionFigures;
  const doubt = ruleUsed(account, figures.position)?.doubt;
  return {
    venue,
    title: target.title,
    ...explanationOf(figures, { all, account, rulebook: target }),
    ...answerFigures(figures, account),
    translation: changed.notes,
    doubts: doubt === undefined ? [] : [doubt],
  };
}

type Figured = Omit<VenueAnswer, keyof Explanation | 'venue' | 'title' | 'translation' | 'doubts'>;

function answerFigures(figures: PositionFigures, account: Account): Figured {
  const { position, value, maintenance, liquidation, movement, standing } = figures;
  const { price } = liquidation;
  const extent = extentOf(portionOf(position, movement.positions), value);
  const distance = price === null ? null : relativeDistance(position.markPrice, price);
  return {
    size: exactText(position.size),
    unit: exactText(position.market.unit),
    value: formatDecimal(value),
    initialMargin: formatDecimal(figures.initial),
    maintenanceMargin: formatDecimal(maintenance),
    rate: formatDecimal(over(maintenance, value)),
    level: levelName(scheduleOf(position), extent),
    bankruptcyPrice: textOrNull(figures.bankruptcyPrice),
    distance: textOrNull(distance),
    trigger: standing.trigger === 'below' ? 'equity < requirement' : 'equity ≤ requirement',
    call: account.call === null ? null : { forcedPrice: textOrNull(figures.forced?.price ?? null) },
  };
}

function textOrNull(value: Rational | null): string | null {
  return value === null ? null : formatDecimal(value);
}
