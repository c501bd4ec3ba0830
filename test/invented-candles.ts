/**
 * Candle files that tests make for themselves: a quiet start, a crash, half of the way back; and
 * funding rates for them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const FIRST_MS: number = Date.UTC(2025, 9, 10, 21, 0);
const MINUTE_MS = 60_000;
/** Minutes in which the price falls. */
const FALL: readonly [number, number] = [20, 32];

/** Writes `MARKET-1m-invented.csv` into the folder and gives its name. */
export function writeCandles(folder: string, market: string, minutes = 60, start = 50_000): string {
  const rows = ['date,open,high,low,close,volume'];
  let open = start;
  for (let minute = 0; minute < minutes; minute += 1) {
    const close = Math.round(open * moveOf(minute) * 10) / 10;
    const [low, high] = [Math.min(open, close) * 0.9995, Math.max(open, close) * 1.0005];
    const date = new Date(FIRST_MS + minute * MINUTE_MS).toISOString();
    rows.push(`${date},${open},${high.toFixed(1)},${low.toFixed(1)},${close},1`);
    open = close;
  }
  const name = `${market}-1m-invented.csv`;
  writeFileSync(join(folder, name), `${rows.join('\n')}\n`);
  return name;
}

/** Writes `MARKET-8h-funding-invented.csv` with one rate, half an hour in, and gives its name. */
export function writeFunding(folder: string, market: string, rate = '0.0005'): string {
  const name = `${market}-8h-funding-invented.csv`;
  const at = new Date(FIRST_MS + 30 * MINUTE_MS).toISOString();
  writeFileSync(join(folder, name), `date,open\n${at},${rate}\n`);
  return name;
}

function moveOf(minute: number): number {
  if (minute < FALL[0]) return 1 + ((minute % 3) - 1) * 0.0004;
  return minute < FALL[1] ? 0.985 : 1.004;
}
