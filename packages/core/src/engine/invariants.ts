/**
 * What must hold after every command, whatever the commands were. `violations` looks at one state;
 * `createWatch` follows commands and events, for the laws that speak of change. The numbers are
 * those of the list in ARCHITECTURE.md.
 */
import { isSlowed } from './breaker.ts';
import type { Command } from './command.ts';
import type { EngineEvent } from './event.ts';
import type { MarketMode } from './mode.ts';
import { ownerViolations } from './owner.ts';
import type { Answer, Applied } from './reducer.ts';
import {
  at,
  CALLED,
  configured,
  DUST,
  FEES,
  FUND,
  HEALTHY,
  LIQUIDATING,
  marketAt,
  NONE,
  positionRows,
  type Engine,
} from './state.ts';
import {
  deadlineOf,
  liquidationOf,
  marksAllow,
  recordedStanding,
  standingOf,
  type Unit,
} from './unit.ts';
import { isAtRatio, isTriggered, poolStanding, type Standing } from './valuation.ts';

/** One sentence for each law that does not hold now; empty when all do. */
export function violations(engine: Engine): string[] {
  if (engine.config === null) return [];
  return [
    ...moneyViolations(engine),
    ...interestViolations(engine),
    ...allUnitViolations(engine),
    ...ownViolations(engine),
    ...reserveViolations(engine),
    ...liquidationViolations(engine),
    ...openInterestViolations(engine),
    ...delistingViolations(engine),
    ...ownerViolations(engine),
  ];
}

/** 1: what the books hold is what came in less what went out, to the atom. */
export function moneyDifference(engine: Engine): bigint {
  const { accounts, positions } = engine;
  let held = 0n;
  for (let row = 0; row < accounts.count; row += 1) held += BigInt(at(accounts.balance, row));
  for (let row = 0; row < positions.count; row += 1) {
    held += BigInt(at(positions.margin, row));
    const { inverse, unit } = marketAt(engine, at(positions.market, row)).contract;
    const cost = BigInt(at(positions.cost, row));
    held += inverse ? cost : -cost * BigInt(unit);
  }
  return held - (engine.deposited - engine.withdrawn);
}

function moneyViolations(engine: Engine): string[] {
  const difference = moneyDifference(engine);
  return difference === 0n ? [] : [`1: money is not conserved: ${difference} atoms too many`];
}

/** 2: what is held long is held short. */
function interestViolations(engine: Engine): string[] {
  const net = engine.markets.map(() => 0);
  const { positions } = engine;
  for (let row = 0; row < positions.count; row += 1) {
    const market = at(positions.market, row);
    net[market] = (net[market] ?? 0) + at(positions.lots, row);
  }
  return net.flatMap((lots, row) => {
    return lots === 0
      ? []
      : [`2: longs exceed shorts by ${lots} lots in ${marketAt(engine, row).id}`];
  });
}

/** 1 and 4 to 6, for every pool and isolated position of ordinary accounts. */
function allUnitViolations(engine: Engine): string[] {
  const found: string[] = [];
  const look = (unit: Unit): void => {
    const standing = standingOf(engine, unit);
    for (const one of lineViolations(engine, unit, standing)) found.push(one);
    for (const one of recordViolations(engine, unit, standing)) found.push(one);
  };
  for (let account = DUST + 1; account < engine.accounts.count; account += 1) {
    look({ account, isolated: NONE });
    for (const row of positionRows(engine, account)) {
      if (at(engine.positions.isolated, row) === 1) look({ account, isolated: row });
    }
  }
  return found;
}

/** 5: neither do the accounts that are the venue's own owe anything. */
function ownViolations(engine: Engine): string[] {
  const found: string[] = [];
  for (const row of [FUND, FEES, DUST]) {
    const { equity } = poolStanding(engine, row);
    const excused = !marksAllow(engine, { account: row, isolated: NONE }, 'deleverage');
    if (equity < 0 && !excused)
      found.push(`5: ${engine.accounts.ids[row]} stands at ${equity} atoms`);
  }
  return found;
}

