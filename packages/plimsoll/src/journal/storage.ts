/**
 * The little that the journal needs of a file system, as a port: the real one is `disk-storage`,
 * the one in memory that fails on purpose is `faulty-storage`.
 */

/** An open file. Positions and lengths are bytes. */
export interface StorageFile {
  size(): number;
  /** Reads into `target` from `position`; the number of bytes read, fewer only at the end. */
  read(target: Uint8Array, position: number): number;
  /** Writes at `position`, volatile until `sync`; the number of bytes written may be short. */
  write(bytes: Uint8Array, position: number): number;
  /** Resolves when everything written so far, and the size, would survive a loss of power. */
  sync(): Promise<void>;
  close(): void;
}

/** `create` makes or empties a file; `write` opens one for reading and writing. */
export type OpenMode = 'read' | 'write' | 'create';

/** Lets the folder go; safe to call twice. */
export type Unlock = () => void;

/** Paths are ordinary paths. Every method throws (or rejects with) what the system said. */
export interface Storage {
  /** Makes a folder, and those above it, unless it is there; durable when it resolves. */
  makeDirectory(directory: string): Promise<void>;
  /** The names in a folder, sorted; none when there is no such folder. */
  list(directory: string): readonly string[];
  open(path: string, mode: OpenMode): StorageFile;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Resolves when the folder's names would survive a loss of power. */
  syncDirectory(directory: string): Promise<void>;
  /** Takes the folder for one writer. Throws a `JournalError` coded `locked` naming the holder. */
  lock(directory: string): Unlock;
}

/**
 * Writes all of `bytes`, however short the single writes come. Throws when a write makes no way.
 */
export function writeFully(file: StorageFile, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const written = file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw new Error('the storage took no more bytes');
    done += written;
  }
}

/** Up to `length` bytes at `position`: fewer only when the file ends there. */
export function readUpTo(file: StorageFile, position: number, length: number): Uint8Array {
  const target = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = file.read(target.subarray(done), position + done);
    if (count <= 0) break;
    done += count;
  }
  return target.subarray(0, done);
}

/** Gives the event loop a turn between two pieces of long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
