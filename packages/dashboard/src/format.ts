/**
 * How numbers, times and states are written on the page. Every function takes the decimal text of
 * the API and gives text for people; a missing figure is an en dash, never a zero.
 */
import type { AccountState, Decimal } from './api.ts';

export const MISSING = '–';

const cache = new Map<string, Intl.NumberFormat>();
let locale = 'en-US';
/** Made when it is needed first: making one costs as much as writing a hundred times. */
let ownClock: Intl.DateTimeFormat | undefined;

/** How numbers and local times are written from now on, such as "de-CH"; unknown: as before. */
export function useLocale(tag: string): void {
  if (Intl.NumberFormat.supportedLocalesOf(tag).length === 0) return;
  locale = tag;
  cache.clear();
  ownClock = undefined;
}

/** The locale of numbers, as `useLocale` set it. */
export function localeInUse(): string {
  return locale;
}

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, options);
  cache.set(key, made);
  return made;
}

function write(value: Decimal | number, options: Intl.NumberFormatOptions): string {
  const number = Number(value);
  if (Number.isNaN(number)) return MISSING;
  // Some languages put a mark of direction before the sign, which would hide that it is there.
  return formatter(options)
    .format(number)
    .replace(/[\u200e\u200f\u061c]/g, '')
    .replace('-', '−');
}

/** With exactly this many decimals: "1,204.10". */
export function fixed(value: Decimal | number | null | undefined, decimals: number): string {
  if (value === null || value === undefined) return MISSING;
  return write(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A whole number, or four figures and a letter from 100,000 on: "4.210 B". */
export function compact(value: Decimal | number | null | undefined): string {
  if (value === null || value === undefined) return MISSING;
  const amount = Math.abs(Number(value));
  if (amount < 100_000) return fixed(value, amount < 100 && amount > 0 ? 2 : 0);
  const digits = { minimumSignificantDigits: 4, maximumSignificantDigits: 4 };
  return write(value, { notation: 'compact', ...digits }).replace(/([KMBT])$/, '\u202f$1');
}

export function count(value: number | null | undefined): string {
  return fixed(value, 0);
}

/** "1 account", "2 accounts". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A size: as many decimals as it has, grouped. */
export function size(value: Decimal): string {
  return write(value, { maximumFractionDigits: 10 });
}

/** As many decimals as the market's tick has, at most eight for a price that is not on a tick. */
export function price(value: Decimal | number | null | undefined, tick: Decimal): string {
  return fixed(value, decimalsOf(tick));
}

export function decimalsOf(step: Decimal): number {
  const [, exponent] = /^1e-(\d+)$/i.exec(step) ?? [];
  if (exponent) return Math.min(8, Number(exponent));
  return Math.min(8, step.split('.')[1]?.replace(/0+$/, '').length ?? 0);
}

/** A margin ratio; "Infinity" (no equity left) is written as the sign. */
export function ratio(value: Decimal | null): string {
  if (value === null) return MISSING;
  const number = Number(value);
  if (number === Infinity) return '∞';
  return number >= 100 ? '> 100' : fixed(number, 3);
}

/** A fraction as a percentage: "0.0125" is "1.25 %". */
export function percent(fraction: Decimal | number | null, decimals = 2): string {
  if (fraction === null) return MISSING;
  return `${fixed(Number(fraction) * 100, decimals)} %`;
}

const FAR = 10;

/** How far a price may move; far beyond any move the exact figure says no more. */
export function distance(fraction: Decimal | null): string {
  return Number(fraction) > FAR ? `> ${percent(FAR, 0)}` : percent(fraction);
}

export function signed(text: string): string {
  const isNothing = /^[−–]|^[0٠۰०০]([.,٫][0٠۰०০]+)?( |$)/.test(text);
  return isNothing ? text : `+${text}`;
}

/** "21:20:31" of an ISO time, in UTC; with milliseconds when asked. */
export function clock(iso: string, milliseconds = false): string {
  return milliseconds ? iso.slice(11, 23).replace('Z', '') : iso.slice(11, 19);
}

/** "2025-10-10 21:20:31 UTC". */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${clock(iso)} UTC`;
}

/** The clock of a time of the same day as another, else its day too: "10-09 21:20". */
export function since(iso: string, other: string): string {
  if (iso.slice(0, 10) === other.slice(0, 10)) return clock(iso);
  return `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
}

/** The same with what the reader's own clocks showed: "… UTC, 23:20:31 GMT+2 where you are". */
export function moments(iso: string): string {
  ownClock ??= new Intl.DateTimeFormat(locale, { timeStyle: 'long' });
  return `${moment(iso)}, ${ownClock.format(Date.parse(iso))} where you are`;
}

/** Milliseconds of work in the unit that keeps three figures readable. */
export function took(milliseconds: number): string {
  if (milliseconds < 1) return `${fixed(milliseconds * 1000, 0)} µs`;
  return `${fixed(milliseconds, milliseconds < 100 ? 1 : 0)} ms`;
}

const STATES: Record<AccountState, string> = {
  healthy: 'healthy',
  'margin-call': 'called',
  liquidation: 'liquidating',
  bankrupt: 'bankrupt',
};

export function stateName(state: AccountState): string {
  return STATES[state] ?? state;
}
