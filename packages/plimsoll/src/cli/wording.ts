/** Words that several answers for people share. */
import type { Stop } from '@plimsoll/core/margin';
import { percent } from './percent.ts';

/** What tells one position from another. */
export type Titled = Pick<Stop, 'market' | 'side' | 'marginMode'>;

/** The position that an answer is about, as it begins. */
export function titleOf({ market, side, marginMode }: Titled): string {
  return `${market} ${side}, ${marginMode}`;
}

/** A price that may not be there. */
export function orNone(text: string | null): string {
  return text ?? 'none';
}

/** A share that may not be there. */
export function percentOrNone(text: string | null): string {
  return text === null ? 'none' : percent(text);
}
