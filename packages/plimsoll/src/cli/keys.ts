/** `plimsoll keys`: who may use a server. Secrets are printed once, when they are made. */
import { addKey, keyFile, readKeys, removeKey, ServerError, type Role } from '../server/index.ts';
import { Failure, type ExitCode } from './failure.ts';
import { print, printLine } from './output.ts';
import { table } from './table.ts';

/** Which data folder. */
export interface Keys {
  readonly data: string;
}

export interface AddKeyOptions extends Keys {
  readonly name: string;
  readonly role: Role;
  /** The accounts that the key is limited to; none given: every account. */
  readonly account: readonly string[];
}

/** Makes a key and prints its secret on standard output, alone, so that it can be piped. */
export async function addKeyCommand(options: AddKeyOptions): Promise<ExitCode> {
  const { data, name, role, account } = options;
  const accounts = account.length === 0 ? null : account;
  const createdAt = new Date().toISOString();
  const secret = sentenced(() => addKey(data, { name, role, accounts, createdAt }));
  console.error(
    `${keyFile(data)} has a ${role} named ${name}. Keep this key, it is not shown again:`,
  );
  await printLine(secret);
  return 0;
}

/** Prints the keys without anything secret. */
export async function listKeysCommand(options: Keys & { json?: true }): Promise<ExitCode> {
  const keys = sentenced(() => readKeys(options.data)) ?? [];
  const shown = keys.map(({ name, role, accounts, createdAt }) => ({
    name,
    role,
    accounts,
    createdAt,
  }));
  if (options.json) await print(`${JSON.stringify(shown, null, 2)}\n`);
  else if (shown.length === 0)
    await printLine(`${keyFile(options.data)} holds no key: plimsoll keys add makes one`);
  else await printLine(listText(shown));
  return 0;
}

interface ShownKey {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly string[] | null;
  readonly createdAt: string;
}

function listText(keys: readonly ShownKey[]): string {
  const rows = keys.map(({ name, role, accounts, createdAt }) => [
    name,
    role,
    accounts === null ? 'all' : accounts.join(' '),
    createdAt,
  ]);
  return table([['name', 'role', 'accounts', 'made'], ...rows], ['left', 'left', 'left', 'left']);
}

/** Removes a key. */
export async function removeKeyCommand(options: Keys & { name: string }): Promise<ExitCode> {
  const { data, name } = options;
  if (!sentenced(() => removeKey(data, name)))
    throw new Failure(`${keyFile(data)} has no key named ${name}: plimsoll keys list shows them`);
  await printLine(`${keyFile(data)} has no key named ${name} any more`);
  return 0;
}

function sentenced<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ServerError) throw new Failure(cause.message, 1, { cause });
    throw cause;
  }
}
