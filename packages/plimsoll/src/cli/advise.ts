/** `plimsoll advise`: what a careful friend would say about an account. */
import { advise, type AdviceContext, type Cure, type Finding } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { decimal, formatDecimal, isNumberText, parseJson } from '@plimsoll/core/units';
import { answerFile, type Reading } from './answer.ts';
import { Failure, type ExitCode } from './failure.ts';
import { readText } from './input.ts';
import { assigned } from './option-values.ts';

/** What advice may know beside the document, as options give it. */
export interface Surroundings {
  /** A JSON file with all of the context; options replace its fields. */
  readonly context?: string | undefined;
  readonly volatility?: readonly string[] | undefined;
  readonly usualVolatility?: readonly string[] | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly event?: readonly string[] | undefined;
  readonly now?: string | undefined;
  readonly tiersDate?: string | undefined;
}

export interface AdviseOptions extends Reading {
  readonly surroundings: Surroundings;
}

/** Prints the findings, the gravest rules first. */
export async function adviseCommand(options: AdviseOptions): Promise<ExitCode> {
  const { file, form, surroundings } = options;
  const now = new Date().toISOString();
  const context = { now, ...(await contextIn(surroundings.context)), ...contextOf(surroundings) };
  return answerFile<readonly Finding[]>({
    file,
    form,
    answer: (document) => advise(document, rulebooks, context),
    toText: adviceText,
  });
}

async function contextIn(file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  const parsed = parseJson(await readText(file));
  if ('refusal' in parsed) throw new Failure(`${file}: ${parsed.refusal.message}`);
  const { value } = parsed;
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isFields && !isNumberText(value)) return value;
  throw new Failure(`${file}: must hold an object with volatility, stops, events or other fields`);
}

function contextOf(given: Surroundings): AdviceContext {
  const { volatility, usualVolatility, stop, event, now, tiersDate } = given;
  return {
    ...(now !== undefined && { now }),
    ...(volatility !== undefined && { volatility: byMarket(volatility) }),
    ...(usualVolatility !== undefined && { usualVolatility: byMarket(usualVolatility) }),
    ...(stop !== undefined && { stops: stopsOf(stop) }),
    ...(event !== undefined && { events: event.map(eventOf) }),
    ...(tiersDate !== undefined && { tiersDate }),
  };
}

function byMarket(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map(assigned));
}

function stopsOf(texts: readonly string[]): NonNullable<AdviceContext['stops']> {
  if (texts.length === 1 && texts[0] === 'none') return [];
  return texts.map(assigned).map(([market, price]) => ({ market, price }));
}

function eventOf(text: string): { readonly at: string; readonly name: string } {
  const [, at, name] = /^(\S+)\s+(.+)$/.exec(text.trim()) ?? [];
  if (at !== undefined && name !== undefined) return { at, name };
  throw new Failure(`${text} is no event: write "2026-07-02T12:30:00Z CPI"`, 2);
}

function adviceText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'nothing to say against it';
  return findings.map(findingText).join('\n\n');
}

function findingText({ severity, code, message, figures, cure }: Finding): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  return [
    `${severity}: ${code}`,
    `  ${message}`,
    `  cure: ${cureText(cure)}`,
    `  ${shown.join(', ')}`,
  ].join('\n');
}

function cureText({ kind, amount, isMoreThan }: Cure): string {
  const more = isMoreThan ? 'more than ' : '';
  switch (kind) {
    case 'deposit':
      if (amount === '0' && !isMoreThan) return 'no deposit within reach';
      return `deposit ${more}${amount}`;
    case 'reduce':
      return `close ${more}${amount} contracts`;
    case 'close':
      return `close the whole size, ${amount}`;
    case 'stop': {
      const price = formatDecimal(decimal(amount));
      return isMoreThan ? `move the stop nearer to the mark than ${price}` : `a stop at ${price}`;
    }
    case 'tiers':
      return `load the tables of ${amount} or later`;
  }
}
