/**
 * Who may do what: bearer keys with a role, kept only as hashes in `keys.json` of the data folder.
 * A key has 256 random bits, so a plain SHA-256 of it cannot be searched.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../journal/index.ts';
import { reasonOf, ServerError, systemCode } from './server-error.ts';

export const ROLES = ['reader', 'trader', 'publisher', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** A key as it is kept. `accounts` limits a key to these accounts; null: all of them. */
export interface KeyRecord {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly string[] | null;
  readonly hash: string;
  readonly createdAt: string;
}

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly string[] | null;
  readonly createdAt: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const FILE = 'keys.json';

/** Where the keys of a data folder are. */
export function keyFile(directory: string): string {
  return join(directory, FILE);
}

/** The keys of a data folder; `null` when it has no key file. Throws a `ServerError`. */
export function readKeys(directory: string): readonly KeyRecord[] | null {
  const file = keyFile(directory);
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0) throw tooOpen(file);
    return checked(file, JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    if (cause instanceof ServerError) throw cause;
    throw new ServerError('unsafe', `the keys in ${file} cannot be read: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

function tooOpen(file: string): ServerError {
  return new ServerError('unsafe', `others can read ${file}; run: chmod 600 ${file}`);
}

function checked(file: string, value: unknown): readonly KeyRecord[] {
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : null;
  if (Array.isArray(keys) && keys.every(isKeyRecord)) return keys;
  throw new ServerError(
    'unsafe',
    `${file} is not a list of keys; make it anew with plimsoll keys add`,
  );
}

function isKeyRecord(value: unknown): value is KeyRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { name, role, accounts, hash } = value as Readonly<Record<keyof KeyRecord, unknown>>;
  const wellNamed = typeof name === 'string' && NAME.test(name);
  const limited = accounts === null || (Array.isArray(accounts) && accounts.every(isText));
  const hashed = typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  return wellNamed && ROLES.includes(role as Role) && limited && hashed;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/**
 * Adds a key and gives its secret, which is shown once and kept nowhere. Throws a `ServerError`
 * when the name is taken or unfit, or the file cannot be written.
 */
export function addKey(directory: string, key: NewKey): string {
  const keys = readKeys(directory) ?? [];
  if (!NAME.test(key.name))
    throw new ServerError('unsafe', `a key's name has 1 to 32 of A-Za-z0-9._-, not ${key.name}`);
  if (keys.some(({ name }) => name === key.name))
    throw new ServerError('unsafe', `there is a key named ${key.name} already; remove it first`);
  const secret = `plimsoll_${randomBytes(32).toString('base64url')}`;
  writeKeys(directory, [...keys, { ...key, hash: hashKey(secret) }]);
  return secret;
}

/** Removes a key; false when there was none of that name. */
export function removeKey(directory: string, name: string): boolean {
  const keys = readKeys(directory) ?? [];
  const left = keys.filter((key) => key.name !== name);
  if (left.length === keys.length) return false;
  writeKeys(directory, left);
  return true;
}

function writeKeys(directory: string, keys: readonly KeyRecord[]): void {
  const file = keyFile(directory);
  try {
    makeFolder(directory);
    const handle = openSync(`${file}.new`, 'w', 0o600);
    writeSync(handle, `${JSON.stringify({ keys }, null, 2)}\n`);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new ServerError('folder', `${file} cannot be written: ${reasonOf(cause)}`, { cause });
  }
}

function hashKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The key that `secret` is, compared in constant time with every one. */
export function findKey(keys: readonly KeyRecord[], secret: string): KeyRecord | undefined {
  const given = Buffer.from(hashKey(secret), 'hex');
  let found: KeyRecord | undefined;
  for (const key of keys) {
    if (timingSafeEqual(given, Buffer.from(key.hash, 'hex'))) found = key;
  }
  return found;
}
