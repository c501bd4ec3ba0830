/**
 * The events of one account, newest pages first and bounded, with what others bore for it: enough
 * to undo what it did from what it holds now.
 */
import { DEED_KINDS, type EngineEvent } from '@plimsoll/core/engine';
import type { EventCursor, History } from '../history/index.ts';

const PAGE = 1_000;
/** A market maker may have millions. */
const EVENTS_MAX = 20_000;
const DEFICITS_MAX = 100;

/** What a liquidation says beside what it moves. */
const TOLD_KINDS = [
  'account-opened',
  'liquidation-ordered',
  'liquidation-paused',
  'bankrupt',
] as const;

const KINDS: readonly string[] = [...DEED_KINDS, ...TOLD_KINDS];

export interface AccountEvents {
  /** Oldest first. */
  readonly events: readonly EngineEvent[];
  /** Whether they reach back to the account's opening. */
  readonly isWhole: boolean;
}

/** The events of `account` up to the command `through`, at most the newest 20,000. */
export async function accountEvents(
  history: History,
  account: string,
  through: number,
): Promise<AccountEvents> {
  const found: EngineEvent[] = [];
  let after: EventCursor | undefined = { sequence: through + 1, index: 0 };
  while (after !== undefined && found.length < EVENTS_MAX) {
    const page = await history.events({
      account,
      kinds: KINDS,
      limit: PAGE,
      order: 'newest',
      after,
    });
    found.push(...(page.events as readonly unknown[] as readonly EngineEvent[]));
    after = page.next;
  }
  const events = await withLosses(history, account, found.toReversed());
  return { events, isWhole: after === undefined };
}

/** Where the fund could not pay a deficit whole, the losses of everybody in that command. */
async function withLosses(
  history: History,
  account: string,
  events: readonly EngineEvent[],
): Promise<readonly EngineEvent[]> {
  const deficits = events.filter((event) => {
    return event.kind === 'deficit-covered' && event.account === account;
  });
  const sequences = new Set(deficits.slice(-DEFICITS_MAX).map(({ sequence }) => sequence));
  if (sequences.size === 0) return events;
  const kept = events.filter((event) => !(sequences.has(event.sequence) && isLoss(event)));
  const losses = await Promise.all([...sequences].map((each) => lossesIn(history, each)));
  return [...kept, ...losses.flat()].sort((a, b) => a.sequence - b.sequence || a.index - b.index);
}

function isLoss({ kind }: EngineEvent): boolean {
  return kind === 'deficit-covered' || kind === 'loss-socialized';
}

async function lossesIn(history: History, sequence: number): Promise<readonly EngineEvent[]> {
  const { events } = await history.events({
    kinds: ['deficit-covered', 'loss-socialized'],
    fromSequence: sequence,
    limit: EVENTS_MAX,
    order: 'oldest',
  });
  const all = events as readonly unknown[] as readonly EngineEvent[];
  return all.filter((event) => event.sequence === sequence);
}
