/**
 * A strict JSON reader that keeps every number as it was written, refuses a repeated key, and says
 * where it stopped. Objects have no prototype, so a key such as `__proto__` is only a key.
 */
import { numberText, type NumberText } from './decimal.ts';

/** What JSON can say; a number that a double would bend is a `NumberText`. */
export type JsonValue =
  null | boolean | number | NumberText | string | JsonValue[] | { [key: string]: JsonValue };

/** Where and why a text is no JSON: the path inside the document, then line and column from 1. */
export interface JsonRefusal {
  readonly path: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type JsonResult = { readonly value: JsonValue } | { readonly refusal: JsonRefusal };

interface Cursor {
  readonly text: string;
  at: number;
  readonly keys: (string | number)[];
  problem: string | null;
}

const DEPTH_MAX = 64;
/** Up to here a plain decimal survives the way through a double by value. */
const SAFE_DIGITS = 15;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads one JSON text (RFC 8259; a byte order mark in front is passed over). Never throws: an
 * unfinished text, a repeated key, more than 64 levels or anything after the value is a refusal.
 */
export function parseJson(text: string): JsonResult {
  const cursor: Cursor = {
    text,
    at: text.charCodeAt(0) === 0xfeff ? 1 : 0,
    keys: [],
    problem: null,
  };
  skipSpace(cursor);
  const value = readValue(cursor);
  if (cursor.problem === null) {
    skipSpace(cursor);
    if (cursor.at < text.length) fail(cursor, 'unexpected text after the end of the document');
  }
  return cursor.problem === null ? { value } : { refusal: refusalAt(cursor, cursor.problem) };
}

function fail(cursor: Cursor, problem: string): null {
  cursor.problem ??= problem;
  return null;
}

function refusalAt(cursor: Cursor, problem: string): JsonRefusal {
  const before = cursor.text.slice(0, cursor.at);
  const line = before.split('\n').length;
  const column = cursor.at - before.lastIndexOf('\n');
  const message = `line ${line}, column ${column}: ${problem}`;
  return { path: pathOf(cursor.keys), message, line, column };
}

function pathOf(keys: readonly (string | number)[]): string {
  return keys.reduce<string>(appendKey, '');
}

/** `path` with one more step: `positions[2].size`, `markets["A.B"]`. */
export function appendKey(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[\w-]{1,64}$/.test(key)) return `${path}[${JSON.stringify(key.slice(0, 64))}]`;
  return path === '' ? key : `${path}.${key}`;
}

function skipSpace(cursor: Cursor): void {
  const code = cursor.text.charCodeAt(cursor.at);
  if (code > 32) return;
  SPACE.lastIndex = cursor.at;
  SPACE.test(cursor.text);
  cursor.at = SPACE.lastIndex;
}

function readValue(cursor: Cursor): JsonValue {
  switch (cursor.text.charCodeAt(cursor.at)) {
    case 0x7b:
      return readObject(cursor);
    case 0x5b:
      return readArray(cursor);
    case 0x22:
      return readString(cursor);
    case 0x74:
      return readWord(cursor, 'true', true);
    case 0x66:
      return readWord(cursor, 'false', false);
    case 0x6e:
      return readWord(cursor, 'null', null);
    default:
      return readNumber(cursor);
  }
}

function readWord(cursor: Cursor, word: string, value: JsonValue): JsonValue {
  if (!cursor.text.startsWith(word, cursor.at)) return fail(cursor, unexpected(cursor));
  cursor.at += word.length;
  return value;
}

function unexpected(cursor: Cursor): string {
  if (cursor.at >= cursor.text.length) return 'the text ends in the middle of the document';
  const found = JSON.stringify(cursor.text.slice(cursor.at, cursor.at + 1));
  return `unexpected ${found}; a value in JSON is an object, array, string, number, true, false or null`;
}

function readNumber(cursor: Cursor): JsonValue {
  NUMBER.lastIndex = cursor.at;
  if (!NUMBER.test(cursor.text)) return fail(cursor, unexpected(cursor));
  const text = cursor.text.slice(cursor.at, NUMBER.lastIndex);
  cursor.at = NUMBER.lastIndex;
  const next = cursor.text.charCodeAt(cursor.at);
  if (isWordCode(next)) return fail(cursor, 'this is not a JSON number; write 0.5, 10 or 1e-6');
  return text.length <= SAFE_DIGITS && !/[eE]/.test(text) ? Number(text) : { [numberText]: text };
}

/** A letter, a digit, a point or a plus: what cannot follow a number. */
function isWordCode(code: number): boolean {
  const lower = code | 32;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2b;
}

