/** Makes folders on the real file system, one after the other from above. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder, and those above it, with `mode`; the topmost that was made, `undefined` when it
 * was there. Throws what the system said. Not by `recursive`: Node 20 never comes back from it
 * where the system lets nothing be made, as in /proc.
 */
export function makeFolder(directory: string, mode = 0o777): string | undefined {
  const path = resolve(directory);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return undefined;
  const above = dirname(path) === path ? undefined : makeFolder(dirname(path), mode);
  mkdirSync(path, { mode });
  return above ?? path;
}
