/**
 * The takes of one server, one after another at the same address. Beginning another prepares it in
 * a folder of its own while the one before goes on, and then lets its readers change over.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo, type DemoDesk, type Play, type SceneClock } from '../demo/index.ts';
import type { Access } from './access.ts';
import type { PlainObject } from './present.ts';
import { ProblemError } from './problem.ts';
import { SIMULATION, type Takes, type TakeStart } from './scene-control.ts';
import type { ServeOptions } from './serve.ts';
import { reasonOf, ServerError } from './server-error.ts';
import { Take, type TakeOptions } from './take.ts';

/** Candle files that can be played, one at a time. */
export interface Programme {
  /** Their names now; the first is played first. */
  readonly files: readonly string[];
  readonly load: (file: string) => Promise<Score | Unplayable>;
  /** Keeps a file that a reader brings, and names what it is played in; null when nothing yet. */
  readonly add: (name: string, bytes: Uint8Array) => Promise<Added | Unplayable>;
}

export interface Added {
  readonly file: string | null;
}

/** A file that was read: opens its book on an empty engine. */
export interface Score {
  readonly open: (desk: DemoDesk, clock: SceneClock) => Promise<Play>;
}

/** Why a file cannot be played, for whoever chose it. */
export interface Unplayable {
  readonly refusal: string;
}

export interface TheatreOptions {
  readonly serve: ServeOptions;
  readonly access: Access;
  readonly log: (line: string) => void;
  /** Told once when the take that is shown cannot go on. */
  readonly onHalt: (error: ServerError) => void;
}

/** How long a take that is followed by another may finish what it was asked. */
const CHANGE_OVER_MS = 2_000;
/** Folders of takes in the data folder are named so, with a number behind it. */
const FOLDER = 'take-';

export class Theatre {
  readonly #options: TheatreOptions;
  readonly #takes: Takes | null;
  #take: Take | null = null;
  #address = '';
  #isPreparing = false;
  #changing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: TheatreOptions) {
    this.#options = options;
    const { programme, demo = false } = options.serve;
    this.#takes =
      programme === undefined
        ? null
        : {
            get files() {
              return demo ? [SIMULATION, ...programme.files] : programme.files;
            },
            begin: (start) => this.#begin(start),
            add: (name, bytes) => this.#add(programme, name, bytes),
          };
  }

  /** Opens the first take and lets everybody in. Throws a `ServerError`. */
  async open(): Promise<void> {
    const { host = '127.0.0.1', port = 4600 } = this.#options.serve;
    const [file = SIMULATION] = this.#takes?.files ?? [];
    const take = file === SIMULATION ? await this.#openData() : await this.#openFirst(file);
    try {
      this.#address = await take.listen({ host, port });
      this.#take = take;
    } catch (cause) {
      await take.desk.close();
      throw cause;
    }
  }

  /** Such as `http://127.0.0.1:4600`. */
  get address(): string {
    return this.#address;
  }

  /** The take that is shown. */
  get take(): Take {
    if (this.#take === null) throw new Error('nothing is open yet');
    return this.#take;
  }

  /** Finishes what was asked, within the deadline, and lets everything go. */
  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true;
    await this.#changing;
    await this.take.shut(deadlineMs);
    await this.take.desk.close();
  }

  /** The data folder itself: an engine that others feed, or the demo. */
  #openData(start?: TakeStart): Promise<Take> {
    const { serve, log } = this.#options;
    const { demo: wanted = false, seed = 1 } = serve;
    return Take.open({
      ...this.#commonTo(serve.data),
      ...(start === undefined ? {} : { start }),
      stage: async (desk, time) => {
        const play = await startDemo(desk, { wanted, seed, time, log });
        return play === null ? null : { play, isPlayed: wanted };
      },
    });
  }

  async #openFirst(file: string): Promise<Take> {
    const take = await this.#openFile(file);
    if (take instanceof Take) return take;
    throw new ServerError('scene', take.refusal);
  }

  async #openFile(file: string, start?: TakeStart): Promise<Take | Unplayable> {
    const { programme, data } = this.#options.serve;
    const score = (await programme?.load(file)) ?? { refusal: `there is no ${file}` };
    if ('refusal' in score) return score;
    return Take.open({
      ...this.#commonTo(freshFolder(data)),
      ...(start === undefined ? {} : { start }),
      stage: async (desk, clock) => ({ play: await score.open(desk, clock), isPlayed: true }),
    });
  }

  #commonTo(directory: string): Omit<TakeOptions, 'stage'> {
    const { onHalt, ...rest } = this.#options;
    const isShown = (): boolean => this.#take === null || this.#take.directory === directory;
    return {
      ...rest,
      directory,
      takes: this.#takes,
      onHalt: (error) => {
        if (isShown()) onHalt(error);
      },
    };
  }

  async #begin(start: TakeStart): Promise<PlainObject> {
    if (this.#isPreparing || this.#isClosed) throw notNow();
    this.#isPreparing = true;
    try {
      // The folder that is wanted may still be let go.
      await this.#changing;
      const next = await this.#openTake(start);
      if (!(next instanceof Take)) throw unplayable(next);
      // The answer goes out through the take that was asked.
      this.#changing = new Promise((resolve) => {
        setImmediate(() => resolve(this.#changeOver(next)));
      });
      return next.control?.status() ?? {};
    } finally {
      this.#isPreparing = false;
    }
  }

  #openTake(start: TakeStart): Promise<Take | Unplayable> {
    const { file } = start;
    return file === SIMULATION ? this.#openData(start) : this.#openFile(file, start);
  }

  /** What is wrong with a file is for whoever brings it. */
  async #add(programme: Programme, name: string, bytes: Uint8Array): Promise<PlainObject> {
    const added = await programme.add(name, bytes);
    if ('refusal' in added) throw unplayable(added, 'name');
    return { file: added.file, files: this.#takes?.files ?? [] };
  }

  async #changeOver(next: Take): Promise<void> {
    try {
      if (this.#isClosed) return await this.#discard(next);
      const before = this.take;
      const { host = '127.0.0.1' } = this.#options.serve;
      await before.shut(CHANGE_OVER_MS, true);
      await next.listen({ host, port: Number(new URL(this.#address).port) });
      this.#take = next;
      await this.#discard(before);
    } catch (cause) {
      const message = `the scene could not start again: ${reasonOf(cause)}`;
      this.#options.onHalt(new ServerError('scene', message, { cause }));
    }
  }

  /** A replay that nobody looks at any more is gone with its folder: its file plays it again. */
  async #discard(take: Take): Promise<void> {
    await take.shut(CHANGE_OVER_MS);
    await take.desk.close();
    if (take.directory !== this.#options.serve.data)
      rmSync(take.directory, { recursive: true, force: true });
  }
}

function freshFolder(data: string): string {
  const numbers = readdirSync(data)
    .filter((name) => name.startsWith(FOLDER))
    .map((name) => Number(name.slice(FOLDER.length)))
    .filter((number) => Number.isSafeInteger(number));
  return join(data, `${FOLDER}${Math.max(0, ...numbers) + 1}`);
}

function notNow(): ProblemError {
  return new ProblemError(503, 'the scene is just starting again; try again in a moment', {
    code: 'changing',
    headers: { 'retry-after': '1' },
  });
}

function unplayable({ refusal }: Unplayable, path = 'file'): ProblemError {
  return new ProblemError(422, refusal, { code: 'unplayable', path });
}
