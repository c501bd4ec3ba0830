/** The gap between last and mark: what is measured, and what is refused. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureGap } from './price-gap.ts';

const HEAD = 'date,open,high,low,close,volume';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-gap-'));
});

async function file(name: string, rows: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, [HEAD, ...rows].join('\n'));
  return path;
}

const at = (hour: number, minute: number, prices: string): string =>
  `2025-10-10T${hour}:${String(minute).padStart(2, '0')}:00Z,${prices},1`;

describe('the gap between last and mark', () => {
  it('is measured where both are whole, by the wider interval', async () => {
    const last = await file('BTCUSDT-30m.csv', [
      at(10, 0, '100,101,99,100'),
      at(10, 30, '100,110,98,101'),
      at(11, 0, '101,102,90,100'),
      at(11, 30, '100,103,95,102'),
      at(12, 0, '102,200,1,150'),
    ]);
    const mark = await file('BTCUSDT-1h-mark.csv', [
      at(10, 0, '100,105,100,100'),
      at(11, 0, '100,104,100,100'),
      at(12, 0, '100,104,100,100'),
    ]);
    const gap = await measureGap(last, mark);
    expect(gap).toMatchObject({ market: 'BTCUSDT', intervals: 2, intervalMinutes: 60 });
    expect(gap.from).toBe('2025-10-10T10:00:00.000Z');
    expect(gap.to).toBe('2025-10-10T12:00:00.000Z');
    expect(gap.closes.median).toBeCloseTo(0.01, 12);
    expect(gap.closes.widest).toBeCloseTo(0.02, 12);
    expect(gap.closes.widestAt).toBe('2025-10-10T11:00:00.000Z');
    expect(gap.below.widest).toBeCloseTo(0.1, 12);
    expect(gap.above.widest).toBeCloseTo(110 / 105 - 1, 12);
  });

  it.each([
    ['no common time', [at(20, 0, '1,1,1,1'), at(20, 30, '1,1,1,1')], /no time in common/],
    ['steps that do not divide', [at(10, 0, '1,1,1,1'), at(10, 25, '1,1,1,1')], /must divide/],
  ])('is refused with %s', async (name, rows, message) => {
    const last = await file(`X-${name}.csv`, rows);
    const mark = await file('X-1h.csv', [at(10, 0, '1,1,1,1'), at(11, 0, '1,1,1,1')]);
    await expect(measureGap(last, mark)).rejects.toThrow(message);
  });
});
