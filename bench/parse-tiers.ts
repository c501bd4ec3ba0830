/** `parse-tiers`: every market's table of a venue, from the text of a file to schedules. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readTierTables } from '@plimsoll/core/rulebook';
import { alone, measureTimes, type Benchmark, type Figure } from './harness.ts';

const FOLDER = fileURLToPath(new URL('../../shared/data/', import.meta.url));
const FILE = `${FOLDER}binance_leverage_tiers_2026-07-02.json.gz`;

async function run(): Promise<readonly Figure[]> {
  if (!existsSync(FILE)) {
    console.error('parse-tiers is skipped: there is no ../shared/data with a table to parse');
    return [];
  }
  const text = gunzipSync(readFileSync(FILE)).toString();
  const parse = (): number => {
    const tables = readTierTables(JSON.parse(text));
    if ('error' in tables) throw new Error(`${tables.error.path} ${tables.error.message}`);
    return 1;
  };
  const times = await measureTimes([parse], { warmUp: 5, measured: 15 });
  return times.map((time) => alone({ name: 'parse-tiers', ...time, unit: 'ms', goal: '≤ 100' }));
}

export const parseTiers: Benchmark = {
  name: 'parse-tiers',
  about: 'the tier tables of 808 markets, from JSON text to schedules',
  run,
};
