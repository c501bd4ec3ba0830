/**
 * How the calculator writes numbers: as the reader's locale does, from the exact text that the
 * core gives. The exact text itself is one hover or one press away.
 */
import { localeInUse, MISSING } from '../format.ts';

const cache = new Map<string, Intl.NumberFormat>();

function format(text: string, options: Intl.NumberFormatOptions): string {
  const locale = localeInUse();
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = cache.get(key) ?? new Intl.NumberFormat(locale, options);
  cache.set(key, known);
  return known.format(text as Intl.StringNumericLiteral).replace('-', '−');
}

/** Decimals that suit a price or an amount of this magnitude. */
function decimalsFor(magnitude: number): number {
  if (magnitude >= 100 || magnitude === 0) return 2;
  return Math.max(2, Math.min(12, 5 - Math.ceil(Math.log10(magnitude))));
}

/** A price or an amount: two decimals from 100 on, more below. */
export function amount(text: string | null): string {
  if (text === null) return MISSING;
  if (text === 'Infinity') return '∞';
  const decimals = decimalsFor(Math.abs(Number(text)));
  return format(text, { minimumFractionDigits: 2, maximumFractionDigits: decimals });
}

/** A size or a count: as many digits as it has, up to twelve. */
export function quantity(text: string | null): string {
  if (text === null) return MISSING;
  return format(text, { maximumSignificantDigits: 12 });
}

/** A share as percent: `0.0125` is `1.25 %`. */
export function share(text: string | null, decimals = 2): string {
  if (text === null) return MISSING;
  if (text === 'Infinity') return '∞';
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return `${format(String(Number(text) * 100), options)} %`;
}

/** With a plus in front of what is above zero. */
export function change(text: string | null): string {
  if (text === null) return MISSING;
  return Number(text) > 0 ? `+${amount(text)}` : amount(text);
}

/** What a locale puts before decimals; without one the page's. */
export function decimalSign(locale = localeInUse()): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(0.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}

/** "60.000,5" and "1.000.000"; "1.500" alone may be one and a half. */
const GROUPED_BY_POINTS = /^-?\d{1,3}((\.\d{3})+,\d*|(\.\d{3}){2,})$/;

/**
 * What somebody typed, as decimal text: spaces go, and so do the locale's own thousands; a point
 * is always a decimal point, a comma is what it is in the reader's locale. Anything else stays,
 * for the core to refuse. Digits and signs of Arabic scripts, and the minus that the page itself
 * writes, are read as the plain ones.
 */
export function typed(text: string, sign: string): string {
  const bare = text
    .replaceAll(/[\s'’_٬\u00a0\u202f\u061c]/g, '')
    .replaceAll('٫', '.')
    .replace('−', '-')
    .replaceAll(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) % 16));
  if (sign === ',') {
    const grouped = GROUPED_BY_POINTS.test(bare) ? bare.replaceAll('.', '') : bare;
    return grouped.replace(',', '.');
  }
  return /^-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$/.test(bare) ? bare.replaceAll(',', '') : bare;
}
