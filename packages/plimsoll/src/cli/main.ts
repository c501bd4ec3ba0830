/** One run of the program: arguments in, an exit code out, and never a stack trace on the way. */
import { CommanderError } from 'commander';
import { Failure, reasonOf, systemCode, type ExitCode } from './failure.ts';
import { makeProgram } from './program.ts';

/** Runs the program with the arguments after its name and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', leave);
  process.stderr.on('error', () => process.exit(1));
  const program = makeProgram((code) => {
    process.exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (cause) {
    process.exitCode = report(cause);
  }
}

/** A reader that has seen enough (`| head`) closes the pipe; that is no error. */
function leave(cause: unknown): void {
  if (systemCode(cause) === 'EPIPE') process.exit(0);
  console.error(`the answer cannot be written (${reasonOf(cause)}): check where the output goes`);
  process.exit(1);
}

/** Says what went wrong, once, on standard error. */
function report(cause: unknown): ExitCode {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
  if (cause instanceof Failure) {
    console.error(cause.message);
    return cause.exitCode;
  }
  console.error(
    `plimsoll has a bug (${reasonOf(cause)}): please report it with the command and its input; ` +
      'PLIMSOLL_TRACE=1 shows where it happened.',
  );
  if (process.env['PLIMSOLL_TRACE'] === '1' && cause instanceof Error) console.error(cause.stack);
  return 1;
}
