/** Runs the built program as a person would, for tests: arguments and input in, everything out. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN: string = fileURLToPath(
  new URL('../packages/plimsoll/bin/plimsoll.js', import.meta.url),
);

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the program; whoever starts it stops it. */
export function startProgram(args: readonly string[], cwd?: string): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd });
}

/** Runs the program to its end. */
export function runProgram(args: readonly string[], input: string | Buffer = ''): Promise<Ran> {
  return ended(startProgram(args), input);
}

/** What a process printed and how it ended. */
export function ended(child: ChildProcess, input: string | Buffer = ''): Promise<Ran> {
  const texts = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
  // A program that refuses early does not read all of its input.
  child.stdin?.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...texts }));
  });
}
