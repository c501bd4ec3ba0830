/**
 * What may be asked of accounts: one in full, or all in rows; whole numbers, computed when asked.
 */
import type { MarginMode, Side } from './command.ts';
import { bankruptcyTicks, equityAtStake } from './bankruptcy.ts';
import { siblingsOf } from './owner.ts';
import { at, DUST, marketAt, ordersOf, positionRows, type Engine } from './state.ts';
import {
  availableOf,
  isolatedStanding,
  poolStanding,
  positionInitial,
  positionMaintenance,
  positionProfit,
  positionValue,
  unitStanding,
  type Standing,
} from './valuation.ts';

export type StandingName = 'healthy' | 'called' | 'liquidating';

const NAMES: readonly StandingName[] = ['healthy', 'called', 'liquidating'];

export interface PositionView {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly sizeLots: number;
  /** Σ lots × ticks (linear) or atoms (inverse), signed: entry = cost / lots. */
  readonly cost: number;
  readonly marginMode: MarginMode;
  readonly leverageHundredths: number;
  readonly isolatedMarginAtoms: number | null;
  readonly valueAtoms: number;
  readonly profitAtoms: number;
  /** Of the unit that the position belongs to. */
  readonly equityAtoms: number;
  readonly initialMarginAtoms: number;
  readonly maintenanceMarginAtoms: number;
  readonly marginRatio: number | null;
  readonly state: StandingName;
  readonly deadlineMs: number | null;
  readonly bankruptcyTicks: number;
}

export interface OrderView {
  readonly order: string;
  readonly market: string;
  readonly side: Side;
  readonly sizeLots: number;
  readonly priceTicks: number;
  readonly reduceOnly: boolean;
  readonly initialMarginAtoms: number;
}

/**
 * Equity, margins and ratio are the cross pool's; `state` and `worstRatio` are the worst of all.
 */
export interface AccountView {
  readonly account: string;
  /** Who holds it and perhaps others; null: nobody who does. */
  readonly owner: string | null;
  readonly balanceAtoms: number;
  readonly equityAtoms: number;
  readonly initialMarginAtoms: number;
  readonly maintenanceMarginAtoms: number;
  readonly availableAtoms: number;
  readonly valueAtoms: number;
  readonly marginRatio: number | null;
  readonly worstRatio: number | null;
  readonly state: StandingName;
  readonly deadlineMs: number | null;
  readonly positions: readonly PositionView[];
  readonly orders: readonly OrderView[];
}

/** maintenance / equity; null with nothing to maintain, Infinity when equity is not above zero. */
function ratioOf(standing: Standing): number | null {
  if (standing.value === 0) return null;
  return standing.equity > 0 ? standing.maintenance / standing.equity : Infinity;
}

/** One account, or null when there is none of that name. */
export function accountView(engine: Engine, id: string): AccountView | null {
  const row = engine.accounts.rows.get(id);
  if (row === undefined) return null;
  const pool = poolStanding(engine, row);
  const positions = positionRows(engine, row)
    .filter((position) => at(engine.positions.lots, position) !== 0)
    .map((position) => positionView(engine, position));
  const ratios = [ratioOf(pool), ...positions.map((position) => position.marginRatio)];
  return {
    account: id,
    owner: engine.owners.byAccount.get(row)?.id ?? null,
    balanceAtoms: at(engine.accounts.balance, row),
    equityAtoms: pool.equity,
    initialMarginAtoms: pool.initial,
    maintenanceMarginAtoms: pool.maintenance,
    availableAtoms: availableOf(engine, row, pool),
    valueAtoms: positions.reduce((sum, position) => sum + position.valueAtoms, 0),
    marginRatio: ratioOf(pool),
    worstRatio: worst(ratios),
    state: worstState(engine, row, positions),
    deadlineMs: at(engine.accounts.deadline, row) || null,
    positions,
    orders: ordersOf(engine, row).map((order) => ({
      order: order.id,
      market: marketAt(engine, order.market).id,
      side: order.side,
      sizeLots: order.lots,
      priceTicks: order.priceTicks,
      reduceOnly: order.reduceOnly,
      initialMarginAtoms: order.margin,
    })),
  };
}

