/** `plimsoll sensitivity`: what moves the liquidation price of a position, and how far. */
import {
  sensitivity,
  type FactorSensitivity,
  type Sensitivity,
  type SensitivityRequest,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';
import { orNone, titleOf } from './wording.ts';

export interface SensitivityOptions extends Reading {
  readonly request: SensitivityRequest;
}

/** Prints the liquidation price with each factor raised by one step. */
export function sensitivityCommand({ file, form, request }: SensitivityOptions): Promise<ExitCode> {
  return answerFile<Sensitivity>({
    file,
    form,
    answer: (document) => sensitivity(document, request, rulebooks),
    toText: sensitivityText,
  });
}

const HEADINGS = ['raised', 'liquidation', 'change', 'change a unit', 'deviations', 'that is'];
const SIDES = ['left', 'right', 'right', 'right', 'right', 'left'] as const;
const DEVIATIONS = HEADINGS.indexOf('deviations');

/** The column of deviations is there when a volatility was given. */
function sensitivityText(answer: Sensitivity): string {
  const { liquidationPrice, distance, sigmas, factors } = answer;
  const away = distance === null ? '' : `, ${percent(distance)} away`;
  const present = ['nothing', orNone(liquidationPrice), '', '', sigmas ?? '', 'as it is'];
  const shown = <Cell>(cells: readonly Cell[]): readonly Cell[] =>
    cells.filter((_, column) => sigmas !== null || column !== DEVIATIONS);
  const rows = [HEADINGS, present, ...factors.map(factorCells)].map(shown);
  const head = `liquidation price ${orNone(liquidationPrice)} before rounding to the tick`;
  return [`${titleOf(answer)}: ${head}${away}`, table(rows, shown(SIDES))].join('\n\n');
}

function factorCells(factor: FactorSensitivity): readonly string[] {
  const { liquidationPrice, change, quotient, sigmas, meaning } = factor;
  const numbers = [liquidationPrice, change, quotient, sigmas].map(orNone);
  return [`${factor.factor} + ${factor.step}`, ...numbers, meaning];
}
