/** A day as people and rulebooks write it: YYYY-MM-DD. */
import { InvalidArgumentError } from 'commander';

/** Whether the text is a day of the calendar. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text);
}

/** Reads an option that is a day. */
export function day(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError('Write the day as YYYY-MM-DD.');
}