/** 4 and 5: nobody stands below a line unseen, and nobody owes once all is settled. */
function lineViolations(engine: Engine, unit: Unit, standing: Standing): string[] {
  const recorded = recordedStanding(engine, unit);
  if (recorded === LIQUIDATING) return [];
  const { policy } = configured(engine);
  const found: string[] = [];
  const excused = recorded === CALLED && policy.deadlineMs >= 0;
  if (isTriggered(standing) && !excused && !waitsItsTurn(engine, unit, standing))
    found.push(`4: ${nameOf(engine, unit)} is below its line and not liquidated`);
  if (standing.equity < 0 && marksAllow(engine, unit, 'liquidate'))
    found.push(`5: ${nameOf(engine, unit)} owes ${-standing.equity} atoms`);
  const callDue =
    policy.callAt >= 0 &&
    standing.value > 0 &&
    isAtRatio(standing.equity, standing.maintenance, policy.callAt);
  if (callDue && recorded === HEALTHY)
    found.push(`4: ${nameOf(engine, unit)} is due a margin call`);
  return found;
}

function waitsItsTurn(engine: Engine, unit: Unit, { equity }: Standing): boolean {
  return !marksAllow(engine, unit, 'liquidate') || (equity >= 0 && isSlowed(engine, unit));
}

/** 15: the open interest that guards look at is what the columns hold. */
function openInterestViolations(engine: Engine): string[] {
  const { positions } = engine;
  const long = engine.markets.map(() => 0);
  for (let row = 0; row < positions.count; row += 1) {
    const market = at(positions.market, row);
    long[market] = (long[market] ?? 0) + Math.max(0, at(positions.lots, row));
  }
  return engine.markets.flatMap(({ id, longLots }, row) => {
    if (longLots === long[row]) return [];
    return [`15: open interest of ${id} is ${long[row] ?? 0} lots, not ${longLots}`];
  });
}

function nameOf(engine: Engine, unit: Unit): string {
  const account = engine.accounts.ids[unit.account] ?? '';
  if (unit.isolated === NONE) return account;
  return `${account} in ${marketAt(engine, at(engine.positions.market, unit.isolated)).id}`;
}

/** Reservations are the sum of what open orders hold. */
function reserveViolations(engine: Engine): string[] {
  const found: string[] = [];
  for (let account = 0; account < engine.accounts.count; account += 1) {
    let margin = 0;
    let hold = 0;
    for (const order of engine.orders.get(account)?.values() ?? []) {
      margin += order.margin;
      hold += order.hold;
    }
    const { orderMargin, orderHold } = engine.accounts;
    if (margin === at(orderMargin, account) && hold === at(orderHold, account)) continue;
    found.push(`1: the reservations of ${engine.accounts.ids[account] ?? ''} do not add up`);
  }
  return found;
}

/** 6: what is recorded of a unit fits together: no call without a position, no lost liquidation. */
function recordViolations(engine: Engine, unit: Unit, { value }: Standing): string[] {
  const recorded = recordedStanding(engine, unit);
  const found: string[] = [];
  if (value === 0 && recorded !== HEALTHY)
    found.push(`6: ${nameOf(engine, unit)} holds nothing and is called`);
  if (recorded !== CALLED && deadlineOf(engine, unit) !== 0)
    found.push(`6: ${nameOf(engine, unit)} has a deadline without a call`);
  const isLiquidated = engine.liquidations.has(liquidationOf(engine, unit));
  if (isLiquidated !== (recorded === LIQUIDATING))
    found.push(`6: ${nameOf(engine, unit)} and its liquidation do not agree`);
  if (value === 0 && unit.isolated !== NONE && at(engine.positions.margin, unit.isolated) !== 0)
    found.push(`1: ${nameOf(engine, unit)} is flat and keeps isolated margin`);
  return found;
}

