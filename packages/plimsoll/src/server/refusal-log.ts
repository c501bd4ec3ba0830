/** The newest commands that the engine refused, a bounded number, since the server started. */
import type { Command, Refusal } from '@plimsoll/core/engine';
import { timeText, type PlainObject } from './present.ts';
import type { Executed } from './sequencer.ts';

const KEPT = 300;

interface Refused {
  readonly sequence: number;
  readonly timeMs: number;
  readonly command: Command;
  readonly refusal: Refusal;
}

export class RefusalLog {
  #newest: readonly Refused[] = [];

  take({ command, answer }: Executed): void {
    if (answer.status === 'accepted') return;
    const { sequence, timeMs, refusal } = answer;
    this.#newest = [{ sequence, timeMs, command, refusal }, ...this.#newest].slice(0, KEPT);
  }

  /** Newest first; `allowed` accounts alone unless it is null. */
  list(allowed: ReadonlySet<string> | null): PlainObject[] {
    return this.#newest.flatMap(({ sequence, timeMs, command, refusal }) => {
      const accounts = accountsOf(command);
      if (allowed !== null && !accounts.some((one) => allowed.has(one))) return [];
      return [
        {
          sequence,
          time: timeText(timeMs),
          command: command.kind,
          accounts,
          market: 'market' in command ? (command.market ?? null) : null,
          code: refusal.code,
          detail: refusal.message,
        },
      ];
    });
  }
}

function accountsOf(command: Command): string[] {
  if (command.kind === 'trade') return [command.buyer, command.seller];
  return 'account' in command ? [command.account] : [];
}
