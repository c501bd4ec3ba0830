/**
 * The tables, and how a file is opened: checked, and moved aside when it cannot be trusted.
 * `moments` has one row a batch, its last time and sequence: an index of time at no cost a row.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import type { MovedAside, Origin } from './history.ts';

/** Raised with every change of the tables; a file of another version is rebuilt. */
const SCHEMA_VERSION = '2';

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER NOT NULL, place INTEGER NOT NULL, time INTEGER NOT NULL,
    kind TEXT NOT NULL, market TEXT, body TEXT NOT NULL, PRIMARY KEY (sequence, place)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, sequence, place);
  CREATE INDEX IF NOT EXISTS events_by_market ON events (market, sequence, place)
    WHERE market IS NOT NULL;
  CREATE TABLE IF NOT EXISTS moments (
    time INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (time, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event_accounts (
    account TEXT NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (account, sequence, place)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS totals (
    sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS totals_by_time ON totals (time);
`;

export interface OpenedDatabase {
  readonly database: Database.Database;
  readonly movedAside: MovedAside | undefined;
}

/**
 * Opens `file` or, when it cannot be trusted, moves it aside and begins a new one. A disk that is
 * full or fails says nothing against the file: then it stays, and this throws.
 */
export function openDatabase(file: string, origin: Origin): OpenedDatabase {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const opened = tryOpen(file, origin);
  if (typeof opened !== 'string') return { database: opened, movedAside: undefined };
  const path = moveAside(file);
  const again = tryOpen(file, origin);
  if (typeof again !== 'string') return { database: again, movedAside: { why: opened, path } };
  throw new Error(again);
}

function tryOpen(file: string, origin: Origin): Database.Database | string {
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    const fault = integrityFault(database) ?? prepared(database, origin);
    if (fault === undefined) return database;
    database.close();
    return fault;
  } catch (cause) {
    database?.close();
    if (isOfTheDisk(cause)) throw cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Codes of SQLite that speak of the place, not of what lies in it: all but failures to read. */
const OF_THE_DISK =
  /^SQLITE_(?:FULL|BUSY|LOCKED|READONLY|NOMEM|IOERR(?!_(?:READ|SHORT_READ|DATA|CORRUPTFS)))/;

function isOfTheDisk(cause: unknown): boolean {
  return cause instanceof Database.SqliteError && OF_THE_DISK.test(cause.code);
}

function integrityFault(database: Database.Database): string | undefined {
  const verdict = database.prepare('PRAGMA quick_check(1)').raw().get();
  const text = Array.isArray(verdict) ? String(verdict[0]) : 'no answer to the integrity check';
  return text === 'ok' ? undefined : text;
}

function prepared(database: Database.Database, origin: Origin): string | undefined {
  // A projection: what a loss of power takes is replayed from the journal, so no sync is waited
  // for. WAL keeps readers and the writer out of each other's way, and the file whole on a kill.
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = OFF');
  database.exec('PRAGMA cache_size = -32768');
  database.exec(TABLES);
  const fault = mismatch(database, origin);
  if (fault === undefined) {
    writeMeta(database, 'schema', SCHEMA_VERSION);
    writeMeta(database, 'source', origin.source);
  }
  return fault;
}

function mismatch(database: Database.Database, origin: Origin): string | undefined {
  const schema = readMeta(database, 'schema') ?? SCHEMA_VERSION;
  if (schema !== SCHEMA_VERSION) return `it was written with tables of version ${schema}`;
  const source = readMeta(database, 'source') ?? origin.source;
  if (source !== origin.source) return 'it is the history of another journal';
  const last = Number(readMeta(database, 'lastSequence') ?? 0);
  if (last <= origin.lastSequenceMax) return undefined;
  return `it knows entry ${last}, and the journal ends at ${origin.lastSequenceMax}`;
}

/** A remembered value, or `undefined`. */
export function readMeta(database: Database.Database, name: string): string | undefined {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').raw().get([name]);
  return Array.isArray(row) ? String(row[0]) : undefined;
}

/** Remembers a value. */
export function writeMeta(database: Database.Database, name: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run([name, value]);
}

/** Keeps the untrusted file for whoever wants to look, in place of the one kept before. */
function moveAside(file: string): string {
  const path = `${file}.set-aside`;
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(path + suffix, { force: true, recursive: true });
    if (existsSync(file + suffix)) renameSync(file + suffix, path + suffix);
  }
  return path;
}
