/**
 * `fuzz`: seeded inputs at the HTTP and WebSocket entrances of a server in a process of its own.
 * No fault of the server's, no change from what it refused, no growth of its memory.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, encodeBook, type Engine } from '@plimsoll/core/engine';
import { readJournal } from '../../packages/plimsoll/src/journal/index.ts';
import { hashState, replayEntry } from '../../packages/plimsoll/src/server/index.ts';
import { openVenue } from '../venue.ts';
import { Dice } from './dice.ts';
import { withFolder } from './folder.ts';
import { Connection, type Answer } from './fuzz-connection.ts';
import { feedInput } from './fuzz-feed.ts';
import { httpInput } from './fuzz-requests.ts';
import type { Look } from './fuzz-server.ts';

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** The number of the first input; with `inputs: 1` one of them alone is sent again. */
  readonly from?: number;
  /** When this time is over no further piece is sent, whatever is left of the inputs. */
  readonly withinMs?: number;
  /** Told after each piece what has been counted so far. */
  readonly progress?: (result: FuzzResult) => void;
}

export interface FuzzResult {
  readonly kind: 'fuzz';
  readonly seed: number;
  readonly inputs: number;
  /** Of these, connections of the feed. */
  readonly feeds: number;
  /** Answers by their HTTP status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Connections that the server closed without an answer. */
  readonly unanswered: number;
  /** Of the 503, by the code that the API declares. */
  readonly declared503: Readonly<Record<string, number>>;
  /** Commands that the engine accepted, and refused, both with a sequence. */
  readonly accepted: number;
  readonly refused: number;
  /** How often the server's book was compared with the journal's, besides around each refusal. */
  readonly booksCompared: number;
  /** Mebibytes of the server after a tenth of the inputs, at most and at the end. */
  readonly memory: { readonly early: number; readonly most: number; readonly last: number };
  readonly faults: readonly string[];
}

/** Mebibytes that the server may hold. */
export const MEMORY_MOST = 768;
const WORKERS = 24;
const PIECE = 2_000;
const FEED_PERCENT = 5;
const FAULTS_MAX = 20;
const DECLARED = new Set(['overloaded', 'superseded', 'unavailable']);

/** Sends the inputs; the result counts what came back. */
export function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  return withFolder(async (data) => {
    const server = await FuzzServer.start(data);
    try {
      await openVenue(server);
      return await new Fuzz(server, data, options).run();
    } finally {
      server.stop();
    }
  });
}

