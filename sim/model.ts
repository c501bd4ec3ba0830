/**
 * What must be true, reckoned apart from the server: every command it took, applied in turn to an
 * engine that has no index and was never saved. The server's state, answers, events, reads and
 * what it finds after a crash are held against it.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  accountRows,
  apply,
  createEngine,
  createWatch,
  decodeState,
  encodeState,
  totalsView,
  violations,
  type Answer,
  type Applied,
  type Command,
  type Engine,
  type EngineEvent,
  type Watch,
} from '@plimsoll/core/engine';
import { indexFaults } from '../packages/core/src/engine/kit/index-audit.ts';
import type { Entry } from '../packages/plimsoll/src/journal/index.ts';

/** A command that took a sequence. */
interface Logged {
  readonly command: Command;
  readonly answer: Answer;
  readonly events: readonly EngineEvent[];
}

/** Commands between two comparisons of all of the state. */
const COMPARED_EVERY = 8;

export type Report = (violation: string) => void;

export class Model {
  engine: Engine = createEngine();
  readonly #report: Report;
  readonly #callsFirst: boolean;
  #watch: Watch;
  #log: Logged[] = [];
  /** Answers that somebody was given, by sender and id. */
  readonly #told = new Map<string, Answer>();

  constructor(report: Report, callsFirst: boolean) {
    this.#report = report;
    this.#callsFirst = callsFirst;
    this.#watch = createWatch(callsFirst);
  }

  get length(): number {
    return this.#log.length;
  }

  eventsOf(sequence: number): readonly EngineEvent[] {
    return this.#log[sequence - 1]?.events ?? [];
  }

  /** Takes a command that the server has just taken, and compares what became of both. */
  follow(command: Command, server: Engine): Answer {
    const { recorded, answer } = this.#take(command);
    if (!recorded) this.#report(`the server recorded ${nameOf(command)}, which takes no sequence`);
    const when = `after ${command.kind} ${this.length}`;
    // States that differ stay different, so that not each has to be written out.
    if (this.length % COMPARED_EVERY === 0) this.#compare(server, when);
    for (const one of violations(server)) this.#report(`${when}: ${one}`);
    for (const one of indexFaults(server)) this.#report(`${when}: ${one}`);
    return answer;
  }

  /** The answer to a command that takes no sequence; undefined when it would take one. */
  quietAnswer(command: Command): Answer | undefined {
    const applied = apply(this.#mayTake(command) ? this.#copy() : this.engine, command);
    if (applied.recorded) return undefined;
    this.#observe(command, applied);
    this.#checkBody(command, applied.answer);
    return applied.answer;
  }

  /** An answer on its way to whoever asked. */
  tell(command: Command, answer: Answer): void {
    const logged = this.#log[answer.sequence - 1];
    if (logged !== undefined && nameOf(logged.command) === nameOf(command) && !isMisuse(answer))
      this.#told.set(nameOf(command), answer);
  }

  /** What the server recovered, against what it had taken and told before. */
  recover(entries: Iterable<Entry>, server: Engine, durable: number): void {
    const before = this.#log;
    this.#begin();
    for (const { sequence, bytes } of entries) {
      const command = JSON.parse(Buffer.from(bytes).toString()) as Command;
      const expected = before[sequence - 1]?.command;
      if (!isDeepStrictEqual(command, JSON.parse(JSON.stringify(expected ?? null))))
        this.#report(`entry ${sequence} of the journal is not the command that was taken`);
      this.#take(command);
    }
    if (this.length < durable) this.#report(`entries ${this.length + 1} to ${durable} are lost`);
    for (const [key, answer] of this.#told) {
      const kept = this.#log[answer.sequence - 1];
      if (kept === undefined || nameOf(kept.command) !== key)
        this.#report(`${key} was answered and is lost`);
      else if (!isDeepStrictEqual(kept.answer, answer))
        this.#report(`${key} would now be answered otherwise`);
    }
    this.#compare(server, 'after recovery');
  }

  /** The engine that comes of nothing but entries. */
  static replay(entries: Iterable<Entry>): Engine {
    const engine = createEngine();
    for (const { bytes } of entries) apply(engine, JSON.parse(Buffer.from(bytes).toString()));
    return engine;
  }

  /** Only a command that was taken as it stands may be answered as taken. */
  #checkBody(command: Command, answer: Answer): void {
    const taken = this.#log[answer.sequence - 1]?.command;
    if (isMisuse(answer) || taken === undefined) return;
    if (!isDeepStrictEqual(bodyOf(taken), bodyOf(command)))
      this.#report(`${nameOf(command)} was answered for another command under its id`);
  }

  #mayTake({ client, id }: Command): boolean {
    return this.engine.clients.get(client)?.answers.has(id) !== true;
  }

  #copy(): Engine {
    return decodeState(encodeState(this.engine));
  }

  #begin(): void {
    this.engine = createEngine();
    this.#watch = createWatch(this.#callsFirst);
    this.#log = [];
  }

  #take(command: Command): Applied {
    // Without an index every epoch is a sweep over everyone: the definition, not the shortcut.
    this.engine.index = null;
    const applied = apply(this.engine, command);
    this.#observe(command, applied);
    const { answer, events, recorded } = applied;
    if (recorded) this.#log.push({ command, answer, events });
    return applied;
  }

  #observe(command: Command, applied: Applied): void {
    for (const one of this.#watch.observe(command, applied)) this.#report(one);
  }

  #compare(server: Engine, when: string): void {
    if (Buffer.compare(encodeState(server), encodeState(this.engine)) !== 0)
      this.#report(`the server's state differs from the replay of its commands ${when}`);
  }
}

/** What is asked, without when; as it is written down. */
function bodyOf({ timeMs: _time, ...body }: Command): unknown {
  return JSON.parse(JSON.stringify(body));
}

function nameOf({ client, id }: Command): string {
  return `${client}/${id}`;
}

/** Everything that can be read of all accounts, as text. */
export function figuresOf(engine: Engine): string {
  const rows = accountRows(engine);
  return JSON.stringify([rows, totalsView(engine, rows)], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Whether an answer says that the id itself was misused, whatever it stands for. */
export function isMisuse(answer: Answer): boolean {
  return (
    answer.status === 'refused' &&
    ['malformed', 'id-reused', 'id-too-old'].includes(answer.refusal.code)
  );
}
