/**
 * One liquidation of an account, step by step: after each of its events the marks, what is left,
 * equity and requirement of the unit that was being closed.
 */
import {
  deedsOf,
  holdingBefore,
  pastStanding,
  type Engine,
  type EngineEvent,
  type Holding,
} from '@plimsoll/core/engine';
import type { History } from '../history/index.ts';
import { accountEvents } from './account-deeds.ts';
import { keyOf, presentOf, type Present } from './account-history.ts';
import type { Desk } from './desk.ts';
import type { PlainObject } from './present.ts';
import { ProblemError } from './problem.ts';
import { unitsToText } from './scale.ts';

type Marked = Extract<EngineEvent, { readonly prices: unknown }>;
type Of<K extends EngineEvent['kind']> = Extract<EngineEvent, { readonly kind: K }>;

/** Marks that are read between the start and the end of one liquidation. */
const MARKS_MAX = 10_000;

/** The answer of `GET /v1/accounts/:account/liquidations/:liquidation`; a 404 when unknown. */
export async function accountLiquidation(
  desk: Desk,
  account: string,
  liquidation: number,
): Promise<PlainObject> {
  const present = await desk.view((engine) => presentOf(engine, account));
  return desk.past(async (history) => {
    const { events } = await accountEvents(history, account, present.sequence);
    const start = startOf(events, liquidation);
    const end = events.find((each) => each.kind === 'liquidation-ended' && isOf(each, liquidation));
    const marked = await marksBetween(history, start.sequence, end?.sequence ?? present.sequence);
    const scene = { engine: desk.engine, account, start, marked, present, events };
    return {
      account,
      liquidation,
      market: start.market,
      ended: end !== undefined,
      steps: stepsOf(scene).map((step) => written(desk, step)),
    };
  });
}

function isOf(event: EngineEvent, liquidation: number): boolean {
  return 'liquidation' in event && event.liquidation === liquidation;
}

function startOf(events: readonly EngineEvent[], liquidation: number): Of<'liquidation-started'> {
  const start = events.find(
    (event): event is Of<'liquidation-started'> =>
      event.kind === 'liquidation-started' && event.liquidation === liquidation,
  );
  if (start !== undefined) return start;
  const detail = `this account has no liquidation ${liquidation}, or it lies too far back`;
  throw new ProblemError(404, detail, { code: 'unknown-liquidation' });
}

async function marksBetween(
  history: History,
  from: number,
  to: number,
): Promise<readonly Marked[]> {
  const { events } = await history.events({
    kinds: ['marked'],
    fromSequence: from,
    limit: MARKS_MAX,
    order: 'oldest',
  });
  const all = events as readonly unknown[] as readonly Marked[];
  return all.filter(({ sequence }) => sequence <= to);
}

interface Scene {
  readonly engine: Engine;
  readonly account: string;
  readonly start: Of<'liquidation-started'>;
  readonly marked: readonly Marked[];
  readonly present: Present;
  readonly events: readonly EngineEvent[];
}

/** The unit after one event. */
interface Step {
  readonly event: EngineEvent;
  readonly marks: ReadonlyMap<string, number>;
  readonly unit: Holding;
  readonly standing: NonNullable<ReturnType<typeof pastStanding>>;
  /** What others bore of a deficit that the fund could not pay. */
  readonly socializedAtoms: number;
}

function stepsOf(scene: Scene): readonly Step[] {
  const { start, events } = scene;
  const after = holdingsAfter(scene);
  const first = after.get(keyOf(start));
  if (first === undefined) return [];
  let net = start.equityAtoms - standingOf(scene, first, start.sequence).equityAtoms;
  const steps: Step[] = [];
  let before = first;
  for (const event of events.slice(events.indexOf(start))) {
    const held = after.get(keyOf(event)) ?? before;
    const moved = held.netAtoms - before.netAtoms;
    if (belongs(scene, event)) net += moved;
    before = held;
    if (event.kind === 'loss-socialized' && moved > 0) addLoss(steps, moved);
    if (!isOf(event, start.liquidation)) continue;
    steps.push(stepAt(scene, event, { held, net }));
    if (event.kind === 'liquidation-ended') break;
  }
  return steps;
}

