/** The thread of the calculator: bodies in, answers out as JSON text. */
import { parentPort } from 'node:worker_threads';
import { parseJson } from '@plimsoll/core/units';
import { calculate, isRefused, type CalculationBody } from './calculation.ts';
import type { CalculatorAnswer, CalculatorQuestion } from './calculator.ts';

parentPort?.on('message', ({ name, text, ...query }: CalculatorQuestion) => {
  const parsed = parseJson(text);
  if ('refusal' in parsed) throw new Error(`the body was JSON before: ${parsed.refusal.message}`);
  const answer = calculate({ name, body: parsed.value as CalculationBody, ...query });
  tell(isRefused(answer) ? { kind: 'refused', ...answer.error } : answered(answer));
});
tell({ kind: 'ready' });

function answered(answer: object): CalculatorAnswer {
  return { kind: 'answered', text: JSON.stringify(answer) };
}

function tell(answer: CalculatorAnswer): void {
  parentPort?.postMessage(answer, []);
}
