/** The history in a SQLite file: one transaction a batch, many rows a statement. */
import type Database from 'libsql';
import { clampLimit, eventSql, type Sql } from './event-query.ts';
import {
  accountsOf,
  HistoryError,
  type EventPage,
  type EventQuery,
  type HistoryEvent,
  type MovedAside,
  type Origin,
  type TotalsQuery,
  type TotalsRow,
} from './history.ts';
import { openDatabase, readMeta, writeMeta } from './schema.ts';

export interface OpenedFile {
  readonly file: HistoryFile;
  readonly movedAside: MovedAside | undefined;
}

/**
 * Opens or makes the history in `path` (`:memory:` for none) of the journal `origin`. A damaged
 * file, another journal's, or one that knows more than the journal is moved aside and said.
 * Throws a `HistoryError` when no file can be made there.
 */
export function openHistoryFile(path: string, origin: Partial<Origin> = {}): OpenedFile {
  const { source = '', lastSequenceMax = Infinity } = origin;
  const { database, movedAside } = guarded(() => openDatabase(path, { source, lastSequenceMax }));
  return { file: new HistoryFile(database), movedAside };
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HistoryError(reason, { cause });
  }
}

/** What is added at once, each event as its JSON text. */
export interface TextBatch {
  readonly events: readonly string[];
  readonly through: number;
  readonly totals: readonly TotalsRow[];
}

/** Rows in one statement: a call into the database costs more than a row. */
const GROUP_ROWS = 50;

interface Insert {
  readonly single: string;
  readonly group: string;
}

const INSERT_EVENTS: Insert = insertInto('INSERT INTO events', 6);
const INSERT_ACCOUNTS: Insert = insertInto('INSERT OR IGNORE INTO event_accounts', 3);
const INSERT_MOMENTS: Insert = insertInto('INSERT INTO moments', 2);
const INSERT_TOTALS: Insert = insertInto('INSERT OR REPLACE INTO totals', 3);
const SELECT_TOTALS = `SELECT body FROM (
    SELECT body, sequence, row_number() OVER (ORDER BY time, sequence) AS number,
      count(*) OVER () AS rows FROM totals WHERE time BETWEEN ? AND ?
  ) WHERE number = rows OR (number - 1) % ((rows + ? - 1) / ?) = 0 ORDER BY number LIMIT ?`;

type Row = readonly (string | number | null)[];

/** The file itself. Every method throws a `HistoryError` when it fails. */
export class HistoryFile {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  #lastSequence: number;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#lastSequence = Number(readMeta(database, 'lastSequence') ?? 0);
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  append({ events, through, totals }: TextBatch): void {
    if (through <= this.#lastSequence && totals.length === 0) return;
    const fresh = events.map(keptOf).filter(({ event }) => event.sequence > this.#lastSequence);
    const last = Math.max(through, this.#lastSequence);
    const moments = fresh.slice(-1).map(({ event }) => [event.timeMs, event.sequence]);
    this.#transaction(() => {
      this.#insert(INSERT_EVENTS, fresh.map(eventRow));
      this.#insert(INSERT_ACCOUNTS, fresh.flatMap(accountRows));
      this.#insert(INSERT_MOMENTS, moments);
      this.#insert(INSERT_TOTALS, totals.map(totalsRow));
      writeMeta(this.#database, 'lastSequence', String(last));
    });
    this.#lastSequence = last;
  }

  events(query: EventQuery): EventPage {
    const limit = clampLimit(query.limit);
    const events = guarded(() => this.#bodies<HistoryEvent>(eventSql(query)));
    const last = events.length > limit ? events[limit - 1] : undefined;
    const next = last === undefined ? undefined : { sequence: last.sequence, index: last.index };
    return { events: events.slice(0, limit), next };
  }

  totals({ from = 0, to = Number.MAX_SAFE_INTEGER, limit }: TotalsQuery): readonly TotalsRow[] {
    const most = clampLimit(limit);
    const steps = Math.max(1, most - 1);
    const values = [from, to, steps, steps, most];
    return guarded(() => this.#bodies<TotalsRow>({ text: SELECT_TOTALS, values }));
  }

  close(): void {
    this.#statements.clear();
    try {
      guarded(() => this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    } finally {
      this.#database.close();
    }
  }

  #transaction(work: () => void): void {
    guarded(() => {
      this.#database.exec('BEGIN');
      try {
        work();
        this.#database.exec('COMMIT');
      } catch (cause) {
        // A full disk has rolled back already; a second error would hide the first.
        if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
        throw cause;
      }
    });
  }

  #insert(insert: Insert, rows: readonly Row[]): void {
    const grouped = rows.length - (rows.length % GROUP_ROWS);
    for (let at = 0; at < grouped; at += GROUP_ROWS)
      this.#statement(insert.group).run(rows.slice(at, at + GROUP_ROWS).flat());
    for (const row of rows.slice(grouped)) this.#statement(insert.single).run([...row]);
  }

  #bodies<Body>({ text, values }: Sql): Body[] {
    const rows = this.#statement(text)
      .raw()
      .all([...values]);
    return rows.map((row): Body => JSON.parse(Array.isArray(row) ? String(row[0]) : ''));
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function insertInto(text: string, columns: number): Insert {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  const rows = Array.from({ length: GROUP_ROWS }, () => row).join(', ');
  return { single: `${text} VALUES ${row}`, group: `${text} VALUES ${rows}` };
}

/** An event with its text, which is kept as it came. */
interface Kept {
  readonly event: HistoryEvent;
  readonly text: string;
}

function keptOf(text: string): Kept {
  return { event: JSON.parse(text) as HistoryEvent, text };
}

function eventRow({ event, text }: Kept): Row {
  const { sequence, index, timeMs, kind, market = null } = event;
  return [sequence, index, timeMs, kind, market, text];
}

function accountRows({ event }: Kept): Row[] {
  return accountsOf(event).map((name) => [name, event.sequence, event.index]);
}

function totalsRow(row: TotalsRow): Row {
  return [row.sequence, row.time, JSON.stringify(row)];
}
