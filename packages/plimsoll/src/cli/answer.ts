/**
 * The way of one account document through the command line: text, JSON, answer, print. `check` and
 * `explain` differ in the answer and in its words only.
 */
import { parseJson } from '@plimsoll/core/units';
import { Failure, type ExitCode } from './failure.ts';
import { inputName, readChunks, readText } from './input.ts';
import { readLines, type Line } from './lines.ts';
import { print, printLine, visible } from './output.ts';
import type { Form } from './command.ts';

/** Why a document was not answered: the place in it, and what to do there. */
export interface Refused {
  readonly error: { readonly path: string; readonly message: string };
}

/** Which documents, and how their answers are printed. */
export interface Reading {
  readonly file: string;
  readonly form: Form;
}

/** One command over documents. */
export interface Answering<Answer extends object> extends Reading {
  readonly answer: (document: unknown) => Answer | Refused;
  /** The answer for people, without a line feed at its end. */
  readonly toText: (answer: Answer, document: unknown) => string;
}

/** Answers one document, or with `jsonl` one a line; 1 when any was refused. */
export function answerFile<Answer extends object>(task: Answering<Answer>): Promise<ExitCode> {
  return task.form === 'jsonl' ? answerLines(task) : answerOne(task);
}

async function answerOne<Answer extends object>(task: Answering<Answer>): Promise<ExitCode> {
  const text = await readText(task.file).catch((cause: unknown) => failureOf(task, cause));
  if (typeof text !== 'string') return text.exitCode;
  const parsed = parseJson(text);
  if ('refusal' in parsed) return refuse(task, { error: parsed.refusal });
  const answer = task.answer(parsed.value);
  if ('error' in answer) return refuse(task, answer);
  const isJson = task.form === 'json';
  const shown = isJson ? JSON.stringify(answer, null, 2) : task.toText(answer, parsed.value);
  await printLine(isJson ? shown : visible(shown));
  return 0;
}

/** A file that cannot be read has no path inside it; machines get the sentence all the same. */
async function failureOf(task: Reading, cause: unknown): Promise<Failure> {
  if (!(cause instanceof Failure)) throw cause;
  if (task.form === 'json') await printError('', cause.message);
  console.error(cause.message);
  return cause;
}

async function refuse(task: Reading, { error }: Refused): Promise<ExitCode> {
  const { path, message } = error;
  if (task.form === 'json') await printError(path, message);
  console.error(visible(`${inputName(task.file)}: ${path === '' ? '' : `${path}: `}${message}`));
  return 1;
}

function printError(path: string, message: string): Promise<void> {
  return printLine(JSON.stringify({ error: { path, message } }, null, 2));
}

async function answerLines<Answer extends object>(task: Answering<Answer>): Promise<ExitCode> {
  let [count, refused] = [0, 0];
  for await (const lines of readLines(readChunks(task.file))) {
    const answers = lines.map((line) => answerLine(task, line));
    count += lines.length;
    refused += answers.filter((answer) => 'error' in answer).length;
    if (answers.length > 0)
      await print(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  }
  if (refused > 0) console.error(`${inputName(task.file)}: ${refused} of ${count} lines refused`);
  return refused > 0 ? 1 : 0;
}

function answerLine<Answer extends object>(task: Answering<Answer>, line: Line): Answer | Refused {
  if ('problem' in line) return refusal('', line.problem);
  const { text, number } = line;
  if (text.trim() === '') return refusal('', `line ${number}: is empty; write one document a line`);
  const parsed = parseJson(text);
  if ('value' in parsed) return task.answer(parsed.value);
  const { path, message, column } = parsed.refusal;
  return refusal(
    path,
    message.replace(/^line \d+, column \d+/, `line ${number}, column ${column}`),
  );
}

function refusal(path: string, message: string): Refused {
  return { error: { path, message } };
}
