/** The error that ends a command with one sentence instead of a trace. */

/** 0: fine. 1: the input was refused, or something stopped the command. 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Thrown by a command. The message is one sentence that names the place and the remedy. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The words of whatever was thrown, for use inside a longer sentence. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The system's code of a failed call (`ENOENT`), or an empty text. */
export function systemCode(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return String(cause.code);
}
