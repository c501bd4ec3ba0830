/** `plimsoll shadow`: our judgement beside that of an engine which a venue already runs. */
import { explain, explanationText, type Explanation } from '@plimsoll/core/margin';
import {
  Shadow,
  type ShadowDecision,
  type ShadowDifference,
  type ShadowProblem,
  type ShadowSummary,
} from '@plimsoll/core/lab';
import { rulebooks } from '@plimsoll/core/rulebook';
import { parseJson } from '@plimsoll/core/units';
import type { ExitCode } from './failure.ts';
import { inputName, readChunks } from './input.ts';
import { readLines, type Line } from './lines.ts';
import { printLine, visible } from './output.ts';
import { table } from './table.ts';

export interface ShadowOptions {
  readonly file: string;
  /** How far apart two decisions may be and count as the same, ms. */
  readonly toleranceMs: number;
  readonly json?: true;
}

/** A difference as it is printed: with the derivation of each price that it is about. */
type Explained = Omit<ShadowDifference, 'document'> & {
  readonly explanations: readonly Explanation[];
};

/** Problems listed; beyond them they are counted. */
const PROBLEMS_MAX = 100;

interface Found {
  readonly differences: Explained[];
  readonly problems: ShadowProblem[];
}

/** Prints every difference and a summary; 1 when there is a difference or a bad line. */
export async function shadowCommand(options: ShadowOptions): Promise<ExitCode> {
  const { file, toleranceMs, json } = options;
  const shadow = new Shadow({ toleranceMs });
  const found: Found = { differences: [], problems: [] };
  const tell = async (differences: readonly ShadowDifference[]): Promise<void> => {
    for (const difference of differences) {
      const explained = explainedOf(difference);
      if (json) found.differences.push(explained);
      else await printLine(`${visible(differenceText(explained))}\n`);
    }
  };
  for await (const lines of readLines(readChunks(file))) {
    for (const line of lines) {
      const { differences, problem } = takeLine(shadow, line);
      if (problem !== null) sayProblem(file, found.problems, problem);
      await tell(differences);
    }
  }
  const { differences, summary } = shadow.finish();
  await tell(differences);
  const report = { toleranceMs, summary, ...found };
  await printLine(json ? JSON.stringify(report, null, 2) : summaryText(summary));
  return isClean(summary) ? 0 : 1;
}

function takeLine(shadow: Shadow, line: Line): ReturnType<Shadow['take']> {
  if ('problem' in line) return shadow.skip({ line: line.number, path: '', message: line.problem });
  const { number, text } = line;
  if (text.trim() === '') return { differences: [], problem: null };
  const parsed = parseJson(text);
  if ('value' in parsed) return shadow.take(number, JSON.parse(text) as unknown);
  const { path, message } = parsed.refusal;
  return shadow.skip({ line: number, path, message: message.replace(/^line \d+, /, '') });
}

function sayProblem(file: string, problems: ShadowProblem[], problem: ShadowProblem): void {
  if (problems.length === PROBLEMS_MAX) return;
  problems.push(problem);
  const { line, path, message } = problem;
  const place = `${inputName(file)}, line ${line}: `;
  console.error(visible(`${place}${path === '' ? '' : `${path}: `}${message}`));
}

function explainedOf({ document, ...difference }: ShadowDifference): Explained {
  const positions = document?.positions ?? [];
  const { market } = difference;
  const explanations = positions.flatMap(({ marginMode, market: held }, k) => {
    const isMeant = market === null ? marginMode === 'cross' : held === market;
    const explanation = isMeant ? explain(document, k, rulebooks) : null;
    return explanation === null || 'error' in explanation ? [] : [explanation];
  });
  return { ...difference, explanations };
}

const NAMES: Readonly<Record<ShadowDifference['difference'], string>> = {
  'ours-only': 'we would, they did not',
  'theirs-only': 'they did, we would not',
  earlier: 'we would earlier',
  later: 'we would later',
};

function differenceText(difference: Explained): string {
  const { decision, account, market, lagMs, ours, theirs, explanations } = difference;
  const unit = market === null ? 'cross pool' : `isolated ${market}`;
  const lag = lagMs === null ? '' : ` by ${Math.abs(lagMs)} ms`;
  return [
    `${account}, ${unit}: ${decision}: ${NAMES[difference.difference]}${lag}`,
    ...decisionLine('ours', ours),
    ...decisionLine('theirs', theirs),
    ...explanations.map((each) => explanationText(each).replace(/^/gm, '  ')),
  ].join('\n');
}

function decisionLine(party: string, decision: ShadowDecision | null): string[] {
  if (decision === null) return [];
  const { timeMs, line, equity, maintenanceMargin, marks } = decision;
  const at = marks.map(({ market, price }) => `${market} at ${price}`).join(', ');
  const when = `${new Date(timeMs).toISOString()} (line ${line})`;
  const figures = `equity ${equity}, maintenance margin ${maintenanceMargin}`;
  return [`  ${party}: ${when}: ${figures}${at === '' ? '' : `, ${at}`}`];
}

function summaryText(summary: ShadowSummary): string {
  const { medianLagMs, worstLagMs, largestCorrection } = summary;
  const rows: readonly (readonly [string, string | number | null])[] = [
    ['lines', summary.lines],
    ['accounts', summary.accounts],
    ['epochs of marks', summary.epochs],
    ['decisions matched', summary.matched],
    ['we would, they did not', summary.oursOnly],
    ['they did, we would not', summary.theirsOnly],
    ['we would earlier', summary.earlier],
    ['we would later', summary.later],
    ['median lag, ms', medianLagMs],
    ['worst lag, ms', worstLagMs],
    ['balances corrected', summary.corrections],
    ['largest correction', largestCorrection],
    ['lines passed over', summary.problems],
  ];
  const shown = rows.map(([name, value]) => [name, value === null ? '-' : String(value)]);
  return table(shown, ['left', 'right']);
}

function isClean({ oursOnly, theirsOnly, earlier, later, problems }: ShadowSummary): boolean {
  return oursOnly + theirsOnly + earlier + later + problems === 0;
}
