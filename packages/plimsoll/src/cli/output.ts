/** Printing that waits when the reader is slow, so that nothing piles up in memory. */
import { once } from 'node:events';

/** Writes to standard output; resolves when more may be written. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Writes one line. */
export function printLine(line: string): Promise<void> {
  return print(`${line}\n`);
}

/** Text without what steers a terminal: names come from documents that anybody may have written. */
export function visible(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '\uFFFD');
}
