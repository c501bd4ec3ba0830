/** What a replay cannot go on with: one sentence that names the place and the remedy. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
