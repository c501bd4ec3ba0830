/** What may be asked of the engine: its figures as values, in whole numbers, computed when asked. */
import type { MarginMode, Side } from './command.ts';
import type { EngineConfig, MarketRules } from './config.ts';
import { bankruptcyTicks } from './bankruptcy.ts';
import { closingSide } from './liquidation.ts';
import {
  at,
  DUST,
  FEES,
  findPosition,
  FUND,
  marketAt,
  NONE,
  ordersOf,
  positionRows,
  rulesAt,
  type Counters,
  type Engine,
  type Liquidation,
} from './state.ts';
import { poolRows, standingOf, type Unit } from './unit.ts';
import {
  availableOf,
  isolatedStanding,
  poolStanding,
  positionInitial,
  positionMaintenance,
  positionProfit,
  positionValue,
  unitStanding,
  valueOf,
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

/** Equity, margins and ratio are the cross pool's; `state` and `worstRatio` are the worst of all. */
export interface AccountView {
  readonly account: string;
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
    bankruptcyTicks: bankruptcyTicks(engine, row, unit.equity),
  };
}

/** What changes with every command, at the cost of a glance. */
export interface StatusView {
  readonly sequence: number;
  readonly timeMs: number;
  readonly epoch: number;
  readonly fundBalanceAtoms: number;
  readonly fundEquityAtoms: number;
  readonly counters: Readonly<Counters>;
}

export function statusView(engine: Engine): StatusView {
  const { sequence, timeMs, epoch } = engine;
  const fundBalanceAtoms = at(engine.accounts.balance, FUND);
  const fundEquityAtoms = poolStanding(engine, FUND).equity;
  const counters = { ...engine.counters };
  return { sequence, timeMs, epoch, fundBalanceAtoms, fundEquityAtoms, counters };
}

export interface MarketView {
  readonly market: string;
  readonly rules: MarketRules;
  /** 0 before the first mark. */
  readonly markTicks: number;
  readonly markMs: number;
  /** Value of one lot at the mark; 0 before the first mark. */
  readonly lotValueAtoms: number;
  readonly fundingRateE9: number;
  readonly fundedUntilMs: number;
}

export function marketView(engine: Engine, id: string): MarketView | null {
  const row = engine.marketRows.get(id);
  if (row === undefined) return null;
  const market = marketAt(engine, row);
  const { markTicks, markMs, fundingRateE9, fundedUntilMs } = market;
  const lotValueAtoms = markTicks === 0 ? 0 : valueOf(market, 1, markTicks);
  const rules = rulesAt(engine, market.rules).source;
  return { market: id, rules, markTicks, markMs, lotValueAtoms, fundingRateE9, fundedUntilMs };
}

/** Market ids in the order in which they were opened. */
export function marketIds(engine: Engine): string[] {
  return engine.markets.map((market) => market.id);
}

/** Ids of ordinary accounts in the order in which they were opened. */
export function accountIds(engine: Engine): string[] {
  return engine.accounts.ids.slice(DUST + 1);
}

