/** Fractions as percentages for people; a ratio to equity that is gone is none. */

/**
 * A decimal text as a percentage with two places. What is short of 100 % never looks like it, since
 * that is the line itself.
 */
export function percent(text: string): string {
  const value = Number(text);
  if (!Number.isFinite(value)) return 'no equity';
  const shown = (value * 100).toFixed(2);
  return value < 1 && Number(shown) >= 100 ? '< 100 %' : `${shown} %`;
}
