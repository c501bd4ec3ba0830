/** One line of a derivation, as data. */
import { formatDecimal } from '../units/index.ts';
import type { Rational } from '../units/index.ts';

/** One line of a derivation. */
export interface Step {
  readonly title: string;
  readonly formula: string;
  /** The numbers in the line, by name, as decimal text. */
  readonly numbers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Makes a step; numbers are formatted as `check` formats them, those that are null left out. */
export function makeStep(
  title: string,
  text: string,
  formula: string,
  numbers: Readonly<Record<string, Rational | null>>,
): Step {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== null) shown[name] = formatDecimal(value);
  }
  return { title, formula, numbers: shown, text };
}

/** The steps as lines of text, numbered from 1. */
export function stepsText(steps: readonly Step[]): string {
  const lines = steps.map(
    ({ title, formula, text }, k) =>
      `${k + 1}. ${title}: ${text}${formula === '' ? '' : `\n   ${formula}`}`,
  );
  return lines.join('\n');
}
