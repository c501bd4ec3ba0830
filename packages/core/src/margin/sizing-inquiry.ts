/**
 * A question about one position of a document, read with the same care as the document itself: what
 * is asked comes from a command line or a request and is refused with its path.
 */
import type { Account, Position, Refusal } from './account.ts';
import { isRefusal, readAccount } from './document.ts';
import type { PositionChoice } from './explain.ts';
import { isCross } from './figures.ts';
import { describe, makeReader, readObject, refuse, step } from './reader.ts';
import type { Fields, Place, Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';

/** A document and its question, both read so far without a problem, or with one in the reader. */
export interface Inquiry {
  readonly reader: Reader;
  readonly fields: Fields;
  readonly account: Account;
  /** The index of the position that is asked about. */
  readonly index: number;
}

/** Which position a question is about. May be left out when there is only one. */
export interface AboutPosition {
  readonly position?: PositionChoice | undefined;
}

/** A document and what is asked about it, neither of them trusted. */
export interface Question {
  readonly document: unknown;
  readonly request: unknown;
  readonly keys: ReadonlySet<string>;
  readonly rulebooks: readonly Rulebook[];
}

/** Reads document and question; the first problem of either is the refusal. */
export function inquire({ document, request, keys, rulebooks }: Question): Inquiry | Refusal {
  const account = readAccount(document, rulebooks);
  if (isRefusal(account)) return account;
  const reader = makeReader();
  const fields = readObject(reader, request, null, keys);
  const place = step(null, 'position');
  const index = chooseIndex(reader, account.positions, { choice: fields.get('position'), place });
  return reader.refusal ?? { reader, fields, account, index };
}

/** Whether reading ended in a refusal. */
export function isRefused(value: object): value is Refusal {
  return 'message' in value && 'path' in value;
}

/**
 * The index of the chosen position; a problem is kept in the reader. Digits as text are a market's
 * name before they are an index.
 */
export function chooseIndex(
  reader: Reader,
  positions: readonly Position[],
  { choice: written, place }: { choice: unknown; place: Place },
): number {
  if (reader.refusal !== null) return 0;
  const isName = positions.some(({ market }) => market.name === written);
  const isDigits = typeof written === 'string' && /^\d{1,9}$/.test(written);
  const choice = isDigits && !isName ? Number(written) : written;
  const found = positions.flatMap((each, k) => (isChosen(reader, each, { choice, k }) ? [k] : []));
  const [first = 0] = found;
  if (choice === undefined && found.length > 1)
    refuse(reader, place, `is missing; there are ${listed(positions)}`);
  else if (found.length === 0) refuse(reader, place, noneOf(positions, choice));
  return first;
}

function isChosen(
  reader: Reader,
  position: Position,
  { choice, k }: { choice: unknown; k: number },
): boolean {
  if (choice === undefined) return true;
  if (typeof choice === 'number') return choice === k;
  if (typeof choice === 'string') return choice === position.market.name;
  const fields = readObject(reader, choice, step(null, 'position'), CHOICE_KEYS);
  const own = identityOf(position);
  return (['market', 'side', 'marginMode'] as const).every(
    (key) => (fields.get(key) ?? own[key]) === own[key],
  );
}

const CHOICE_KEYS: ReadonlySet<string> = new Set(['market', 'side', 'marginMode']);

/** What tells one position from another. */
export interface Identity {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly marginMode: 'cross' | 'isolated';
}

export function identityOf(position: Position): Identity {
  return {
    market: position.market.name,
    side: position.side === 1 ? 'long' : 'short',
    marginMode: isCross(position) ? 'cross' : 'isolated',
  };
}

const LISTED_MAX = 20;

function listed(positions: readonly Position[]): string {
  const known = positions.map((position, k) => {
    const { market, side, marginMode } = identityOf(position);
    return `${k} (${market} ${side}, ${marginMode})`;
  });
  return known.slice(0, LISTED_MAX).join(', ');
}

function noneOf(positions: readonly Position[], choice: unknown): string {
  if (positions.length === 0) return 'names no position: the document has none';
  const hint = `there are ${listed(positions)}`;
  return `names no position, ${describe(choice)}; ${hint}`;
}
