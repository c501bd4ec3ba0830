/**
 * The real server without its sockets: desk, sequencer, journal, recovery and feed on a simulated
 * disk, started and ended as often as the run wants. Whatever leaves here is checked first.
 */
import { isDeepStrictEqual } from 'node:util';
import { apply, type Answer, type Applied, type Command, type Engine } from '@plimsoll/core/engine';
import { makeIndex } from '../packages/core/src/engine/breach-index.ts';
import { readJournal } from '../packages/plimsoll/src/journal/index.ts';
import { Feed } from '../packages/plimsoll/src/server/feed.ts';
import {
  Desk,
  type Draft,
  type Sender,
  type ServerError,
} from '../packages/plimsoll/src/server/index.ts';
import { ProblemError } from '../packages/plimsoll/src/server/problem.ts';
import type { WallClock } from './clock.ts';
import type { Disk } from './disk.ts';
import { Door } from './door.ts';
import type { HistoryFile } from './history.ts';
import { figuresOf, type Model } from './model.ts';
import type { RunOptions } from './options.ts';
import type { Tally } from './tally.ts';
import type { Host, World } from './world.ts';

const JOURNAL_ID = new Uint8Array(16).fill(7);
const CLOCK_MS = 1_000;

export interface Machine {
  readonly world: World;
  readonly clock: WallClock;
  readonly disk: Disk;
  readonly history: HistoryFile;
  readonly model: Model;
  readonly options: RunOptions;
  readonly tally: Tally;
  /** A folder of the real file system for what is not under test: charts. */
  readonly directory: string;
  readonly report: (violation: string) => void;
  /** Told when a process must stop, and why. */
  readonly onHalt: (error: ServerError) => void;
  /** Told every line that a process logs. */
  readonly log: (line: string) => void;
}

export type Reply = (outcome: Answer | ProblemError) => void;

/** One process, from its start to its end. */
export class Server {
  readonly host: Host;
  readonly desk: Desk;
  readonly feed: Feed;
  readonly #machine: Machine;
  readonly #door: Door;
  /** What each command that was taken must be answered, by the command. */
  readonly #expected = new WeakMap<object, Answer | null>();

  private constructor(machine: Machine, host: Host, desk: Desk) {
    const { options, report, tally } = machine;
    this.#machine = machine;
    this.host = host;
    this.desk = desk;
    this.#door = new Door({ sequencer: desk.sequencer, limits: options.limits, tally, report });
    this.feed = this.#openFeed();
    desk.onPublish(() => this.checkTold(desk.ring.newest, 'the feed'));
    this.#tune();
    this.#armClock();
  }

  /** Starts a process on the machine's disk. Rejects with a `ServerError`. */
  static async start(machine: Machine): Promise<Server> {
    const host: Host = { alive: true };
    machine.world.host = host;
    const { directory, disk, history, options } = machine;
    const storage = disk.mount(host);
    let server: Server | undefined;
    const desk = await Desk.open({
      directory,
      clock: () => machine.clock.read(),
      limits: options.limits,
      reduce: (engine, command) => server?.reduce(engine, command) ?? apply(engine, command),
      snapshotEvery: options.snapshotEvery,
      checkEvery: options.checkEvery,
      isFollowed: false,
      ringEvents: options.ringEvents,
      log: machine.log,
      onHalt: (error) => {
        if (host.alive) machine.onHalt(error);
      },
      journal: { storage, segmentBytes: options.segmentBytes, journalId: JOURNAL_ID },
      openHistory: (_file, { lastSequenceMax = Infinity } = {}) =>
        Promise.resolve(history.open(host, lastSequenceMax)),
    });
    const { reader } = readJournal(`${directory}/journal`, disk.storage);
    machine.model.recover(reader.read(), desk.engine, disk.durable);
    disk.noteFound(reader.lastSequence);
    machine.tally.see('start');
    server = new Server(machine, host, desk);
    return server;
  }

  get engine(): Engine {
    return this.desk.engine;
  }

  /** Takes a request and answers it once. */
  receive(draft: Draft, sender: Sender, reply: Reply): void {
    this.#door.arrive(draft, sender, this.engine);
    this.desk.execute(draft, sender).then(
      (answer) => {
        if (!this.host.alive) return;
        this.#checkAnswer(draft as Command, answer);
        reply(answer);
      },
      (cause: unknown) => {
        if (!this.host.alive) return;
        if (!(cause instanceof ProblemError))
          return this.#machine.report(`${draft.kind} ended with ${String(cause)}`);
        this.#door.turnAway(draft, cause);
        reply(cause);
      },
    );
  }

  /** The engine takes a command, perhaps long after it arrived; the model takes it too. */
  reduce(engine: Engine, command: Command): Applied {
    this.#checkStamp(command);
    const applied = apply(engine, command);
    this.#expected.set(command, this.#follow(command, applied));
    return applied;
  }

