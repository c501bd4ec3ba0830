/**
 * Equity and requirements of one account over time: what it did, undone from what it holds now, at
 * the closes of the candles that are kept.
 */
import {
  deedsOf,
  holdingBefore,
  holdingOf,
  marketIds,
  marketView,
  pastStanding,
  type Deed,
  type Engine,
  type EngineEvent,
  type Holding,
} from '@plimsoll/core/engine';
import { unknownAccount } from './account-detail.ts';
import { accountEvents } from './account-deeds.ts';
import { INTERVALS, type Candles } from './candles.ts';
import type { Desk } from './desk.ts';
import { timeText, type PlainObject } from './present.ts';
import { unitsToText } from './scale.ts';

/** What an account holds at the present that an answer is of. */
export interface Present {
  readonly sequence: number;
  readonly timeMs: number;
  readonly holding: Holding;
  readonly marks: ReadonlyMap<string, number>;
}

/** Throws a 404 when there is no such account. */
export function presentOf(engine: Engine, account: string): Present {
  const holding = holdingOf(engine, account);
  if (holding === null) throw unknownAccount(account);
  const marks = marketIds(engine).map(
    (id) => [id, marketView(engine, id)?.markTicks ?? 0] as const,
  );
  const known = marks.filter(([, ticks]) => ticks > 0);
  return { sequence: engine.sequence, timeMs: engine.timeMs, holding, marks: new Map(known) };
}

/** The answer of `GET /v1/accounts/:account/history`, with at most about `limit` points. */
export async function accountHistory(
  desk: Desk,
  account: string,
  limit: number,
): Promise<PlainObject> {
  const present = await desk.view((engine) => presentOf(engine, account));
  const { events, isWhole } = await desk.past((history) =>
    accountEvents(history, account, present.sequence),
  );
  const fromMs = events[0]?.timeMs ?? present.timeMs;
  const interval = intervalFor(present.timeMs - fromMs, limit);
  const past = { account, present, deeds: deedsOf(account, events), fromMs, interval };
  return {
    account,
    sequence: present.sequence,
    from: timeText(fromMs),
    whole: isWhole,
    interval,
    funding: fundingOf(desk, present, { account, events }),
    points: pointsOf(desk, past),
  };
}

/** The finest interval of which so few candles span the time; else the coarsest. */
function intervalFor(spanMs: number, limit: number): string {
  const names = Object.keys(INTERVALS);
  const fits = (name: string): boolean => spanMs <= limit * lengthOf(name);
  return names.find(fits) ?? names.at(-1) ?? '';
}

function lengthOf(interval: string): number {
  return (INTERVALS[interval] ?? 0) * 1_000;
}

interface Past {
  readonly account: string;
  readonly present: Present;
  readonly deeds: readonly Deed[];
  readonly fromMs: number;
  readonly interval: string;
}

/** Oldest first; reckoned from the newest, as the deeds are undone. */
function pointsOf(desk: Desk, past: Past): PlainObject[] {
  const { account, present } = past;
  const deeds = [...past.deeds];
  let { holding } = present;
  const times = timesOf(past);
  const points = times.toReversed().flatMap((timeMs) => {
    while ((deeds.at(-1)?.timeMs ?? 0) > timeMs) {
      const deed = deeds.pop();
      if (deed !== undefined) holding = holdingBefore(desk.engine, holding, deed);
    }
    const isNow = timeMs === present.timeMs;
    const marks = isNow ? present.marks : closesAt(desk.candles, holding, { timeMs, ...past });
    const standing = pastStanding(desk.engine, account, { holding, marks });
    return standing === null ? [] : [{ time: timeText(timeMs), ...textsOf(desk, standing) }];
  });
  return points.reverse();
}

function textsOf(desk: Desk, standing: NonNullable<ReturnType<typeof pastStanding>>): PlainObject {
  const money = (atoms: number): string => unitsToText(atoms, desk.scales.atom);
  return {
    equity: money(standing.equityAtoms),
    initialMargin: money(standing.initialMarginAtoms),
    maintenanceMargin: money(standing.maintenanceMarginAtoms),
  };
}

/** The ends of all candles since the beginning, and the present. */
function timesOf({ fromMs, interval, present }: Past): readonly number[] {
  const length = lengthOf(interval);
  const first = Math.ceil(fromMs / length) * length;
  const count = Math.max(0, Math.ceil((present.timeMs - first) / length));
  return [...Array.from({ length: count }, (_, k) => first + k * length), present.timeMs];
}

/** The close that was the last at a time, of every market that was held. */
function closesAt(
  candles: Candles,
  { lots }: Holding,
  { timeMs, interval }: { readonly timeMs: number; readonly interval: string },
): ReadonlyMap<string, number> {
  const length = lengthOf(interval);
  const closes = [...lots.keys()].flatMap((market) => {
    const kept = candles.kept(market, interval);
    const last = kept.findLast(([seconds]) => seconds * 1_000 + length <= timeMs);
    return last === undefined ? [] : [[market, last[4]] as const];
  });
  return new Map(closes);
}

/** What each open position has paid since it was opened; below zero received. */
function fundingOf(
  desk: Desk,
  { holding }: Present,
  { account, events }: { readonly account: string; readonly events: readonly EngineEvent[] },
): PlainObject[] {
  const paid = new Map([...holding.lots.keys()].map((market) => [market, 0]));
  const deeds = new Map(deedsOf(account, events).map((deed) => [keyOf(deed), deed]));
  const open = new Set(paid.keys());
  let at = holding;
  for (const event of events.toReversed()) {
    if (event.kind === 'funding-paid' && open.has(event.market))
      paid.set(event.market, (paid.get(event.market) ?? 0) + event.amountAtoms);
    const deed = deeds.get(keyOf(event));
    if (deed === undefined) continue;
    at = holdingBefore(desk.engine, at, deed);
    for (const market of open) if (!at.lots.has(market)) open.delete(market);
  }
  return [...paid].map(([market, atoms]) => ({
    market,
    paid: unitsToText(atoms, desk.scales.atom),
  }));
}

/** What tells events apart. */
export function keyOf({ sequence, index }: { sequence: number; index: number }): string {
  return `${sequence}.${index}`;
}
