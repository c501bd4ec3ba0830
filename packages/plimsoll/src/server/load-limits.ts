/**
 * How much may wait, and who is turned away first: reads, then commands that add risk, then those
 * that reduce it. One number is compared with limits that rise in this order, so whoever is turned
 * away, those before them are too. Prices and liquidations have no limit of this kind.
 */
import { heldLots, type CommandKind, type Engine } from '@plimsoll/core/engine';
import { ProblemError } from './problem.ts';
import type { Draft } from './sequencer.ts';

/** Counted in commands that are applied and not on disk, together with those that wait before. */
export interface LoadLimits {
  /** Commands applied that wait for the disk at most; further ones wait before the engine. */
  readonly window: number;
  /** From here on reads are refused; those that wait for the disk count too. */
  readonly reads: number;
  /** From here on commands that may add risk are refused. */
  readonly adding: number;
  /** From here on commands that reduce risk are refused too. */
  readonly reducing: number;
  /** Epochs of marks that wait at most, each with the newest price of some market. */
  readonly prices: number;
  /** Reads are refused while the event loop is this many milliseconds late. */
  readonly lagMs: number;
}

export const LOAD_LIMITS: LoadLimits = {
  window: 2_048,
  reads: 2_048,
  adding: 4_096,
  reducing: 8_192,
  prices: 4_096,
  lagMs: 2_000,
};

/** The settings with what is left out; throws when a later class would be refused before one. */
export function loadLimits(given: Partial<LoadLimits> = {}): LoadLimits {
  const limits = { ...LOAD_LIMITS, ...given };
  if (limits.reads <= limits.adding && limits.adding <= limits.reducing) return limits;
  throw new Error('load limits must rise: reads, adding, reducing');
}

/** Classes of commands, the one that goes first in front. */
export const CLASSES = ['prices', 'liquidations', 'reducing', 'adding'] as const;
export type CommandClass = (typeof CLASSES)[number];

/** What is the same whatever the accounts hold; all others may add risk. */
const CLASS_OF: Readonly<Partial<Record<CommandKind, CommandClass>>> = {
  marks: 'prices',
  clock: 'liquidations',
  'fill-liquidation': 'liquidations',
  'fill-inventory': 'liquidations',
  'settle-funding': 'liquidations',
  'halt-market': 'liquidations',
  'resume-market': 'liquidations',
  'set-market-mode': 'liquidations',
  'delist-market': 'liquidations',
  deposit: 'reducing',
  'add-margin': 'reducing',
  'cancel-order': 'reducing',
};

/** What a command is, as things stand now: a trade reduces when one side of it only closes. */
export function classOf(engine: Engine, draft: Draft): CommandClass {
  if (draft.kind === 'place-order') return draft.reduceOnly ? 'reducing' : 'adding';
  if (draft.kind !== 'trade') return CLASS_OF[draft.kind] ?? 'adding';
  const { market, buyer, seller, sizeLots } = draft;
  const isClosing =
    heldLots(engine, buyer, market) <= -sizeLots || heldLots(engine, seller, market) >= sizeLots;
  return isClosing ? 'reducing' : 'adding';
}

/** The 503 of whoever is turned away: nothing was done. */
export function overloaded(detail: string): ProblemError {
  return new ProblemError(503, `${detail}; nothing was done, try again`, {
    code: 'overloaded',
    headers: { 'retry-after': '1' },
  });
}
