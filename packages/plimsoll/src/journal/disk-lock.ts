/**
 * One writer per folder. The lock is the kernel's own file lock, taken through an exclusive SQLite
 * transaction that never writes, so it ends with the process however that dies, and no clock, pid
 * or start time has to be believed. Node itself offers no file locks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { JournalError, reasonOf } from './journal-error.ts';
import type { Unlock } from './storage.ts';

const LOCK_FILE = 'lock';
const HOLDER_FILE = 'lock.holder';

/** Takes `directory` for this process. Throws a `JournalError` coded `locked` when it is taken. */
export function lockDirectory(directory: string): Unlock {
  const database = openExclusive(directory);
  // The pid is a courtesy for the message; the lock does not depend on it.
  writeFileSync(join(directory, HOLDER_FILE), String(process.pid));
  let held = true;
  return () => {
    if (held) database.close();
    held = false;
  };
}

function openExclusive(directory: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(join(directory, LOCK_FILE));
    // Nothing is ever written, so nothing may be left beside the lock after a kill.
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    database?.close();
    throw refusal(directory, cause);
  }
}

function refusal(directory: string, cause: unknown): JournalError {
  if (cause instanceof Database.SqliteError && cause.code === 'SQLITE_BUSY')
    return new JournalError(
      'locked',
      `${directory} is in use by ${holder(directory)}: stop it first, or choose another folder`,
      { cause },
    );
  return new JournalError(
    'unreadable',
    `${join(directory, LOCK_FILE)} cannot be locked (${reasonOf(cause)}): ` +
      'make the folder writable, on a file system that has file locks',
    { cause },
  );
}

function holder(directory: string): string {
  try {
    return `process ${readFileSync(join(directory, HOLDER_FILE), 'utf8')}`;
  } catch {
    return 'another process';
  }
}
