/** The simulator as a program: some seeds break nothing, and a seed is the same run every time. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENGINE_MUTANTS } from '../sim/mutants-of-engine.ts';
import { SERVER_MUTANTS } from '../sim/mutants-of-server.ts';

const ROOT = join(import.meta.dirname, '..');
/** Ten seconds on a machine that does nothing else. */
const PATIENCE_MS = 300_000;

/** In a process of its own: it replaces the timers and clocks of the one it runs in. */
function simulate(...options: string[]): string {
  const node = ['--conditions=source', '--import', 'tsx', 'sim/main.ts'];
  return execFileSync(process.execPath, [...node, ...options], { cwd: ROOT, encoding: 'utf8' });
}

function traces(of: string): string[] {
  return of.split('\n').filter((line) => line.includes('trace'));
}

const OPTIONS = ['--seeds', '1..5', '--commands', '120', '--trace'];

it(
  'comes through crashes, bad disks, networks and prices, twice in the same way',
  () => {
    const text = simulate(...OPTIONS);
    expect(text).toMatch(/\nseeds: 5, commands: 6\d\d, faults: [1-9]\d\d+, violations: 0\n$/);
    expect(new Set(traces(text)).size).toBe(5);
    expect(traces(simulate(...OPTIONS))).toEqual(traces(text));
  },
  PATIENCE_MS,
);

describe('seeds that once failed', () => {
  it.each([['a process that had died went on writing its history', 70]])(
    '%s',
    (_what, seed) => {
      expect(simulate('--seeds', String(seed))).toMatch(/, violations: 0\n$/);
    },
    PATIENCE_MS,
  );
});

describe('planted bugs', () => {
  const mutants = [...SERVER_MUTANTS, ...ENGINE_MUTANTS];

  it('have names of their own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  it.each(mutants)('$name: has its place', ({ file, from, to }) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    expect(text.split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });
});