function readString(cursor: Cursor): string {
  const start = cursor.at + 1;
  let end = start;
  for (;;) {
    const code = cursor.text.charCodeAt(end);
    if (code === 0x22) break;
    if (code === 0x5c) return readEscaped(cursor, start, end);
    if (!(code >= 32)) return stringProblem(cursor, end);
    end += 1;
  }
  cursor.at = end + 1;
  return cursor.text.slice(start, end);
}

function stringProblem(cursor: Cursor, at: number): string {
  cursor.at = at;
  const ended = at >= cursor.text.length;
  fail(cursor, ended ? 'a string has no closing quote' : 'a control character must be escaped');
  return '';
}

function readEscaped(cursor: Cursor, start: number, firstEscape: number): string {
  const parts: string[] = [];
  let from = start;
  let at = firstEscape;
  for (;;) {
    const code = cursor.text.charCodeAt(at);
    if (code === 0x22) break;
    if (!(code >= 32)) return stringProblem(cursor, at);
    if (code !== 0x5c) {
      at += 1;
      continue;
    }
    parts.push(cursor.text.slice(from, at));
    const unescaped = unescape(cursor.text, at);
    if (unescaped === null) return escapeProblem(cursor, at);
    parts.push(unescaped);
    at += cursor.text.charCodeAt(at + 1) === 0x75 ? 6 : 2;
    from = at;
  }
  parts.push(cursor.text.slice(from, at));
  cursor.at = at + 1;
  return parts.join('');
}

function unescape(text: string, at: number): string | null {
  const letter = text.charAt(at + 1);
  if (letter !== 'u') return ESCAPES[letter] ?? null;
  const digits = text.slice(at + 2, at + 6);
  return /^[\da-fA-F]{4}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : null;
}

function escapeProblem(cursor: Cursor, at: number): string {
  cursor.at = at;
  fail(
    cursor,
    'this escape is not JSON; write \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four digits',
  );
  return '';
}

function readArray(cursor: Cursor): JsonValue {
  const items: JsonValue[] = [];
  if (!enter(cursor)) return items;
  if (closes(cursor, 0x5d)) return items;
  for (let index = 0; ; index += 1) {
    cursor.keys.push(index);
    items.push(readValue(cursor));
    if (cursor.problem !== null) return null;
    cursor.keys.pop();
    if (closes(cursor, 0x5d)) return items;
    if (!separates(cursor)) return fail(cursor, problemBetween(cursor, ']'));
  }
}

function readObject(cursor: Cursor): JsonValue {
  const members = Object.create(null) as { [key: string]: JsonValue };
  if (!enter(cursor)) return members;
  if (closes(cursor, 0x7d)) return members;
  for (;;) {
    if (!readMember(cursor, members)) return null;
    if (closes(cursor, 0x7d)) return members;
    if (!separates(cursor)) return fail(cursor, problemBetween(cursor, '}'));
  }
}

function readMember(cursor: Cursor, members: { [key: string]: JsonValue }): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== 0x22) {
    fail(cursor, 'a key in double quotes is expected here');
    return false;
  }
  const key = readString(cursor);
  if (cursor.problem !== null) return false;
  cursor.keys.push(key);
  if (key in members) fail(cursor, 'this key is repeated; keep one of the two');
  skipSpace(cursor);
  if (cursor.text.charCodeAt(cursor.at) !== 0x3a) fail(cursor, 'a colon is expected here');
  if (cursor.problem !== null) return false;
  cursor.at += 1;
  skipSpace(cursor);
  members[key] = readValue(cursor);
  if (cursor.problem !== null) return false;
  cursor.keys.pop();
  return true;
}

/** Steps over an opening bracket unless the document is too deep. */
function enter(cursor: Cursor): boolean {
  if (cursor.keys.length >= DEPTH_MAX) {
    fail(cursor, `the document is nested deeper than ${DEPTH_MAX} levels`);
    return false;
  }
  cursor.at += 1;
  skipSpace(cursor);
  return true;
}

function closes(cursor: Cursor, bracket: number): boolean {
  skipSpace(cursor);
  if (cursor.text.charCodeAt(cursor.at) !== bracket) return false;
  cursor.at += 1;
  return true;
}

function separates(cursor: Cursor): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== 0x2c) return false;
  cursor.at += 1;
  skipSpace(cursor);
  return true;
}

function problemBetween(cursor: Cursor, bracket: string): string {
  if (cursor.at >= cursor.text.length) return 'the text ends in the middle of the document';
  return `a comma or ${bracket} is expected here`;
}
