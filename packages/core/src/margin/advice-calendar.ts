/** Days and times as text, counted from 1970-01-01 in UTC, without a clock anywhere near. */

/** A day in milliseconds. */
export const DAY_MS = 86_400_000;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z$/;

/** The day's number, of a date such as 2026-07-02; undefined when there is no such day. */
export function dayNumber(text: string): number | undefined {
  const [, year = '', month = '', day = ''] = DAY.exec(text) ?? [];
  const number = fromCivil(Number(year), Number(month), Number(day));
  return dayText(number) === text ? number : undefined;
}

/** Milliseconds, of a time such as 2026-07-02T12:30:00Z; undefined when there is no such time. */
export function timeMs(text: string): number | undefined {
  const [, date = '', hours = '', minutes = '', seconds = '0', part = ''] = TIME.exec(text) ?? [];
  const day = dayNumber(date);
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (day === undefined || h > 23 || m > 59 || s > 59) return undefined;
  return day * DAY_MS + ((h * 60 + m) * 60 + s) * 1000 + Number(part.padEnd(3, '0'));
}

/** The date of a day's number. */
export function dayText(number: number): string {
  let year = 1970 + Math.floor(number / 365.2425);
  while (fromCivil(year + 1, 1, 1) <= number) year += 1;
  while (fromCivil(year, 1, 1) > number) year -= 1;
  let month = 12;
  while (fromCivil(year, month, 1) > number) month -= 1;
  const day = number - fromCivil(year, month, 1) + 1;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Years begin in March, so that the leap day is the last: 153 days every five months. */
function fromCivil(year: number, month: number, day: number): number {
  const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) + day - 1 - 719_468;
}
