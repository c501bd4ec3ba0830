/**
 * Candle files as exchanges publish them: CSV, gzipped or not, in either of two column layouts
 * (`date,open,high,low,close,volume` or `open_time,open,…` in milliseconds). What is wrong is said
 * with file and line; nothing is guessed.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { compare, parseDecimal, type Rational } from '@plimsoll/core/units';
import { ReplayError } from './replay-error.ts';

/** Prices as written, exact. */
export interface CandleRow {
  readonly timeMs: number;
  readonly open: Rational;
  readonly high: Rational;
  readonly low: Rational;
  readonly close: Rational;
}

export interface CandleFile {
  readonly path: string;
  /** What the file's name begins with: `BTCUSDT` of `BTCUSDT-1m-2025-02.csv.gz`. */
  readonly symbol: string;
  readonly intervalMs: number;
  readonly rows: readonly CandleRow[];
}

/** One settlement: the rate stands in the column `open`. */
export interface FundingRow {
  readonly timeMs: number;
  readonly rate: Rational;
}

/** No file is read beyond this many bytes, as it lies on disk or unpacked. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** Reads candles. Throws a ReplayError that names file and line. */
export async function readCandles(path: string, allowGaps: boolean): Promise<CandleFile> {
  const rows = (await readRows(path)).map((row) => candleOf(path, row));
  const intervalMs = checkTimes(path, rows, allowGaps);
  return { path, symbol: symbolOf(path), intervalMs, rows };
}

/** Reads funding rates; the times may be a few milliseconds off and need no fixed step. */
export async function readFunding(path: string): Promise<FundingRow[]> {
  const rows = (await readRows(path)).map((row) => ({
    timeMs: row.timeMs,
    rate: rateOf(path, row),
  }));
  const late = rows.findIndex(
    (row, index) => index > 0 && row.timeMs <= (rows[index - 1]?.timeMs ?? 0),
  );
  if (late >= 0) throw new ReplayError(`${path} line ${late + 2}: times must rise`);
  return rows;
}

function symbolOf(path: string): string {
  const name = basename(path).replace(/\.csv(\.gz)?$/, '');
  const symbol = (name.split(/[-_]/)[0] ?? name).replace(/[^A-Za-z0-9._:]/g, '');
  return symbol === '' ? 'MARKET' : symbol.slice(0, 64);
}

/** A line that has the right columns: time read, the rest as text. */
interface RawRow {
  readonly line: number;
  readonly timeMs: number;
  readonly cells: readonly string[];
}

async function readRows(path: string): Promise<RawRow[]> {
  const lines = (await readText(path)).split(/\r?\n/);
  const header = (lines[0] ?? '').trim().toLowerCase().split(',');
  const [time] = header;
  if ((time !== 'date' && time !== 'open_time') || header[1] !== 'open') {
    throw new ReplayError(
      `${path} line 1: expected the columns date,open,high,low,close,… or open_time,open,high,low,close,…`,
    );
  }
  const rows: RawRow[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    rows.push(rawRow(path, index + 1, line));
  }
  if (rows.length === 0) throw new ReplayError(`${path}: there are no rows below the header`);
  return rows;
}

function rawRow(path: string, line: number, text: string): RawRow {
  const cells = text.split(',').map((cell) => cell.trim());
  const timeMs = timeOf(cells[0] ?? '');
  if (timeMs === undefined) {
    throw new ReplayError(
      `${path} line ${line}: "${cells[0]?.slice(0, 40) ?? ''}" is not a time: write 2025-10-10T21:05:00Z or milliseconds since 1970`,
    );
  }
  return { line, timeMs, cells };
}

const YEAR_1971_MS = 31_536_000_000;

