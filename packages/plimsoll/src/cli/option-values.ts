/** Readers of option values: each gives the value or says what it should be. */
import { InvalidArgumentError } from 'commander';
import { Failure } from './failure.ts';

/** A reader of whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** Gathers an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Gathers an option that takes a list such as `1,7,30`, and may be given several times. */
export function listed(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((item) => item.trim())];
}

/** Two markets: `BTCUSDT,ETHUSDT`. */
export function pair(text: string): readonly [string, string] {
  const [first = '', second = '', ...more] = listed(text);
  if (first !== '' && second !== '' && more.length === 0) return [first, second];
  throw new InvalidArgumentError('Give two markets: BTCUSDT,ETHUSDT');
}

/** `MARKET=VALUE` in its two parts. Throws a `Failure` with code 2. */
export function assigned(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failure(`${text} does not say what and how much: write MARKET=VALUE`, 2);
}