/** What the account held after each of its events. */
function holdingsAfter({ engine, account, events, present }: Scene): Map<string, Holding> {
  const deeds = new Map(deedsOf(account, events).map((deed) => [keyOf(deed), deed]));
  const after = new Map<string, Holding>();
  let { holding } = present;
  for (const event of events.toReversed()) {
    after.set(keyOf(event), holding);
    const deed = deeds.get(keyOf(event));
    if (deed !== undefined) holding = holdingBefore(engine, holding, deed);
  }
  return after;
}

/** Whether an event of the account moves the unit that is being liquidated. */
function belongs({ start }: Scene, event: EngineEvent): boolean {
  if (isOf(event, start.liquidation) || event.kind === 'loss-socialized') return true;
  const market = 'market' in event ? event.market : null;
  if (market === null || market === undefined) return start.market === null;
  return start.marks.some((mark) => mark.market === market);
}

/** The unit's markets alone; money is counted apart. */
function unitOf({ start }: Scene, holding: Holding): Holding {
  const own = start.marks.map(({ market }) => market);
  const lots = new Map([...holding.lots].filter(([market]) => own.includes(market)));
  return { netAtoms: 0, lots, leverages: holding.leverages };
}

/** The marks in force when a command was done: those that decided, moved by all since. */
function marksAt({ start, marked }: Scene, sequence: number): ReadonlyMap<string, number> {
  const marks = new Map(start.marks.map(({ market, priceTicks }) => [market, priceTicks]));
  for (const event of marked) {
    if (event.sequence > sequence) break;
    for (const { market, priceTicks } of event.prices)
      if (marks.has(market)) marks.set(market, priceTicks);
  }
  return marks;
}

function standingOf(scene: Scene, holding: Holding, sequence: number): Step['standing'] {
  const marks = marksAt(scene, sequence);
  const standing = pastStanding(scene.engine, scene.account, {
    holding: unitOf(scene, holding),
    marks,
  });
  return standing ?? { equityAtoms: 0, initialMarginAtoms: 0, maintenanceMarginAtoms: 0 };
}

function stepAt(
  scene: Scene,
  event: EngineEvent,
  { held, net }: { readonly held: Holding; readonly net: number },
): Step {
  const standing = standingOf(scene, held, event.sequence);
  return {
    event,
    marks: marksAt(scene, event.sequence),
    unit: unitOf(scene, held),
    standing: { ...standing, equityAtoms: standing.equityAtoms + net },
    socializedAtoms: 0,
  };
}

/** Losses of others follow the deficit that they make whole. */
function addLoss(steps: Step[], atoms: number): void {
  const last = steps.pop();
  if (last === undefined) return;
  const equityAtoms = last.standing.equityAtoms + atoms;
  const standing = { ...last.standing, equityAtoms };
  steps.push({ ...last, standing, socializedAtoms: last.socializedAtoms + atoms });
}

function written(desk: Desk, { event, marks, unit, standing, socializedAtoms }: Step): PlainObject {
  const money = (atoms: number): string => unitsToText(atoms, desk.scales.atom);
  const inUnits = (market: string, units: number, of: 'tick' | 'lot'): string => {
    const scale = desk.scales.market(market)?.[of];
    return scale === undefined ? String(units) : unitsToText(units, scale);
  };
  return {
    event: desk.tell(event),
    marks: Object.fromEntries([...marks].map(([id, ticks]) => [id, inUnits(id, ticks, 'tick')])),
    equity: money(standing.equityAtoms),
    maintenanceMargin: money(standing.maintenanceMarginAtoms),
    socialized: money(socializedAtoms),
    positions: [...unit.lots].map(([market, lots]) => ({
      market,
      side: lots > 0 ? 'long' : 'short',
      size: inUnits(market, Math.abs(lots), 'lot'),
    })),
  };
}
