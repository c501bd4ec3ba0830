/**
 * The notation in which venues' formulas are written down: one equation of decimals, percentages,
 * the venue's own symbols, + − × / ^, brackets, `max` and `min`. It can be reckoned exactly and
 * printed with the numbers in the places of the symbols.
 */
import {
  decimal,
  formatDecimal,
  greatest,
  integer,
  isZero,
  least,
  minus,
  over,
  plus,
  power,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';

/** What each symbol stands for in one position. */
export type Values = Readonly<Record<string, Rational>>;

type TokenKind = 'space' | 'number' | 'symbol' | 'sign';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Both sides of an equation; null where a division by 0 or a root of what is below 0 stands. */
export interface Sides {
  readonly left: Rational | null;
  readonly right: Rational | null;
}

/**
 * Both sides of `text` with these values. Throws a RangeError when the text is not in the notation:
 * formulas are ours, so that is a bug and not bad input.
 */
export function sidesOf(text: string, values: Values): Sides {
  const [left = '', right = '', ...more] = text.split(' = ');
  if (more.length > 0) throw new RangeError(`not one equation: ${text}`);
  return { left: valueOf(left, values), right: valueOf(right, values) };
}

/** The text with the number of each symbol in its place; those below 0 in brackets. */
export function filledText(text: string, values: Values): string {
  return tokensOf(text, values)
    .map(({ kind, text: own }) => (kind === 'symbol' ? numberOf(values[own] ?? ZERO) : own))
    .join('');
}

function numberOf(value: Rational): string {
  const text = formatDecimal(value);
  return value.n < 0n ? `(${text})` : text;
}

const NUMBER = /^\d+(?:\.\d+)?(?: %)?/;
const SIGN = /^[()+−×/^,=]/;
const CHOICE = /^(?:max|min)(?=\()/;

/** The longest symbol that fits comes first, so that a name may hold spaces and signs. */
function tokensOf(text: string, values: Values): readonly Token[] {
  const names = Object.keys(values).toSorted((a, b) => b.length - a.length);
  const tokens: Token[] = [];
  for (let rest = text; rest !== '';) {
    const token = firstToken(rest, names);
    tokens.push(token);
    rest = rest.slice(token.text.length);
  }
  return tokens;
}

function firstToken(rest: string, names: readonly string[]): Token {
  if (rest.startsWith(' ')) return { kind: 'space', text: ' ' };
  const choice = CHOICE.exec(rest)?.[0];
  if (choice !== undefined) return { kind: 'sign', text: choice };
  const symbol = names.find((name) => rest.startsWith(name));
  if (symbol !== undefined) return { kind: 'symbol', text: symbol };
  const number = NUMBER.exec(rest)?.[0];
  if (number !== undefined) return { kind: 'number', text: number };
  const sign = SIGN.exec(rest)?.[0];
  if (sign !== undefined) return { kind: 'sign', text: sign };
  throw new RangeError(`not in the notation of formulas: ${rest}`);
}

/** A walk over the tokens; each `read…` leaves it behind what it has read. */
interface Walk {
  readonly tokens: readonly Token[];
  readonly values: Values;
  at: number;
}

type Maybe = Rational | null;

function valueOf(text: string, values: Values): Maybe {
  const tokens = tokensOf(text, values).filter(({ kind }) => kind !== 'space');
  const walk = { tokens, values, at: 0 };
  const value = readSum(walk);
  if (walk.at !== tokens.length) throw new RangeError(`goes on after its end: ${text}`);
  return value;
}

/** Takes the sign if it is the next token. */
function takes(walk: Walk, sign: string): boolean {
  const isNext = walk.tokens[walk.at]?.text === sign;
  if (isNext) walk.at += 1;
  return isNext;
}

function readSum(walk: Walk): Maybe {
  let total = takes(walk, '−') ? both(ZERO, readProduct(walk), minus) : readProduct(walk);
  for (;;) {
    if (takes(walk, '+')) total = both(total, readProduct(walk), plus);
    else if (takes(walk, '−')) total = both(total, readProduct(walk), minus);
    else return total;
  }
}

function readProduct(walk: Walk): Maybe {
  let product = readPower(walk);
  for (;;) {
    if (takes(walk, '×')) product = both(product, readPower(walk), times);
    else if (takes(walk, '/')) product = both(product, readPower(walk), quotient);
    else return product;
  }
}

function readPower(walk: Walk): Maybe {
  const base = readAtom(walk);
  return takes(walk, '^') ? both(base, readAtom(walk), raised) : base;
}

function readAtom(walk: Walk): Maybe {
  for (const [name, choose] of [['max', greatest] as const, ['min', least] as const]) {
    if (takes(walk, name)) return readChoice(walk, choose);
  }
  if (takes(walk, '(')) return closed(walk, readSum(walk));
  const token = walk.tokens[walk.at];
  walk.at += 1;
  if (token?.kind === 'number') return constantOf(token.text);
  const value = token === undefined ? undefined : walk.values[token.text];
  if (value === undefined) throw new RangeError(`is no number: ${token?.text ?? 'the end'}`);
  return value;
}

function readChoice(walk: Walk, choose: (a: Rational, b: Rational) => Rational): Maybe {
  if (!takes(walk, '(')) throw new RangeError('max and min need brackets');
  let chosen = readSum(walk);
  while (takes(walk, ',')) chosen = both(chosen, readSum(walk), choose);
  return closed(walk, chosen);
}

function closed(walk: Walk, value: Maybe): Maybe {
  if (!takes(walk, ')')) throw new RangeError('a bracket is not closed');
  return value;
}

function constantOf(text: string): Rational {
  if (!text.endsWith(' %')) return decimal(text);
  return over(decimal(text.slice(0, -' %'.length)), integer(100));
}

function both(a: Maybe, b: Maybe, reckon: (a: Rational, b: Rational) => Maybe): Maybe {
  return a === null || b === null ? null : reckon(a, b);
}

function quotient(a: Rational, b: Rational): Maybe {
  return isZero(b) ? null : over(a, b);
}

function raised(base: Rational, exponent: Rational): Maybe {
  return base.n > 0n ? power(base, exponent) : null;
}
