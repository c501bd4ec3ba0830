/** Keeps the command that broke the engine in a file beside the journal, for whoever mends it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BrokenInput {
  /** The engine's sequence when it broke. */
  readonly sequence: number;
  readonly command: object;
  readonly cause: unknown;
}

/** Writes the file and says where; a folder that cannot be written is said instead. */
export function keepInput(directory: string, { sequence, command, cause }: BrokenInput): string {
  const file = join(directory, `halted-${sequence + 1}.json`);
  const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    writeFileSync(file, `${JSON.stringify({ sequence, command, error }, null, 2)}\n`, {
      mode: 0o600,
    });
    return file;
  } catch {
    return `no file (${directory} cannot be written): ${JSON.stringify(command)}`;
  }
}