/** The other accounts of its owner, in the order in which they joined; empty without one. */
export function accountsBeside(engine: Engine, id: string): string[] {
  const row = engine.accounts.rows.get(id);
  if (row === undefined) return [];
  return siblingsOf(engine, row).map((sibling) => engine.accounts.ids[sibling] ?? '');
}

function worst(ratios: readonly (number | null)[]): number | null {
  const known = ratios.filter((ratio) => ratio !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function nameOf(standing: number): StandingName {
  return NAMES[standing] ?? 'healthy';
}

function worstState(engine: Engine, row: number, positions: readonly PositionView[]): StandingName {
  const pool = nameOf(at(engine.accounts.standing, row));
  return positions.reduce((most, one) => (rank(one.state) > rank(most) ? one.state : most), pool);
}

function rank(state: StandingName): number {
  return NAMES.indexOf(state);
}

function positionView(engine: Engine, row: number): PositionView {
  const { positions, accounts } = engine;
  const account = at(positions.account, row);
  const isolated = at(positions.isolated, row) === 1;
  const unit = unitStanding(engine, row);
  const lots = at(positions.lots, row);
  const own = isolated ? { ...unit } : { ...unit, initial: positionInitial(engine, row) };
  return {
    market: marketAt(engine, at(positions.market, row)).id,
    side: lots > 0 ? 'long' : 'short',
    sizeLots: Math.abs(lots),
    cost: at(positions.cost, row),
    marginMode: isolated ? 'isolated' : 'cross',
    leverageHundredths: at(positions.leverage, row),
    isolatedMarginAtoms: isolated ? at(positions.margin, row) : null,
    valueAtoms: positionValue(engine, row),
    profitAtoms: positionProfit(engine, row),
    equityAtoms: unit.equity,
    initialMarginAtoms: own.initial,
    maintenanceMarginAtoms: positionMaintenance(engine, row),
    marginRatio: ratioOf(unit),
    state: nameOf(isolated ? at(positions.standing, row) : at(accounts.standing, account)),
    deadlineMs: (isolated ? at(positions.deadline, row) : at(accounts.deadline, account)) || null,
    bankruptcyTicks: bankruptcyTicks(engine, row, equityAtStake(engine, row, unit)),
  };
}

/** One row of the listing: what a risk officer sees of an account. */
export interface AccountRow {
  readonly account: string;
  readonly state: StandingName;
  /** The worst of the pool's and the isolated positions'. */
  readonly marginRatio: number | null;
  /** Pool and isolated positions together. */
  readonly equityAtoms: number;
  readonly maintenanceMarginAtoms: number;
  readonly initialMarginAtoms: number;
  readonly valueAtoms: number;
  readonly markets: readonly string[];
  readonly deadlineMs: number | null;
}

/** Every account with its figures, in the order in which they were opened: one pass over all. */
export function accountRows(engine: Engine): AccountRow[] {
  const rows: AccountRow[] = [];
  for (let account = DUST + 1; account < engine.accounts.count; account += 1) {
    rows.push(accountRow(engine, account));
  }
  return rows;
}

function accountRow(engine: Engine, account: number): AccountRow {
  const { accounts, positions } = engine;
  const pool = poolStanding(engine, account);
  const row = {
    account: accounts.ids[account] ?? '',
    standing: at(accounts.standing, account),
    marginRatio: ratioOf(pool),
    equityAtoms: pool.equity,
    maintenanceMarginAtoms: pool.maintenance,
    initialMarginAtoms: pool.initial,
    valueAtoms: pool.value,
    markets: [] as string[],
    deadlineMs: at(accounts.deadline, account) || null,
  };
  for (const position of positionRows(engine, account)) {
    if (at(positions.lots, position) === 0) continue;
    row.markets.push(marketAt(engine, at(positions.market, position)).id);
    if (at(positions.isolated, position) === 0) continue;
    const own = isolatedStanding(engine, position);
    row.standing = Math.max(row.standing, at(positions.standing, position));
    row.marginRatio = worst([row.marginRatio, ratioOf(own)]);
    row.equityAtoms += own.equity;
    row.maintenanceMarginAtoms += own.maintenance;
    row.initialMarginAtoms += own.initial;
    row.valueAtoms += own.value;
  }
  const { standing, ...figures } = row;
  return { ...figures, state: nameOf(standing) };
}
