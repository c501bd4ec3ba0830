/**
 * Between decimals and the engine's whole numbers, exactly: a scale is the size of one unit (an
 * atom, a tick, a lot), and a text that is not a whole number of them is refused with its
 * neighbours.
 */
import { formatFixed, parseDecimal, powerOfTen, type Rational } from '@plimsoll/core/units';
import { divideRounded, type Rounding } from '@plimsoll/core/units';

/** One unit = `factor` / 10^`places`. */
export interface Scale {
  readonly factor: bigint;
  readonly places: number;
}

/** 10^-places. */
export function decimalScale(places: number): Scale {
  return { factor: 1n, places };
}

/**
 * The scale whose unit is the decimal `text`, such as a market's tick; a RangeError if it is none.
 */
export function scaleOf(text: string): Scale {
  const value = parseDecimal(text);
  if (value === undefined || value.n <= 0n) throw new RangeError(`not a unit: ${text}`);
  let places = 0;
  while ((value.n * powerOfTen(places)) % value.d !== 0n) places += 1;
  return { factor: (value.n * powerOfTen(places)) / value.d, places };
}

/** `units` of a scale as plain decimal text. */
export function unitsToText(units: number | bigint, scale: Scale): string {
  return formatFixed(BigInt(units) * scale.factor, scale.places);
}

/** The nearest double of `units`, for charts and metrics only. */
export function unitsToNumber(units: number, scale: Scale): number {
  return Number(unitsToText(units, scale));
}

export type Units = { readonly units: number } | { readonly problem: string };

/** The whole number of units that `text` says, or a sentence about what is wrong with it. */
export function textToUnits(text: string, scale: Scale, what: string): Units {
  const value = parseDecimal(text);
  if (value === undefined) return { problem: notDecimal(what) };
  const [top, bottom] = quotient(value, scale);
  if (top % bottom !== 0n) return { problem: betweenUnits(text, scale, { top, bottom, what }) };
  return safeUnits(top / bottom, text, what);
}

/** As `textToUnits`, but what lies between two units goes to the nearer one, ties to even. */
export function textToNearestUnits(text: string, scale: Scale, what: string): Units {
  const value = parseDecimal(text);
  if (value === undefined) return { problem: notDecimal(what) };
  const [top, bottom] = quotient(value, scale);
  return safeUnits(divideRounded(top, bottom, 'half-even'), text, what);
}

function quotient(value: Rational, scale: Scale): [bigint, bigint] {
  return [value.n * powerOfTen(scale.places), value.d * scale.factor];
}

function notDecimal(what: string): string {
  return `${what} must be a finite decimal in a string, such as "1250.5"`;
}

function safeUnits(units: bigint, text: string, what: string): Units {
  const safe = Number(units);
  if (Number.isSafeInteger(safe)) return { units: safe };
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return { problem: `${what} ${shown} is beyond what the engine can count; use a smaller one` };
}

interface Between {
  readonly top: bigint;
  readonly bottom: bigint;
  readonly what: string;
}

function betweenUnits(text: string, scale: Scale, { top, bottom, what }: Between): string {
  const neighbour = (rounding: Rounding): string =>
    unitsToText(divideRounded(top, bottom, rounding), scale);
  const unit = unitsToText(1, scale);
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `${what} ${shown} is not a multiple of ${unit}; use ${neighbour('down')} or ${neighbour('up')}`;
}
