/** Writes the accuracy page: per venue, how many printed figures come out and how nearly. */
import { Decimal } from 'decimal.js';
import { check } from '../../margin/index.ts';
import { rulebooks } from '../index.ts';
import { figureAt } from './figure.ts';
import { unreproduced, workedExamples } from './worked-examples.ts';

/** A published account, as the file of examples has it. */
export interface PublishedExample {
  readonly id: string;
  readonly venue: string;
  readonly account: unknown;
  readonly expected: Readonly<Record<string, Expected>>;
}

interface Expected {
  readonly value: string | null;
  readonly tolerance?: string;
}

/** One example: the venue, whether all its figures came out, and how far the worst is off. */
interface Verdict {
  readonly venue: string;
  readonly name: string;
  readonly kind: 'published' | 'worked';
  readonly isReproduced: boolean;
  /** |found − expected| / |expected|, of the worst figure. */
  readonly deviation: Decimal;
}

/** Venues that the examples name by version, under the ids of the rulebooks. */
const NAMES: Readonly<Record<string, string>> = { 'dydx-v4': 'dydx', 'drift-v2': 'drift' };
const NOTHING: Decimal = new Decimal(0);

function judge(
  document: unknown,
  expected: Readonly<Record<string, Expected>>,
): Pick<Verdict, 'isReproduced' | 'deviation'> {
  const outcome = check(document, rulebooks);
  const gaps = Object.entries(expected).map(([path, each]) =>
    judgeFigure(figureAt(outcome, path), each),
  );
  return {
    isReproduced: !('error' in outcome) && gaps.every(({ isReproduced }) => isReproduced),
    deviation: gaps.reduce((most, { deviation }) => Decimal.max(most, deviation), NOTHING),
  };
}

function judgeFigure(
  found: string | null,
  { value, tolerance }: Expected,
): Pick<Verdict, 'isReproduced' | 'deviation'> {
  if (found === null || value === null || tolerance === undefined || found === 'Infinity')
    return { isReproduced: found === value, deviation: NOTHING };
  const gap = new Decimal(found).minus(value).abs();
  const size = new Decimal(value).abs();
  return { isReproduced: gap.lte(tolerance), deviation: size.isZero() ? gap : gap.div(size) };
}

function verdicts(published: readonly PublishedExample[]): readonly Verdict[] {
  const first = published.map(({ id, venue, account, expected }): Verdict => {
    const name = NAMES[venue] ?? venue;
    return { venue: name, name: id, kind: 'published', ...judge(account, expected) };
  });
  const second = workedExamples.map(
    ({ venue, what, document, figure, expected, tolerance }): Verdict => ({
      venue,
      name: what,
      kind: 'worked',
      ...judge(document, { [figure]: { value: expected, tolerance } }),
    }),
  );
  return [...first, ...second];
}

function countText(all: readonly Verdict[], kind: Verdict['kind']): string {
  const own = all.filter((each) => each.kind === kind);
  if (own.length === 0) return '–';
  return `${own.filter(({ isReproduced }) => isReproduced).length} of ${own.length}`;
}

function deviationText(all: readonly Verdict[]): string {
  const worst = all.reduce((most, { deviation }) => Decimal.max(most, deviation), NOTHING);
  return worst.isZero() ? '0' : worst.toSignificantDigits(2).toExponential();
}

function rowOf(venue: string, all: readonly Verdict[]): string {
  const cells = [venue, countText(all, 'published'), countText(all, 'worked'), deviationText(all)];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = `# Accuracy

How many of the figures that venues, engines and regulators print come out of \`check\`, each within
its own tolerance: half a unit of its last printed digit, unless its source is coarser.

- **Published** examples are accounts with the rules written into the document: replies of venues,
  tests of open engines, worked pages. They show that the reckoning is right.
- **Worked** examples name a venue and use its rulebook. They show that the rules are right, as far
  as a printed figure reaches; what is not certain about a rule, \`plimsoll venues ID\` and the
  \`rules\` of every answer say.
- The **largest deviation** is relative to the printed figure, so one of few digits deviates more.
  What is reckoned is exact.

This page is written by a test: \`npx vitest run packages/core/src/rulebook/accuracy.test.ts -u\`.
`;

/** The whole page as Markdown, before the formatter. */
export function accuracyText(published: readonly PublishedExample[]): string {
  const all = verdicts(published);
  const venues = [...new Set(all.map(({ venue }) => venue))].toSorted();
  const rows = venues.map((venue) =>
    rowOf(
      venue,
      all.filter((each) => each.venue === venue),
    ),
  );
  const failed = all.filter(({ isReproduced }) => !isReproduced);
  const missed = [
    ...failed.map(({ venue, name }) => `| ${venue} | ${name} | not known yet |`),
    ...unreproduced.map((row) => `| ${row.join(' | ')} |`),
  ];
  return [
    HEAD,
    '| venue | published | worked | largest deviation |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    rowOf('**all**', all),
    '',
    '## Not reproduced',
    '',
    '| venue | printed | why |',
    '| --- | --- | --- |',
    ...missed,
    '',
  ].join('\n');
}