/** 7: an order in force closes something, and no more than is held; without one, time must come. */
function liquidationViolations(engine: Engine): string[] {
  return [...engine.liquidations.values()].flatMap((open) => {
    const held = Math.abs(at(engine.positions.lots, open.position));
    const ordered = open.orderedLots;
    if (ordered > 0 && ordered === open.leftLots && ordered <= held) return [];
    if (ordered === 0 && open.leftLots === 0 && open.expiresMs > 0) return [];
    return [`7: liquidation ${open.id} orders ${open.orderedLots} lots of ${held}`];
  });
}

/** 13: in a market that is closed for good nothing is open. */
function delistingViolations(engine: Engine): string[] {
  const { positions } = engine;
  const found: string[] = [];
  const isDelisted = (market: number): boolean => marketAt(engine, market).mode === 'delisted';
  for (let row = 0; row < positions.count; row += 1) {
    if (at(positions.lots, row) === 0 || !isDelisted(at(positions.market, row))) continue;
    found.push(
      `13: ${engine.accounts.ids[at(positions.account, row)] ?? ''} holds what is delisted`,
    );
  }
  for (const orders of engine.orders.values()) {
    for (const order of orders.values()) {
      if (isDelisted(order.market)) found.push(`13: order ${order.id} is in a delisted market`);
    }
  }
  return found;
}

/** Follows an engine and says which laws of change a step has broken. */
export interface Watch {
  observe(command: Command, applied: Applied): string[];
}

interface Memory {
  readonly answers: Map<string, Answer>;
  readonly called: Set<string>;
  readonly ordered: Map<number, { side: string; lots: number }>;
  readonly funded: Map<string, number>;
  readonly modes: Map<string, MarketMode>;
  sequence: number;
}

/**
 * `callsFirst`: whether the policy has margin calls, so that each liquidation follows one (law 6).
 */
export function createWatch(callsFirst: boolean): Watch {
  const memory: Memory = {
    answers: new Map(),
    called: new Set(),
    ordered: new Map(),
    funded: new Map(),
    modes: new Map(),
    sequence: -1,
  };
  return {
    observe: (command, applied) => [
      ...answerViolations(memory, command, applied),
      ...applied.events.flatMap((event) => [
        ...eventViolations(memory, event, callsFirst),
        ...modeViolations(memory, event),
      ]),
      ...fundingSumViolations(applied.events),
    ],
  };
}

/** 8 and 9: an id's answer never changes, and sequences have no gap. */
function answerViolations(memory: Memory, command: Command, applied: Applied): string[] {
  const found: string[] = [];
  const key = `${command.client}/${command.id}`;
  const known = memory.answers.get(key);
  const { answer } = applied;
  if (applied.recorded) {
    if (known !== undefined) found.push(`8: ${key} was carried out twice`);
    if (memory.sequence >= 0 && answer.sequence !== memory.sequence + 1) {
      found.push(`9: sequence ${answer.sequence} follows ${memory.sequence}`);
    }
    memory.sequence = answer.sequence;
    memory.answers.set(key, answer);
  } else if (known !== undefined && !isUnanswered(answer) && !sameAnswer(known, answer)) {
    found.push(`8: ${key} was answered differently`);
  }
  return found;
}

const UNANSWERED: readonly string[] = ['malformed', 'id-reused', 'id-too-old'];

/** Whether the id was not answered from memory: it was misused, or is forgotten. */
function isUnanswered(answer: Answer): boolean {
  return answer.status === 'refused' && UNANSWERED.includes(answer.refusal.code);
}

function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.sequence !== b.sequence || a.timeMs !== b.timeMs) return false;
  if (a.status === 'accepted' || b.status === 'accepted') return a.status === b.status;
  return a.refusal.code === b.refusal.code && a.refusal.message === b.refusal.message;
}

