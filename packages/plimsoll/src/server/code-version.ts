/** Which code wrote a state, and the hash by which two states are compared. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { STATE_FORMAT } from '@plimsoll/core/engine';

/** The program's version, as its package says it, with the format of its states. */
export function readCodeVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return `${version}+state.${STATE_FORMAT}`;
}

/** SHA-256 of a canonically encoded state, in hex. */
export function hashState(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
