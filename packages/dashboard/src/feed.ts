/**
 * The stream of calls and liquidations as the page keeps it: newest first, a bounded number of each
 * group, so that a storm of one kind never pushes out the rare ones.
 */
import type { FeedEvent, FeedKind } from './api.ts';

export const GROUPS = ['calls', 'gaps', 'liquidations', 'deleveraging', 'fund', 'losses'] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<FeedKind, Group> = {
  'margin-called': 'calls',
  'call-cleared': 'calls',
  'liquidation-started': 'liquidations',
  'liquidation-ordered': 'liquidations',
  'liquidation-filled': 'liquidations',
  'liquidation-taken-over': 'fund',
  'liquidation-paused': 'liquidations',
  'liquidation-ended': 'liquidations',
  deleveraged: 'deleveraging',
  bankrupt: 'losses',
  'deficit-covered': 'fund',
  'loss-socialized': 'losses',
};

/** Whoever fell through a line in one epoch is a gap, whatever else it is. */
function groupOf(event: FeedEvent): Group {
  return 'gap' in event && event.gap ? 'gaps' : GROUP_OF[event.kind];
}

export const FEED_KINDS = Object.keys(GROUP_OF) as readonly FeedKind[];

/** At most this many events of each group stay in memory. */
export const KEPT = 300;

export interface Feed {
  readonly groups: Readonly<Record<Group, readonly FeedEvent[]>>;
  readonly newest: FeedEvent | null;
  /** How many events were ever taken in, dropped ones included. */
  readonly seen: number;
}

export const EMPTY_FEED: Feed = {
  groups: { calls: [], gaps: [], liquidations: [], deleveraging: [], fund: [], losses: [] },
  newest: null,
  seen: 0,
};

/**
 * Takes in events that came in order; those already known (a resumed feed overlaps) are skipped.
 */
export function append(feed: Feed, events: readonly FeedEvent[]): Feed {
  const fresh = events.filter(
    (event) => event.kind in GROUP_OF && (!feed.newest || isAfter(event, feed.newest)),
  );
  const newest = fresh.at(-1);
  if (!newest) return feed;
  const groups = { ...feed.groups };
  for (const group of GROUPS) groups[group] = prepend(groups[group], fresh, group);
  return { groups, newest, seen: feed.seen + fresh.length };
}

function prepend(
  known: readonly FeedEvent[],
  fresh: readonly FeedEvent[],
  group: Group,
): readonly FeedEvent[] {
  const own = fresh.filter((event) => groupOf(event) === group).slice(-KEPT);
  return own.length === 0 ? known : [...own.toReversed(), ...known].slice(0, KEPT);
}

/** The newest events of the chosen groups, newest first; an empty choice means all of them. */
export function newestFirst(feed: Feed, chosen: readonly Group[], limit = KEPT): FeedEvent[] {
  const groups = chosen.length === 0 ? GROUPS : chosen;
  const merged = groups.flatMap((group) => feed.groups[group]);
  return merged.sort((a, b) => (isAfter(a, b) ? -1 : 1)).slice(0, limit);
}

export function eventKey(event: FeedEvent): string {
  return `${event.sequence}.${event.index}`;
}

function isAfter(event: FeedEvent, other: FeedEvent): boolean {
  if (event.sequence !== other.sequence) return event.sequence > other.sequence;
  return event.index > other.index;
}
