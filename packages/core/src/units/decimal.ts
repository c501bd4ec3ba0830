/**
 * Decimal text in and out. A number enters as the decimal that was written and leaves rounded once,
 * half-even, to a stated number of significant digits.
 */
import { negate, rational, type Rational } from './rational.ts';

/** The key under which a `NumberText` keeps its text; no JSON text can produce it. */
export const numberText: unique symbol = Symbol('numberText');

/** A JSON number that a double cannot hold: kept as it was written. */
export interface NumberText {
  readonly [numberText]: string;
}

/** What stands where a number is expected. Every form means the decimal that it shows. */
export type DecimalLike = string | number | NumberText;

/** Whether `value` is a JSON number kept as text. */
export function isNumberText(value: unknown): value is NumberText {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return typeof Object.getOwnPropertyDescriptor(value, numberText)?.value === 'string';
  } catch {
    return false;
  }
}

const DECIMAL = /^(-?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,4}))?$/;
const MAX_EXPONENT = 30;
const MAX_DIGITS = 400;

/**
 * Reads a finite decimal: `1`, `-0.5`, `.5`, `1.`, `1e-6`; exponents to ±30. Anything else
 * (`+1`, ` 1`, `1/3`, `NaN`, `true`, an empty string, over 400 digits) is `undefined`.
 */
export function parseDecimal(value: unknown): Rational | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? parseText(String(value)) : undefined;
  if (typeof value === 'string') return parseText(value);
  return isNumberText(value) ? parseText(value[numberText]) : undefined;
}

const SHORT = 15;
const POINT = 0x2e;

/** Up to 15 plain digits with at most one point, the usual case; anything else is undefined. */
function parseShort(text: string): Rational | undefined {
  if (text.length === 0 || text.length > SHORT) return undefined;
  let digits = 0;
  let pointAt = -1;
  for (let k = 0; k < text.length; k += 1) {
    const code = text.charCodeAt(k);
    if (code === POINT && pointAt < 0) pointAt = k;
    else if (code < 0x30 || code > 0x39) return undefined;
    else digits = digits * 10 + (code - 0x30);
  }
  if (pointAt < 0) return { n: BigInt(digits), d: 1n };
  if (text.length === 1) return undefined;
  return { n: BigInt(digits), d: powerOfTen(text.length - pointAt - 1) };
}

function parseText(text: string): Rational | undefined {
  return parseShort(text) ?? parseLong(text);
}

function parseLong(text: string): Rational | undefined {
  if (text.length > MAX_DIGITS) return undefined;
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, minusSign, mantissa = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const value = scaled(mantissa, exponent);
  return minusSign === '-' ? negate(value) : value;
}

function scaled(mantissa: string, exponent: number): Rational {
  const point = mantissa.indexOf('.');
  const places = point < 0 ? 0 : mantissa.length - point - 1;
  const digits = BigInt(
    point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1),
  );
  const power = exponent - places;
  return power >= 0
    ? rational(digits * powerOfTen(power), 1n)
    : rational(digits, powerOfTen(-power));
}

const POWERS: readonly bigint[] = Array.from({ length: 64 }, (_, k) => 10n ** BigInt(k));

/** 10^exponent for a whole exponent that is not negative. */
export function powerOfTen(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** A constant of ours, written as a decimal. Throws a RangeError when it is none. */
export function decimal(text: DecimalLike): Rational {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError('not a decimal');
  return value;
}

/**
 * Prints `a` to at most `digits` significant digits, half-even, plain notation, no trailing zeros.
 */
export function formatDecimal(a: Rational, digits = 12): string {
  if (a.n === 0n) return '0';
  const text = formatMagnitude(a.n < 0n ? -a.n : a.n, a.d, digits);
  return a.n < 0n ? `-${text}` : text;
}

function formatMagnitude(n: bigint, d: bigint, digits: number): string {
  const top = n.toString();
  const below = d.toString().length;
  // A decimal with no more digits than asked for is printed as it is.
  if (top.length <= digits && d === powerOfTen(below - 1)) return withPoint(top, below - 1);
  const places = digits - 1 - decimalExponent(n, d, top.length - below);
  return formatScaled(divideHalfEven(n, d, places), places);
}

/** The e with 10^e ≤ n/d < 10^(e+1), `estimate` being the difference of their lengths. */
function decimalExponent(n: bigint, d: bigint, estimate: number): number {
  const atLeast = estimate >= 0 ? n >= d * powerOfTen(estimate) : n * powerOfTen(-estimate) >= d;
  return atLeast ? estimate : estimate - 1;
}

function divideHalfEven(n: bigint, d: bigint, places: number): bigint {
  const top = places >= 0 ? n * powerOfTen(places) : n;
  const bottom = places >= 0 ? d : d * powerOfTen(-places);
  const quotient = top / bottom;
  const twice = (top - quotient * bottom) * 2n;
  if (twice < bottom) return quotient;
  if (twice > bottom) return quotient + 1n;
  return quotient % 2n === 0n ? quotient : quotient + 1n;
}

/** `scaled / 10^places` as plain text without trailing zeros; `scaled` is not negative. */
function formatScaled(scaledValue: bigint, places: number): string {
  if (places <= 0) return (scaledValue * powerOfTen(-places)).toString();
  return withPoint(scaledValue.toString(), places);
}

const ZERO_DIGIT = 0x30;

/** The digits with a point before the last `places` of them, without trailing zeros behind it. */
function withPoint(digits: string, places: number): string {
  if (places === 0) return digits;
  const padded = digits.padStart(places + 1, '0');
  const point = padded.length - places;
  let end = padded.length;
  while (end > point && padded.charCodeAt(end - 1) === ZERO_DIGIT) end -= 1;
  const whole = padded.slice(0, point);
  return end === point ? whole : `${whole}.${padded.slice(point, end)}`;
}

/** `units / 10^places` exactly, as plain text: how integer atoms are printed. */
export function formatFixed(units: bigint | number, places: number): string {
  const value = BigInt(units);
  return value < 0n ? `-${formatScaled(-value, places)}` : formatScaled(value, places);
}
