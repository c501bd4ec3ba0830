/** What the commands share: how one ends, and how its answers are printed. */
import { Option } from 'commander';
import type { ExitCode } from './failure.ts';

/** Told the exit code of the command that ran. */
export type Finish = (code: ExitCode) => void;

/** How an answer is printed: for people, as a JSON document, or one line for each line in. */
export type Form = 'text' | 'json' | 'jsonl';

/** The options that choose the form. */
export interface Asked {
  readonly json?: true | undefined;
  readonly jsonl?: true | undefined;
}

export function formOf({ json, jsonl }: Asked): Form {
  if (jsonl) return 'jsonl';
  return json ? 'json' : 'text';
}

export function jsonLines(): Option {
  const text = 'read one document a line and answer each on one line, in order';
  return new Option('--jsonl', text).conflicts('json');
}