class FuzzServer {
  readonly #process: ChildProcess;
  address = '';
  /** What it has written to standard error. */
  said = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
  }

  static async start(data: string): Promise<FuzzServer> {
    const file = fileURLToPath(new URL('fuzz-server.ts', import.meta.url));
    const args = ['--conditions=source', '--import', 'tsx', file, data];
    const server = new FuzzServer(
      spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] }),
    );
    const [{ address }] = (await once(server.#process, 'message')) as [{ address: string }];
    server.address = address;
    return server;
  }

  async look(): Promise<Look> {
    this.#process.send('look');
    const [look] = (await once(this.#process, 'message')) as [Look];
    return look;
  }

  stop(): void {
    this.#process.disconnect();
  }
}

class Fuzz {
  readonly #server: FuzzServer;
  readonly #options: FuzzOptions;
  readonly #connections: readonly Connection[];
  readonly #follower: Follower;
  readonly #answers: Record<string, number> = {};
  readonly #declared: Record<string, number> = {};
  readonly #memory: number[] = [];
  readonly #faults: string[] = [];
  #accepted = new Set<number>();
  #sent = 0;
  #feeds = 0;
  #unanswered = 0;
  #compared = 0;

  constructor(server: FuzzServer, data: string, options: FuzzOptions) {
    this.#server = server;
    this.#options = options;
    this.#connections = Array.from({ length: WORKERS }, () => new Connection(server.address));
    this.#follower = new Follower(data);
  }

  async run(): Promise<FuzzResult> {
    const { inputs, from = 0, withinMs = Infinity, progress = () => undefined } = this.#options;
    const ends = performance.now() + withinMs;
    while (this.#sent < inputs && this.#faults.length < FAULTS_MAX && performance.now() < ends) {
      const first = from + this.#sent;
      await this.#sendPiece(first, Math.min(PIECE, inputs - this.#sent));
      await this.#compare();
      progress(this.#result());
    }
    for (const connection of this.#connections) connection.close();
    return this.#result();
  }

  async #sendPiece(first: number, count: number): Promise<void> {
    let next = first;
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (next < first + count) {
          const number = next;
          next += 1;
          await this.#sendOne(connection, number);
        }
      }),
    );
    this.#sent += count;
  }

  async #sendOne(connection: Connection, number: number): Promise<void> {
    const dice = new Dice(this.#options.seed, number);
    const isFeed = dice.percent(FEED_PERCENT);
    const input = isFeed ? feedInput(dice) : httpInput(dice);
    if (isFeed) this.#feeds += 1;
    try {
      const answers = await connection.exchange(input);
      if (answers.length === 0) this.#unanswered += 1;
      for (const answer of answers) this.#judge(answer, number);
    } catch (error) {
      this.#fault(number, error instanceof Error ? error.message : String(error));
    }
  }

  #judge({ status, text }: Answer, number: number): void {
    this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (text.includes('the server has logged')) this.#fault(number, text);
    if (status === 503) {
      const code = /"code":"([a-z-]+)"/.exec(text)?.[1] ?? 'none';
      this.#declared[code] = (this.#declared[code] ?? 0) + 1;
      if (!DECLARED.has(code)) this.#fault(number, text);
    } else if (status >= 500 || status < 100) this.#fault(number, `${status} ${text}`);
    const accepted = /"sequence":(\d+),.*"status":"accepted"/.exec(text);
    if (status === 200 && accepted !== null) this.#accepted.add(Number(accepted[1]));
  }

  async #compare(): Promise<void> {
    const look = await this.#server.look();
    this.#memory.push(look.rssBytes / 2 ** 20);
    this.#follower.follow();
    const untold = [...this.#accepted].filter((one) => !this.#follower.accepted.has(one));
    this.#accepted = new Set();
    if (untold.length > 0) this.#fault(this.#sent, `accepted and not kept: ${untold.join(', ')}`);
    if (this.#follower.bookHash !== look.bookHash)
      this.#fault(this.#sent, 'the book is not what the journal makes of it');
    for (const sequence of this.#follower.stained.splice(0))
      this.#fault(this.#sent, `command ${sequence} was refused and changed the book`);
    this.#compared += 1;
    if (this.#server.said !== '') this.#fault(this.#sent, this.#server.said.slice(0, 2_000));
    this.#server.said = '';
  }

  #fault(number: number, what: string): void {
    this.#faults.push(`input ${number}: ${what.slice(0, 500)}`);
  }

  #result(): FuzzResult {
    const memory = this.#memory.map(Math.round);
    return {
      kind: 'fuzz',
      seed: this.#options.seed,
      inputs: this.#sent,
      feeds: this.#feeds,
      answers: this.#answers,
      unanswered: this.#unanswered,
      declared503: this.#declared,
      accepted: this.#follower.accepted.size,
      refused: this.#follower.refused,
      booksCompared: this.#compared,
      memory: {
        early: memory[Math.floor(memory.length / 10)] ?? 0,
        most: Math.max(...memory),
        last: memory.at(-1) ?? 0,
      },
      faults: this.#faults,
    };
  }
}

/** Replays the journal beside the server, and looks at the book around each refused command. */
class Follower {
  readonly accepted = new Set<number>();
  /** The sequences of refused commands that changed the book. */
  readonly stained: number[] = [];
  refused = 0;
  readonly #directory: string;
  readonly #engine: Engine = createEngine();
  #hash: string;

  constructor(data: string) {
    this.#directory = join(data, 'journal');
    this.#hash = hashState(encodeBook(this.#engine));
  }

  get bookHash(): string {
    return this.#hash;
  }

  follow(): void {
    for (const entry of readJournal(this.#directory).reader.read(this.#engine.sequence + 1)) {
      const { answer } = replayEntry(this.#engine, entry);
      const hash = hashState(encodeBook(this.#engine));
      if (answer.status === 'accepted') this.accepted.add(entry.sequence);
      else {
        this.refused += 1;
        if (hash !== this.#hash) this.stained.push(entry.sequence);
      }
      this.#hash = hash;
    }
  }
}
