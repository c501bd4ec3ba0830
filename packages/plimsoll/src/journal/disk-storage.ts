/**
 * The storage port over the real file system. Writes go to the page cache on this thread, which
 * takes microseconds; syncs go through the thread pool, so the event loop never waits for the disk.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  fsync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from './disk-folder.ts';
import { lockDirectory } from './disk-lock.ts';
import type { OpenMode, Storage, StorageFile } from './storage.ts';

const fdatasyncAsync = promisify(fdatasync);
const fsyncAsync = promisify(fsync);
const FLAGS: Readonly<Record<OpenMode, string>> = { read: 'r', write: 'r+', create: 'w+' };

/** The real file system. */
export const diskStorage: Storage = {
  makeDirectory,
  list: (directory) => (existsSync(directory) ? readdirSync(directory).sort() : []),
  open: (path, mode) => diskFile(openSync(path, FLAGS[mode], 0o640)),
  rename: renameSync,
  remove: unlinkSync,
  syncDirectory,
  lock: lockDirectory,
};

function diskFile(descriptor: number): StorageFile {
  return {
    size: () => fstatSync(descriptor).size,
    read: (target, position) => readSync(descriptor, target, 0, target.length, position),
    write: (bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
    sync: () => fdatasyncAsync(descriptor),
    close: () => closeSync(descriptor),
  };
}

async function makeDirectory(directory: string): Promise<void> {
  const first = makeFolder(directory);
  if (first === undefined) return;
  const top = dirname(first);
  for (let path = dirname(resolve(directory)); ; path = dirname(path)) {
    await syncDirectory(path);
    if (path === top || path === dirname(path)) return;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const descriptor = openSync(directory, 'r');
  try {
    await fsyncAsync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
