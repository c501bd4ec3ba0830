/**
 * The machine's disk: outlives the processes that use it, takes its time, is cut from power in the
 * middle of an operation, and knows by itself how far the journal is synced.
 */
import type { Dice } from '../packages/core/src/engine/kit/dice.ts';
import {
  FaultyStorage,
  type OpenMode,
  type Storage,
  type StorageFile,
  type Unlock,
} from '../packages/plimsoll/src/journal/index.ts';
import type { DiskOptions } from './options.ts';
import type { Tally } from './tally.ts';
import type { Host, World } from './world.ts';

const MAGIC = Uint8Array.of(0xff, 0x50, 0x4c, 0xfe);
const SEQUENCE_AT = 8;
const COUNT_AT = 16;
const SLOW_FACTOR = 30;

export interface DiskParts {
  readonly world: World;
  readonly dice: Dice;
  readonly options: DiskOptions;
  readonly tally: Tally;
}

export class Disk {
  readonly storage: FaultyStorage;
  /** The last entry whose frame has been synced: what may be told. */
  durable = 0;
  /** Operations until the power goes in the midst of one; 0: not planned. */
  cutIn = 0;
  /** Told when the power went while a process was writing. */
  onCut: () => void = () => undefined;
  /** Told when a snapshot is begun. */
  onSnapshot: () => void = () => undefined;
  readonly #parts: DiskParts;
  /** By path: the last entry that was written into a file. */
  #written = new Map<string, Written>();
  #hasLostPower = false;

  constructor(seed: number, parts: DiskParts) {
    this.storage = new FaultyStorage(seed);
    this.#parts = parts;
  }

  /** The disk as a process sees it; nothing reaches it any more once that process is dead. */
  mount(host: Host): Storage {
    const { storage } = this;
    return {
      makeDirectory: () => this.#guard(host, () => storage.makeDirectory()),
      list: (directory) => this.#guard(host, () => storage.list(directory)),
      open: (path, mode) => this.#guard(host, () => this.#open(host, path, mode)),
      rename: (from, to) => this.#change(host, () => this.#rename(from, to)),
      remove: (path) => this.#change(host, () => storage.remove(path)),
      syncDirectory: async () => {
        await this.#wait(host);
        await this.#change(host, () => this.#sync(() => storage.syncDirectory()));
      },
      lock: (directory) => this.#lock(host, directory),
    };
  }

  /** The power goes: what is left then is what there is. */
  losePower(): void {
    this.storage.losePower();
    this.#written.clear();
    this.#hasLostPower = true;
  }

  /** After a loss of power whatever is found, up to `lastSequence`, is durable. */
  noteFound(lastSequence: number): void {
    if (this.#hasLostPower) this.durable = lastSequence;
    this.#hasLostPower = false;
  }

  /** The bytes of every file in a folder. */
  copy(directory: string): Map<string, Uint8Array> {
    const paths = this.storage.list(directory).map((name) => `${directory}/${name}`);
    return new Map(paths.map((path) => [path, this.storage.bytesOf(path).slice()]));
  }

  #rename(from: string, to: string): void {
    this.storage.rename(from, to);
    this.#written.set(to, this.#writtenIn(from));
    this.#written.delete(from);
  }

  #writtenIn(path: string): Written {
    const known = this.#written.get(path) ?? { entry: 0 };
    this.#written.set(path, known);
    return known;
  }

  #open(host: Host, path: string, mode: OpenMode): StorageFile {
    if (mode === 'create' && path.endsWith('/snapshot.tmp')) this.onSnapshot();
    const file = this.storage.open(path, mode);
    const written = this.#writtenIn(path);
    return {
      size: () => this.#guard(host, () => file.size()),
      read: (target, position) => this.#guard(host, () => file.read(target, position)),
      write: (bytes, position) => {
        written.entry = Math.max(written.entry, lastEntryOf(bytes));
        return this.#write(host, file, bytes, position);
      },
      sync: async () => {
        const upTo = written.entry;
        await this.#wait(host);
        await this.#change(host, () => this.#sync(() => file.sync()));
        this.durable = Math.max(this.durable, upTo);
      },
      close: () => file.close(),
    };
  }

  // eslint-disable-next-line max-params -- as the port has it, and who asks
  #write(host: Host, file: StorageFile, bytes: Uint8Array, position: number): number {
    if (this.#isCut()) {
      const part = this.#parts.dice.below(bytes.length + 1);
      this.#guard(host, () => (part > 0 ? file.write(bytes.subarray(0, part), position) : 0));
      this.#cut();
    }
    const count = this.#guard(host, () => file.write(bytes, position));
    if (count < bytes.length) this.#parts.tally.count('short-write');
    return count;
  }

  async #sync(sync: () => Promise<void>): Promise<void> {
    try {
      await sync();
    } catch (cause) {
      this.#parts.tally.count('failed-sync');
      throw cause;
    }
  }

  #lock(host: Host, directory: string): Unlock {
    const unlock = this.#guard(host, () => this.storage.lock(directory));
    return () => {
      if (host.alive) unlock();
    };
  }

  #guard<T>(host: Host, work: () => T): T {
    if (!host.alive) throw new Error('the process is dead');
    return work();
  }

  #change<T>(host: Host, work: () => T): T {
    if (!this.#isCut()) return this.#guard(host, work);
    const isDone = this.#parts.dice.chance(50);
    if (isDone) void this.#guard(host, work);
    return this.#cut();
  }

  #isCut(): boolean {
    if (this.cutIn === 0) return false;
    this.cutIn -= 1;
    return this.cutIn === 0;
  }

  #cut(): never {
    this.#parts.tally.count('power-loss-in-operation');
    this.losePower();
    this.onCut();
    throw new Error('the power is gone');
  }

  async #wait(host: Host): Promise<void> {
    const { dice, world, options } = this.#parts;
    const usual = dice.below(1 + options.latencyMs);
    await world.sleep(host, dice.chance(3) ? usual * SLOW_FACTOR : usual);
  }
}

interface Written {
  entry: number;
}

/** The last entry of the frame that begins in `bytes`; 0 when none does. */
function lastEntryOf(bytes: Uint8Array): number {
  if (bytes.length < COUNT_AT + 4 || !MAGIC.every((byte, k) => bytes[k] === byte)) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Number(view.getBigUint64(SEQUENCE_AT, true)) + view.getUint32(COUNT_AT, true) - 1;
}
