/**
 * The fields of one line of a stream, read one by one: decimals become whole steps. A problem is
 * thrown once and answered as a value by `answered`.
 */
import type { Refusal } from '../margin/index.ts';
import { lowestTerms, over, parseDecimal, type Rational } from '../units/index.ts';

/** What is wrong, and where; never leaves the readers of this folder. */
export class BadLine extends Error {
  readonly refusal: Refusal;

  constructor(path: string, message: string) {
    super(message);
    this.refusal = { path, message };
  }
}

/** What `read` gives, or the refusal that it threw. */
export function answered<Value>(read: () => Value): Value | { readonly error: Refusal } {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadLine) return { error: error.refusal };
    throw error;
  }
}

/** What a decimal counts in, and what the steps are called where one does not fit. */
export interface Step {
  readonly size: Rational;
  readonly remedy: string;
}

/** An object whose fields are asked for by name; `end` refuses those that nobody asked for. */
export class Fields {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #asked = new Set<string>();

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new BadLine(path, 'must be an object');
    this.#record = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  /** The value as it is; undefined when it is missing. */
  any(name: string): unknown {
    this.#asked.add(name);
    return Object.hasOwn(this.#record, name) ? this.#record[name] : undefined;
  }

  text(name: string): string {
    const value = this.any(name);
    if (typeof value === 'string' && value !== '') return value;
    throw new BadLine(this.pathOf(name), 'must be a text');
  }

  /** One of some words; the first of them when the field is missing and may be. */
  word<Word extends string>(name: string, words: readonly [Word, ...Word[]], may = false): Word {
    const value = this.any(name);
    if (value === undefined && may) return words[0];
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new BadLine(
      this.pathOf(name),
      `must be ${words.map((word) => `"${word}"`).join(' or ')}`,
    );
  }

  decimal(name: string): Rational {
    const number = parseDecimal(this.any(name));
    if (number !== undefined) return number;
    throw new BadLine(this.pathOf(name), 'must be a decimal such as "0.5"');
  }

  /** A decimal in whole steps, of any sign. */
  signed(name: string, { size, remedy }: Step): number {
    const steps = lowestTerms(over(this.decimal(name), size));
    if (steps.d !== 1n) throw new BadLine(this.pathOf(name), remedy);
    const whole = Number(steps.n);
    if (Math.abs(whole) <= MOST) return whole;
    throw new BadLine(this.pathOf(name), 'is too large to reckon exactly: at most 2^50 steps');
  }

  /** A decimal in whole steps, above 0. */
  positive(name: string, step: Step): number {
    const whole = this.signed(name, step);
    if (whole > 0) return whole;
    throw new BadLine(this.pathOf(name), 'must be above 0');
  }

  end(): void {
    const unknown = Object.keys(this.#record).find((name) => !this.#asked.has(name));
    if (unknown === undefined) return;
    throw new BadLine(this.pathOf(unknown.slice(0, 64)), 'is not a field here: leave it out');
  }
}

const MOST = 2 ** 50;
