/** The past of an account as a chart draws it: figures over time, marks where it changed. */
import type { FeedEvent, MoneyEvent } from '../api.ts';
import { fixed, signed } from '../format.ts';
import type { AccountHistory, AccountPoint } from './answers.ts';

/** What is marked on the curve; others are told in the list. */
export const MARKED_KINDS = [
  'margin-called',
  'liquidation-started',
  'deleveraged',
  'deposited',
  'withdrawn',
  'funding-paid',
] as const;

export type PastEvent = FeedEvent | MoneyEvent;

/** A point of the chart; `time` in seconds, rising. */
export interface Point {
  readonly time: number;
  readonly equity: number;
  readonly initial: number;
  readonly maintenance: number;
}

/** The server's points, then the live ones. One a second: a chart knows no finer time. */
export function pointsOf(
  history: AccountHistory | null,
  recent: readonly AccountPoint[],
): readonly Point[] {
  const all = [...(history?.points ?? []), ...recent];
  const points: Point[] = [];
  for (const { time, equity, initialMargin, maintenanceMargin } of all) {
    const seconds = Math.floor(Date.parse(time) / 1_000);
    const last = points.at(-1);
    if (last !== undefined && seconds < last.time) continue;
    if (last?.time === seconds) points.pop();
    points.push({
      time: seconds,
      equity: Number(equity),
      initial: Number(initialMargin),
      maintenance: Number(maintenanceMargin),
    });
  }
  return points;
}

export type Tone = 'call' | 'sink' | 'adl' | 'relief' | 'muted';

export interface PastMark {
  readonly time: number;
  readonly tone: Tone;
  readonly shape: 'arrowUp' | 'arrowDown' | 'circle' | 'square';
  readonly text: string;
}

/** One mark for each event, in order of time; those before the first point have no place. */
export function marksOf(events: readonly PastEvent[], points: readonly Point[]): PastMark[] {
  const times = points.map(({ time }) => time);
  const marks = events.flatMap((event) => {
    const at = placeOf(Math.floor(Date.parse(event.time) / 1_000), times);
    const look = lookOf(event);
    return at === null || look === null ? [] : [{ time: at, ...look }];
  });
  return joined(marks.sort((a, b) => a.time - b.time));
}

/** The point at or behind a time: a mark stands on a point. */
function placeOf(time: number, times: readonly number[]): number | null {
  return times.find((each) => each >= time) ?? null;
}

function lookOf(event: PastEvent): Omit<PastMark, 'time'> | null {
  switch (event.kind) {
    case 'margin-called':
      return { tone: 'call', shape: 'square', text: 'call' };
    case 'liquidation-started':
      return { tone: 'sink', shape: 'arrowDown', text: 'liquidation' };
    case 'deleveraged':
      return { tone: 'adl', shape: 'square', text: 'ADL' };
    case 'deposited':
      return {
        tone: 'relief',
        shape: 'arrowUp',
        text: `deposit ${signed(fixed(event.amount, 2))}`,
      };
    case 'withdrawn':
      return { tone: 'relief', shape: 'arrowDown', text: `withdrawal −${fixed(event.amount, 2)}` };
    case 'funding-paid':
      return { tone: 'muted', shape: 'circle', text: 'funding' };
    default:
      return null;
  }
}

/** Several of one kind on one point are one mark. */
function joined(marks: readonly PastMark[]): PastMark[] {
  const seen = new Set<string>();
  return marks.filter(({ time, tone, text }) => {
    const key = `${time} ${tone} ${text}`;
    return !seen.has(key) && seen.add(key);
  });
}
