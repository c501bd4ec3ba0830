/** Candle and funding files: what is read, and what is refused with place and remedy. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatDecimal } from '@plimsoll/core/units';
import { readCandles, readFunding } from './candle-file.ts';

const HEAD = 'date,open,high,low,close,volume';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-candles-'));
});

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const minute = (m: number, prices: string): string =>
  `2025-10-10T21:${String(m).padStart(2, '0')}:00Z,${prices},1`;

describe('candle files that are read', () => {
  it('reads ISO dates, with the symbol from the name and the step from the rows', async () => {
    const path = await file(
      'BTCUSDT-1m-test.csv',
      [HEAD, minute(5, '10,12,9,11'), minute(6, '11,13,10,12')].join('\n'),
    );
    const candles = await readCandles(path, false);
    expect(candles).toMatchObject({ symbol: 'BTCUSDT', intervalMs: 60_000 });
    expect(candles.rows.map((row) => formatDecimal(row.close))).toEqual(['11', '12']);
    expect(candles.rows[0]?.timeMs).toBe(Date.UTC(2025, 9, 10, 21, 5));
  });

  it('reads the exchange layout in milliseconds, gzipped, whatever the file is called', async () => {
    const text =
      'open_time,open,high,low,close,volume,close_time\n1738368000000,0.3790,0.3795,0.3783,0.3788,4,5\n';
    const candles = await readCandles(await file('ALGO.dat', gzipSync(text)), false);
    expect(candles.rows.map((row) => formatDecimal(row.high))).toEqual(['0.3795']);
  });

  it('reads funding rates whose times are a few milliseconds off', async () => {
    const text = `${HEAD}\n2021-11-18T00:00:00.017Z,0.0001,0,0,0,0\n2021-11-18T08:00:00.007Z,-0.0002,0,0,0,0\n`;
    const rows = await readFunding(await file('F.csv', text));
    expect(rows.map((row) => formatDecimal(row.rate))).toEqual(['0.0001', '-0.0002']);
  });

  it('passes over a gap when gaps are allowed', async () => {
    const path = await file(
      'G.csv',
      [HEAD, minute(5, '10,12,9,11'), minute(6, '1,1,1,1'), minute(9, '11,13,10,12')].join('\n'),
    );
    expect((await readCandles(path, true)).rows).toHaveLength(3);
  });
});

describe('candle files that are refused, with place and remedy', () => {
  it.each([
    [
      'a zero price',
      [HEAD, minute(5, '0,12,9,11')],
      /line 2: open is "0"; a price is a decimal above 0/,
    ],
    ['a negative price', [HEAD, minute(5, '10,12,-9,11')], /line 2: low is "-9"/],
    ['NaN', [HEAD, minute(5, '10,NaN,9,11')], /line 2: high is "NaN"/],
    ['1e309', [HEAD, minute(5, '10,1e309,9,11')], /line 2: high is "1e309"/],
    ['a missing column', [HEAD, '2025-10-10T21:05:00Z,10,12'], /line 2: low is ""/],
    [
      'a high below the close',
      [HEAD, minute(5, '10,10.5,9,11')],
      /line 2: high must be the highest/,
    ],
    [
      'a gap',
      [HEAD, minute(5, '10,12,9,11'), minute(6, '10,12,9,11'), minute(9, '10,12,9,11')],
      /line 4: 2 candles are missing after 2025-10-10T21:06:00.000Z: fill them in, or pass --allow-gaps/,
    ],
    [
      'a repeated time',
      [HEAD, minute(5, '10,12,9,11'), minute(5, '10,12,9,11')],
      /line 3: times must rise/,
    ],
    ['no time', [HEAD, 'yesterday,10,12,9,11,1'], /line 2: "yesterday" is not a time/],
    [
      'seconds for milliseconds',
      [HEAD, '1738368000,10,12,9,11,1'],
      /line 2: "1738368000" is not a time/,
    ],
    ['other columns', ['price,size', '1,2'], /line 1: expected the columns/],
    ['no rows', [HEAD], /there are no rows/],
    ['an empty file', [''], /line 1: expected the columns/],
    ['binary garbage', ['\u0000\u0001\u0002'], /line 1: expected the columns/],
  ])('%s', async (name, lines, message) => {
    const path = await file(`${name.replaceAll(' ', '-')}.csv`, lines.join('\n'));
    await expect(readCandles(path, false)).rejects.toThrow(message);
    await expect(readCandles(path, false)).rejects.toThrow(path);
  });

  it('a truncated gzip', async () => {
    const whole = gzipSync([HEAD, minute(5, '10,12,9,11')].join('\n'));
    const path = await file('cut.csv.gz', whole.subarray(0, whole.length - 9));
    await expect(readCandles(path, false)).rejects.toThrow(
      /damaged or cut short .* fetch it again/,
    );
  });

  it('a file that is not there, and a folder', async () => {
    await expect(readCandles(join(folder, 'none.csv'), false)).rejects.toThrow(
      /there is no such file/,
    );
    await expect(readCandles(folder, false)).rejects.toThrow(/it is a directory/);
  });

  it('a funding rate of one or more', async () => {
    const path = await file('rate.csv', `${HEAD}\n2021-11-18T00:00:00Z,1,0,0,0,0\n`);
    await expect(readFunding(path)).rejects.toThrow(/a funding rate is a decimal between -1 and 1/);
  });
});
