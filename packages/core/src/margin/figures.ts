/**
 * Every figure of an account, exact: each position's and the pool's equity, requirement, state and
 * prices. What is printed is made from these and from nothing else.
 */
import {
  compare,
  greatest,
  isZero,
  minus,
  ONE,
  over,
  plus,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position } from './account.ts';
import { findBoundary } from './boundary.ts';
import type { Boundary, Burden } from './boundary.ts';
import { coordinate, leanOf, pnlAtPrice, valueAtPrice } from './geometry.ts';
import {
  bankruptcyPrice,
  constantFee,
  isolatedMovement,
  poolMovement,
  requirementNow,
} from './movement.ts';
import type { Movement } from './movement.ts';
import { portionOf, portionRequirement } from './hedge.ts';
import { ordersInitial, ordersMaintenance } from './orders.ts';
import { roundPrice } from './price-rounding.ts';
import type { Trigger } from './rules.ts';

/** How an account stands, from best to worst. */
export type State = 'healthy' | 'margin-call' | 'liquidation' | 'bankrupt';

/** Equity against requirement, and what follows. */
export interface Standing {
  readonly equity: Rational;
  readonly maintenance: Rational;
  /** How much of the maintenance open orders ask for. */
  readonly orders: Rational;
  readonly trigger: Trigger;
  readonly state: State;
}

/** A line that the price may cross: where it is, exactly and as the venue shows it. */
export interface Line {
  readonly boundary: Boundary;
  readonly exact: Rational | null;
  readonly price: Rational | null;
}

export interface PositionFigures {
  readonly position: Position;
  readonly value: Rational;
  readonly pnl: Rational;
  readonly initial: Rational;
  readonly maintenance: Rational;
  readonly standing: Standing;
  readonly bankruptcyPrice: Rational | null;
  readonly liquidation: Line;
  /** Of the forced close under `policy.call`; null without one. */
  readonly forced: Line | null;
  /** `liquidateBelow`, when there is one. */
  readonly forcedShare: Rational | null;
  readonly movement: Movement;
  readonly burden: Burden;
}

export interface Figures {
  readonly pool: Standing;
  readonly hasCross: boolean;
  readonly initial: Rational;
  readonly value: Rational;
  readonly state: State;
  readonly callAmount: Rational;
  readonly positions: readonly PositionFigures[];
}

/** A position with all that does not depend on the others' requirement. */
interface Part {
  readonly position: Position;
  readonly movement: Movement;
  readonly bankruptcy: Rational | null;
  readonly fee: Rational;
  readonly value: Rational;
  readonly pnl: Rational;
  readonly initial: Rational;
  readonly maintenance: Rational;
}

interface Lines {
  readonly burden: Burden;
  readonly boundary: Boundary;
  readonly forced: Boundary | null;
  readonly forcedShare: Rational | null;
}

const STATES: readonly State[] = ['healthy', 'margin-call', 'liquidation', 'bankrupt'];

/** All figures of an account. Pure; bounded by the number of positions and levels. */
export function figuresOf(account: Account): Figures {
  const cross = account.positions.filter(isCross);
  const equity = poolEquity(account, cross);
  const parts = partsOf(account, cross, equity);
  const pooled = parts.filter((part) => isCross(part.position));
  const pool = poolStanding(account, pooled, equity);
  const initial = plus(sum(pooled.map((part) => part.initial)), ordersInitial(account));
  const positions = positionsOf(account, parts, pool);
  return {
    pool,
    hasCross: cross.length > 0,
    initial,
    value: sum(pooled.map((part) => part.value)),
    state: worst([pool.state, ...positions.map((each) => each.standing.state)]),
    callAmount: callAmount(account, pool, initial),
    positions,
  };
}

/** Whether the position answers with the pool. */
export function isCross(position: Position): boolean {
  return position.isolatedMargin === null;
}

function worst(states: readonly State[]): State {
  return STATES[Math.max(...states.map((state) => STATES.indexOf(state)))] as State;
}

function poolEquity(account: Account, cross: readonly Position[]): Rational {
  const held = sum(account.collateral.map((each) => each.value));
  const gains = sum(cross.map((each) => pnlAtPrice(each, each.markPrice)));
  return minus(plus(held, gains), sum(cross.map((each) => each.unpaidFunding)));
}

function partsOf(account: Account, cross: readonly Position[], equity: Rational): readonly Part[] {
  const pool = { equity, collateral: account.collateral };
  const movements = new Map<string, Movement>();
  for (const [market, moving] of groupedByMarket(cross))
    movements.set(market, poolMovement(pool, moving));
  return account.positions.map((position) =>
    partOf(
      position,
      (isCross(position) && movements.get(position.market.name)) || isolatedMovement(position),
    ),
  );
}

/** By name: positions of one market move together, also under rules of different days. */
function groupedByMarket(positions: readonly Position[]): Map<string, Position[]> {
  const groups = new Map<string, Position[]>();
  for (const position of positions) {
    const group = groups.get(position.market.name);
    if (group === undefined) groups.set(position.market.name, [position]);
    else group.push(position);
  }
  return groups;
}

function partOf(position: Position, movement: Movement): Part {
  const bankruptcy = bankruptcyPrice(movement, position);
  const fee = constantFee(position, bankruptcy);
  const value = valueAtPrice(position, position.markPrice);
  return {
    position,
    movement,
    bankruptcy,
    fee,
    value,
    pnl: pnlAtPrice(position, position.markPrice),
    initial: initialOf(position, value, movement.positions),
    maintenance: requirementNow(position, fee, movement.positions),
  };
}

