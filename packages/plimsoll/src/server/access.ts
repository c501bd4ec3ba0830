/**
 * Decides for each request who it comes from and whether they may: keys where they are needed, and
 * on loopback without keys only this machine's own pages and programs.
 */
import { statSync } from 'node:fs';
import { malformed, ProblemError } from './problem.ts';
import { findKey, keyFile, readKeys, type KeyRecord, type Role } from './keys.ts';
import { reasonOf } from './server-error.ts';

/** Who a request comes from. `accounts: null` means all of them. */
export interface Caller {
  readonly client: string;
  readonly role: Role;
  readonly accounts: ReadonlySet<string> | null;
}

const LOCAL: Caller = { client: 'local', role: 'operator', accounts: null };
const RELOAD_MS = 1_000;
const FAILURES_MAX = 30;
const FAILURE_WINDOW_MS = 60_000;
const WATCHED_ADDRESSES_MAX = 10_000;

/** What each role may do. An operator may do everything. */
export type Deed = 'read' | 'trade' | 'publish' | 'operate';
const DEEDS: Readonly<Record<Role, readonly Deed[]>> = {
  reader: ['read'],
  trader: ['read', 'trade'],
  publisher: ['read', 'publish'],
  operator: ['read', 'trade', 'publish', 'operate'],
};

/**
 * The keys of a folder, read again within a second of a change; an unreadable file lets nobody in.
 */
export class Access {
  readonly #directory: string;
  #keys: readonly KeyRecord[] | null;
  #stamp: string;
  #checkedMs = 0;
  readonly #failures = new Map<string, { count: number; sinceMs: number }>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#keys = readKeys(directory);
    this.#stamp = this.#fileStamp();
  }

  /** Whether a key is needed at all. */
  get needed(): boolean {
    this.#reload();
    return this.#keys !== null;
  }

  /** The caller with this secret, or the one caller that there is without keys. Throws a 401. */
  identify(secret: string | undefined, address: string): Caller {
    this.#reload();
    if (this.#keys === null) return LOCAL;
    this.#refuseGuessing(address);
    const key = secret === undefined ? undefined : findKey(this.#keys, secret);
    if (key === undefined) throw this.#unidentified(secret, address);
    const accounts = key.accounts === null ? null : new Set(key.accounts);
    return { client: key.name, role: key.role, accounts };
  }

  #unidentified(secret: string | undefined, address: string): ProblemError {
    if (secret !== undefined) this.#countFailure(address);
    const detail =
      secret === undefined
        ? 'send a key as "Authorization: Bearer KEY"; plimsoll keys add makes one'
        : 'this key is not known here';
    return new ProblemError(401, detail, { headers: { 'www-authenticate': 'Bearer' } });
  }

  #refuseGuessing(address: string): void {
    const failed = this.#failures.get(address);
    if (failed === undefined || failed.count < FAILURES_MAX) return;
    if (Date.now() - failed.sinceMs < FAILURE_WINDOW_MS) {
      const headers = { 'retry-after': '60' };
      throw new ProblemError(429, 'too many unknown keys from this address; wait a minute', {
        headers,
      });
    }
    this.#failures.delete(address);
  }

  #countFailure(address: string): void {
    if (this.#failures.size >= WATCHED_ADDRESSES_MAX) this.#failures.clear();
    const failed = this.#failures.get(address);
    if (failed === undefined) this.#failures.set(address, { count: 1, sinceMs: Date.now() });
    else failed.count += 1;
  }

  #reload(): void {
    const now = Date.now();
    if (now - this.#checkedMs < RELOAD_MS) return;
    this.#checkedMs = now;
    const stamp = this.#fileStamp();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      // A file that is gone does not open what it closed: that takes a restart.
      this.#keys = readKeys(this.#directory) ?? (this.#keys === null ? null : []);
    } catch (cause) {
      this.#keys = [];
      console.error(`nobody is let in: ${reasonOf(cause)}`);
    }
  }

  #fileStamp(): string {
    const found = statSync(keyFile(this.#directory), { throwIfNoEntry: false });
    return found === undefined ? '' : `${found.mtimeMs}.${found.size}.${found.mode}.${found.ino}`;
  }
}

/** Throws a 403 unless the caller's role allows the deed. */
export function requireDeed(caller: Caller, deed: Deed): void {
  if (DEEDS[caller.role].includes(deed)) return;
  throw new ProblemError(403, `a ${caller.role} may not ${deed}; use another key`);
}

/** Throws a 403 unless the caller may see and change this account. */
export function requireAccount(caller: Caller, account: string): void {
  if (caller.accounts === null || caller.accounts.has(account)) return;
  throw new ProblemError(403, `this key is not for account ${account}`);
}

const BEARER = /^Bearer ([\x21-\x7e]{1,200})$/i;

/** The secret of an `Authorization` header. Throws a 400 for one of another kind. */
export function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = BEARER.exec(header);
  if (match !== null) return match[1];
  throw malformed('Authorization', 'the Authorization header must be "Bearer KEY"');
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Whether a host to listen on is this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
}

export interface Origins {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Without keys the browser is the way in: refuses a page of another origin, and a host name that
 * was pointed at this machine from outside.
 */
export function refuseForeignPage({ host, origin }: Origins): void {
  if (host === undefined || !LOOPBACK.test(host)) {
    throw new ProblemError(421, 'ask for this server as localhost or 127.0.0.1');
  }
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new ProblemError(403, 'requests from pages of another origin are not taken', {
    code: 'foreign-origin',
  });
}
