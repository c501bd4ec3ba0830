/** The history in a SQLite file: one transaction a batch, many rows a statement. */
import type Database from 'libsql';
import { clampLimit, eventSql, type Sql } from './event-query.ts';
import {
  HistoryError,
  type EventPage,
  type EventQuery,
  type History,
  type HistoryEvent,
  type TotalsQuery,
  type TotalsRow,
} from './history.ts';
import { openDatabase, readMeta, writeMeta, type OpenedDatabase, type Origin } from './schema.ts';

export interface OpenedHistory {
  readonly history: History;
  /** The file that was there could not be trusted; rebuild from the journal's first entry. */
  readonly movedAside: OpenedDatabase['movedAside'];
}

/**
 * Opens or makes the history in `file` (`:memory:` for none) of the journal `origin`. A damaged
 * file, another journal's, or one that knows more than the journal is moved aside and said.
 * Throws a `HistoryError` when no file can be made there.
 */
export function openHistory(file: string, origin: Partial<Origin> = {}): OpenedHistory {
  const { source = '', lastSequenceMax = Infinity } = origin;
  const { database, movedAside } = guarded(() => openDatabase(file, { source, lastSequenceMax }));
  return { history: new SqliteHistory(database), movedAside };
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the history failed (${reason}): open it again to rebuild it from the journal`;
    throw new HistoryError(message, { cause });
  }
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

class SqliteHistory implements History {
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

  append(events: readonly HistoryEvent[], through?: number): void {
    const fresh = events.filter(({ sequence }) => sequence > this.#lastSequence);
    const last = through ?? fresh.at(-1)?.sequence ?? this.#lastSequence;
    if (last <= this.#lastSequence) return;
    const moments = fresh.slice(-1).map(({ time, sequence }) => [time, sequence]);
    this.#transaction(() => {
      this.#insert(INSERT_EVENTS, fresh.map(eventRow));
      this.#insert(INSERT_ACCOUNTS, fresh.flatMap(accountRows));
      this.#insert(INSERT_MOMENTS, moments);
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

  appendTotals(rows: readonly TotalsRow[]): void {
    const values = rows.map((row) => [row.sequence, row.time, JSON.stringify(row)]);
    this.#transaction(() => this.#insert(INSERT_TOTALS, values));
  }

  totals({ from = 0, to = Number.MAX_SAFE_INTEGER, limit }: TotalsQuery): readonly TotalsRow[] {
    const most = clampLimit(limit);
    const steps = Math.max(1, most - 1);
    const values = [from, to, steps, steps, most];
    return guarded(() => this.#bodies<TotalsRow>({ text: SELECT_TOTALS, values }));
  }

  clear(): void {
    this.#transaction(() => {
      for (const table of ['events', 'event_accounts', 'moments', 'totals'])
        this.#database.exec(`DELETE FROM ${table}`);
      writeMeta(this.#database, 'lastSequence', '0');
    });
    this.#lastSequence = 0;
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

  #bodies<Kept>({ text, values }: Sql): Kept[] {
    const rows = this.#statement(text)
      .raw()
      .all([...values]);
    return rows.map((row): Kept => JSON.parse(Array.isArray(row) ? String(row[0]) : ''));
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

function eventRow(event: HistoryEvent): Row {
  const { sequence, index, time, kind, market = null } = event;
  return [sequence, index, time, kind, market, JSON.stringify(event)];
}

function accountRows({ sequence, index, account, accounts = [] }: HistoryEvent): Row[] {
  const all = account === undefined ? accounts : [account, ...accounts];
  return all.map((name) => [name, sequence, index]);
}