function eventViolations(memory: Memory, event: EngineEvent, callsFirst: boolean): string[] {
  switch (event.kind) {
    case 'margin-called':
      memory.called.add(unitKey(event));
      return [];
    case 'call-cleared':
      memory.called.delete(unitKey(event));
      return [];
    case 'liquidation-started':
      return startViolations(memory, event, callsFirst);
    case 'liquidation-ordered':
      memory.ordered.set(event.liquidation, { side: event.side, lots: event.sizeLots });
      return [];
    case 'liquidation-filled':
    case 'liquidation-taken-over':
    case 'deleveraged':
      return closeViolations(memory, event);
    case 'liquidation-ended':
      memory.ordered.delete(event.liquidation);
      return [];
    case 'funding-settled':
      return intervalViolations(memory, event.market, event.intervalEndMs);
    default:
      return [];
  }
}

function unitKey(event: { readonly account: string; readonly market: string | null }): string {
  return `${event.account}/${event.market ?? ''}`;
}

/** 3, 6 and 12: a liquidation starts below the line, after its call, on marks to be trusted. */
function startViolations(
  memory: Memory,
  event: Extract<EngineEvent, { readonly kind: 'liquidation-started' }>,
  callsFirst: boolean,
): string[] {
  const found: string[] = [];
  const key = unitKey(event);
  if (event.reason === 'maintenance' && event.equityAtoms > event.maintenanceAtoms) {
    found.push(`3: ${key} is liquidated above its line`);
  }
  if (callsFirst && !memory.called.has(key)) found.push(`6: ${key} is liquidated without a call`);
  memory.called.delete(key);
  for (const { market, validity } of event.marks) {
    if (validity === 'fresh' || validity === 'stale') continue;
    found.push(`12: ${key} is liquidated on the ${validity} mark of ${market}`);
  }
  return found;
}

/** 7: a close only ever shrinks the position that was ordered to be closed. */
function closeViolations(
  memory: Memory,
  event: Extract<EngineEvent, { readonly liquidation: number; readonly counterparty: string }>,
): string[] {
  const order = memory.ordered.get(event.liquidation);
  if (event.liquidation === 0) return [];
  if (order === undefined) return [`7: liquidation ${event.liquidation} closes without an order`];
  const fits = order.side === event.side && event.sizeLots <= order.lots;
  order.lots -= event.sizeLots;
  return fits ? [] : [`7: liquidation ${event.liquidation} closes more than was ordered`];
}

const STOPPED: readonly string[] = ['halted', 'confirming', 'delisted'];

/** 14: nothing happens in a market that its mode does not allow. */
function modeViolations(memory: Memory, event: EngineEvent): string[] {
  if (event.kind === 'market-mode-changed') memory.modes.set(event.market, event.mode);
  if (event.kind !== 'traded' && event.kind !== 'liquidation-filled') return [];
  const mode = memory.modes.get(event.market) ?? 'open';
  const recovering = mode === 'recovering' && event.kind === 'liquidation-filled';
  const trading = mode === 'liquidation-only' && event.kind === 'traded';
  const allowed = !STOPPED.includes(mode) && !recovering && !trading;
  return allowed ? [] : [`14: ${event.kind} in ${event.market}, which is ${mode}`];
}

/** 11: an interval is settled once. */
function intervalViolations(memory: Memory, market: string, intervalEndMs: number): string[] {
  const before = memory.funded.get(market) ?? -1;
  memory.funded.set(market, intervalEndMs);
  return intervalEndMs > before ? [] : [`11: funding of ${market} was settled twice`];
}

/** 11: what is paid is received, up to the dust that is said. */
function fundingSumViolations(events: readonly EngineEvent[]): string[] {
  let sum = 0;
  let dust = 0;
  for (const event of events) {
    if (event.kind === 'funding-paid') sum += event.amountAtoms;
    if (event.kind === 'funding-settled') dust += event.dustAtoms;
  }
  return sum === dust ? [] : [`11: funding of ${sum} atoms does not add up to the dust of ${dust}`];
}
