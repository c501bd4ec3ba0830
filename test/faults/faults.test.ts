/**
 * Real processes and real bytes under faults, in the numbers of every run of CI; `npm run faults`
 * has the same in the numbers of `docs/reliability.md`. Elsewhere than in CI it is a few of each.
 */
import { describe, expect, it } from 'vitest';
import { damageLogs } from './damage.ts';
import { fillDisk, tmpfsFault } from './full-disk.ts';
import { fuzz, MEMORY_MOST } from './fuzz.ts';
import { killUnderLoad } from './kill.ts';
import { stopUnderLoad } from './stop.ts';

// Where nothing can be mounted the limit on the size of files holds the same promise.
const fault = await tmpfsFault();
const isCi = process.env['CI'] === 'true';
const MINUTE_MS = 60_000;

describe('the program', () => {
  const times = isCi ? 20 : 3;
  it(
    `loses and doubles nothing that it acknowledged, killed ${times} times under load`,
    async () => {
      const result = await killUnderLoad({ times, seed: 7 });
      expect(result.faults).toEqual([]);
      expect(result.kills).toBe(times);
      expect(result.acknowledged).toBeGreaterThan(times);
      expect(result.hashesCompared).toBeGreaterThan(0);
    },
    (2 + times) * MINUTE_MS,
  );

  it(
    'goes on after standing still: nothing lost, nothing doubled, nobody liquidated by an old price',
    async () => {
      const result = await stopUnderLoad({ seconds: 5 });
      expect(result.faults).toEqual([]);
      expect(result).toMatchObject({ liquidatedByStale: 0, liquidatedByFresh: 1 });
      expect(result.timeouts).toBeGreaterThan(0);
      expect(result.eventsFollowed).toBeGreaterThan(0);
    },
    3 * MINUTE_MS,
  );

  it(
    'stops with 503 when its file cannot grow, and goes on from there with room',
    async () => {
      const result = await fillDisk('file-size');
      expect(result.faults).toEqual([]);
      expect(result.acknowledged).toBeGreaterThan(0);
      expect(result.turnedAway).toBeGreaterThan(0);
      expect(result.reason).toMatch(/could not be written \(EFBIG.*free space, and start again/);
    },
    3 * MINUTE_MS,
  );

  it.skipIf(!isCi || fault !== undefined)(
    `does the same on a disk without room${isCi ? (fault === undefined ? '' : ` (${fault})`) : ' (in CI)'}`,
    async () => {
      const result = await fillDisk('tmpfs');
      expect(result.faults).toEqual([]);
      expect(result.reason).toContain('ENOSPC');
    },
    5 * MINUTE_MS,
  );
});

describe('a log of 64 records', () => {
  const step = isCi ? 1 : 37;
  it(
    `cut off or flipped anywhere opens as a prefix or halts (every ${step})`,
    async () => {
      const { truncated, zeroed, flipped, faults } = await damageLogs({ step });
      expect(faults).toEqual([]);
      for (const { openings, whole, cut, halted } of [truncated, zeroed, flipped]) {
        expect(openings).toBeGreaterThan(64);
        expect(whole + cut + halted).toBe(openings);
        expect(cut).toBeGreaterThan(0);
        expect(halted).toBeGreaterThan(cut);
      }
    },
    10 * MINUTE_MS,
  );
});

describe('the entrances', () => {
  const inputs = isCi ? 100_000 : 2_000;
  it(
    `take up to ${inputs} inputs of a fuzz without a fault`,
    async () => {
      // A slow machine sends fewer, so that the whole stays well within its time.
      const result = await fuzz({ inputs, seed: 11, withinMs: 4 * MINUTE_MS });
      console.log(`fuzz: ${result.inputs} of ${inputs} inputs`);
      expect(result.faults).toEqual([]);
      expect(result.inputs).toBeGreaterThanOrEqual(2_000);
      expect(Object.keys(result.answers).filter((status) => Number(status) >= 500)).toEqual(
        Object.keys(result.declared503).length > 0 ? ['503'] : [],
      );
      expect(result.accepted).toBeGreaterThan(0);
      expect(result.refused).toBeGreaterThan(0);
      expect(result.memory.most).toBeLessThan(MEMORY_MOST);
    },
    10 * MINUTE_MS,
  );
});
