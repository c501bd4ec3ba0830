/** The simulator as a program: some seeds break nothing, and a seed is the same run every time. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** In a process of its own: it replaces the timers and clocks of the one it runs in. */
function simulate(...options: string[]): string {
  const node = ['--conditions=source', '--import', 'tsx', 'sim/main.ts'];
  return execFileSync(process.execPath, [...node, ...options], { cwd: ROOT, encoding: 'utf8' });
}

function traces(of: string): string[] {
  return of.split('\n').filter((line) => line.includes('trace'));
}

it('comes through crashes, bad disks, networks and prices, twice in the same way', () => {
  const options = ['--seeds', '1..5', '--commands', '120', '--trace'];
  const text = simulate(...options);
  expect(text).toMatch(/\nseeds: 5, commands: 600, faults: [1-9]\d\d+, violations: 0\n$/);
  expect(new Set(traces(text)).size).toBe(5);
  expect(traces(simulate(...options))).toEqual(traces(text));
});
