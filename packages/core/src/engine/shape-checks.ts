/** The checks that the shapes of commands are made of. */
import { parseDecimal } from '../units/index.ts';

export type Check = (value: unknown) => boolean;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWhole(value: unknown, least: number, most: number): boolean {
  return (
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
  );
}

const LONGEST_DECIMAL = 64;

export function isDecimalText(value: unknown): boolean {
  const isText = typeof value === 'string' && value.length <= LONGEST_DECIMAL;
  return isText && parseDecimal(value) !== undefined;
}

export function isDecimalOrNull(value: unknown): boolean {
  return value === null || isDecimalText(value);
}

/** Whether a value is an object with just these fields; those in `optional` may be missing. */
export function hasFields(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
  optional: readonly string[] = [],
): boolean {
  if (!isRecord(value)) return false;
  if (Object.keys(value).some((name) => !Object.hasOwn(checks, name))) return false;
  return Object.entries(checks).every(
    ([name, holds]) => holds(value[name]) || (optional.includes(name) && value[name] === undefined),
  );
}
