/** The program's version, as its package says it. */
import { readFileSync } from 'node:fs';

/** The version, without a `v`. */
export function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
