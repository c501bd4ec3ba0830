/** Folders that can be made, and one that no system lets anyone make. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder } from './disk-folder.ts';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('makes what is missing and says from where on', () => {
  const folder = temporary();
  expect(makeFolder(join(folder, 'a/b/c'))).toBe(join(folder, 'a'));
  expect(makeFolder(join(folder, 'a/b/c'))).toBeUndefined();
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
});

it('refuses a file in the way', () => {
  const file = join(temporary(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow('EEXIST');
  expect(() => makeFolder(join(file, 'below'))).toThrow('ENOTDIR');
});

it.skipIf(!existsSync('/proc/self'))('comes back from where nothing can be made', () => {
  expect(() => makeFolder('/proc/plimsoll')).toThrow('ENOENT');
});