  /** Reads all figures two ways, and checks that they are durable and those of their moment. */
  async read(): Promise<void> {
    const { model, report, tally } = this.#machine;
    if (!this.#admitsRead()) return;
    tally.see('read');
    const { length } = model;
    const expected = figuresOf(model.engine);
    try {
      const [[sequence, figures], { totals }] = await Promise.all([
        this.desk.view((engine) => [engine.sequence, figuresOf(engine)] as const),
        this.desk.sums(),
      ]);
      if (!this.host.alive) return;
      this.checkTold(totals.sequence, 'a reader of the list');
      this.checkTold(sequence, 'a reader');
      if (sequence !== length || figures !== expected)
        report(`figures read at ${sequence} are not those of command ${length}`);
      await this.#readPast();
    } catch (cause) {
      if (this.host.alive && !(cause instanceof ProblemError)) report(`a read: ${String(cause)}`);
    }
  }

  /** Reads are turned away when too much waits, and only then. */
  #admitsRead(): boolean {
    const { report, tally, options } = this.#machine;
    const { load } = this.desk.sequencer;
    const isBehind = load + this.desk.readsWaiting >= options.limits.reads;
    try {
      this.desk.admitRead();
      if (isBehind) report(`a read was let in while ${load} commands waited`);
      return true;
    } catch (cause) {
      tally.see('read-turned-away');
      if (!isBehind) report(`a read was turned away: ${String(cause)}`);
      return false;
    }
  }

  /** What is told must be on disk by now, by the disk's own account. */
  checkTold(sequence: number, who: string): void {
    const { disk, report } = this.#machine;
    if (this.host.alive && sequence > disk.durable)
      report(`${who} was told of ${sequence} while ${disk.durable} was the last on disk`);
  }

  async #readPast(): Promise<void> {
    if (!this.host.alive) return;
    const { model, report } = this.#machine;
    const through = this.desk.sequencer.durable;
    const from = Math.max(1, through - 50);
    const query = { fromSequence: from, limit: 10_000, order: 'oldest' } as const;
    const { events } = await this.desk.past((history) => history.events(query));
    if (!this.host.alive) return;
    const found = events.map(({ sequence, index, kind }) => [sequence, index, kind]);
    const expected: (readonly [number, number, string])[] = [];
    for (let sequence = from; sequence <= through; sequence += 1) {
      for (const { index, kind } of model.eventsOf(sequence))
        expected.push([sequence, index, kind]);
    }
    if (isDeepStrictEqual(found, expected)) return;
    const at = found.findIndex((one, k) => !isDeepStrictEqual(one, expected[k]));
    const place = at < 0 ? found.length : at;
    const [said, happened] = [found[place], expected[place]].map((one) => one?.join(' ') ?? 'none');
    report(`the past from ${from} to ${through} tells ${said} where ${happened} happened`);
  }

  /** A command is what arrived, with who sent it and a time that never falls. */
  #checkStamp(command: Command): void {
    const { report, clock } = this.#machine;
    const arrival = this.#door.take(command);
    if (arrival === undefined) return report(`${command.kind} was taken and never arrived`);
    const { timeMs, sequence } = this.engine;
    const { client, id } = arrival.sender;
    const expected = {
      ...arrival.body,
      client: id === undefined ? `${client}:` : client,
      id: id ?? String(sequence + 1),
      timeMs: Math.max(timeMs, Math.floor(clock.read())),
    };
    if (!isDeepStrictEqual(command, expected))
      report(`${JSON.stringify(expected)} was taken as ${JSON.stringify(command)}`);
  }

  /** What the command must be answered, as far as that is known; null if not at all. */
  #follow(command: Command, { recorded, events }: Applied): Answer | null {
    const { model, tally } = this.#machine;
    for (const { kind } of events) tally.see(kind);
    if (!recorded) return model.quietAnswer(command) ?? null;
    const answer = model.follow(command, this.engine);
    this.#tune();
    return answer;
  }

  #checkAnswer(command: Command, answer: Answer): void {
    const { model, report } = this.#machine;
    this.checkTold(answer.sequence, `whoever sent ${command.kind}`);
    if (!isDeepStrictEqual(answer, this.#expected.get(command)))
      report(`${command.kind} was answered ${JSON.stringify(answer)}`);
    model.tell(command, answer);
  }

  #openFeed(): Feed {
    const { desk } = this;
    const feed = new Feed({
      ring: desk.ring,
      hello: () => ({ sequence: desk.ring.newest }),
      totals: () => desk.totals(),
      marks: () => desk.marks(),
      eventText: (event) => JSON.stringify(desk.tell(event)),
      scene: () => null,
    });
    desk.onPublish(() => feed.wake());
    desk.feedCounts = () => feed;
    return feed;
  }

  /** So few accounts are always a storm: the index works only when it is told that none is. */
  #tune(): void {
    const { index } = this.engine;
    const { tuning } = this.#machine.options;
    if (this.engine.config !== null && index?.tuning !== tuning) makeIndex(this.engine, tuning);
  }

  /** As the server's own clock does. */
  #armClock(): void {
    const { world } = this.#machine;
    world.schedule(this.host, CLOCK_MS, () => {
      this.#armClock();
      if (!this.desk.awaitsTime()) return;
      this.receive({ kind: 'clock' }, { client: 'clock' }, () => undefined);
    });
  }
}