export function configView(engine: Engine): EngineConfig | null {
  return engine.config;
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

export interface TotalsView {
  readonly sequence: number;
  readonly timeMs: number;
  readonly epoch: number;
  readonly accounts: number;
  readonly withPositions: number;
  readonly healthy: number;
  readonly called: number;
  readonly liquidating: number;
  readonly equityAtoms: bigint;
  readonly maintenanceMarginAtoms: bigint;
  readonly initialMarginAtoms: bigint;
  readonly valueAtoms: bigint;
  readonly fundBalanceAtoms: number;
  readonly fundEquityAtoms: number;
  readonly fundLowestAtoms: number;
  readonly feesAtoms: number;
  readonly dustAtoms: number;
  readonly depositedAtoms: bigint;
  readonly withdrawnAtoms: bigint;
  readonly counters: Readonly<Counters>;
}

/** Sums over all ordinary accounts; `rows` may be given by whoever has them already. */
export function totalsView(
  engine: Engine,
  rows: readonly AccountRow[] = accountRows(engine),
): TotalsView {
  const { balance } = engine.accounts;
  const fundEquityAtoms = poolStanding(engine, FUND).equity;
  const count = (state: StandingName): number => rows.filter((row) => row.state === state).length;
  return {
    sequence: engine.sequence,
    timeMs: engine.timeMs,
    epoch: engine.epoch,
    accounts: rows.length,
    withPositions: rows.filter((row) => row.valueAtoms > 0).length,
    healthy: count('healthy'),
    called: count('called'),
    liquidating: count('liquidating'),
    equityAtoms: total(rows, 'equityAtoms'),
    maintenanceMarginAtoms: total(rows, 'maintenanceMarginAtoms'),
    initialMarginAtoms: total(rows, 'initialMarginAtoms'),
    valueAtoms: total(rows, 'valueAtoms'),
    fundBalanceAtoms: at(balance, FUND),
    fundEquityAtoms,
    fundLowestAtoms: Math.min(engine.fundLowest, fundEquityAtoms),
    feesAtoms: at(balance, FEES),
    dustAtoms: at(balance, DUST),
    depositedAtoms: engine.deposited,
    withdrawnAtoms: engine.withdrawn,
    counters: { ...engine.counters },
  };
}

type Summed = 'equityAtoms' | 'maintenanceMarginAtoms' | 'initialMarginAtoms' | 'valueAtoms';

function total(rows: readonly AccountRow[], field: Summed): bigint {
  return rows.reduce((sum, row) => sum + BigInt(row[field]), 0n);
}

/** Open interest of every market: lots held long, which equal the lots held short. */
export function openInterest(engine: Engine): Map<string, number> {
  const { positions } = engine;
  const long = new Map(marketIds(engine).map((id) => [id, 0]));
  for (let row = 0; row < positions.count; row += 1) {
    const lots = at(positions.lots, row);
    if (lots <= 0) continue;
    const { id } = marketAt(engine, at(positions.market, row));
    long.set(id, (long.get(id) ?? 0) + lots);
  }
  return long;
}

/** A liquidation order in force. */
export interface LiquidationView {
  readonly liquidation: number;
  readonly account: string;
  /** null when the whole pool is being closed. */
  readonly scope: string | null;
  readonly market: string;
  readonly side: Side;
  readonly sizeLots: number;
  readonly limitTicks: number;
  readonly startedMs: number;
  readonly expiresMs: number;
  readonly equityAtoms: number;
}

/** Liquidation orders in force, oldest first. */
export function openLiquidations(engine: Engine): LiquidationView[] {
  return [...engine.liquidations.values()]
    .filter((open) => open.position !== NONE && at(engine.positions.lots, open.position) !== 0)
    .map((open) => liquidationView(engine, open));
}

function liquidationView(engine: Engine, open: Liquidation): LiquidationView {
  const marketOf = (row: number): string => marketAt(engine, at(engine.positions.market, row)).id;
  const unit: Unit = open;
  return {
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    scope: open.isolated === NONE ? null : marketOf(open.isolated),
    market: marketOf(open.position),
    side: closingSide(engine, open),
    sizeLots: open.orderedLots,
    limitTicks: open.limitTicks,
    startedMs: open.startedMs,
    expiresMs: open.expiresMs,
    equityAtoms: standingOf(engine, unit).equity,
  };
}

/** What the insurance fund has taken over and not sold yet. */
export interface InventoryView {
  readonly market: string;
  /** The side of the order that closes it. */
  readonly side: Side;
  readonly sizeLots: number;
}

export function fundInventory(engine: Engine): InventoryView[] {
  return poolRows(engine, FUND).map((row) => ({
    market: marketAt(engine, at(engine.positions.market, row)).id,
    side: at(engine.positions.lots, row) > 0 ? ('sell' as const) : ('buy' as const),
    sizeLots: Math.abs(at(engine.positions.lots, row)),
  }));
}

/** Lots that an account holds in a market: above 0 long, below 0 short. */
export function heldLots(engine: Engine, id: string, market: string): number {
  const account = engine.accounts.rows.get(id);
  const row = engine.marketRows.get(market);
  if (account === undefined || row === undefined) return 0;
  const position = findPosition(engine, account, row);
  return position === NONE ? 0 : at(engine.positions.lots, position);
}
