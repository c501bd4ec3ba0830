/**
 * The memory of command ids: the same id answers the same, with another body it is refused. The
 * latest N ids of each client are kept; whole-number ids that have been forgotten are known to be
 * too old, since a client's numbers rise.
 */
import type { Command } from './command.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { Client, Engine, RememberedAnswer } from './state.ts';

const DEFAULT_REMEMBERED = 1024;

/** The command's body as canonical text: keys sorted, time and sender left out. */
export function fingerprintOf(command: Command): string {
  const { client: _client, id: _id, timeMs: _timeMs, ...body } = command;
  return digest(canonical(body));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value as Record<string, unknown>)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

/** Two independent 32-bit FNV-1a passes: a client can only ever confuse its own commands. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ ((unit << 7) | (unit >>> 9)), 0x01000193) + 0x3c6ef372;
  }
  return (a >>> 0).toString(36) + '.' + (b >>> 0).toString(36) + '.' + text.length.toString(36);
}

/** The answer that the id got before, or why it cannot be taken; null for a fresh id. */
export function recall(
  engine: Engine,
  command: Command,
  fingerprint: string,
): RememberedAnswer | Refusal | null {
  const client = engine.clients.get(command.client);
  if (client === undefined) return null;
  const known = client.answers.get(command.id);
  if (known === undefined) return refuseForgotten(client, command.id);
  if (known.fingerprint === fingerprint) return known;
  return refuse('id-reused', 'this id was used for another command: choose a new one', {
    id: command.id,
  });
}

function refuseForgotten(client: Client, id: string): Refusal | null {
  const number = wholeNumber(id);
  if (number === null || number > client.forgottenUpTo) return null;
  return refuse('id-too-old', 'this id is too old to know: number commands upwards', {
    id,
    oldestKnown: client.forgottenUpTo + 1,
  });
}

function wholeNumber(id: string): number | null {
  return /^\d{1,15}$/.test(id) ? Number(id) : null;
}

/** Remembers an answer, and forgets the client's oldest when there are too many. */
export function remember(engine: Engine, command: Command, answer: RememberedAnswer): void {
  const client = engine.clients.get(command.client) ?? { answers: new Map(), forgottenUpTo: -1 };
  engine.clients.set(command.client, client);
  client.answers.set(command.id, answer);
  if (client.answers.size <= (engine.config?.rememberedIds ?? DEFAULT_REMEMBERED)) return;
  const [oldest] = client.answers.keys();
  if (oldest === undefined) return;
  client.answers.delete(oldest);
  client.forgottenUpTo = Math.max(client.forgottenUpTo, wholeNumber(oldest) ?? -1);
}
