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
