/** From a query to SQL: the conditions that were asked for, in a form that an index answers. */
import type { EventQuery } from './history.ts';

/** SQL text with the values for its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

const LIMIT_MAX = 10_000;

/** A limit that the database can bear, at least 1. */
export function clampLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.min(LIMIT_MAX, Math.max(1, Math.floor(limit))) : LIMIT_MAX;
}

/** The statement for one page and one event more, which says whether there is another page. */
export function eventSql(query: EventQuery): Sql {
  const { account, order } = query;
  const table = account === undefined ? 'events e' : 'event_accounts a CROSS JOIN events e';
  const key = account === undefined ? 'e' : 'a';
  const conditions = [...accountConditions(query), ...eventConditions(query, key)];
  const where =
    conditions.length === 0 ? '' : `WHERE ${conditions.map((c) => c.text).join(' AND ')}`;
  const way = order === 'newest' ? 'DESC' : 'ASC';
  const text = `SELECT e.body FROM ${table} ${where} ORDER BY ${key}.sequence ${way}, ${key}.place ${way} LIMIT ?`;
  const values = conditions.flatMap((condition) => condition.values);
  return { text, values: [...values, clampLimit(query.limit) + 1] };
}

function accountConditions({ account }: EventQuery): Sql[] {
  if (account === undefined) return [];
  const join = 'a.account = ? AND e.sequence = a.sequence AND e.place = a.place';
  return [{ text: join, values: [account] }];
}

function eventConditions(query: EventQuery, key: string): Sql[] {
  const { market, kinds, fromSequence, after, order } = query;
  const conditions = timeConditions(query, key);
  if (market !== undefined) conditions.push({ text: 'e.market = ?', values: [market] });
  if (kinds !== undefined) conditions.push(kindCondition(kinds));
  if (fromSequence !== undefined)
    conditions.push({ text: `${key}.sequence >= ?`, values: [fromSequence] });
  if (after !== undefined) {
    const side = order === 'newest' ? '<' : '>';
    const text = `(${key}.sequence, ${key}.place) ${side} (?, ?)`;
    conditions.push({ text, values: [after.sequence, after.index] });
  }
  return conditions;
}

/** One text for any number of kinds, so that the statements kept prepared stay few. */
function kindCondition(kinds: readonly string[]): Sql {
  const [only] = kinds;
  if (kinds.length === 1 && only !== undefined) return { text: 'e.kind = ?', values: [only] };
  const text = 'e.kind IN (SELECT value FROM json_each(?))';
  return { text, values: [JSON.stringify(kinds)] };
}

/**
 * Times rise with sequences, so the last batch that ended before `fromTime` and the first that
 * ended after `toTime` bound the sequences; the times themselves then decide.
 */
function timeConditions({ fromTime, toTime }: EventQuery, key: string): Sql[] {
  const conditions: Sql[] = [];
  if (fromTime !== undefined) {
    const text = `${key}.sequence > coalesce((${LATEST_BEFORE}), 0) AND e.time >= ?`;
    conditions.push({ text, values: [fromTime, fromTime] });
  }
  if (toTime !== undefined) {
    const text = `${key}.sequence <= coalesce((${EARLIEST_AFTER}), ${Number.MAX_SAFE_INTEGER}) AND e.time <= ?`;
    conditions.push({ text, values: [toTime, toTime] });
  }
  return conditions;
}

const LATEST_BEFORE =
  'SELECT sequence FROM moments WHERE time < ? ORDER BY time DESC, sequence DESC LIMIT 1';
const EARLIEST_AFTER =
  'SELECT sequence FROM moments WHERE time > ? ORDER BY time, sequence LIMIT 1';