function timeOf(text: string): number | undefined {
  if (/^\d{11,14}$/.test(text)) return Number(text) >= YEAR_1971_MS ? Number(text) : undefined;
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return undefined;
  const zoned = /Z|[+-]\d{2}:?\d{2}$/.test(text.slice(10)) ? text : `${text.replace(' ', 'T')}Z`;
  const timeMs = Date.parse(text.length === 10 ? text : zoned.replace(' ', 'T'));
  return Number.isFinite(timeMs) ? timeMs : undefined;
}

function candleOf(path: string, row: RawRow): CandleRow {
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name, index) =>
    priceOf(path, row, name, row.cells[index + 1]),
  ) as [Rational, Rational, Rational, Rational];
  const sound = [open, close].every(
    (price) => compare(price, high) <= 0 && compare(price, low) >= 0,
  );
  if (!sound) {
    throw new ReplayError(
      `${path} line ${row.line}: high must be the highest and low the lowest of the candle`,
    );
  }
  return { timeMs: row.timeMs, open, high, low, close };
}

function priceOf(path: string, row: RawRow, name: string, text: string | undefined): Rational {
  const price = parseDecimal(text);
  if (price !== undefined && price.n > 0n) return price;
  throw new ReplayError(
    `${path} line ${row.line}: ${name} is "${(text ?? '').slice(0, 40)}"; a price is a decimal above 0: correct or leave out the row`,
  );
}

function rateOf(path: string, row: RawRow): Rational {
  const rate = parseDecimal(row.cells[1]);
  const one = { n: 1n, d: 1n };
  if (rate !== undefined && compare(rate, one) < 0 && compare({ n: -rate.n, d: rate.d }, one) < 0)
    return rate;
  throw new ReplayError(
    `${path} line ${row.line}: open is "${(row.cells[1] ?? '').slice(0, 40)}"; a funding rate is a decimal between -1 and 1`,
  );
}

/** The step between candles; rising times, and no gap unless gaps are allowed. */
function checkTimes(path: string, rows: readonly CandleRow[], allowGaps: boolean): number {
  let intervalMs = Infinity;
  for (let index = 1; index < rows.length; index += 1) {
    const step = (rows[index]?.timeMs ?? 0) - (rows[index - 1]?.timeMs ?? 0);
    if (step <= 0)
      throw new ReplayError(
        `${path} line ${index + 2}: times must rise; sort the file and leave out repeats`,
      );
    intervalMs = Math.min(intervalMs, step);
  }
  if (!Number.isFinite(intervalMs)) intervalMs = 60_000;
  if (!allowGaps) refuseGaps(path, rows, intervalMs);
  return intervalMs;
}

function refuseGaps(path: string, rows: readonly CandleRow[], intervalMs: number): void {
  for (let index = 1; index < rows.length; index += 1) {
    const before = rows[index - 1]?.timeMs ?? 0;
    const step = (rows[index]?.timeMs ?? 0) - before;
    if (step === intervalMs) continue;
    const missing = Math.round(step / intervalMs) - 1;
    throw new ReplayError(
      `${path} line ${index + 2}: ${missing} candles are missing after ${new Date(before).toISOString()}: fill them in, or pass --allow-gaps`,
    );
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ReplayError(`${path} cannot be read: ${reasonOf(cause)}`, cause);
  });
  if (bytes.length > MOST_BYTES) throw new ReplayError(`${path} is larger than 1 GiB: split it`);
  const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpack(path, bytes) : bytes;
  return new TextDecoder('utf-8').decode(unpacked);
}

async function unpack(path: string, bytes: Buffer): Promise<Buffer> {
  return promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES }).catch((cause: unknown) => {
    throw new ReplayError(
      `${path} is damaged or cut short (${reasonOf(cause)}): fetch it again`,
      cause,
    );
  });
}

/** What went wrong, in a few words. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause) {
    if (cause.code === 'ENOENT') return 'there is no such file';
    if (cause.code === 'EISDIR') return 'it is a directory';
    if (cause.code === 'EACCES') return 'permission denied';
  }
  return cause instanceof Error ? cause.message : String(cause);
}
