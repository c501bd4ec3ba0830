/**
 * Holds the clients' account against the journal: replays what is new from disk and finds what was
 * acknowledged and is not there, is there twice, or is there with another answer.
 */
import { join } from 'node:path';
import {
  createEngine,
  encodeState,
  violations,
  type Answer,
  type Engine,
} from '@plimsoll/core/engine';
import { readJournal } from '../../packages/plimsoll/src/journal/index.ts';
import { hashState, replayEntry } from '../../packages/plimsoll/src/server/index.ts';
import type { Sent } from './traffic.ts';

/** A reader of the journal beside the program, with an engine of its own. */
export class Auditor {
  readonly engine: Engine = createEngine();
  readonly #directory: string;
  readonly #answers = new Map<string, Answer>();

  constructor(data: string) {
    this.#directory = join(data, 'journal');
  }

  /** The hash of the state that the journal gives, from its first entry on. */
  get stateHash(): string {
    return hashState(encodeState(this.engine));
  }

  /** Reads what is new; the ids that were executed twice, and broken invariants. */
  follow(): readonly string[] {
    const faults: string[] = [];
    const { reader } = readJournal(this.#directory);
    for (const entry of reader.read(this.engine.sequence + 1)) {
      const { command, answer } = replayEntry(this.engine, entry);
      if (command.client !== 'local') continue;
      if (this.#answers.has(command.id)) faults.push(`${command.id} was executed twice`);
      this.#answers.set(command.id, answer);
    }
    return [...faults, ...violations(this.engine)];
  }

  /** Whether the journal holds the command with this key. */
  knows(key: string): boolean {
    return this.#answers.has(key);
  }

  /** Why what was acknowledged is not what the journal says; none when all is. */
  compare(account: readonly Sent[]): readonly string[] {
    return account.flatMap(({ key, reply }) => {
      if (reply === undefined) return [];
      const answer = this.#answers.get(key);
      if (answer === undefined) return [`${key} was acknowledged and is lost`];
      const told = JSON.parse(reply.text) as { sequence: number };
      const isSame = told.sequence === answer.sequence;
      const isAccepted = (reply.status === 200) === (answer.status === 'accepted');
      return isSame && isAccepted ? [] : [`${key} was told ${reply.text}`];
    });
  }
}
