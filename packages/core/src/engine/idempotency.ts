/**
 * The memory of command ids: the same id answers the same, with another body it is refused. The
 * latest N ids of each client are kept; whole-number ids that have been forgotten are known to be
 * too old, since a client's numbers rise.
 */
import { AnswerMemory, wholeNumber, type RememberedAnswer } from './answer-memory.ts';
import type { Command } from './command.ts';
import { refuse, type Refusal } from './refusal.ts';
import { bodyFields } from './shape.ts';
import type { Client, Engine } from './state.ts';

const DEFAULT_REMEMBERED = 1024;

/**
 * A number for the command's body, time and sender left out: two independent 32-bit passes of
 * FNV-1a, of which 53 bits are kept. A client can only ever confuse its own commands.
 */
export function fingerprintOf(command: Command): number {
  HASH.a = 0x811c9dc5;
  HASH.b = 0x9747b28c;
  mixText(command.kind);
  const fields = command as unknown as Readonly<Record<string, unknown>>;
  for (const name of bodyFields(command.kind)) {
    if (fields[name] !== undefined) mix(fields[name]);
  }
  return (HASH.a >>> 0) * 0x200000 + (HASH.b >>> 11);
}

/** Reckoned through and left behind: nothing is kept here from one command to the next. */
const HASH = { a: 0, b: 0 };

function mixUnit(unit: number): void {
  HASH.a = Math.imul(HASH.a ^ unit, 0x01000193);
  HASH.b = (Math.imul(HASH.b ^ ((unit << 7) | (unit >>> 9)), 0x01000193) + 0x3c6ef372) | 0;
}

/** With its length first, so that no two lists of texts run into each other. */
function mixText(text: string): void {
  mixUnit(text.length);
  for (let i = 0; i < text.length; i += 1) mixUnit(text.charCodeAt(i));
}

/** Whole numbers, names and nothing are mixed as they are, all else as canonical text. */
function mix(value: unknown): void {
  if (typeof value === 'string') {
    mixUnit(1);
    mixText(value);
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    mixUnit(2);
    mixUnit(value | 0);
    mixUnit(Math.floor(value / 0x1_0000_0000) | 0);
  } else if (value === null) {
    mixUnit(4);
  } else {
    mixUnit(3);
    mixText(canonical(value));
  }
}

/** JSON with the keys of objects sorted and fields without a value left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value as Record<string, unknown>)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

/** The answer that the id got before, or why it cannot be taken; null for a fresh id. */
export function recall(
  engine: Engine,
  command: Command,
  fingerprint: number,
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
  if (number < 0 || number > client.forgottenUpTo) return null;
  return refuse('id-too-old', 'this id is too old to know: number commands upwards', {
    id,
    oldestKnown: client.forgottenUpTo + 1,
  });
}

/** Remembers an answer, and forgets the oldest when there are too many. */
export function remember(engine: Engine, command: Command, answer: RememberedAnswer): void {
  const client = engine.clients.get(command.client) ?? meet(engine, command.client);
  client.answers.add(command.id, answer);
  const kept = engine.config?.rememberedIds ?? DEFAULT_REMEMBERED;
  const forgotten = client.answers.forgetBeyond(kept);
  client.forgottenUpTo = Math.max(client.forgottenUpTo, forgotten);
}

function meet(engine: Engine, id: string): Client {
  const client = { answers: new AnswerMemory(), forgottenUpTo: -1 };
  engine.clients.set(id, client);
  return client;
}