function initialOf(position: Position, value: Rational, together: readonly Position[]): Rational {
  const { market, leverage } = position;
  const portion = portionOf(position, together);
  const byLeverage = isZero(portion.share) ? ZERO : over(value, leverage);
  if (market.initial === null) return byLeverage;
  return greatest(byLeverage, portionRequirement(market.initial, portion, value));
}

function poolStanding(account: Account, pooled: readonly Part[], equity: Rational): Standing {
  const orders = ordersMaintenance(account);
  const maintenance = plus(sum(pooled.map((part) => part.maintenance)), orders);
  const triggers = pooled.map((part) => part.position.market.trigger);
  const trigger = triggers.includes('at-or-below') ? 'at-or-below' : 'below';
  const facts = { equity, maintenance, orders, trigger } as const;
  if (pooled.length > 0) return standingOf(account, facts);
  return { ...facts, state: equity.n < 0n ? 'bankrupt' : 'healthy' };
}

function standingOf(account: Account, facts: Omit<Standing, 'state'>): Standing {
  return { ...facts, state: stateOf(account, facts) };
}

function stateOf(account: Account, facts: Omit<Standing, 'state'>): State {
  const { equity, maintenance } = facts;
  if (equity.n < 0n) return 'bankrupt';
  const triggered = isTriggered(facts, ONE);
  if (account.call !== null) {
    const { liquidateBelow } = account.call;
    if (liquidateBelow !== null && isTriggered(facts, liquidateBelow)) return 'liquidation';
    return triggered ? 'margin-call' : 'healthy';
  }
  if (triggered) return 'liquidation';
  if (account.marginCallAt === null) return 'healthy';
  const called = compare(maintenance, times(account.marginCallAt, equity)) >= 0;
  return called ? 'margin-call' : 'healthy';
}

/** Whether the trigger holds against this share of the requirement. */
function isTriggered(facts: Omit<Standing, 'state'>, share: Rational): boolean {
  const against = compare(facts.equity, times(share, facts.maintenance));
  return facts.trigger === 'below' ? against < 0 : against <= 0;
}

/**
 * The deposit that ends a call under `policy.call`: up to the level that it must be restored to;
 * 0 for whoever is not called, be it better or worse.
 */
function callAmount({ call }: Account, pool: Standing, initial: Rational): Rational {
  if (call === null || pool.state !== 'margin-call') return ZERO;
  const target = call.restoreTo === 'initial' ? initial : pool.maintenance;
  return greatest(ZERO, minus(target, pool.equity));
}

function positionsOf(
  account: Account,
  parts: readonly Part[],
  pool: Standing,
): readonly PositionFigures[] {
  const known = new Map<Movement, Lines>();
  const fees = new Map(parts.map((part) => [part.position, part] as const));
  return parts.map((part) => {
    const isPooled = isCross(part.position);
    const standing = isPooled ? pool : isolatedStanding(account, part);
    const own = part.movement.positions.map((position) => fees.get(position) as Part);
    const lines =
      known.get(part.movement) ??
      linesOf(account, part.movement, { own, standing, pooled: isPooled });
    known.set(part.movement, lines);
    return finished(part, standing, lines);
  });
}

function isolatedStanding(account: Account, { position, pnl, maintenance }: Part): Standing {
  const own = minus(position.isolatedMargin ?? ZERO, position.unpaidFunding);
  const { trigger } = position.market;
  const equity = plus(own, pnl);
  return standingOf(account, { equity, maintenance, orders: ZERO, trigger });
}

function linesOf(
  account: Account,
  movement: Movement,
  facts: { own: readonly Part[]; standing: Standing; pooled: boolean },
): Lines {
  const { own, standing, pooled } = facts;
  const moved = sum(own.map((part) => part.maintenance));
  const burden = {
    others: pooled ? minus(standing.maintenance, moved) : ZERO,
    fees: own.map((part) => part.fee),
    share: ONE,
  };
  const boundary = boundaryOf(movement, burden, standing);
  const share = account.call?.liquidateBelow ?? null;
  const forced = share === null ? null : boundaryOf(movement, { ...burden, share }, standing);
  return { burden, boundary, forced, forcedShare: share };
}

function boundaryOf(
  movement: Movement,
  burden: Burden,
  { equity, maintenance }: Standing,
): Boundary {
  const isMet = compare(equity, times(burden.share, maintenance)) <= 0;
  return isMet ? { kind: 'now', at: movement.start } : findBoundary(movement, burden);
}

function finished(part: Part, standing: Standing, lines: Lines): PositionFigures {
  return {
    position: part.position,
    value: part.value,
    pnl: part.pnl,
    initial: part.initial,
    maintenance: part.maintenance,
    standing,
    bankruptcyPrice: part.bankruptcy,
    liquidation: lineOf(part, lines.boundary),
    forced: lines.forced === null ? null : lineOf(part, lines.forced),
    forcedShare: lines.forcedShare,
    movement: part.movement,
    burden: lines.burden,
  };
}

/** The line as a price: of a pool all its positions in the market round alike. */
function lineOf({ position, movement }: Part, boundary: Boundary): Line {
  if (boundary.kind === 'none') return { boundary, exact: null, price: null };
  const exact = coordinate(position.market, boundary.at);
  if (boundary.kind === 'now') {
    return { boundary, exact: position.markPrice, price: position.markPrice };
  }
  return { boundary, exact, price: roundPrice(position.market, exact, leader(movement)) };
}

/** The position whose entry `toward-entry` looks at: the first on the side that loses. */
function leader({ positions, direction }: Movement): Rational {
  const losing = positions.find((position) => leanOf(position) !== direction);
  const first = positions[0] as Position;
  return (losing ?? first).entryPrice;
}
