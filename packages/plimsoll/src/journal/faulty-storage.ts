/**
 * A storage in memory that fails on purpose and forgets like a disk: what was not synced may be
 * lost, whole or in sectors, when the power goes. For tests and simulations; everything it does
 * follows from its seed.
 */
import { JournalError } from './journal-error.ts';
import type { OpenMode, Storage, StorageFile, Unlock } from './storage.ts';

/** Chances from 0 to 1 for each call, and a size. */
export interface Faults {
  /** A write takes only a part of its bytes. */
  readonly shortWrite?: number;
  /** A sync fails, and what it should have kept is as if never synced. */
  readonly failedSync?: number;
  /** A read returns one flipped bit. */
  readonly bitRot?: number;
  /** Bytes that fit in all files together; more is ENOSPC. */
  readonly capacityBytes?: number;
}

interface Content {
  /** What a process sees, and what a loss of power is sure to leave. */
  now: Uint8Array;
  durable: Uint8Array;
}

const SECTOR_BYTES = 512;

/** The files of one imaginary machine. */
export class FaultyStorage implements Storage {
  faults: Faults = {};
  /** Syncs of files that succeeded. */
  syncs = 0;
  #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  readonly #locked = new Set<string>();
  #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  makeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  list(directory: string): readonly string[] {
    const prefix = `${directory}/`;
    const paths = [...this.#names.keys()].filter((path) => path.startsWith(prefix));
    return paths.map((path) => path.slice(prefix.length)).sort();
  }

  open(path: string, mode: OpenMode): StorageFile {
    const known = this.#names.get(path);
    if (known === undefined && mode !== 'create') throw new Error(`ENOENT: no such file, ${path}`);
    const content = known ?? { now: new Uint8Array(0), durable: new Uint8Array(0) };
    if (mode === 'create') content.now = new Uint8Array(0);
    this.#names.set(path, content);
    return this.#file(content);
  }

  rename(from: string, to: string): void {
    const content = this.#names.get(from);
    if (content === undefined) throw new Error(`ENOENT: no such file, ${from}`);
    this.#names.delete(from);
    this.#names.set(to, content);
  }

  remove(path: string): void {
    this.#names.delete(path);
  }

  async syncDirectory(): Promise<void> {
    await this.#trySync();
    this.#durableNames = new Map(this.#names);
  }

  lock(directory: string): Unlock {
    if (this.#locked.has(directory)) throw new JournalError('locked', `${directory} is in use`);
    this.#locked.add(directory);
    return () => void this.#locked.delete(directory);
  }

  /**
   * The power goes: names go back to the last sync of their folder, and of every file each sector
   * that differs from its synced state stays or goes by the seed. Locks end with their process.
   */
  losePower(): void {
    this.#names = new Map(this.#durableNames);
    for (const content of this.#names.values()) {
      content.now = this.#afterLoss(content);
      content.durable = content.now.slice();
    }
    this.#locked.clear();
  }

  /** The process dies, the machine does not: everything written stays. */
  killProcess(): void {
    this.#locked.clear();
  }

  /** The bytes of a file, to look at or to spoil. */
  bytesOf(path: string): Uint8Array {
    const content = this.#names.get(path);
    if (content === undefined) throw new Error(`ENOENT: no such file, ${path}`);
    return content.now;
  }

  /** Puts a file there, whole and durable. */
  plant(path: string, bytes: Uint8Array): void {
    const content = { now: bytes.slice(), durable: bytes.slice() };
    this.#names.set(path, content);
    this.#durableNames.set(path, content);
  }

  #file(content: Content): StorageFile {
    return {
      size: () => content.now.length,
      read: (target, position) => this.#read(content, target, position),
      write: (bytes, position) => this.#write(content, bytes, position),
      sync: async () => {
        await this.#trySync();
        content.durable = content.now.slice();
        this.syncs += 1;
      },
      close: () => undefined,
    };
  }

  #read(content: Content, target: Uint8Array, position: number): number {
    const found = content.now.subarray(position, position + target.length);
    target.set(found);
    if (found.length > 0 && this.#happens(this.faults.bitRot)) {
      const at = Math.floor(this.#random() * found.length);
      target[at] = (target[at] ?? 0) ^ (1 << Math.floor(this.#random() * 8));
    }
    return found.length;
  }

  #write(content: Content, bytes: Uint8Array, position: number): number {
    const short = bytes.length > 1 && this.#happens(this.faults.shortWrite);
    const length = short ? 1 + Math.floor(this.#random() * (bytes.length - 1)) : bytes.length;
    const growth = position + length - content.now.length;
    if (growth > 0) content.now = this.#grown(content.now, growth);
    content.now.set(bytes.subarray(0, length), position);
    return length;
  }

  #grown(bytes: Uint8Array, growth: number): Uint8Array {
    const used = [...this.#names.values()].reduce((sum, { now }) => sum + now.length, 0);
    if (used + growth > (this.faults.capacityBytes ?? Infinity))
      throw new Error('ENOSPC: no space left on device');
    const larger = new Uint8Array(bytes.length + growth);
    larger.set(bytes);
    return larger;
  }

  async #trySync(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#happens(this.faults.failedSync)) throw new Error('EIO: i/o error, fdatasync');
  }

  #afterLoss({ now, durable }: Content): Uint8Array {
    const length = this.#happens(0.5) ? now.length : Math.min(now.length, durable.length);
    const left = new Uint8Array(length);
    for (let at = 0; at < length; at += SECTOR_BYTES) {
      const source = this.#happens(0.5) ? now : durable;
      left.set(source.subarray(at, Math.min(at + SECTOR_BYTES, length)), at);
    }
    return left;
  }

  #happens(chance = 0): boolean {
    return chance > 0 && this.#random() < chance;
  }
}

/** mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
